// From CommonJS.

import webrtc = require('webrtc-wasm');

const pc = new webrtc.RTCPeerConnection();
export const channel: webrtc.RTCDataChannel = pc.createDataChannel('x');
