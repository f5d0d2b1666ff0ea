import { loadRelay } from '../relays/index.js';
import { allocate, flood } from '../relays/load.js';

export const title =
  'A relay with many allocations, and datagrams of 1200 bytes through ten of them';

export const peerNames = ['ours', 'coturn'];
export const loadPeer = loadRelay;

const throughput = (title) => ({ title, unit: 'Mbit/s', better: 'higher' });
const cost = (title) => ({ title, unit: 'CPU s per Gbit', better: 'lower' });

export const metrics = {
  allocate: { title: 'an allocation over UDP, 50 at a time', unit: 'ms', better: 'lower' },
  memory: { title: 'memory of an allocation', unit: 'kB', better: 'lower' },
  udpOut: throughput('UDP client to peer'),
  udpOutCost: cost('UDP client to peer'),
  udpIn: throughput('peer to UDP client'),
  udpInCost: cost('peer to UDP client'),
  tcpOut: throughput('TCP client to peer'),
  tcpOutCost: cost('TCP client to peer'),
  tcpIn: throughput('peer to TCP client'),
  tcpInCost: cost('peer to TCP client'),
};

export const plan = (quick) =>
  quick
    ? { allocations: 100, flows: 2, seconds: 0.4 }
    : { allocations: 1000, flows: 10, seconds: 3 };

export async function measure(peer, { allocations, flows, seconds }) {
  const relay = await peer.start();
  try {
    const udp = await allocate(relay, 'udp', allocations);
    const tcp = await allocate(relay, 'tcp', flows);
    const udpOut = await flood(relay, udp.clients.slice(0, flows), 'out', seconds);
    const udpIn = await flood(relay, udp.clients.slice(flows, 2 * flows), 'in', seconds);
    const tcpOut = await flood(relay, tcp.clients, 'out', seconds);
    const more = await allocate(relay, 'tcp', flows);
    const tcpIn = await flood(relay, more.clients, 'in', seconds);
    return {
      allocate: udp.msEach,
      memory: udp.bytesEach / 1000,
      udpOut: udpOut.mbits,
      udpOutCost: udpOut.cpuPerGbit,
      udpIn: udpIn.mbits,
      udpInCost: udpIn.cpuPerGbit,
      tcpOut: tcpOut.mbits,
      tcpOutCost: tcpOut.cpuPerGbit,
      tcpIn: tcpIn.mbits,
      tcpInCost: tcpIn.cpuPerGbit,
    };
  } finally {
    await relay.stop();
  }
}
