// trystero with its torrent strategy: peers find each other at a tracker.

import { joinRoom } from '@trystero-p2p/torrent';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const room = joinRoom(
    {
      appId: 'webrtc-wasm',
      password: 'of the room',
      relayConfig: { urls: [end.server.url] },
      rtcConfig: { iceServers: [] },
      // It would keep a connection for two minutes after its last room.
      _test_only_sharedPeerIdleMs: 0,
    },
    'ecosystem',
  );
  const joined = new Promise((resolve) => (room.onPeerJoin = resolve));
  const streamed = new Promise((resolve) => (room.onPeerStream = resolve));
  const received = end.receiver();
  const text = room.makeAction('text', { onMessage: received.take });
  const file = room.makeAction('file', { onMessage: received.take });
  const peer = await end.within('a peer', joined);
  await end.meet();
  await text.send(end.greeting);
  await file.send(end.file);
  const data = await received.all;
  room.addStream(end.media.send(), { target: peer });
  const seen = { ...data, ...(await end.watch(await end.within('a stream', streamed))) };
  const connections = Object.values(room.getPeers());
  await end.meet();
  await room.leave();
  // Where the other end has left first, trystero forgets the connection and does not close it.
  connections.forEach((connection) => connection.close());
  return seen;
}

export { run as a, run as b };
