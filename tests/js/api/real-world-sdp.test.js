// What other implementations offer and answer (tests/fixtures/sdp), through RTCPeerConnection. That
// every answer of ours is right in all of its lines is the native tests' to show.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { VirtualNetwork } from '../../../js/net/virtual-network.js';
import { useEngine } from './pair.js';

const kFixtures = fileURLToPath(new URL('../../fixtures/sdp/', import.meta.url));

const read = (path) => readFileSync(`${kFixtures}${path}`, 'utf8');
const expectations = JSON.parse(read('expectations.json'));

/** All fixtures, by path. */
const fixtures = new Map();
for (const entry of readdirSync(kFixtures, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  const folder = entry.name;
  for (const fixture of JSON.parse(read(`${folder}/index.json`)).fixtures) {
    const path = `${folder}/${fixture.name}`;
    const after = (fixture.after ?? []).map((name) => `${folder}/${name}`);
    const sdp = read(`${path}.sdp`);
    fixtures.set(path, { ...fixture, path, after, sdp, expected: expectations[path] ?? {} });
  }
}
const all = [...fixtures.values()];
const cases = (filter) => all.filter(filter).map((fixture) => [fixture.path, fixture]);

let network;
/** @type {RTCPeerConnection[]} */
const open = [];

function connect() {
  configure({ network: network.host({ addresses: ['192.0.2.1'] }) });
  const pc = new interfaces.RTCPeerConnection();
  open.push(pc);
  return pc;
}

beforeAll(async () => {
  await useEngine();
});

beforeEach(() => {
  network = new VirtualNetwork({ seed: 11 });
});

afterEach(async () => {
  for (const pc of open.splice(0)) pc.close();
  configure({ network: undefined });
  network.close();
  expect((await useEngine()).liveHandles()).toBe(0);
});

// --- what a description says ---------------------------------------------------------------------

const kDirections = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const kReversed = { sendonly: 'recvonly', recvonly: 'sendonly' };
const reversed = (direction) => kReversed[direction] ?? direction;

/** The m-sections, as far as these tests look at them. */
function sectionsOf(sdp) {
  const [session, ...parts] = sdp.split(/^(?=m=)/m);
  const groups = [...session.matchAll(/^a=group:BUNDLE (.*?)\s*$/gm)].map(([, mids]) =>
    mids.split(/\s+/),
  );
  const directionIn = (text) =>
    kDirections.find((direction) => new RegExp(`^a=${direction}\\r?$`, 'm').test(text));
  return parts.map((part) => {
    const [, kind, port, protocol] = /^m=(\S+) +(\d+)\S* +(\S+)/.exec(part);
    const mid = /^a=mid:(\S+)/m.exec(part)?.[1];
    const isBundled = groups.some((mids) => mids.includes(mid));
    const streams = [...part.matchAll(/^a=msid:(\S+)/gm)].map(([, stream]) => stream);
    return {
      kind,
      mid,
      streams: new Set(streams.filter((stream) => stream !== '-')),
      tellsStreams: streams.length > 0,
      isRtp: protocol.includes('RTP/') && (kind === 'audio' || kind === 'video'),
      isRejected: port === '0' && !(isBundled && /^a=bundle-only\r?$/m.test(part)),
      direction: directionIn(part) ?? directionIn(session) ?? 'sendrecv',
      ufrag: (/^a=ice-ufrag:(\S+)/m.exec(part) ?? /^a=ice-ufrag:(\S+)/m.exec(session))?.[1],
      rids: [...part.matchAll(/^a=rid:(\S+) send/gm)].map(([, rid]) => rid),
    };
  });
}

/** Line ends and spaces are ours to choose. */
const asWritten = (sdp) =>
  `${sdp
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => (/^[mo]=/.test(line) ? line.replaceAll(/ +/g, ' ') : line))
    .join('\r\n')}\r\n`;

const sends = (direction) => direction.startsWith('send');

// --- offers --------------------------------------------------------------------------------------

/** Applies an offer and answers it. */
async function takeOffer(pc, { sdp, expected }) {
  const before = new Set(pc.getTransceivers());
  const tracks = [];
  pc.ontrack = (event) => tracks.push(event);
  await pc.setRemoteDescription({ type: 'offer', sdp });
  expect(pc.signalingState).toBe('have-remote-offer');
  expect(pc.remoteDescription.sdp).toBe(asWritten(sdp));

  const offered = sectionsOf(sdp);
  const heard = offered.filter(
    (section) => section.isRtp && !section.isRejected && sends(section.direction),
  );
  const transceivers = pc.getTransceivers();
  const kinds = (list) => list.map(({ kind }) => kind).sort();
  if (before.size === 0) {
    expect(kinds(tracks.map(({ track }) => track))).toEqual(kinds(heard));
  }
  for (const { track, receiver, transceiver, streams } of tracks) {
    expect(receiver.track).toBe(track);
    expect(transceiver.receiver).toBe(receiver);
    expect(track.muted).toBe(true);
    const section = offered.find(({ mid }) => mid === transceiver.mid);
    if (!section?.tellsStreams) continue;
    expect(new Set(streams.map(({ id }) => id))).toEqual(section.streams);
    for (const stream of streams) expect(stream.getTracks()).toContain(track);
  }

  const answer = await pc.createAnswer();
  await pc.setLocalDescription(answer);
  expect(pc.signalingState).toBe('stable');
  const answered = sectionsOf(answer.sdp);
  expect(answered.map(({ kind }) => kind)).toEqual(offered.map(({ kind }) => kind));
  const rejected = (sections) => sections.flatMap(({ isRejected }, i) => (isRejected ? [i] : []));
  expect(rejected(answered)).toEqual(
    [...rejected(offered), ...(expected.rejected ?? [])].sort((a, b) => a - b),
  );
  for (const [i, { isRtp, isRejected, direction }] of answered.entries()) {
    if (!isRtp || isRejected) continue;
    // Without a=mid, sections and transceivers are in one order.
    const transceiver = pc
      .getTransceivers()
      .find((one, at) => (offered[i].mid ? one.mid === offered[i].mid : at === i));
    expect(transceiver.currentDirection).toBe(direction);
    expect(transceiver.receiver.track.kind).toBe(offered[i].kind);
    const receives = direction === 'sendrecv' || direction === 'recvonly';
    expect(transceiver.receiver.getParameters().codecs.length > 0).toBe(receives);
    expect(transceiver.receiver.transport).not.toBeNull();
  }
  for (const transceiver of transceivers) {
    if (!pc.getTransceivers().includes(transceiver))
      expect(transceiver.currentDirection).toBe('stopped');
  }
  const hasData = answered.some(({ kind, isRejected }) => kind === 'application' && !isRejected);
  expect(pc.sctp !== null).toBe(hasData);
}

const offers = cases(({ type, expected }) => type === 'offer' && !expected.error);

test.each(offers)('The offer %s is answered', async (_, fixture) => {
  await takeOffer(connect(), fixture);
});

test.each(offers.filter(([, { after }]) => after.length > 0))(
  'The offer %s is answered after those before it',
  async (_, fixture) => {
    const pc = connect();
    for (const path of fixture.after) await takeOffer(pc, fixtures.get(path));
    await takeOffer(pc, fixture);
  },
);

// --- answers -------------------------------------------------------------------------------------

/** Makes the connection offer as the fixture does. */
async function offerLike(pc, { sdp }, previous) {
  const wanted = sectionsOf(sdp);
  const known = previous ? sectionsOf(previous.sdp) : [];
  let iceRestart = false;
  for (const [i, section] of wanted.entries()) {
    const continues = known[i] && !known[i].isRejected && known[i].mid === section.mid;
    const transceiver = continues
      ? pc.getTransceivers().find(({ mid }) => mid === section.mid)
      : undefined;
    if (section.isRejected) {
      transceiver?.stop();
    } else if (section.kind === 'application') {
      if (!continues) pc.createDataChannel('data');
    } else if (transceiver) {
      transceiver.direction = section.direction;
    } else {
      pc.addTransceiver(section.kind, {
        direction: section.direction,
        ...(section.rids.length > 0 ? { sendEncodings: section.rids.map((rid) => ({ rid })) } : {}),
      });
    }
    if (continues && known[i].ufrag !== section.ufrag) iceRestart = true;
  }
  await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
  const made = sectionsOf(pc.localDescription.sdp);
  const shape = (sections) => sections.map(({ kind, isRejected }) => [kind, isRejected]);
  expect(shape(made)).toEqual(shape(wanted));
}

// What a peer says after an answer that is refused has nothing to follow.
const follows = ({ after }) => after.every((path) => !fixtures.get(path).expected.error);

test.each(cases((fixture) => fixture.type === 'answer' && follows(fixture)))(
  'The answer %s is treated as it should be',
  async (_, fixture) => {
    const pc = connect();
    let previous;
    for (const path of fixture.after) {
      const { to, sdp } = fixtures.get(path);
      await offerLike(pc, fixtures.get(to), previous);
      await pc.setRemoteDescription({ type: 'answer', sdp });
      previous = fixtures.get(to);
    }
    await offerLike(pc, fixtures.get(fixture.to), previous);
    const applied = pc.setRemoteDescription({ type: 'answer', sdp: fixture.sdp });
    if (fixture.expected.error) {
      await expectError(applied, fixture.expected);
      expect(pc.signalingState).toBe('have-local-offer');
      return;
    }
    await applied;
    expect(pc.signalingState).toBe('stable');
    const offered = sectionsOf(pc.localDescription.sdp);
    for (const [i, { isRtp, isRejected, direction }] of sectionsOf(fixture.sdp).entries()) {
      const transceiver = pc.getTransceivers().find(({ mid }) => mid === offered[i].mid);
      if (!isRtp) continue;
      if (isRejected) {
        expect(transceiver).toBeUndefined();
        continue;
      }
      expect(transceiver.currentDirection).toBe(reversed(direction));
      expect(transceiver.sender.getParameters().codecs).not.toEqual([]);
    }
  },
);

// --- refusals ------------------------------------------------------------------------------------

async function expectError(promise, { error: name, errorDetail, message, line }) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error?.message).toContain(message);
  if (name === 'RTCError') {
    expect(error).toBeInstanceOf(interfaces.RTCError);
    expect(error.name).toBe('OperationError');
    expect(error.errorDetail).toBe(errorDetail);
    expect(error.sdpLineNumber).toBe(line);
  } else {
    expect(error).toBeInstanceOf(DOMException);
    expect(error.name).toBe(name);
    expect(error).not.toHaveProperty('sdpLineNumber');
  }
}

test.each(cases(({ type, expected }) => type === 'offer' && expected.error))(
  'The offer %s is refused',
  async (_, fixture) => {
    const pc = connect();
    await expectError(
      pc.setRemoteDescription({ type: 'offer', sdp: fixture.sdp }),
      fixture.expected,
    );
    expect(pc.signalingState).toBe('stable');
    expect(pc.remoteDescription).toBeNull();
    expect(pc.getTransceivers()).toEqual([]);
  },
);
