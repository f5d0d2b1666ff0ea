// A whole call by the oldest of recipes, over a real WebSocket, with an implementation elsewhere: the
// browser's own in another page, or another connection of the package's in Node.js.

import { Call } from './support/classic-call.js';
import { messageAt, opened } from './support/session.js';
import { connected, nextEvent, soon } from './support/waiting.js';

let rooms = 0;
const room = () => `${realm.services.signalling}${realm.target}-${++rooms}`;

/** Asks the other end what it has seen. */
async function ask(call, channel) {
  await opened(channel);
  const answering = messageAt(channel);
  channel.send('the message at the end');
  return JSON.parse(await soon(Promise.race([answering, call.failed]), 'the other end answers'));
}

/** Both ends have an audio and a video track of one stream from the other. */
function expectCall(call, seen) {
  expect(seen.heard).toBe('the message at the end');
  expect(seen.remote).toEqual({ [call.stream.id]: ['audio', 'video'] });
  expect(call.remote).toEqual({ [seen.stream]: ['audio', 'video'] });
  expect(call.pc.signalingState).toBe('stable');
  expect(call.pc.getTransceivers().map((x) => [x.receiver.track.kind, x.currentDirection])).toEqual(
    [
      ['audio', 'sendrecv'],
      ['video', 'sendrecv'],
    ],
  );
}

test('a caller offers when negotiation is needed, and its call with tracks and a channel is answered', async () => {
  const url = room();
  await realm.elsewhere('./classic-call.js', { url, role: 'callee' });
  const call = new Call(url);
  await call.opened;
  call.addTracks();
  const channel = call.pc.createDataChannel('chat');
  const seen = await ask(call, channel);
  await connected(call.pc);
  expectCall(call, seen);
  const without = (types) => types.filter((type) => type !== 'new-ice-candidate');
  expect(without(call.sent)).toEqual(['video-offer']);
  expect(without(call.received)).toEqual(['video-answer']);
  expect(call.sent).toContain('new-ice-candidate');
  expect(seen.sent).toContain('new-ice-candidate');
}, 20_000);

test('a callee answers a call with tracks and a channel', async () => {
  const url = room();
  const call = new Call(url);
  await call.opened;
  const announced = nextEvent(call.pc, 'datachannel');
  await realm.elsewhere('./classic-call.js', { url, role: 'caller' });
  const { channel } = await announced;
  const seen = await ask(call, channel);
  await connected(call.pc);
  expectCall(call, seen);
  expect(call.sent.filter((type) => type !== 'new-ice-candidate')).toEqual(['video-answer']);
}, 20_000);
