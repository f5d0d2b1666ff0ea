// What every app of these tests does: two connections of one page send each other a message, over
// the relay, since a page has nothing else.

/**
 * @param {typeof import('webrtc-wasm')} api
 * @param {{ url: string, username: string, credential: string }} relay
 * @returns {Promise<{ received: string[], candidates: string[] }>}
 */
export async function exchange({ RTCPeerConnection, configure }, relay) {
  configure({ relay });
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const candidates = new Set();
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from.onicecandidate = ({ candidate }) => {
      if (candidate?.type) candidates.add(candidate.type);
      void to.addIceCandidate(candidate ?? undefined);
    };
  }
  /** @param {RTCDataChannel} channel @param {string} text */
  const talk = (channel, text) =>
    new Promise((resolve) => {
      channel.onopen = () => channel.send(text);
      channel.onmessage = ({ data }) => resolve(data);
    });
  const answered = new Promise((resolve) => {
    b.ondatachannel = ({ channel }) => resolve(talk(channel, 'from b'));
  });
  const offered = talk(a.createDataChannel('talk'), 'from a');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  const received = await Promise.all([offered, answered]);
  a.close();
  b.close();
  return { received, candidates: [...candidates] };
}
