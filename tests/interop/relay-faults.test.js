// Relays that go away and come back under a transfer, over real sockets on both sides.

import { createHash } from 'node:crypto';
import { RelayNetwork } from '../../js/index.node.js';
import { ours } from './support/implementations.js';
import { kUser, oursWith, startRelay } from './support/networks.js';
import { Peer } from './support/peer.js';
import { connect, negotiate, noise } from './support/session.js';

const kChunk = 16 * 1024;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const access = (relay) => ({ url: relay.url, ...kUser });

/** A relay that can be killed, and started again on the same port. */
async function startMortalRelay() {
  let relay = await startRelay();
  const httpPort = relay.ports.http;
  return {
    url: relay.url,
    kill: () => relay.close(),
    async restart() {
      relay = await startRelay({ httpPort });
    },
  };
}

/** Our implementation behind relays alone. */
const throughRelay = (relay, options = {}) =>
  oursWith({ network: new RelayNetwork({ relay }), ...options });

/** Starts a transfer, and gives what ends with the hash of what arrived once it is under way. */
async function transfer(us, them, length = 8 * 1024 * 1024) {
  const near = us.createChannel('file');
  await connect(us, them);
  const far = await them.announced('file');
  await near.opened;
  const file = noise(length);
  const sending = near.sendFile(file);
  const begun = await far.take(8);
  const arrived = async () => {
    await sending;
    const rest = await far.take(length / kChunk - 8);
    return sha256(Buffer.concat([...begun, ...rest]));
  };
  return { expected: sha256(file), arrived };
}

const noFailure = (...peers) => {
  for (const { states } of peers) {
    expect(states.filter((state) => /failed|closed/.test(state))).toEqual([]);
  }
};

test.each([
  ['one end', 1],
  ['both ends', 2],
])(
  'A relay that is killed and started again mid-transfer: the hash is right, with %s on it',
  async (_, count) => {
    const relay = await startMortalRelay();
    const us = new Peer(throughRelay(access(relay)));
    const them = new Peer(count === 2 ? throughRelay(access(relay)) : ours);
    const { expected, arrived } = await transfer(us, them);
    await relay.kill();
    await us.until('disconnected', (pc) => pc.connectionState === 'disconnected');
    await relay.restart();
    expect(await arrived()).toBe(expected);
    noFailure(us, them);
  },
);

test('Without signalling for late candidates negotiationneeded comes, and the restart mends it', async () => {
  const relay = await startMortalRelay();
  const [us, them] = [1, 2].map(() => new Peer(throughRelay(access(relay))));
  const { expected, arrived } = await transfer(us, them);
  us.pc.onicecandidate = them.pc.onicecandidate = null;
  const needed = new Promise((resolve) => {
    us.pc.onnegotiationneeded = resolve;
  });
  const ufragOf = ({ sdp }) => /a=ice-ufrag:(\S+)/.exec(sdp)[1];
  const before = ufragOf(us.pc.localDescription);
  await relay.kill();
  await us.until('disconnected', (pc) => pc.connectionState === 'disconnected');
  await relay.restart();
  await needed;
  const { offer } = await negotiate(us, them);
  expect(ufragOf(offer)).not.toBe(before);
  expect(await arrived()).toBe(expected);
  noFailure(us, them);
});

test('The function that gives credentials is asked again for the next stream', async () => {
  const relay = await startMortalRelay();
  let asked = 0;
  const reports = [];
  const relayOf = async () => {
    asked++;
    return access(relay);
  };
  const us = new Peer(throughRelay(relayOf, { onrelay: (report) => reports.push(report) }));
  const them = new Peer(ours);
  const { expected, arrived } = await transfer(us, them);
  expect(asked).toBe(1);
  await relay.kill();
  await us.until('disconnected', (pc) => pc.connectionState === 'disconnected');
  await relay.restart();
  expect(await arrived()).toBe(expected);
  const attempts = reports.filter(({ type }) => type === 'connecting').length;
  expect(attempts).toBeGreaterThan(1);
  expect(asked).toBe(attempts);
  const types = reports.map(({ type }) => type);
  expect(types.slice(0, 4)).toEqual(['connecting', 'open', 'closed', 'retrying']);
  expect(types.at(-1)).toBe('open');
  expect(reports.every(({ url }) => url === relay.url)).toBe(true);
  const retries = reports.filter(({ type }) => type === 'retrying');
  expect(retries[0]).toMatchObject({ attempt: 1, errorCode: 701 });
  expect(retries[0].reason).toMatch(/./);
  for (const { delay } of retries) expect(delay).toBeGreaterThan(100);

  const [stats] = [...(await us.pc.getStats()).values()].filter(
    ({ type }) => type === 'peer-connection',
  );
  expect(stats).toMatchObject({ streamsOpened: 2, streamsReopened: 1, datagramsSent: 0 });
  expect(stats.streamBytesSent).toBeGreaterThan(8 * 1024 * 1024);
  expect(stats.streamFramesSent).toBeGreaterThan(stats.streamMessagesSent);
  expect(stats.streamFramesCoalesced).toBe(stats.streamFramesSent - stats.streamMessagesSent);
  expect(stats.bufferedAmountHighWater).toBeGreaterThan(kChunk / 2);
});

test('Of two relays the one that is not there costs an error event, and a transfer changes over when one dies', async () => {
  const [one, two] = [await startMortalRelay(), await startMortalRelay()];
  const gone = await startMortalRelay();
  await gone.kill();
  const us = new Peer(throughRelay([access(gone), access(one), access(two)]));
  const them = new Peer(ours);
  const { expected, arrived } = await transfer(us, them);
  await us.gathered();
  const urlOf = ({ url }) => url;
  expect(us.candidateErrors.map(urlOf)).toEqual([gone.url]);
  const candidates = us.pc.sctp.transport.iceTransport.getLocalCandidates();
  expect(new Set(candidates.map(urlOf))).toEqual(new Set([one.url, two.url]));
  const [fastest] = candidates;
  for (const { url, priority } of candidates) {
    if (url !== fastest.url) expect(priority).toBeLessThan(fastest.priority);
  }
  const inUse = us.pc.sctp.transport.iceTransport.getSelectedCandidatePair().local.url;
  await (inUse === one.url ? one : two).kill();
  expect(await arrived()).toBe(expected);
  noFailure(us, them);
});
