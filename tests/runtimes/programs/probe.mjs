// What a runtime that has UDP can do, over UDP and over a relay; the relay's access comes as $RELAY. Prints the
// results, and ends by itself.

import * as api from 'webrtc-wasm';
import './probe.cjs';

const { run } = globalThis.realmProbe;
const relay = JSON.parse(process.env.RELAY);
const overUdp = await run(api);
api.configure({ network: new api.RelayNetwork({ relay }) });
const overRelay = await run(api, { features: ['data'] });
console.log(JSON.stringify([overUdp, overRelay]));
