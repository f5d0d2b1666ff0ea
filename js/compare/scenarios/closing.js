// close(), and what is left afterwards.

import { subject } from '../scenario.js';
import { kDataOffer } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario, all } = subject('closing', spec.close);
export const closing = all;

scenario(
  'close() tells nobody at home',
  { lanes: ['ice', 'connection', 'gathering', 'transport'] },
  async ({ pc, idle, note }) => {
    const a = pc();
    a.addTransceiver('audio');
    await a.createOffer();
    a.close();
    note('states', [a.signalingState, a.iceConnectionState, a.connectionState]);
    await idle();
  },
);

scenario('close() twice', {}, async ({ pc, attempt }) => {
  const a = pc();
  a.close();
  await attempt(() => a.close());
});

scenario(
  'close() in the midst of a session',
  { lanes: ['channel'] },
  async ({ pc, track, connect, announced, opened, table, note, until }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('audio'));
    const channel = a.createDataChannel('x');
    const announcement = announced(b);
    await connect(a, b);
    const other = await announcement;
    await opened(channel);
    await opened(other);
    const dtls = a.getSenders()[0].transport;
    a.close();
    table(a);
    note('channel', channel.readyState);
    note('transports', [dtls.state, dtls.iceTransport.state, a.sctp?.state]);
    await until(other, 'close', () => other.readyState === 'closed');
  },
);

/** @type {Record<string, (a: any, context: any) => any>} */
const kCalls = {
  'createAnswer()': (a) => a.createAnswer(),
  'setLocalDescription()': (a) => a.setLocalDescription(),
  'setRemoteDescription()': (a) => a.setRemoteDescription({ type: 'offer', sdp: kDataOffer }),
  'addTransceiver()': (a) => a.addTransceiver('audio'),
  'addTrack()': (a, { track }) => a.addTrack(track('audio')),
  'getStats()': async (a) => (await a.getStats()).size >= 0,
};
for (const [label, call] of Object.entries(kCalls)) {
  scenario(`${label} when closed`, {}, async (context) => {
    const a = context.pc();
    a.close();
    await context.outcome('outcome', () => call(a, context));
  });
}

scenario('promises that close() overtakes', {}, async ({ pc, note, idle }) => {
  const a = pc();
  a.createDataChannel('x');
  /** @type {string[]} */
  const settled = [];
  const tell = (/** @type {string} */ name, /** @type {Promise<any>} */ promise) =>
    promise.then(
      () => settled.push(`${name} fulfilled`),
      () => settled.push(`${name} rejected`),
    );
  tell('setLocalDescription', a.setLocalDescription());
  tell('createOffer', a.createOffer());
  a.close();
  await idle();
  note('settled', settled);
});

scenario('an offer that names a closed transceiver’s members', {}, async ({ pc, note }) => {
  const a = pc();
  const transceiver = a.addTransceiver('audio');
  a.close();
  note('direction', [transceiver.direction, transceiver.currentDirection]);
  note('track', transceiver.receiver.track.readyState);
  note('lists', [a.getTransceivers().length, a.getSenders().length, a.getReceivers().length]);
});
