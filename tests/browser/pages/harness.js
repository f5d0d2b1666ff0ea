// What tests do inside of a page, as `globalThis.harness`.

import * as wasm from '/js/index.js';
import { engine } from '/js/api/runtime.js';
import { End } from './channel-end.js';
import { implementations, Pair } from './pair.js';
import { patternBytes, sha256, transfer } from './transfer.js';

implementations.wasm = wasm.RTCPeerConnection;
implementations.native = globalThis.RTCPeerConnection;

globalThis.harness = {
  ...wasm,
  End,
  Pair,
  implementations,
  patternBytes,
  sha256,
  transfer,
  /** Closes every connection that tests made; gives the number of engine objects that are left. */
  closeAll() {
    for (const pair of Pair.all.splice(0)) pair.close();
    return engine().liveHandles();
  },
};
