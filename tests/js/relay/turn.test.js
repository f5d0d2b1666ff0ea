import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { localAddresses } from '../../../js/net/local-addresses.js';
import { issueCredentials } from '../../../js/relay/credentials.js';
import {
  ann,
  connectClient,
  onCleanup,
  open,
  startEchoPeer,
  startTurnRelay,
} from './support/harness.js';

const loopback = { allowPeers: ['127.0.0.0/8'] };
const turn = () => new Promise((resolve) => setImmediate(resolve));

const connect = (relay, kind = 'websocket', credentials = ann) =>
  connectClient(relay, kind, credentials);

async function allocated(relay, kind, credentials, wish) {
  const client = await connect(relay, kind, credentials);
  expect(await client.allocate(wish)).toMatchObject({ ok: true, code: 0 });
  return client;
}

describe.each(['websocket', 'tcp', 'udp'])('TURN over %s', (kind) => {
  it('answers a binding request with the address that it sees', async () => {
    const relay = await startTurnRelay();
    const mapped = await (await connect(relay, kind)).binding();
    expect(mapped.address).toBe('127.0.0.1');
    expect(mapped.port).toBeGreaterThan(0);
  });

  it('relays datagrams both ways, by indications and by channels', async () => {
    const relay = await startTurnRelay(loopback);
    const peer = await startEchoPeer();
    const client = await allocated(relay, kind);
    expect(client.relayed.address).toBe('127.0.0.1');
    expect(await client.permit(peer.address)).toMatchObject({ ok: true });
    client.sendTo(peer.address, peer.port, 'indication');
    const first = await client.datagram(0);
    expect(first).toMatchObject({ peer: { address: '127.0.0.1', port: peer.port } });
    expect(`${first.data}`).toBe('indication');

    expect(await client.bindChannel(0x4000, peer.address, peer.port)).toMatchObject({ ok: true });
    client.sendOnChannel(0x4000, 'odd');
    const second = await client.datagram(1);
    expect(second.channel).toBe(0x4000);
    expect(`${second.data}`).toBe('odd');
    expect(relay.stats().turn).toMatchObject({ allocations: 1, datagramsToPeers: 2 });
  });

  it('refuses a wrong password and an unknown user with 401', async () => {
    const relay = await startTurnRelay();
    for (const wrong of [
      { username: 'ann', password: 'x' },
      { username: 'bob', password: 'x' },
    ]) {
      const client = await connect(relay, kind, wrong);
      expect(await client.allocate()).toMatchObject({ ok: false, code: 401 });
    }
    expect(relay.stats().turn.allocations).toBe(0);
  });

  it('keeps serving after garbage', async () => {
    const relay = await startTurnRelay(loopback);
    for (let i = 0; i < 256; i += 7) {
      const transport = await open[kind](relay);
      onCleanup(() => transport.close());
      transport.onData = () => {};
      transport.send(Buffer.alloc(64, i));
      transport.send(Buffer.from([0, 1, 255, 255, 0x21, 0x12, 0xa4, 0x42]));
    }
    await allocated(relay, kind);
  });

  it('frees the allocation when the client says so', async () => {
    const relay = await startTurnRelay();
    const client = await allocated(relay, kind);
    expect(relay.stats().turn.allocations).toBe(1);
    expect(await client.refresh(0)).toMatchObject({ ok: true });
    expect(relay.stats().turn.allocations).toBe(0);
  });
});

describe('credentials', () => {
  it('are taken in the REST form, by any of the secrets, until they expire', async () => {
    const relay = await startTurnRelay({ users: [], secrets: ['new', 'old'] });
    const nowMs = Date.now();
    for (const secret of ['new', 'old']) {
      await allocated(relay, 'tcp', issueCredentials({ secret, ttlSeconds: 60, nowMs }));
    }
    const expired = issueCredentials({ secret: 'new', ttlSeconds: 60, nowMs: nowMs - 120_000 });
    const late = await connect(relay, 'tcp', expired);
    expect(await late.allocate()).toMatchObject({ ok: false, code: 401 });
    const foreign = issueCredentials({ secret: 'other', ttlSeconds: 60, nowMs });
    const stranger = await connect(relay, 'tcp', foreign);
    expect(await stranger.allocate()).toMatchObject({ ok: false, code: 401 });
  });

  it('that the relay issues are good for it, without any configured secret', async () => {
    const relay = await startTurnRelay({ users: [], issueCredentials: true });
    const response = await fetch(`${relay.httpUrl}credentials`);
    const credentials = await response.json();
    expect(credentials.uris).toEqual(relay.uris);
    await allocated(relay, 'websocket', credentials);
  });
});

