export const title = 'First offer of a fresh process';

export const metrics = {
  import: { title: 'import', unit: 'ms', better: 'lower' },
  total: { title: 'import to createOffer() settled', unit: 'ms', better: 'lower' },
  memory: { title: 'resident memory added', unit: 'MB', better: 'lower' },
};

export const plan = () => ({});

export async function measure(peer) {
  const memory = process.memoryUsage.rss();
  const begin = performance.now();
  const RTCPeerConnection = await peer.load();
  const imported = performance.now();
  const connection = new RTCPeerConnection({ iceServers: [] });
  connection.createDataChannel('bench');
  await connection.createOffer();
  const end = performance.now();
  return {
    import: imported - begin,
    total: end - begin,
    memory: (process.memoryUsage.rss() - memory) / 1e6,
  };
}
