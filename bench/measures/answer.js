import { readFileSync } from 'node:fs';
import { makeMetrics, measureDescriptions } from '../descriptions.js';

export { plan } from '../descriptions.js';
export const title = "Answer to a recorded offer of Chromium's: audio, video and a data channel";
export const needsMedia = true;
export const metrics = makeMetrics('new to createAnswer() settled');

const recorded = new URL('../../tests/fixtures/sdp/chromium/audio-video-data.sdp', import.meta.url);

export async function measure(peer, plan) {
  const sdp = readFileSync(recorded, 'utf8');
  const answer = async (connection) => {
    await connection.setRemoteDescription({ type: 'offer', sdp });
    return connection.createAnswer();
  };
  return measureDescriptions(await peer.load(), answer, plan);
}
