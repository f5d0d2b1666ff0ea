import { measureOneWay } from '../one-way.js';

export { plan, byteMetrics as metrics } from '../one-way.js';
export const title = 'One way over an unordered channel without retransmissions, 1 KiB messages';
export const measure = (peer, plan) =>
  measureOneWay(peer, plan, { size: 1024, channel: { ordered: false, maxRetransmits: 0 } });
