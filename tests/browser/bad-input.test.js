// What a page may get wrong: the errors of the specification, and a connection that goes on working.

import { useChromium } from './support/browser.js';

const suite = useChromium();

test('Rejects malformed descriptions with the line that is wrong, and connects afterwards', async () => {
  const page = await suite.open();
  const seen = await page.evaluate(async () => {
    const outcome = (promise) =>
      promise.then(
        () => 'accepted',
        (error) => ({
          name: error.name,
          isRTCError: error instanceof harness.RTCError,
          isDOMException: error instanceof DOMException,
          errorDetail: error.errorDetail,
          sdpLineNumber: error.sdpLineNumber,
        }),
      );
    const pair = new harness.Pair();
    const { ours, theirs } = pair;
    theirs.createDataChannel('x');
    const { sdp } = await theirs.createOffer();
    const lines = sdp.split('\r\n');
    const broken = lines.map((line) => (line.startsWith('m=') ? 'm=application' : line));
    const at = broken.indexOf('m=application') + 1;
    const results = {
      at,
      media: await outcome(ours.setRemoteDescription({ type: 'offer', sdp: broken.join('\r\n') })),
      garbage: await outcome(
        ours.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\nrubbish\r\n' }),
      ),
      empty: await outcome(ours.setRemoteDescription({ type: 'offer', sdp: '' })),
      bytes: await outcome(
        ours.setRemoteDescription({ type: 'offer', sdp: '\u0000\uffff'.repeat(1000) }),
      ),
      answer: await outcome(ours.setRemoteDescription({ type: 'answer', sdp })),
      type: await outcome(ours.setRemoteDescription({ type: 'nonsense', sdp })),
      state: ours.signalingState,
    };
    const channel = pair.channel('ours', 'y');
    await pair.negotiate('ours');
    const { near, far } = await channel;
    near.send('works');
    return { ...results, message: await far.next() };
  });
  const syntaxError = (sdpLineNumber) => ({
    name: 'OperationError',
    isRTCError: true,
    isDOMException: true,
    errorDetail: 'sdp-syntax-error',
    sdpLineNumber,
  });
  expect(seen.media).toEqual(syntaxError(seen.at));
  expect(seen.garbage).toEqual(syntaxError(2));
  expect(seen.empty).toEqual(syntaxError(expect.any(Number)));
  expect(seen.bytes).toEqual(syntaxError(1));
  expect(seen.answer).toMatchObject({ name: 'InvalidStateError', isRTCError: false });
  expect(seen.type).toMatchObject({ name: 'TypeError' });
  expect(seen.state).toBe('stable');
  expect(seen.message).toBe('works');
});

test('Rejects candidates as native does, and connects afterwards', async () => {
  const page = await suite.open();
  const seen = await page.evaluate(async () => {
    const good = 'candidate:1 1 udp 2113937151 192.0.2.77 40000 typ host';
    const inputs = {
      noLine: { candidate: good },
      unknownMid: { candidate: good, sdpMid: 'nowhere' },
      unknownLine: { candidate: good, sdpMLineIndex: 7 },
      garbage: { candidate: 'candidate:rubbish', sdpMid: '0' },
      badPort: { candidate: good.replace('40000', '99999'), sdpMid: '0' },
      unknownUfrag: { candidate: good, sdpMid: '0', usernameFragment: 'nobody' },
    };
    const tryAll = async (pc) => {
      const results = {};
      for (const [name, init] of Object.entries(inputs)) {
        results[name] = await pc.addIceCandidate(init).then(
          () => 'accepted',
          (error) => error.name,
        );
      }
      return results;
    };
    const pair = new harness.Pair();
    const early = [await tryAll(pair.ours), await tryAll(pair.theirs)];
    const channel = pair.channel('ours', 'x');
    await pair.negotiate('ours');
    const late = [await tryAll(pair.ours), await tryAll(pair.theirs)];
    const { near, far } = await channel;
    near.send('works');
    return { early, late, message: await far.next() };
  });
  // Before a remote description everything but a missing line is an InvalidStateError.
  expect(seen.early[0]).toEqual(seen.early[1]);
  expect(seen.early[0]).toMatchObject({ noLine: 'TypeError', garbage: 'InvalidStateError' });
  // Chromium takes a candidate of a generation that nobody knows; the specification rejects it.
  expect(seen.late[0]).toEqual({ ...seen.late[1], unknownUfrag: 'OperationError' });
  expect(seen.late[0]).toEqual({
    noLine: 'TypeError',
    unknownMid: 'OperationError',
    unknownLine: 'OperationError',
    garbage: 'OperationError',
    badPort: 'OperationError',
    unknownUfrag: 'OperationError',
  });
  expect(seen.message).toBe('works');
});

test.each([
  ['the package', 'ours', 'theirs'],
  ['the browser', 'theirs', 'ours'],
])('Fails and delivers nothing when the fingerprint of %s was changed', async (_, liar, victim) => {
  const page = await suite.open();
  const seen = await page.evaluate(
    async ({ liar, victim }) => {
      const alter = (description, from) =>
        from === liar
          ? {
              ...description,
              sdp: description.sdp.replace(/(a=fingerprint:sha-256 )(..:){4}/, '$100:00:00:00:'),
            }
          : description;
      const pair = new harness.Pair({ alter });
      const seen = { opened: [], messages: 0, dtlsErrors: [] };
      const watch = (side, channel) => {
        channel.addEventListener('open', () => {
          seen.opened.push(side);
          channel.send('must not arrive');
        });
        channel.addEventListener('message', () => seen.messages++);
      };
      for (const side of ['ours', 'theirs']) {
        watch(side, pair[side].createDataChannel(`from ${side}`, { negotiated: true, id: 1 }));
        pair[side].addEventListener('datachannel', ({ channel }) => watch(side, channel));
      }
      await pair.negotiate('ours');
      const dtls = pair[victim].sctp.transport;
      dtls.addEventListener('error', ({ error }) =>
        seen.dtlsErrors.push({ name: error.name, errorDetail: error.errorDetail }),
      );
      // A browser's connection may be in `failed` a few tasks before its transport says so.
      await Promise.all([
        pair.reaches(victim, 'failed'),
        pair.until(dtls, 'statechange', () => dtls.state === 'failed', `DTLS of ${victim} failed`),
      ]);
      return seen;
    },
    { liar, victim },
  );
  expect(seen).toMatchObject({ opened: [], messages: 0 });
  if (victim === 'ours') {
    expect(seen.dtlsErrors).toEqual([
      { name: 'OperationError', errorDetail: 'fingerprint-failure' },
    ]);
  }
});