describe('peers', () => {
  const special4 = [
    ...['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '0.1.2.3', '224.0.0.251'],
    ...['239.255.255.255', '255.255.255.255', '240.0.0.1', '198.18.0.1'],
  ];
  const special6 = [
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd00::2', 'ff02::fb', '::127.0.0.1'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:0.0.0.0'],
    ...['64:ff9b::127.0.0.1', '64:ff9b::10.0.0.1', '2002:7f00:1::', '2002:a00:1::1'],
  ];

  it.each(special4)('at %s are refused by default', async (address) => {
    const client = await allocated(await startTurnRelay(), 'tcp');
    expect(await client.permit(address)).toMatchObject({ ok: false, code: 403 });
    expect(await client.bindChannel(0x4000, address, 80)).toMatchObject({ ok: false, code: 403 });
  });

  it.each(special6)('at %s are refused by default', async (address) => {
    const relay = await startTurnRelay({ relayAddresses: ['127.0.0.1', '::1'] });
    const client = await allocated(relay, 'tcp', ann, { family: 6 });
    expect(await client.permit(address)).toMatchObject({ ok: false, code: 403 });
    expect(await client.bindChannel(0x4000, address, 80)).toMatchObject({ ok: false, code: 403 });
  });

  it('at ::ffff:127.0.0.1 get nothing through an IPv4 allocation either', async () => {
    const client = await allocated(await startTurnRelay(), 'tcp');
    const { ok, code } = await client.permit('::ffff:127.0.0.1');
    expect(ok).toBe(false);
    expect([403, 443]).toContain(code);
  });

  it('get nothing without a permission, whatever a client sends', async () => {
    const relay = await startTurnRelay({ allowPeers: ['127.0.0.2'] });
    const [denied, allowed] = [await startEchoPeer('127.0.0.1'), await startEchoPeer('127.0.0.2')];
    const received = [];
    denied.socket.on('message', (data) => received.push(data));
    const client = await allocated(relay, 'tcp');
    client.sendTo(denied.address, denied.port, 'no permission');
    client.sendTo(allowed.address, allowed.port, 'none yet');
    client.sendOnChannel(0x4000, 'no channel');
    expect(await client.permit('127.0.0.1')).toMatchObject({ code: 403 });
    expect(await client.permit('127.0.0.2')).toMatchObject({ ok: true });
    client.sendTo(denied.address, denied.port, 'still none');
    client.sendTo(allowed.address, allowed.port, 'this one');
    expect(`${(await client.datagram()).data}`).toBe('this one');
    expect(received).toEqual([]);
    expect(client.received).toHaveLength(1);
  });

  it('that nobody permitted are not heard', async () => {
    const relay = await startTurnRelay(loopback);
    const peer = await startEchoPeer('127.0.0.1');
    const client = await allocated(relay, 'tcp');
    const stranger = createSocket('udp4');
    stranger.bind(0, '127.0.0.3');
    await once(stranger, 'listening');
    onCleanup(() => stranger.close());
    await client.permit(peer.address);
    await new Promise((resolve) => stranger.send('hi', client.relayed.port, '127.0.0.1', resolve));
    client.sendTo(peer.address, peer.port, 'echo');
    expect(`${(await client.datagram()).data}`).toBe('echo');
    expect(client.received).toHaveLength(1);
  });

  it('are refused by --deny-peer even where --allow-peer opens them', async () => {
    const relay = await startTurnRelay({ ...loopback, denyPeers: ['127.0.0.9'] });
    const client = await allocated(relay, 'tcp');
    expect(await client.permit('127.0.0.9')).toMatchObject({ code: 403 });
    expect(await client.permit('127.0.0.8')).toMatchObject({ ok: true });
  });

  it("at the machine's own addresses are opened by --allow-interfaces, and no neighbours", async () => {
    const relay = await startTurnRelay({ allowInterfaces: true });
    const client = await allocated(relay, 'tcp');
    for (const { address } of localAddresses({ family: 4, includeLoopback: true })) {
      expect(await client.permit(address)).toMatchObject({ ok: true });
    }
    expect(await client.permit('127.0.0.2')).toMatchObject({ code: 403 });
    expect(await client.permit('10.255.255.254')).toMatchObject({ code: 403 });
  });

  it('can be another client of the same relay', async () => {
    const relay = await startTurnRelay(loopback);
    const [a, b] = [await allocated(relay, 'websocket'), await allocated(relay, 'udp')];
    await a.permit('127.0.0.1');
    await b.permit('127.0.0.1');
    a.sendTo('127.0.0.1', b.relayed.port, 'to b');
    const got = await b.datagram();
    expect(got.peer).toEqual(a.relayed);
    b.sendTo('127.0.0.1', got.peer.port, 'to a');
    expect(`${(await a.datagram()).data}`).toBe('to a');
  });
});

