// What tests find in a page: the browser's own implementation, or ours in its place.

import { makeTrack } from '/js/compare/tracks.js';

/** Gone before ours is installed: a native RTCRtpSender beside our RTCPeerConnection would pass tests for us. */
const isNativeName = (name) => /^(webkit)?RTC|^(SFrame|KeyFrameRequest)/.test(name);

/**
 * @param {'native' | 'webrtc-wasm'} target
 * @param {any} services addresses of what support/services.js has started
 */
export async function makeRealm(target, services) {
  const reference = globalThis.RTCPeerConnection;
  const ours = {};
  if (target === 'webrtc-wasm') {
    const { configure, init } = await import('/js/index.js');
    const { install } = await import('/js/api/install.js');
    const { engine } = await import('/js/api/runtime.js');
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (isNativeName(name)) delete globalThis[name];
    }
    install({ force: true });
    configure({ relay: services.relay });
    ours.liveHandles = () => engine().liveHandles();
    /** Connections that are made from now on are of another instance of the engine. */
    ours.freshEngine = () => init();
  }
  return {
    target,
    isOurs: target === 'webrtc-wasm',
    /** An implementation that others wrote. */
    reference,
    services,
    liveHandles: () => 0,
    ...ours,
    audioTrack: () => makeTrack(globalThis, 'audio'),
    videoTrack: () => makeTrack(globalThis, 'video'),
    webSocket: (url) => new WebSocket(url),
    /** Calls the default export of a script of support/ with a peer of the browser's own in another page. */
    elsewhere: (script, argument) => globalThis.openPeer(script, argument),
  };
}
