import { median } from '../statistics.js';

export const title = 'Data-channel offer in a process that has made many';

export const metrics = {
  latency: { title: 'new to createOffer() settled', unit: 'ms', better: 'lower' },
  rate: { title: 'offers per second, close() included', unit: '/s', better: 'higher' },
};

export const plan = (quick) => (quick ? { warmUp: 20, count: 50 } : { warmUp: 200, count: 1000 });

export async function measure(peer, { warmUp, count }) {
  const RTCPeerConnection = await peer.load();
  for (let i = 0; i < warmUp; i++) await offer(RTCPeerConnection);
  const latencies = [];
  const begin = performance.now();
  for (let i = 0; i < count; i++) latencies.push(await offer(RTCPeerConnection));
  const seconds = (performance.now() - begin) / 1000;
  return { latency: median(latencies), rate: count / seconds };
}

/** Milliseconds until there is an offer; closing comes on top for who counts offers. */
async function offer(RTCPeerConnection) {
  const begin = performance.now();
  const connection = new RTCPeerConnection({ iceServers: [] });
  connection.createDataChannel('bench');
  await connection.createOffer();
  const latency = performance.now() - begin;
  await connection.close();
  return latency;
}
