// aiortc: WebRTC in Python.

import { inRoot } from '../../lib/paths.mjs';
import { ensurePackages } from '../../setup/debian.mjs';
import { startPeer } from '../process-peer.mjs';

export const title = 'aiortc';

/** @type {Record<string, string>} */
export const lacks = {
  'data-gathered': 'every description of its has the candidates',
  'audio-video-data-gathered': 'every description of its has the candidates',
  'max-bundle': 'it has no bundlePolicy',
  'max-compat': 'it has no bundlePolicy',
  simulcast: 'it has no sendEncodings',
  'two-streams': 'its tracks are in no stream',
  'no-stream': 'its tracks are in no stream',
  restart: 'it has no ICE restart',
  refused: 'it gives up when all m-lines of a transport are not answered',
  'removed-track': 'it has no removeTrack()',
  'answer-refusing': 'a transceiver cannot be stopped before the answer',
};

export async function open() {
  await ensurePackages('recording aiortc', { 'python3-aiortc': 'python:aiortc' });
  // Debian's own interpreter: other Pythons on PATH do not see python3-aiortc.
  return startPeer('/usr/bin/python3', [inRoot('tools/record-sdp/peers/aiortc_peer.py')]);
}
