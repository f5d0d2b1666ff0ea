// A component as frameworks with server-side rendering have them: imported on the server and in the
// page, at the top, and rendered in both.

import * as webrtc from 'webrtc-wasm';
import { exchange } from './exchange.js';

export const render = () =>
  `<button>call</button><output>${typeof webrtc.RTCPeerConnection}, version ${webrtc.version}</output>`;

/** @param {Element} root that the server has rendered */
export function hydrate(root) {
  if (root.innerHTML !== render()) throw new Error(`the server rendered ${root.innerHTML}`);
  globalThis.exchange = (relay) => exchange(webrtc, relay);
}
