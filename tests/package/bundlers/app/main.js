import * as webrtc from 'webrtc-wasm';
import { exchange } from './exchange.js';

globalThis.exchange = (relay) => exchange(webrtc, relay);
