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
  // Two that announce at the same moment get each other's offer, and either gives up the connection that
  // the other one keeps: who is there first says so before the other one comes.
  await Promise.race([end.once(seeded, 'trackerAnnounce'), failed]);
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