describe('allocations', () => {
  it('end with their connection, and their port with them', async () => {
    const relay = await startTurnRelay();
    const client = await allocated(relay, 'websocket');
    const { port } = client.relayed;
    client.close();
    await relay.log.next('turn-deallocated');
    expect(relay.stats().turn).toMatchObject({ allocations: 0, clients: 0 });
    const socket = createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    await new Promise((resolve) => socket.close(resolve));
  });

  it('come from the configured range, even ports when asked for', async () => {
    const relay = await startTurnRelay({ minPort: 52_000, maxPort: 52_999 });
    for (let i = 0; i < 4; i++) {
      const client = await allocated(relay, 'tcp', ann, { evenPort: true });
      expect(client.relayed.port % 2).toBe(0);
      expect(client.relayed.port).toBeGreaterThanOrEqual(52_000);
      expect(client.relayed.port).toBeLessThan(53_000);
    }
  });

  it('use a small range up to its last port', async () => {
    const free = await startEchoPeer();
    const relay = await startTurnRelay({ minPort: free.port, maxPort: free.port + 5 });
    const ports = new Set();
    const client = () => connect(relay, 'tcp');
    for (let i = 0; i < 6; i++) {
      const one = await client();
      if ((await one.allocate()).ok) ports.add(one.relayed.port);
    }
    expect(ports.size).toBeGreaterThanOrEqual(4);
    expect(ports).not.toContain(free.port);
    expect(await (await client()).allocate()).toMatchObject({ ok: false, code: 508 });
  });

  it('are refused with 508 when no port is free', async () => {
    const taken = await startEchoPeer();
    const relay = await startTurnRelay({ minPort: taken.port, maxPort: taken.port });
    const client = await connect(relay, 'tcp');
    expect(await client.allocate()).toMatchObject({ ok: false, code: 508 });
  });

  it('are refused with 440 for a family that the relay does not have', async () => {
    const client = await connect(await startTurnRelay(), 'tcp');
    expect(await client.allocate({ family: 6 })).toMatchObject({ ok: false, code: 440 });
  });

  it('are bounded per user', async () => {
    const relay = await startTurnRelay({ limits: { maxAllocationsPerUser: 2 } });
    await allocated(relay, 'tcp');
    await allocated(relay, 'udp');
    const third = await connect(relay, 'websocket');
    expect(await third.allocate()).toMatchObject({ ok: false, code: 486 });
  });

  it('tell clients the external address', async () => {
    const relay = await startTurnRelay({ externalAddresses: ['203.0.113.5'] });
    const client = await allocated(relay, 'tcp');
    expect(client.relayed.address).toBe('203.0.113.5');
  });
});

