// To be bundled into one file of CommonJS, with the .wasm files in it as bytes.

import * as api from 'webrtc-wasm';
import engine from 'webrtc-wasm/webrtc.wasm';
import opus from 'webrtc-wasm/webrtc-opus.wasm';
import vp8 from 'webrtc-wasm/webrtc-vp8.wasm';
import './probe.cjs';

api.provideCodec('opus', opus);
api.provideCodec('vp8', vp8);
api
  .init(engine)
  .then(() => globalThis.realmProbe.run(api, { features: ['data', 'media'] }))
  .then((result) => console.log(JSON.stringify(result)));
