// Signalling over a WebSocket: descriptions and candidates as JSON, to and from one other peer.

import WebSocket from 'ws';

/**
 * Passes on what a connection has to say, by "perfect negotiation" (webrtc-pc section 10.7).
 * @param {RTCPeerConnection} pc
 * @param {string} url of server.js
 * @returns {WebSocket}
 */
export function signal(pc, url) {
  const socket = new WebSocket(url);
  const opened = new Promise((resolve) => socket.once('open', resolve));
  const send = (message) => opened.then(() => socket.send(JSON.stringify(message)));
  let isPolite = false;
  let isOffering = false;

  pc.onnegotiationneeded = async () => {
    try {
      isOffering = true;
      await pc.setLocalDescription();
      send({ description: pc.localDescription });
    } finally {
      isOffering = false;
    }
  };
  pc.onicecandidate = ({ candidate }) => send({ candidate });
  pc.onicecandidateerror = ({ url: server, errorText }) => console.error(server, errorText);

  // One after the other: a candidate waits for the description before it.
  let last = Promise.resolve();
  socket.on('message', (text) => {
    last = last.then(() => receive(JSON.parse(text))).catch((error) => console.error(error));
  });

  async function receive({ polite, description, candidate }) {
    // What was under way when we left.
    if (pc.signalingState === 'closed') return;
    if (polite !== undefined) isPolite = polite;
    if (description) {
      const collides =
        description.type === 'offer' && (isOffering || pc.signalingState !== 'stable');
      if (collides && !isPolite) return;
      await pc.setRemoteDescription(description);
      if (description.type === 'offer') {
        await pc.setLocalDescription();
        send({ description: pc.localDescription });
      }
    } else if (candidate && pc.remoteDescription) await pc.addIceCandidate(candidate);
  }
  return socket;
}
