// What a page of the page-channel measure does: two connections in it, and messages from one to the other.

/** A sender keeps no more than this in `bufferedAmount`, and waits until it is low again. */
const kBuffered = 1024 * 1024;
const kLow = 256 * 1024;

/** @param {RTCPeerConnection} from @param {RTCPeerConnection} to */
function trickle(from, to) {
  from.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) void to.addIceCandidate(candidate.toJSON());
  };
}

/** @param {RTCDataChannel} channel */
const opened = (channel) =>
  channel.readyState === 'open' || new Promise((resolve) => (channel.onopen = resolve));

/**
 * Megabytes that arrive in a second.
 * @param {{ from: 'ours' | 'native', to: 'ours' | 'native', relay: object, milliseconds: number, size: number }} options
 */
async function oneWay({ from, to, relay, milliseconds, size }) {
  const ours = await import('/js/index.js');
  ours.configure({ relay });
  const make = (which) =>
    new (which === 'ours' ? ours : globalThis).RTCPeerConnection({ iceServers: [] });
  const [a, b] = [make(from), make(to)];
  trickle(a, b);
  trickle(b, a);
  const local = a.createDataChannel('bench');
  const remoteOpen = new Promise((resolve) => {
    b.ondatachannel = async ({ channel }) => {
      await opened(channel);
      resolve(channel);
    };
  });
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription.toJSON());
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription.toJSON());
  const [remote] = await Promise.all([remoteOpen, opened(local)]);
  remote.binaryType = 'arraybuffer';

  let arrived = 0;
  remote.onmessage = () => arrived++;
  const payload = new Uint8Array(size).fill(0x5a);
  local.bufferedAmountLowThreshold = kLow;
  const fill = () => {
    while (local.readyState === 'open' && local.bufferedAmount + size <= kBuffered) {
      local.send(payload);
    }
  };
  local.onbufferedamountlow = fill;
  const began = performance.now();
  fill();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const rate = (arrived * size) / 1000 / (performance.now() - began);
  local.onbufferedamountlow = null;
  a.close();
  b.close();
  if (arrived === 0) throw new Error(`nothing arrived, ${from} to ${to}`);
  return rate;
}

globalThis.bench = { oneWay };
