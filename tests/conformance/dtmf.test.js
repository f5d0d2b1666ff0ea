// RTCDTMFSender and RTCDTMFToneChangeEvent: webrtc-pc 7.

import { throws } from './support/errors.js';
import { audioTrack, connection } from './support/resources.js';
import { connectedPair, negotiate } from './support/session.js';
import { connected, soon } from './support/waiting.js';

/** A sender of DTMF whose connection is there. */
async function ready() {
  const { a, b } = await connectedPair();
  const sender = a.addTrack(audioTrack());
  await negotiate(a, b);
  await connected(a, b);
  return { a, b, sender, dtmf: sender.dtmf };
}

/** The tones that are told until the end of the buffer. */
function tones(dtmf) {
  const seen = [];
  return soon(
    new Promise((resolve) => {
      dtmf.addEventListener('tonechange', ({ tone }) => {
        seen.push([tone, dtmf.toneBuffer]);
        if (tone === '') resolve(seen);
      });
    }),
    'all tones were played',
  );
}

test('a sender of audio has one RTCDTMFSender with an empty buffer', () => {
  const { sender } = connection().addTransceiver('audio');
  expect(sender.dtmf instanceof RTCDTMFSender).toBe(true);
  expect(sender.dtmf).toBe(sender.dtmf);
  expect(sender.dtmf.toneBuffer).toBe('');
});

test('canInsertDTMF is false before there is a connection', () => {
  expect(connection().addTransceiver(audioTrack()).sender.dtmf.canInsertDTMF).toBe(false);
});

test('insertDTMF() throws InvalidStateError before there is a connection', () => {
  const { dtmf } = connection().addTransceiver(audioTrack()).sender;
  throws(() => dtmf.insertDTMF('1'), 'InvalidStateError');
});

test('insertDTMF() throws InvalidStateError before it looks at the characters', () => {
  const { dtmf } = connection().addTransceiver(audioTrack()).sender;
  throws(() => dtmf.insertDTMF('x'), 'InvalidStateError');
});

test('canInsertDTMF is true when a track is sent on a connection that is connected', async () => {
  const { dtmf } = await ready();
  expect(dtmf.canInsertDTMF).toBe(true);
});

test('canInsertDTMF is false without a track', async () => {
  const { sender, dtmf } = await ready();
  await sender.replaceTrack(null);
  expect(dtmf.canInsertDTMF).toBe(false);
});

test('canInsertDTMF is false once the transceiver is stopping', async () => {
  const { a, dtmf } = await ready();
  a.getTransceivers()[0].stop();
  expect(dtmf.canInsertDTMF).toBe(false);
});

test('canInsertDTMF is false when the encoding is not active', async () => {
  const { sender, dtmf } = await ready();
  const parameters = sender.getParameters();
  parameters.encodings[0].active = false;
  await sender.setParameters(parameters);
  expect(dtmf.canInsertDTMF).toBe(false);
});

test('canInsertDTMF is false when the negotiated direction does not send', async () => {
  const { a, b, dtmf } = await ready();
  a.getTransceivers()[0].direction = 'recvonly';
  expect(dtmf.canInsertDTMF).toBe(true);
  await negotiate(a, b);
  expect(dtmf.canInsertDTMF).toBe(false);
});

test('canInsertDTMF is false after close()', async () => {
  const { a, dtmf } = await ready();
  a.close();
  expect(dtmf.canInsertDTMF).toBe(false);
});

test('insertDTMF() puts tones into the buffer, with letters in upper case', async () => {
  const { dtmf } = await ready();
  expect(dtmf.insertDTMF('0123456789abcdABCD*#,')).toBe(undefined);
  expect(dtmf.toneBuffer).toBe('0123456789ABCDABCD*#,');
  dtmf.insertDTMF('');
});

for (const character of ['x', 'E', ' ', '１']) {
  test(`insertDTMF() throws InvalidCharacterError for ${JSON.stringify(character)}, and keeps its buffer`, async () => {
    const { dtmf } = await ready();
    dtmf.insertDTMF('12');
    throws(() => dtmf.insertDTMF(`3${character}`), 'InvalidCharacterError');
    expect(dtmf.toneBuffer).toBe('12');
    dtmf.insertDTMF('');
  });
}

test('insertDTMF() with an empty string empties the buffer', async () => {
  const { dtmf } = await ready();
  dtmf.insertDTMF('123');
  dtmf.insertDTMF('');
  expect(dtmf.toneBuffer).toBe('');
});

test('tonechange tells each tone as it begins, with the rest in the buffer, and the end by an empty tone', async () => {
  const { dtmf } = await ready();
  const played = tones(dtmf);
  dtmf.insertDTMF('1a#', 40, 30);
  expect(await played).toEqual([
    ['1', 'A#'],
    ['A', '#'],
    ['#', ''],
    ['', ''],
  ]);
});

test('tonechange is an RTCDTMFToneChangeEvent', async () => {
  const { dtmf } = await ready();
  const told = new Promise((resolve) => (dtmf.ontonechange = resolve));
  dtmf.insertDTMF('5', 40, 30);
  const event = await soon(told, 'a tone was told');
  expect(event instanceof RTCDTMFToneChangeEvent).toBe(true);
  expect(event.tone).toBe('5');
});

test('insertDTMF() while tones are played puts others in their place', async () => {
  const { dtmf } = await ready();
  const played = tones(dtmf);
  dtmf.addEventListener('tonechange', () => dtmf.insertDTMF('9', 40, 30), { once: true });
  dtmf.insertDTMF('123', 40, 30);
  expect((await played).map(([tone]) => tone)).toEqual(['1', '9', '']);
});

test('RTCDTMFToneChangeEvent can be constructed', () => {
  const event = new RTCDTMFToneChangeEvent('tonechange', { tone: '1' });
  expect([event.type, event.tone]).toEqual(['tonechange', '1']);
  expect(new RTCDTMFToneChangeEvent('tonechange').tone).toBe('');
});
