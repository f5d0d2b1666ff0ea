// simple-peer: signalling by the application, one stream of bytes and strings, and calls.

import SimplePeer from 'simple-peer';
import { piecesOf } from '../support/realm/end.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const stream = end.media?.send();
  const initiator = end.role === 'a';
  const peer = new SimplePeer({ initiator, stream, config: { iceServers: [] } });
  peer.on('signal', (data) => end.tell(data));
  end.ontold = (data) => peer.signal(data);
  const theirs = end.media && end.once(peer, 'stream');
  const received = end.receiver();
  peer.on('data', received.take);
  await end.once(peer, 'connect');
  peer.send(end.greeting);
  for (const piece of piecesOf(end.file)) {
    if (!peer.write(piece)) await end.once(peer, 'drain');
  }
  const seen = { ...(await received.all), ...(theirs && (await end.watch(await theirs))) };
  // Whoever is slower sees the other one go.
  peer.on('error', () => {});
  const closed = new Promise((resolve) => peer.once('close', resolve));
  await end.meet();
  peer.destroy();
  await end.within("'close'", closed);
  return seen;
}

export { run as a, run as b };
