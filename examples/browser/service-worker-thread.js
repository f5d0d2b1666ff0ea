// A service worker knows no top-level await, so it takes the classic script, which is there at once.

importScripts('/dist/webrtc-wasm.classic.js');

const { RTCPeerConnection, configure } = globalThis.webrtcWasm;

configure({
  async relay() {
    const { username, password } = await (await fetch('/credentials')).json();
    const url = new URL('/relay', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    return { url: url.href, username, credential: password };
  },
});

/** A connection to itself: an application would signal over fetch or a WebSocket of its server. */
async function greet() {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const gathered = (pc) =>
    new Promise((resolve) => {
      pc.onicecandidate = ({ candidate }) => candidate ?? resolve();
    });
  const channel = a.createDataChannel('chat');
  channel.onopen = () => channel.send('hello');
  const heard = new Promise((resolve) => {
    b.ondatachannel = ({ channel: theirs }) => {
      theirs.onmessage = ({ data }) => resolve(data);
    };
  });
  let done = gathered(a);
  await a.setLocalDescription();
  await done;
  await b.setRemoteDescription(a.localDescription);
  done = gathered(b);
  await b.setLocalDescription();
  await done;
  await a.setRemoteDescription(b.localDescription);
  const text = await heard;
  a.close();
  b.close();
  return text;
}

// The worker lives as long as its event does.
addEventListener('message', (event) => {
  event.waitUntil(greet().then((text) => event.ports[0].postMessage(text)));
});
addEventListener('activate', (event) => event.waitUntil(globalThis.clients.claim()));
