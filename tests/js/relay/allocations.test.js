// What a client may ask of an allocation, over the wire: families, port pairs, quotas.

import { ann, connectClient, startEchoPeer, startTurnRelay } from './support/harness.js';

const both = { relayAddresses: ['127.0.0.1', '::1'], allowPeers: ['127.0.0.0/8', '::1'] };
const connect = (relay, kind = 'tcp', credentials = ann) => connectClient(relay, kind, credentials);
const kLoopback6 = '0000:0000:0000:0000:0000:0000:0000:0001';

describe.each(['websocket', 'tcp', 'udp'])('an allocation of both families over %s', (kind) => {
  it('relays to peers of either from one client', async () => {
    const relay = await startTurnRelay(both);
    const peers = [await startEchoPeer('127.0.0.1'), await startEchoPeer('::1')];
    const client = await connect(relay, kind);
    const { ok, attributes } = await client.allocate({ additional: true });
    expect(ok).toBe(true);
    expect(attributes.allRelayed.map(({ address }) => address)).toEqual(['127.0.0.1', kLoopback6]);
    expect(attributes.addressError).toBeUndefined();
    expect(relay.stats().turn).toMatchObject({ allocations: 1, relayedAddresses: 2 });
    for (const [i, peer] of peers.entries()) {
      const channel = 0x4000 + i;
      expect(await client.bindChannel(channel, peer.address, peer.port)).toMatchObject({
        ok: true,
      });
      client.sendOnChannel(channel, `family ${i}`);
      expect(`${(await client.datagram(i)).data}`).toBe(`family ${i}`);
    }
    expect(await client.refresh(0)).toMatchObject({ ok: true });
    expect(relay.stats().turn).toMatchObject({ allocations: 0, relayedAddresses: 0 });
  });
});

describe('an allocation', () => {
  it('of both families is one of IPv4 where the relay has no IPv6, and says so', async () => {
    const client = await connect(await startTurnRelay());
    const { ok, attributes } = await client.allocate({ additional: true });
    expect(ok).toBe(true);
    expect(attributes.allRelayed).toHaveLength(1);
    expect(attributes.addressError).toEqual({ family: 2, code: 440 });
  });

  it('reaches no peer of the other family', async () => {
    const relay = await startTurnRelay(both);
    const client = await connect(relay);
    await client.allocate();
    expect(await client.permit('::1')).toMatchObject({ ok: false, code: 443 });
    const six = await connect(relay);
    await six.allocate({ family: 6 });
    expect(await six.permit('127.0.0.1')).toMatchObject({ ok: false, code: 443 });
  });

  it('can be one of a pair of ports, the second claimed with a token by the same user', async () => {
    const relay = await startTurnRelay({
      users: [ann, { username: 'bob', password: 'other' }],
    });
    const first = await connect(relay);
    const { attributes } = await first.allocate({ evenPort: true, reserve: true });
    expect(first.relayed.port % 2).toBe(0);
    const { token } = attributes;
    expect(token).toHaveLength(8);
    const thief = await connect(relay, 'tcp', { username: 'bob', password: 'other' });
    expect(await thief.allocate({ token })).toMatchObject({ ok: false, code: 508 });
    const second = await connect(relay, 'udp');
    expect(await second.allocate({ token })).toMatchObject({ ok: true });
    expect(second.relayed.port).toBe(first.relayed.port + 1);
    const third = await connect(relay);
    expect(await third.allocate({ token })).toMatchObject({ ok: false, code: 508 });
  });

  it('takes the channel numbers of older clients, up to 0x7FFE', async () => {
    const relay = await startTurnRelay(both);
    const peer = await startEchoPeer();
    for (const kind of ['websocket', 'tcp', 'udp']) {
      const client = await connect(relay, kind);
      await client.allocate();
      expect(await client.bindChannel(0x7ffe, peer.address, peer.port)).toMatchObject({ ok: true });
      expect(await client.bindChannel(0x7fff, peer.address, 9)).toMatchObject({ code: 400 });
      client.sendOnChannel(0x7ffe, 'high');
      expect(await client.datagram()).toMatchObject({ channel: 0x7ffe });
    }
  });

  it('has bounded permissions and channels, each for itself, per user and in total', async () => {
    const relay = await startTurnRelay({
      limits: { maxPermissions: 3, maxPermissionsPerUser: 4, maxChannelsInTotal: 1 },
    });
    const [one, two] = [await connect(relay), await connect(relay)];
    await one.allocate();
    await two.allocate();
    expect(await one.permit('198.51.100.1', '198.51.100.2', '198.51.100.3')).toMatchObject({
      ok: true,
    });
    expect(await one.permit('198.51.100.4')).toMatchObject({ code: 508 });
    expect(await two.bindChannel(0x4000, '198.51.100.1', 9)).toMatchObject({ ok: true });
    expect(await two.permit('198.51.100.2')).toMatchObject({ code: 508 });
    expect(await two.bindChannel(0x4001, '198.51.100.1', 10)).toMatchObject({ code: 508 });
    expect(relay.stats().turn.quotaRefusals).toBe(3);
    await two.refresh(0);
    expect(await one.bindChannel(0x4000, '198.51.100.1', 9)).toMatchObject({ ok: true });
  });
});
