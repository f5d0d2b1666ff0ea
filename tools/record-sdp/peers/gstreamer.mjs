// GStreamer's webrtcbin, through its Python bindings.

import { inRoot } from '../../lib/paths.mjs';
import { gstreamer } from '../../setup/prepare.mjs';
import { startPeer } from '../process-peer.mjs';

export const title = 'GStreamer webrtcbin';

/** @type {Record<string, string>} */
export const lacks = {
  simulcast: 'this version offers none',
  'two-streams': 'its streams are made by itself',
  'no-stream': 'its streams are made by itself',
  h264: 'its codecs are those of the elements before it',
  restart: 'this version has no ICE restart',
  recycled: 'its transceivers cannot be stopped',
  refused: 'it has no way to refuse a section',
  'removed-track': 'it has no removeTrack()',
  hold: 'it fails where a section in use becomes inactive',
  'answer-hold': 'it fails where a section in use becomes inactive',
  'answer-recycled': 'it fails where a section in use is rejected',
  'answer-refusing': 'it has no way to refuse a section',
};

/** @type {import('../scenarios.mjs').OfferScenario[]} */
export const moreOffers = [
  {
    name: 'no-bundle',
    what: 'bundle-policy none',
    configuration: { bundlePolicy: 'none' },
    gathered: true,
    rounds: [{ add: [{ kind: 'audio' }, { kind: 'video' }, { kind: 'data' }] }],
  },
];

export async function open() {
  await gstreamer('recording GStreamer');
  return startPeer('/usr/bin/python3', [inRoot('tools/record-sdp/peers/gstreamer_peer.py')]);
}
