import { makeMetrics, measureDescriptions } from '../descriptions.js';

export { plan } from '../descriptions.js';
export const title = 'Audio and video offer in a process that has made many';
export const needsMedia = true;
export const metrics = makeMetrics('new to createOffer() settled');

export async function measure(peer, plan) {
  const offer = (connection) => {
    connection.addTransceiver('audio');
    connection.addTransceiver('video');
    return connection.createOffer();
  };
  return measureDescriptions(await peer.load(), offer, plan);
}
