// livekit-client: a room with two participants, who publish data and tracks.

import { Room, RoomEvent, Track } from 'livekit-client';
import { piecesOf } from '../support/realm/end.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const room = new Room({ singlePeerConnection: false, adaptiveStream: false, dynacast: false });
  const received = end.receiver();
  room.on(RoomEvent.DataReceived, (payload) => received.take(payload));
  const tracks = new MediaStream();
  const subscribed = new Promise((resolve) =>
    room.on(RoomEvent.TrackSubscribed, ({ mediaStreamTrack }) => {
      tracks.addTrack(mediaStreamTrack);
      if (tracks.getTracks().length === 2) resolve();
    }),
  );
  // The test's server takes the token for the name.
  await end.within(
    'the room',
    room.connect(end.server.url, end.role, {
      maxRetries: 0,
      peerConnectionTimeout: 100_000,
      websocketTimeout: 100_000,
    }),
  );
  await end.meet();
  const { localParticipant } = room;
  await localParticipant.publishData(new TextEncoder().encode(end.greeting), { reliable: true });
  for (const piece of piecesOf(end.file, 12_000)) {
    await localParticipant.publishData(piece, { reliable: true });
  }
  const data = await received.all;
  const [audio] = end.media.send().getAudioTracks();
  const [video] = end.media.send().getVideoTracks();
  await localParticipant.publishTrack(audio, { source: Track.Source.Microphone, red: false });
  await localParticipant.publishTrack(video, {
    source: Track.Source.Camera,
    simulcast: false,
    videoCodec: 'vp8',
  });
  await end.within('both tracks', subscribed);
  const seen = { ...data, ...(await end.watch(tracks)) };
  await end.meet();
  await room.disconnect();
  return seen;
}

export { run as a, run as b };
