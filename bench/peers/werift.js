// werift: WebRTC in TypeScript.

export const title = 'werift';
export const packageName = 'werift';

export async function load() {
  const { RTCPeerConnection } = await import('werift');
  return RTCPeerConnection;
}

/** It has an event of its own kind for this, and none under the name that browsers have. */
export function whenBufferIsLow(channel) {
  return channel.bufferedAmountLow.asPromise();
}

/** It takes strings and Buffers only. */
export const payload = (size) => Buffer.alloc(size, 0x5a);
