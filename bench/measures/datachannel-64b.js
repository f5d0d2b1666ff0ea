import { measureOneWay } from '../one-way.js';

export { plan, messageMetrics as metrics } from '../one-way.js';
export const title = 'One way over a reliable, ordered channel, 64-byte messages';
export const measure = (peer, plan) => measureOneWay(peer, plan, { size: 64 });