describe('slow and hostile clients', () => {
  it('that do not read lose stale datagrams, and others are served', async () => {
    const relay = await startTurnRelay({ ...loopback, limits: { maxPendingBytes: 64 * 1024 } });
    const peer = await startEchoPeer();
    const slow = await allocated(relay, 'websocket');
    await slow.bindChannel(0x4000, peer.address, peer.port);
    slow.transport.socket.pause();
    const other = await allocated(relay, 'websocket');
    await other.bindChannel(0x4000, peer.address, peer.port);
    const flood = Buffer.alloc(8000);
    let sent = 0;
    while (relay.stats().dropped.slowClients < 100) {
      // The peer sends to the slow client's relayed address; the echo of our own would pace us.
      peer.socket.send(flood, slow.relayed.port, '127.0.0.1');
      if (++sent % 20 === 0) await turn();
    }
    other.sendOnChannel(0x4000, 'served');
    expect(`${(await other.datagram()).data}`).toBe('served');
    slow.transport.socket.resume();
    // Control still works once it reads again.
    expect(await slow.refresh(0)).toMatchObject({ ok: true });
  });

  it('are cut off when they have no allocation in time', async () => {
    const relay = await startTurnRelay({ limits: { handshakeTimeoutMs: 30 } });
    const ws = await open.websocket(relay);
    onCleanup(() => ws.close());
    const tcp = await open.tcp(relay);
    onCleanup(() => tcp.close());
    tcp.socket.resume();
    await Promise.all([once(ws.socket, 'close'), once(tcp.socket, 'close')]);
    while (relay.stats().turn.clients > 0) await turn();
  });

  it('that send a byte at a time are understood all the same', async () => {
    const relay = await startTurnRelay();
    const client = await connect(relay, 'websocket');
    const { transport } = client;
    const send = transport.send;
    transport.send = (bytes) => {
      for (const byte of bytes) send(Buffer.of(byte));
    };
    expect(await client.allocate()).toMatchObject({ ok: true });
  });

  it('over UDP are remembered in a bounded number, those with an allocation first', async () => {
    const relay = await startTurnRelay({ ...loopback, limits: { maxUdpClients: 3 } });
    const keeper = await allocated(relay, 'udp');
    for (let i = 0; i < 6; i++) await (await connect(relay, 'udp')).binding();
    expect(relay.stats().udpClients).toBe(3);
    expect(await keeper.permit('127.0.0.1')).toMatchObject({ ok: true });
  });

  it('over TCP are bounded per address', async () => {
    const relay = await startTurnRelay({ limits: { maxConnectionsPerAddress: 1 } });
    await (await connect(relay, 'tcp')).binding();
    const second = await open.tcp(relay);
    onCleanup(() => second.close());
    second.socket.resume();
    await once(second.socket, 'close');
  });
});

describe('names', () => {
  it('are resolved for a client with an allocation', async () => {
    const relay = await startTurnRelay({ mdns: true }, { resolve: async () => ['192.0.2.9'] });
    const client = await connect(relay, 'websocket');
    const { socket } = client.transport;
    const answers = [];
    const answered = new Promise((resolve) =>
      socket.on('message', (data, isBinary) => {
        if (isBinary) return;
        answers.push([JSON.parse(data), relay.stats().turn.allocations]);
        resolve();
      }),
    );
    socket.send(JSON.stringify({ resolve: 'peer.local', id: 4 }));
    await client.binding();
    await client.allocate();
    await answered;
    expect(answers).toEqual([[{ id: 4, addresses: ['192.0.2.9'] }, 1]]);
  });
});

describe('the log', () => {
  it('tells of allocations and refusals, and of no account', async () => {
    const relay = await startTurnRelay();
    const client = await allocated(relay, 'tcp');
    await client.permit('10.0.0.1');
    await relay.log.next('turn-allocated');
    await relay.log.next('turn-peer-refused');
    const text = JSON.stringify(relay.log.lines);
    expect(text).not.toContain('"ann"');
    expect(text).not.toContain('secret');
  });
});
