// PeerJS: peers by name through its own server, data connections and calls.

import * as peerjs from 'peerjs';

// CommonJS in Node.js, a module in pages.
const { Peer } = peerjs.Peer ? peerjs : peerjs.default;

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const { host, port, path } = end.server;
  const peer = new Peer(`end-${end.role}`, {
    ...{ host, port, path, secure: false },
    config: { iceServers: [] },
  });
  // Before the other end can dial.
  const dialled = end.role === 'b' && ['connection', 'call'].map((what) => end.once(peer, what));
  await end.once(peer, 'open');
  await end.meet();
  const stream = end.media.send();
  const [connection, call] = await (end.role === 'a'
    ? dial(peer, stream)
    : answer(dialled, stream));
  const theirs = end.once(call, 'stream');
  const received = end.receiver();
  connection.on('data', received.take);
  if (!connection.open) await end.once(connection, 'open');
  connection.send(end.greeting);
  connection.send(end.file);
  const seen = { ...(await received.all), ...(await end.watch(await theirs)) };
  await end.meet();
  // destroy() misses every other connection of a peer: it removes them from the list that it walks along.
  call.close();
  connection.close();
  peer.destroy();
  return seen;
}

/** @param {Peer} peer @param {MediaStream} stream */
const dial = (peer, stream) => [
  peer.connect('end-b', { reliable: true }),
  peer.call('end-b', stream),
];

/** @param {Promise<any>[]} dialled @param {MediaStream} stream */
async function answer(dialled, stream) {
  const [connection, call] = await Promise.all(dialled);
  call.answer(stream);
  return [connection, call];
}

export { run as a, run as b };
