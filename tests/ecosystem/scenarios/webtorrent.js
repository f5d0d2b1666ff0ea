// WebTorrent's build for browsers: each end seeds a file and has the other one's.

import MemoryStore from 'memory-chunk-store';
import WebTorrent from 'webtorrent/dist/webtorrent.min.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const client = new WebTorrent({
    dht: false,
    lsd: false,
    tracker: { rtcConfig: { iceServers: [] } },
  });
  const failed = new Promise((_, reject) => client.on('error', reject));
  const options = { announce: [end.server.url], store: MemoryStore };
  const name = `${end.role}.bin`;
  const seeded = client.seed(end.file, { ...options, name });
  // Two whose offers cross at the tracker give up one connection each, not the same one, and are told to come
  // again in two minutes. So the seed's are out before the other end comes: it announces that it is complete,
  // and then itself.
  for (let announced = 0; announced < 2; announced++) {
    await Promise.race([end.once(seeded, 'trackerAnnounce'), failed]);
  }
  end.tell(seeded.magnetURI);
  const torrent = client.add(await end.hear(), options);
  await Promise.race([end.once(torrent, 'done'), failed]);
  const [file] = torrent.files;
  const seen = { file: await end.digest(await file.arrayBuffer()) };
  await end.meet();
  await new Promise((resolve) => client.destroy(resolve));
  return seen;
}

export { run as a, run as b };
