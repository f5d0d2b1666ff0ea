// The package as it runs inside of a jsdom window: every class and promise it makes belongs to the
// window's realm, as instanceof and idlharness ask for. Engine and sockets are those of Node.js.

// @ts-ignore made by `npm run build`
import createEngine from '../../../dist/webrtc.mjs';
// @ts-ignore packed, as in the classic script
import packed from '../../../dist/webrtc.wasm';
import { instantiateNow } from '../../../js/api/engine-loader.js';
import { install } from '../../../js/api/install.js';
import { setEngine, setNetworkFactory } from '../../../js/api/runtime.js';
import { unpack } from '../../../js/api/unpack.js';
import { createLocalTrack } from '../../../js/exports.js';
import { UdpNetwork } from '../../../js/net/udp-network.js';
import { plugInDevices } from './devices.js';

setNetworkFactory((relay) => new UdpNetwork({ relay }));
setEngine(instantiateNow(createEngine, new WebAssembly.Module(unpack(packed))));
install({ force: true });
plugInDevices(createLocalTrack);
