// RTCPeerConnection.createAnswer(): webrtc-pc 4.4.2 and 4.4.3, RFC 9429 section 5.3.

import { rejects } from './support/errors.js';
import { audioTrack, connection, videoTrack } from './support/resources.js';
import { credentialsOf, munge, parse, sectionsOf } from './support/sdp.js';
import { answerTo, connectedPair, copy, negotiate, offerTo, pair } from './support/session.js';
import { fateOf, quiet, record } from './support/waiting.js';

/** An answerer that has an offer, and what made it. */
async function offered(prepare = (a) => void a.createDataChannel('channel'), alter = copy) {
  const [a, b] = pair();
  await prepare(a, b);
  await a.setLocalDescription();
  await b.setRemoteDescription(alter(copy(a.localDescription)));
  return [a, b];
}

// ---- Forms and result

test('createAnswer() resolves with a plain object of type answer that can be changed', async () => {
  const [, b] = await offered();
  const answer = await b.createAnswer();
  expect(answer).toEqual({ type: 'answer', sdp: expect.stringMatching(/^v=0\r\n/) });
  expect(Object.getPrototypeOf(answer)).toBe(Object.prototype);
  answer.sdp += 'a=x\r\n';
  expect(answer.sdp).toMatch(/a=x\r\n$/);
});

test('createAnswer(options) takes a dictionary, null and undefined', async () => {
  const [, b] = await offered();
  for (const options of [undefined, null, {}, { voiceActivityDetection: true }]) {
    expect((await b.createAnswer(options)).type).toBe('answer');
  }
});

test('createAnswer(success, failure) resolves with undefined and calls success once', async () => {
  const [, b] = await offered();
  const calls = [];
  const returned = b.createAnswer(
    (...args) => calls.push(args),
    (error) => calls.push(error),
  );
  await expect(returned).resolves.toBe(undefined);
  await quiet();
  expect(calls).toEqual([[{ type: 'answer', sdp: expect.any(String) }]]);
});

test('createAnswer(success, failure) gives failure the DOMException', async () => {
  const pc = connection();
  const error = await new Promise((resolve, reject) => {
    pc.createAnswer(reject, resolve);
  });
  expect(error instanceof DOMException).toBe(true);
  expect(error.name).toBe('InvalidStateError');
});

test('the answer survives JSON on its way to both sides', async () => {
  const [a, b] = await offered();
  const answer = JSON.parse(JSON.stringify(await b.createAnswer()));
  await b.setLocalDescription(answer);
  await a.setRemoteDescription(answer);
  expect([a.signalingState, b.signalingState]).toEqual(['stable', 'stable']);
});

test('making an answer changes neither the descriptions nor the signaling state', async () => {
  const [, b] = await offered();
  const events = record(b, 'signalingstatechange', 'icegatheringstatechange');
  await b.createAnswer();
  await quiet();
  expect(events).toEqual([]);
  expect(b.signalingState).toBe('have-remote-offer');
  expect(b.localDescription).toBe(null);
});

// ---- States

test('createAnswer() rejects with InvalidStateError in stable', async () => {
  await rejects(connection().createAnswer(), 'InvalidStateError');
});

test('createAnswer() rejects with InvalidStateError in have-local-offer', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  await rejects(pc.createAnswer(), 'InvalidStateError');
});

test('createAnswer() rejects with InvalidStateError in have-remote-pranswer', async () => {
  const [a, b] = await offered();
  const { sdp } = await b.createAnswer();
  await a.setRemoteDescription({ type: 'pranswer', sdp });
  await rejects(a.createAnswer(), 'InvalidStateError');
});

test('createAnswer() works in have-local-pranswer', async () => {
  const [, b] = await offered();
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  expect((await b.createAnswer()).type).toBe('answer');
});

test('createAnswer() rejects with InvalidStateError when the connection is closed', async () => {
  const [, b] = await offered();
  b.close();
  await rejects(b.createAnswer(), 'InvalidStateError');
});

test('createAnswer() never settles when the connection is closed before it is done', async () => {
  const [, b] = await offered();
  const answering = b.createAnswer();
  b.close();
  expect(await fateOf(answering)).toBe('pending');
});

// ---- What it describes

test('the answer has the sections of the offer, in its order and with its mids', async () => {
  const [a, b] = await offered((a) => {
    a.addTransceiver('video');
    a.createDataChannel('channel');
    a.addTransceiver('audio');
  });
  b.addTrack(audioTrack());
  const shape = (description) => sectionsOf(description).map(({ kind, mid }) => [kind, mid]);
  const answer = await b.createAnswer();
  expect(shape(answer)).toEqual(shape(a.localDescription));
  expect(shape(answer).map(([kind]) => kind)).toEqual(['video', 'audio', 'application']);
});

