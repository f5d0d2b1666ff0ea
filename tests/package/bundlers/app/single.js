import * as webrtc from 'webrtc-wasm/single';
import { exchange } from './exchange.js';

globalThis.exchange = (relay) => exchange(webrtc, relay);
