// The package by require().

const api = require('webrtc-wasm');
require('./probe.cjs');

globalThis.realmProbe
  .run(api, { features: ['data'] })
  .then((result) => console.log(JSON.stringify(result)));
