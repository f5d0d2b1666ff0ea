import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { createLocalTrack } from '../../../js/media/index.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection, RTCDTMFSender, RTCDTMFToneChangeEvent } = interfaces;

let pc;
let fake;
let network;
let sender;
let dtmf;
let log;

/** Advances the network's clock, which the tones follow, to the next timer. */
const tick = async () => {
  const [timer] = network.timers.splice(0, 1);
  network.time = timer.at;
  timer.callback();
  await tasksDone();
};
const nameOf = (action) => {
  try {
    action();
    return 'nothing';
  } catch (error) {
    return error.name;
  }
};

/** A connected connection that sends audio. */
beforeEach(async () => {
  useFakeEngine();
  network = new FakeNetwork();
  configure({ network });
  pc = new RTCPeerConnection();
  fake = lastFake();
  sender = pc.addTrack(createLocalTrack('audio'));
  dtmf = sender.dtmf;
  log = [];
  dtmf.ontonechange = ({ tone }) => log.push([network.time, tone, dtmf.toneBuffer]);
  await pc.setLocalDescription();
  fake.effects.push((engine) => {
    engine.find(1).currentDirection = 'sendrecv';
    engine.negotiated.add(1);
  });
  await pc.setRemoteDescription({ type: 'answer', sdp: 'remote answer' });
  fake.emit('ice-state', { transportId: 1, state: 'connected' });
  fake.emit('dtls-state', { transportId: 1, state: 'connected' });
  pc.restartIce();
  await tasksDone();
});

afterEach(() => pc.close());

test('A sender of audio has one, the same each time; a sender of video has none', () => {
  expect(dtmf).toBeInstanceOf(RTCDTMFSender);
  expect(sender.dtmf).toBe(dtmf);
  expect(pc.addTransceiver('video').sender.dtmf).toBe(null);
  expect(pc.addTransceiver('audio').sender.dtmf.canInsertDTMF).toBe(false);
});

test('Tones come one after the other, each with its duration and gap, then an empty one', async () => {
  dtmf.insertDTMF('1a#', 100, 70);
  expect([dtmf.toneBuffer, log]).toEqual(['1A#', []]);
  await tasksDone();
  await tick();
  await tick();
  await tick();
  expect(log).toEqual([
    [0, '1', 'A#'],
    [170, 'A', '#'],
    [340, '#', ''],
    [510, '', ''],
  ]);
  expect(network.timers).toEqual([]);
});

test('The defaults are 100 and 70 ms, and both are kept within their limits', async () => {
  const gapAfter = async (...args) => {
    dtmf.insertDTMF('1', ...args);
    await tasksDone();
    const [{ at }] = network.timers;
    const gap = at - network.time;
    await tick();
    return gap;
  };
  expect(await gapAfter()).toBe(170);
  expect(await gapAfter(1, 1)).toBe(40 + 30);
  expect(await gapAfter(9999, 9999)).toBe(6000 + 6000);
});

test('A comma waits two seconds', async () => {
  dtmf.insertDTMF(',1');
  await tasksDone();
  await tick();
  expect(log).toEqual([
    [0, ',', '1'],
    [2000, '1', ''],
  ]);
});

test('New tones take the place of those that wait, and are played in their turn', async () => {
  dtmf.insertDTMF('123');
  await tasksDone();
  dtmf.insertDTMF('9');
  await tick();
  await tick();
  expect(log.map(([, tone]) => tone)).toEqual(['1', '9', '']);
  expect(network.timers).toEqual([]);
});

test('No tones at all cancel those that wait', async () => {
  dtmf.insertDTMF('123');
  await tasksDone();
  dtmf.insertDTMF('');
  expect(dtmf.toneBuffer).toBe('');
  await tick();
  expect(log.map(([, tone]) => tone)).toEqual(['1', '']);
});

test('Unknown characters are an InvalidCharacterError and change nothing', () => {
  dtmf.insertDTMF('12');
  for (const tones of ['1E', ' ', '1!', 'é']) {
    expect(nameOf(() => dtmf.insertDTMF(tones))).toBe('InvalidCharacterError');
  }
  expect(dtmf.toneBuffer).toBe('12');
  expect(nameOf(() => dtmf.insertDTMF())).toBe('TypeError');
});

test.each([
  ['has no track', () => sender.replaceTrack(null)],
  ['is stopping', () => pc.getTransceivers()[0].stop()],
  [
    'is not negotiated for sending',
    () => {
      fake.effects.push((engine) => (engine.find(1).currentDirection = 'recvonly'));
      return pc.setLocalDescription();
    },
  ],
  [
    'sends nothing at all',
    () => {
      const parameters = sender.getParameters();
      parameters.encodings[0].active = false;
      return sender.setParameters(parameters);
    },
  ],
  ['has no codec for tones', () => fake.transceivers.negotiated.delete(1)],
  [
    'is not connected',
    async () => {
      fake.emit('ice-state', { transportId: 1, state: 'disconnected' });
      pc.restartIce();
      await tasksDone();
    },
  ],
  ['is of a closed connection', () => pc.close()],
])('A sender that %s takes no tones, and plays no more of them', async (_, change) => {
  expect(dtmf.canInsertDTMF).toBe(true);
  dtmf.insertDTMF('12');
  await tasksDone();
  await change();
  expect(dtmf.canInsertDTMF).toBe(false);
  expect(nameOf(() => dtmf.insertDTMF('a b'))).toBe('InvalidStateError');
  if (network.timers.length > 0) await tick();
  expect([log.length, dtmf.toneBuffer]).toEqual([1, '2']);
  expect(network.timers).toEqual([]);
});

test('RTCDTMFToneChangeEvent holds its tone, none by default', () => {
  expect(new RTCDTMFToneChangeEvent('tonechange').tone).toBe('');
  const event = new RTCDTMFToneChangeEvent('tonechange', { tone: '5' });
  expect([event.type, event.tone, event instanceof Event]).toEqual(['tonechange', '5', true]);
});
