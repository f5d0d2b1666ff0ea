import { measureSetup } from '../connection-setup.js';

export { metrics, plan } from '../connection-setup.js';
export const title = 'Connection set-up, candidates in the descriptions';
export const measure = (peer, plan) => measureSetup(peer, plan, { trickle: false });
