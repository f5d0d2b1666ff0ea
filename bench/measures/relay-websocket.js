import { loadRelay } from '../relays/index.js';
import { allocate, flood } from '../relays/load.js';

export const title =
  'A relay over WebSocket with many allocations, and datagrams of 1200 bytes through ten';

export const peerNames = ['ours', 'bridge'];
export const loadPeer = loadRelay;

export const metrics = {
  allocate: { title: 'an allocation, 50 at a time', unit: 'ms', better: 'lower' },
  memory: { title: 'memory of an allocation', unit: 'kB', better: 'lower' },
  out: { title: 'client to peer', unit: 'Mbit/s', better: 'higher' },
  outCost: { title: 'client to peer', unit: 'CPU s per Gbit', better: 'lower' },
  in: { title: 'peer to client', unit: 'Mbit/s', better: 'higher' },
  inCost: { title: 'peer to client', unit: 'CPU s per Gbit', better: 'lower' },
};

export { plan } from './relay.js';

export async function measure(peer, { allocations, flows, seconds }) {
  const relay = await peer.start();
  try {
    const { clients, msEach, bytesEach } = await allocate(relay, 'websocket', allocations);
    const out = await flood(relay, clients.slice(0, flows), 'out', seconds);
    const into = await flood(relay, clients.slice(flows, 2 * flows), 'in', seconds);
    return {
      allocate: msEach,
      memory: bytesEach / 1000,
      out: out.mbits,
      outCost: out.cpuPerGbit,
      in: into.mbits,
      inCost: into.cpuPerGbit,
    };
  } finally {
    await relay.stop();
  }
}
