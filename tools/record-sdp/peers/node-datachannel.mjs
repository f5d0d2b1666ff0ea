// node-datachannel: libdatachannel in a Node.js addon. It runs in a process of its own, which it often
// takes along when it ends.

import { inRoot } from '../../lib/paths.mjs';
import { startPeer } from '../process-peer.mjs';

export const title = 'node-datachannel (libdatachannel)';

/** @type {Record<string, string>} */
export const lacks = {
  'max-bundle': 'it has no bundlePolicy',
  'max-compat': 'it has no bundlePolicy',
  simulcast: 'it has no simulcast of its own',
  restart: 'it has no ICE restart',
  'answer-restart': 'it has no ICE restart',
  'no-stream': 'its streams are what the application writes',
  recycled: 'its tracks cannot be stopped',
  refused: 'it refuses nothing by itself',
  hold: 'what its tracks are described with is fixed once they are added',
  'removed-track': 'its tracks cannot be removed',
  'answer-refusing': 'it refuses nothing by itself',
};

export const open = () =>
  startPeer(process.execPath, [inRoot('tools/record-sdp/peers/node-datachannel/peer.mjs')]);
