// What each implementation calls its sources and sinks of pictures and sound.

import { createRequire } from 'node:module';
import {
  RTCAudioSink,
  RTCAudioSource,
  RTCVideoSink,
  RTCVideoSource,
} from '../../../js/index.node.js';
import { ours, wrtc } from './implementations.js';
import {
  RemoteAudioSource,
  RemoteSink,
  RemoteTestSource,
  RemoteVideoSource,
} from './remote-media.js';
import { onEnd } from './waiting.js';

const require = createRequire(import.meta.url);

/** @typedef {{ createTrack: () => any, onFrame?: (frame: any) => void, onData?: (data: any) => void }} MediaSource */

const kOurs = {
  videoSource: () => new RTCVideoSource(),
  audioSource: () => new RTCAudioSource(),
  videoSink: (track) => new RTCVideoSink(track),
  audioSink: (track) => new RTCAudioSink(track),
};

const kWrtc = {
  videoSource: () => new (require('@roamhq/wrtc').nonstandard.RTCVideoSource)(),
  audioSource: () => new (require('@roamhq/wrtc').nonstandard.RTCAudioSource)(),
  videoSink: (track) => new (require('@roamhq/wrtc').nonstandard.RTCVideoSink)(track),
  audioSink: (track) => new (require('@roamhq/wrtc').nonstandard.RTCAudioSink)(track),
};

/** Those that run elsewhere. */
const kRemote = {
  videoSource: () => new RemoteVideoSource(),
  audioSource: () => new RemoteAudioSource(),
  videoSink: (track) => new RemoteSink(track),
  audioSink: (track) => new RemoteSink(track),
};

/** @param {import('./peer.js').Peer} peer */
function endsOf({ implementation: { name } }) {
  if (name === ours.name) return kOurs;
  return name === wrtc.name ? kWrtc : kRemote;
}

/**
 * Adds a track of that kind; gives what it is filled with. It ends with the test: wrtc keeps a process
 * alive for one that is live.
 * @param {import('./peer.js').Peer} peer
 * @param {'audio' | 'video'} kind
 * @returns {MediaSource}
 */
export function addSource(peer, kind) {
  const source = endsOf(peer)[`${kind}Source`]();
  const track = source.createTrack();
  onEnd(() => track.stop());
  peer.pc.addTrack(track);
  return source;
}

/**
 * Adds a track on which a peer that runs elsewhere shows what it makes for tests.
 * @param {import('./peer.js').Peer} peer
 * @param {'audio' | 'video'} kind
 */
export function addTestSource(peer, kind) {
  peer.pc.addTrack(new RemoteTestSource(kind).createTrack());
}

/**
 * Reads a track until the test ends.
 * @param {import('./peer.js').Peer} peer
 * @param {any} track
 */
export function openSink(peer, track) {
  const sink = endsOf(peer)[`${track.kind}Sink`](track);
  onEnd(() => sink.stop());
  return sink;
}
