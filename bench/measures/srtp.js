import { loadSrtp } from '../srtp/index.js';

export const title = 'SRTP, AES-CM and HMAC-SHA1, in one thread';

export const peerNames = ['ours', 'werift'];
export const loadPeer = loadSrtp;

const rate = (title) => ({ title, unit: 'thousand packets/s', better: 'higher' });

export const metrics = {
  protectVideo: rate('packets of 1200 bytes protected'),
  unprotectVideo: rate('and checked and decrypted'),
  protectAudio: rate('packets of 100 bytes protected'),
  unprotectAudio: rate('and checked and decrypted, of 100 bytes'),
};

export const plan = (quick) => (quick ? { packets: 2000 } : { packets: 100_000 });

/** How many at a time: what is protected is kept until it is decrypted. */
const kBatch = 500;

export async function measure(peer, { packets }) {
  const srtp = await peer.open();
  run(srtp, kBatch, 1200);
  const video = run(srtp, packets, 1200);
  const audio = run(srtp, packets, 100);
  return {
    protectVideo: video.protect,
    unprotectVideo: video.unprotect,
    protectAudio: audio.protect,
    unprotectAudio: audio.unprotect,
  };
}

/** Thousands a second of processor time. */
function run(srtp, packets, size) {
  const spent = { protect: 0, unprotect: 0 };
  for (let done = 0; done < packets; done += kBatch) {
    spent.protect += timed(() => srtp.protect(kBatch, size));
    spent.unprotect += timed(() => srtp.unprotect());
  }
  return { protect: packets / spent.protect / 1000, unprotect: packets / spent.unprotect / 1000 };
}

function timed(action) {
  const before = performance.now();
  if (action() !== kBatch) throw new Error('packets were lost');
  return (performance.now() - before) / 1000;
}
