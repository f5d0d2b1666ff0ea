'use client';

// Rendered on the server, and alive in the page.

import { createElement, useEffect } from 'react';
import * as webrtc from 'webrtc-wasm';
import { exchange } from '../exchange.js';

export function Call() {
  useEffect(() => {
    globalThis.exchange = (relay) => exchange(webrtc, relay);
  }, []);
  const text = `${typeof webrtc.RTCPeerConnection}, version ${webrtc.version}`;
  return createElement('output', null, text);
}
