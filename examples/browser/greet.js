// Two connections that greet each other. Signalling is a function call here; in an application it goes over
// your server.

/**
 * @param {typeof RTCPeerConnection} RTCPeerConnection
 * @returns {Promise<string>} what the second one heard
 */
export async function greet(RTCPeerConnection) {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const described = Promise.withResolvers?.() ?? resolvers();
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from.onicecandidate = async ({ candidate }) => {
      await described.promise;
      if (candidate) await to.addIceCandidate(candidate);
    };
    from.onicecandidateerror = ({ errorText }) => console.warn(errorText);
  }
  const channel = a.createDataChannel('chat');
  channel.onopen = () => channel.send('hello');
  const heard = new Promise((resolve) => {
    b.ondatachannel = ({ channel: theirs }) => {
      theirs.onmessage = ({ data }) => resolve(data);
    };
  });
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  described.resolve();
  const text = await heard;
  a.close();
  b.close();
  return text;
}

function resolvers() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
