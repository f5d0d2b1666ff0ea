// RTCError, and what descriptions that are wrong come to: webrtc-pc 4.4.1.5 and 11.

import { rejects, throws } from './support/errors.js';
import { connection } from './support/resources.js';
import { copy, offerTo, pair } from './support/session.js';

const kDetails = [
  'data-channel-failure',
  'dtls-failure',
  'fingerprint-failure',
  'sctp-failure',
  'sdp-syntax-error',
  'hardware-encoder-not-available',
  'hardware-encoder-error',
];

for (const errorDetail of kDetails) {
  test(`RTCError takes the detail ${errorDetail}`, () => {
    const error = new RTCError({ errorDetail }, 'what happened');
    expect(error).toMatchObject({ errorDetail, message: 'what happened', name: 'OperationError' });
  });
}

test('RTCError is a DOMException whose other members are null at first', () => {
  const error = new RTCError({ errorDetail: 'sdp-syntax-error' });
  expect(error instanceof RTCError).toBe(true);
  expect(error instanceof DOMException).toBe(true);
  expect(error).toMatchObject({
    message: '',
    code: 0,
    sdpLineNumber: null,
    sctpCauseCode: null,
    receivedAlert: null,
    sentAlert: null,
  });
});

test('RTCError has the numbers that it is given', () => {
  expect(
    new RTCError({
      errorDetail: 'dtls-failure',
      sdpLineNumber: 3,
      sctpCauseCode: 12,
      receivedAlert: 40,
      sentAlert: 50,
    }),
  ).toMatchObject({ sdpLineNumber: 3, sctpCauseCode: 12, receivedAlert: 40, sentAlert: 50 });
});

for (const [what, args] of [
  ['no argument', []],
  ['no detail', [{}]],
  ['a detail that is none', [{ errorDetail: 'bad-mood' }]],
]) {
  test(`RTCError throws a TypeError for ${what}`, () => {
    throws(() => new RTCError(...args), 'TypeError');
  });
}

test('RTCErrorEvent is constructed with an RTCError', () => {
  const error = new RTCError({ errorDetail: 'sctp-failure' });
  expect(new RTCErrorEvent('error', { error }).error).toBe(error);
  throws(() => new RTCErrorEvent('error'), 'TypeError');
  throws(() => new RTCErrorEvent('error', { error: new Error() }), 'TypeError');
});

/** A good offer, as lines. */
async function offerLines() {
  const pc = connection();
  if (realm.target !== 'data') pc.addTransceiver('audio');
  pc.createDataChannel('channel');
  return (await pc.createOffer()).sdp.slice(0, -2).split('\r\n');
}

const toSdp = (lines) => `${lines.join('\r\n')}\r\n`;

for (const [what, isWrong, wrong] of [
  ['the version', (line) => line.startsWith('v='), 'v=nonsense'],
  ['the origin', (line) => line.startsWith('o='), 'o=-'],
  ['a timing', (line) => line.startsWith('t='), 't=noon'],
  ['a media line', (line) => line.startsWith('m=audio'), 'm=audio'],
  ['a line that is none', (line) => line.startsWith('a=mid:'), 'rubbish'],
  ['a connection line', (line) => line.startsWith('c='), 'c=IN'],
]) {
  test(`a description with ${what} that cannot be parsed is an sdp-syntax-error with its line`, async () => {
    const lines = await offerLines();
    const at = lines.findIndex(isWrong);
    lines[at] = wrong;
    const pc = connection();
    const error = await rejects(
      pc.setRemoteDescription({ type: 'offer', sdp: toSdp(lines) }),
      'OperationError',
    );
    expect(error instanceof RTCError).toBe(true);
    expect([error.errorDetail, error.sdpLineNumber]).toEqual(['sdp-syntax-error', at + 1]);
    expect(pc.signalingState).toBe('stable');
    expect(pc.remoteDescription).toBe(null);
  });
}

test('a description that ends too early is an sdp-syntax-error', async () => {
  const error = await rejects(
    connection().setRemoteDescription({ type: 'offer', sdp: 'v=0\r\n' }),
    'OperationError',
  );
  expect(error.errorDetail).toBe('sdp-syntax-error');
});

test('a description without text is an sdp-syntax-error', async () => {
  const error = await rejects(
    connection().setRemoteDescription({ type: 'offer', sdp: '' }),
    'OperationError',
  );
  expect(error.errorDetail).toBe('sdp-syntax-error');
});

for (const [what, change] of [
  ['without a fingerprint', (lines) => lines.filter((line) => !line.startsWith('a=fingerprint'))],
  ['without ICE credentials', (lines) => lines.filter((line) => !/^a=ice-(ufrag|pwd)/.test(line))],
  ['without rtcp-mux', (lines) => lines.filter((line) => line !== 'a=rtcp-mux')],
  [
    'whose sections share a mid',
    (lines) => lines.map((line) => line.replace(/^a=mid:.*/, 'a=mid:0')),
  ],
  [
    'whose group names a mid that is not there',
    (lines) => lines.map((line) => line.replace(/^a=group:BUNDLE.*/, 'a=group:BUNDLE 0 1 nowhere')),
  ],
]) {
  test(`an offer ${what} is an InvalidAccessError`, async () => {
    const pc = connection();
    const sdp = toSdp(change(await offerLines()));
    await rejects(pc.setRemoteDescription({ type: 'offer', sdp }), 'InvalidAccessError');
    expect(pc.signalingState).toBe('stable');
  });
}

test('after a description was refused the connection goes on as before', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await b.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\nrubbish\r\n' }).catch(() => {});
  await offerTo(a, b);
  await b.setLocalDescription();
  await a.setRemoteDescription({ type: 'answer', sdp: 'v=0\r\nrubbish\r\n' }).catch(() => {});
  expect(a.signalingState).toBe('have-local-offer');
  await a.setRemoteDescription(copy(b.localDescription));
  expect(a.signalingState).toBe('stable');
});

test('the signaling state is looked at before the text', async () => {
  await rejects(
    connection().setRemoteDescription({ type: 'answer', sdp: 'rubbish' }),
    'InvalidStateError',
  );
});

test('lines may end with LF alone', async () => {
  const pc = connection();
  const sdp = (await offerLines()).map((line) => `${line}\n`).join('');
  await pc.setRemoteDescription({ type: 'offer', sdp });
  expect(pc.signalingState).toBe('have-remote-offer');
});

test('attributes that nobody knows are passed over', async () => {
  const pc = connection();
  const lines = await offerLines();
  lines.push('a=nobody-knows:this', 'a=nor-this');
  await pc.setRemoteDescription({ type: 'offer', sdp: toSdp(lines) });
  expect((await pc.createAnswer()).sdp).not.toContain('nobody-knows');
});
