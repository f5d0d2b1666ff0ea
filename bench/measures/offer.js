import { makeMetrics, measureDescriptions } from '../descriptions.js';

export { plan } from '../descriptions.js';
export const title = 'Data-channel offer in a process that has made many';
export const metrics = makeMetrics('new to createOffer() settled');

export async function measure(peer, plan) {
  const offer = (connection) => {
    connection.createDataChannel('bench');
    return connection.createOffer();
  };
  return measureDescriptions(await peer.load(), offer, plan);
}
