// This package, over its own UDP sockets.

export const title = 'webrtc-wasm';
export const packageName = 'webrtc-wasm';

export async function load() {
  const { RTCPeerConnection } = await import('../../js/index.node.js');
  return RTCPeerConnection;
}