for (const [offer, wish, expected] of [
  ['sendrecv', 'sendrecv', 'sendrecv'],
  ['sendrecv', 'sendonly', 'sendonly'],
  ['sendrecv', 'recvonly', 'recvonly'],
  ['sendrecv', 'inactive', 'inactive'],
  ['sendonly', 'sendrecv', 'recvonly'],
  ['sendonly', 'sendonly', 'inactive'],
  ['sendonly', 'recvonly', 'recvonly'],
  ['recvonly', 'sendrecv', 'sendonly'],
  ['recvonly', 'recvonly', 'inactive'],
  ['recvonly', 'sendonly', 'sendonly'],
  ['inactive', 'sendrecv', 'inactive'],
]) {
  test(`the answer to a section that is ${offer} is ${expected} when the transceiver's direction is ${wish}`, async () => {
    const [, b] = await offered((a) => void a.addTransceiver('audio', { direction: offer }));
    b.getTransceivers()[0].direction = wish;
    expect(sectionsOf(await b.createAnswer())[0].direction).toBe(expected);
  });
}

test('the answer to tracks for which nothing is sent back receives only', async () => {
  const [, b] = await offered((a) => {
    a.addTrack(audioTrack());
    a.addTrack(videoTrack());
  });
  const directions = sectionsOf(await b.createAnswer()).map(({ direction }) => direction);
  expect(directions).toEqual(['recvonly', 'recvonly']);
});

test('the answer sends a track that was added for an offered section, in its streams', async () => {
  const [, b] = await offered((a) => void a.addTransceiver('audio'));
  const stream = new MediaStream();
  b.addTrack(audioTrack(), stream);
  const [section] = sectionsOf(await b.createAnswer());
  expect(section.direction).toBe('sendrecv');
  expect(section.value('msid').split(' ')[0]).toBe(stream.id);
});

test('the answer has only formats of the offer, with the same payload types', async () => {
  const [a, b] = await offered((a) => {
    a.addTransceiver('audio');
    a.addTransceiver('video');
  });
  const offerSections = sectionsOf(a.localDescription);
  for (const [at, section] of sectionsOf(await b.createAnswer()).entries()) {
    const inOffer = new Map(offerSections[at].codecs().map((codec) => [codec.payloadType, codec]));
    const codecs = section.codecs();
    expect(codecs.length).toBeGreaterThan(0);
    for (const { payloadType, name, clockRate } of codecs) {
      expect(inOffer.get(payloadType)).toMatchObject({ name, clockRate });
    }
  }
});

test('the answer takes payload types from the offer even where its own would be others', async () => {
  const renumber = (description) =>
    munge(description, (line) =>
      line
        .replace(/^(m=audio .*) 111\b/, '$1 125')
        .replace(/^(a=(?:rtpmap|fmtp|rtcp-fb):)111\b/, '$1125'),
    );
  const [, b] = await offered(
    (a) => void a.addTransceiver('audio'),
    // Whatever number Opus has, it becomes 125.
    (offer) => {
      const [section] = sectionsOf(offer);
      const opus = section.codecs().find(({ name }) => name === 'opus').payloadType;
      return renumber({
        ...offer,
        sdp: offer.sdp.replaceAll(new RegExp(`\\b${opus}\\b`, 'g'), '111'),
      });
    },
  );
  const opus = sectionsOf(await b.createAnswer())[0]
    .codecs()
    .find(({ name }) => name === 'opus');
  expect(opus.payloadType).toBe(125);
});

/** The offer with an audio section whose only codec nobody has. */
function withoutKnownCodecs(offer) {
  let payloadType = 127;
  while (offer.sdp.includes(`a=rtpmap:${payloadType} `)) payloadType--;
  let isAudio = false;
  return munge(offer, (line) => {
    if (line.startsWith('m=')) isAudio = line.startsWith('m=audio');
    if (!isAudio) return line;
    if (line.startsWith('m=')) return line.replace(/SAVPF.*/, `SAVPF ${payloadType}`);
    if (/^a=(rtpmap|fmtp|rtcp-fb):/.test(line)) return null;
    return line.startsWith('a=mid:')
      ? `${line}\r\na=rtpmap:${payloadType} nobody-has-this/90000`
      : line;
  });
}

test('the answer rejects a section whose codecs it has none of', async () => {
  const [, b] = await offered((a) => void a.addTransceiver('audio'), withoutKnownCodecs);
  expect(sectionsOf(await b.createAnswer())[0].port).toBe(0);
});

test('the answer keeps rejected what the offer has rejected', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  a.addTransceiver('video');
  await negotiate(a, b);
  transceiver.stop();
  await offerTo(a, b);
  const { sections, bundles } = parse(await b.createAnswer());
  expect(sections.map(({ port }) => port === 0)).toEqual([true, false]);
  expect(bundles).toEqual([[sections[1].mid]]);
});

test('the answer has one BUNDLE group with the offered sections that it accepts', async () => {
  const [, b] = await offered((a) => {
    a.addTransceiver('audio');
    a.addTransceiver('video');
    a.createDataChannel('channel');
  }, withoutKnownCodecs);
  const { sections, bundles } = parse(await b.createAnswer());
  expect(bundles).toEqual([[sections[1].mid, sections[2].mid]]);
});

