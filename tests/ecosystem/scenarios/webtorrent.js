// WebTorrent's build for browsers: each end seeds a file and has the other one's.

import MemoryStore from 'memory-chunk-store';
import WebTorrent from 'webtorrent/dist/webtorrent.min.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const announce = [end.server.url];
  const client = new WebTorrent({ dht: false, tracker: { rtcConfig: { iceServers: [] } } });
  const failed = new Promise((_, reject) => client.on('error', reject));
  const options = { announce, store: MemoryStore };
  const name = `${end.role}.bin`;
  const seeded = new Promise((resolve) => client.seed(end.file, { ...options, name }, resolve));
  const { magnetURI } = await end.within('a torrent', Promise.race([seeded, failed]));
  end.tell(magnetURI);
  const torrent = client.add(await end.hear(), options);
  await Promise.race([end.once(torrent, 'done'), failed]);
  const [file] = torrent.files;
  const seen = { file: await end.digest(await file.arrayBuffer()) };
  await end.meet();
  await new Promise((resolve) => client.destroy(resolve));
  return seen;
}

export { run as a, run as b };
