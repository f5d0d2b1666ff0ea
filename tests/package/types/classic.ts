/// <reference path="../../../types/classic.d.ts" />

// The classic script's global.

export const pc = new webrtcWasm.RTCPeerConnection();
export const { version } = webrtcWasm;