test('the answer is not affected by a transceiver that was stopped after the offer came', async () => {
  const [, b] = await offered((a) => void a.addTransceiver('audio'));
  b.getTransceivers()[0].stop();
  const { sections, bundles } = parse(await b.createAnswer());
  expect(sections[0].port).not.toBe(0);
  expect(sections[0].direction).toBe('inactive');
  expect(bundles).toEqual([[sections[0].mid]]);
});

test('the answer to an offer without BUNDLE has none either', async () => {
  const [, b] = await offered(
    (a) => {
      a.addTransceiver('audio');
      a.createDataChannel('channel');
    },
    (offer) => munge(offer, (line) => (line.startsWith('a=group:BUNDLE') ? null : line)),
  );
  expect(parse(await b.createAnswer()).bundles).toEqual([]);
});

test('the answer takes the active DTLS role where the offer leaves it the choice', async () => {
  const [, b] = await offered();
  const { sections, value } = parse(await b.createAnswer());
  // RFC 9429 section 5.3.1
  expect(sections[0].value('setup') ?? value('setup')).toBe('active');
});

for (const [offer, expected] of [
  ['active', 'passive'],
  ['passive', 'active'],
]) {
  test(`the answer takes the ${expected} DTLS role from an ${offer} offer`, async () => {
    const [, b] = await offered(undefined, (description) =>
      munge(description, (line) => line.replace('a=setup:actpass', `a=setup:${offer}`)),
    );
    const { sections, value } = parse(await b.createAnswer());
    expect(sections[0].value('setup') ?? value('setup')).toBe(expected);
  });
}

test('the answer multiplexes RTCP', async () => {
  const [, b] = await offered((a) => void a.addTransceiver('audio'));
  expect(sectionsOf(await b.createAnswer())[0].value('rtcp-mux')).toBe('');
});

test('the answer has ICE credentials and a fingerprint of its own', async () => {
  const [a, b] = await offered();
  const answer = await b.createAnswer();
  const [mine, theirs] = [credentialsOf(answer), credentialsOf(a.localDescription)];
  expect(mine.usernameFragment).not.toBe(theirs.usernameFragment);
  expect(mine.password).not.toBe(theirs.password);
  expect(answer.sdp).toMatch(/a=fingerprint:sha-256 /);
});

test('header extensions of the answer are those of the offer, with the same ids', async () => {
  const [a, b] = await offered((a) => {
    a.addTransceiver('audio');
    a.addTransceiver('video');
  });
  const offerSections = sectionsOf(a.localDescription);
  for (const [at, section] of sectionsOf(await b.createAnswer()).entries()) {
    const extensions = section.values('extmap');
    expect(extensions.length).toBeGreaterThan(0);
    for (const extension of extensions) {
      expect(offerSections[at].values('extmap')).toContain(extension);
    }
  }
});

test('the answer leaves out header extensions that nobody knows', async () => {
  const [, b] = await offered(
    (a) => void a.addTransceiver('audio'),
    (offer) =>
      munge(offer, (line) =>
        line.startsWith('a=mid:') ? `${line}\r\na=extmap:13 urn:example:nobody-knows` : line,
      ),
  );
  expect((await b.createAnswer()).sdp).not.toContain('nobody-knows');
});

test('the answer keeps the credentials when the offer does', async () => {
  const { a, b } = await connectedPair();
  const before = credentialsOf(b.localDescription);
  await offerTo(a, b);
  expect(credentialsOf(await b.createAnswer())).toEqual(before);
});

test('the answer restarts ICE when the offer does', async () => {
  const { a, b } = await connectedPair();
  const before = credentialsOf(b.localDescription);
  await offerTo(a, b, { iceRestart: true });
  const after = credentialsOf(await b.createAnswer());
  expect(after.usernameFragment).not.toBe(before.usernameFragment);
  expect(after.password).not.toBe(before.password);
});

test('the answer to an offer of data channels has a section for them', async () => {
  const [, b] = await offered();
  const [section] = sectionsOf(await b.createAnswer());
  expect(section).toMatchObject({
    kind: 'application',
    protocol: 'UDP/DTLS/SCTP',
    formats: ['webrtc-datachannel'],
  });
  expect(section.value('sctp-port')).toBe('5000');
});

test('transceivers of the answerer that the offer has no section for are not in the answer', async () => {
  const [, b] = await offered((a) => void a.addTransceiver('audio'));
  b.addTransceiver('video');
  expect(sectionsOf(await b.createAnswer()).map(({ kind }) => kind)).toEqual(['audio']);
});

test('voiceActivityDetection of createAnswer() is read and does not stand in the way', async () => {
  const [a, b] = await offered((a) => void a.addTransceiver('audio'));
  const { sdp } = await b.createAnswer({ voiceActivityDetection: false });
  expect(sdp).not.toMatch(/^a=rtpmap:\d+ CN\//m);
  await answerTo(b, a);
});
