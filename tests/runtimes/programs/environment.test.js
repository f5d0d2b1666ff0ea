// Runs in Jest and in Vitest, in the environment of the package.

const timers = globalThis.vi ?? jest;

/** Connects two connections with each other. */
async function connect() {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
  const channel = a.createDataChannel('jest');
  const open = new Promise((resolve) => (channel.onopen = resolve));
  const announced = new Promise((resolve) => (b.ondatachannel = (event) => resolve(event.channel)));
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await open;
  return { a, b, channel, other: await announced };
}

test('Messages come as the arrays of this realm, and their events as its events', async () => {
  const { a, b, channel, other } = await connect();
  channel.binaryType = 'arraybuffer';
  const arrived = new Promise((resolve) => (channel.onmessage = resolve));
  other.send(new Uint8Array([1, 2, 3]));
  const event = await arrived;
  expect(event).toBeInstanceOf(MessageEvent);
  expect(event.data).toBeInstanceOf(ArrayBuffer);
  expect(new Uint8Array(event.data)).toEqual(new Uint8Array([1, 2, 3]));
  a.close();
  b.close();
});

test('Errors are those of this realm', async () => {
  const pc = new RTCPeerConnection();
  expect(() => new RTCPeerConnection(1)).toThrow(TypeError);
  expect(() => pc.createDataChannel('x', { maxRetransmits: 1, maxPacketLifeTime: 1 })).toThrow(
    TypeError,
  );
  pc.close();
  expect(() => pc.createDataChannel('x')).toThrow(DOMException);
  expect(pc).toBeInstanceOf(EventTarget);
  expect(pc.getStats()).toBeInstanceOf(Promise);
});

test('Faked timers do not stop a connection', async () => {
  timers.useFakeTimers();
  const { a } = await connect();
  expect(a.connectionState).toBe('connected');
  timers.useRealTimers();
});

test('A connection that nobody closes is no reason to stay', async () => {
  const { a } = await connect();
  expect(globalThis.webrtcWasm.RTCPeerConnection).toBe(RTCPeerConnection);
  expect(a.connectionState).toBe('connected');
});
