// node-datachannel: libdatachannel as a native add-on, through its W3C polyfill.

export const title = 'node-datachannel';
export const packageName = 'node-datachannel';
export const hasMedia = false;

export async function load() {
  const { RTCPeerConnection } = await import('node-datachannel/polyfill');
  return RTCPeerConnection;
}
