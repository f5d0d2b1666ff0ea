// What stands between two hosts of the virtual network, and whether real connections come through.

import { NatKind, VirtualNetwork } from '../../../js/net/index.js';
import { Pair, useEngine } from '../api/pair.js';

const kStun = '198.51.100.1';
const configuration = { iceServers: [{ urls: `stun:${kStun}` }] };

beforeAll(useEngine);

/** Hosts behind NATs of these kinds; without a kind a host has a public address. */
function hostsBehind(...kinds) {
  return (network) => {
    network.host({ addresses: [kStun] }).serveStun(kStun);
    return kinds.map((kind, i) => {
      if (kind === 'blocked') {
        return network.host({ addresses: [`192.0.2.${i + 1}`], blocksUdp: true });
      }
      if (!kind) return network.host({ addresses: [`192.0.2.${i + 1}`] });
      const nat = network.nat({ address: `203.0.113.${i + 1}`, ...kind });
      return network.host({ addresses: [`10.${i}.0.1`], nat });
    });
  };
}

/** The types of the selected pair as each end has it, or what became of the connection without. */
async function connect(hosts) {
  const pair = new Pair({ a: configuration, b: configuration, hosts });
  const channel = pair.a.createDataChannel('x');
  const received = [];
  pair.b.ondatachannel = (event) => {
    event.channel.onmessage = ({ data }) => received.push(data);
  };
  channel.onopen = () => channel.send('through');
  const negotiated = pair.negotiate();
  await pair.network.runUntil(() => received.length > 0 || pair.a.iceConnectionState === 'failed', {
    limitMs: 60_000,
  });
  await negotiated;
  const selected = pair.a.sctp.transport.iceTransport.getSelectedCandidatePair();
  const result = selected ? `${selected.local.type}/${selected.remote.type}` : 'failed';
  if (selected) expect(received).toEqual(['through']);
  await pair.close();
  return result;
}

describe('RTCPeerConnection on the virtual network', () => {
  it.each([
    ['public addresses', [undefined, undefined], 'host/host'],
    ['full cones', [NatKind.fullCone, NatKind.fullCone], 'srflx/srflx'],
    ['restricted cones', [NatKind.restricted, NatKind.restricted], 'srflx/srflx'],
    ['port-restricted cones', [NatKind.portRestricted, NatKind.portRestricted], 'srflx/srflx'],
    ['a cone and a symmetric NAT', [NatKind.restricted, NatKind.symmetric], 'srflx/prflx'],
    ['symmetric NATs', [NatKind.symmetric, NatKind.symmetric], 'failed'],
    ['a firewall', ['blocked', undefined], 'failed'],
  ])('finds the pair that theory says with %s', async (_, kinds, expected) => {
    expect(await connect(hostsBehind(...kinds))).toBe(expected);
  });

  it('connects hosts that a shared NAT isolates by a hairpin', async () => {
    const hosts = (network) => {
      network.host({ addresses: [kStun] }).serveStun(kStun);
      const nat = network.nat({
        address: '203.0.113.1',
        ...NatKind.portRestricted,
        hairpin: true,
        isolatesHosts: true,
      });
      return ['10.0.0.1', '10.0.0.2'].map((address) => network.host({ addresses: [address], nat }));
    };
    expect(await connect(hosts)).toBe('srflx/srflx');
  });
});

describe('VirtualNat', () => {
  it('forgets a mapping that nothing left by for its lifetime', async () => {
    const network = new VirtualNetwork();
    const nat = network.nat({ address: '203.0.113.1', ...NatKind.fullCone, lifetime: 60_000 });
    const inside = network.host({ addresses: ['10.0.0.1'], nat });
    const outside = network.host({ addresses: ['192.0.2.1'] });
    const [reached, observed] = [[], []];
    const socket = inside.bind('10.0.0.1', 1, () => reached.push(network.now()));
    const server = outside.bind('192.0.2.1', 1, (source) => observed.push(source));
    const refresh = async () => {
      socket.send({ address: '192.0.2.1', port: 1 }, new Uint8Array(1));
      await network.run(10);
    };
    await refresh();
    await network.run(50_000);
    server.send(observed[0], new Uint8Array(1));
    await network.run(50_000);
    server.send(observed[0], new Uint8Array(1));
    await network.run(10);
    expect(reached).toHaveLength(1);
    await refresh();
    expect(observed[1].port).not.toBe(observed[0].port);
  });

  it('lets no datagram pass the firewall of a host, which may be taken away', async () => {
    const network = new VirtualNetwork();
    const hosts = ['192.0.2.1', '192.0.2.2'].map((address) =>
      network.host({ addresses: [address] }),
    );
    const received = [];
    const [a, b] = hosts.map((host) => host.bind(host.addresses[0], 1, () => received.push(host)));
    hosts[1].blocksUdp = true;
    a.send({ address: '192.0.2.2', port: 1 }, new Uint8Array(1));
    b.send({ address: '192.0.2.1', port: 1 }, new Uint8Array(1));
    await network.run(10);
    expect(received).toEqual([]);
    expect(network.fates().nat).toBe(2);
    hosts[1].blocksUdp = false;
    b.send({ address: '192.0.2.1', port: 1 }, new Uint8Array(1));
    await network.run(10);
    expect(received).toEqual([hosts[0]]);
  });

  it('changes one direction of a link alone', async () => {
    const network = new VirtualNetwork({ link: { latency: 1 } });
    const hosts = ['192.0.2.1', '192.0.2.2'].map((address) =>
      network.host({ addresses: [address] }),
    );
    const at = [];
    const [a, b] = hosts.map((host) =>
      host.bind(host.addresses[0], 1, () => at.push(network.now())),
    );
    hosts[0].configureLink({ latency: 100 }, 'up');
    a.send({ address: '192.0.2.2', port: 1 }, new Uint8Array(1));
    b.send({ address: '192.0.2.1', port: 1 }, new Uint8Array(1));
    await network.run(200);
    expect(at).toEqual([2, 101]);
  });
});
