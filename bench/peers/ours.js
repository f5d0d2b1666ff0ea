// This package as its users load it (dist/webrtc-wasm.node.mjs), over its own UDP sockets.

export const title = 'webrtc-wasm';
export const packageName = 'webrtc-wasm';

export async function load() {
  const { RTCPeerConnection } = await import('webrtc-wasm');
  return RTCPeerConnection;
}
