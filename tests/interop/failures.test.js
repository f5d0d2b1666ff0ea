// What goes wrong with real peers and relays ends, soon and in words; it never hangs.

import { connect as connectTcp, createServer } from 'node:net';
import { once } from 'node:events';
import { aiortc, nodeDatachannel, ours, wrtc } from './support/implementations.js';
import { kUser, oursThroughRelay, startRelay } from './support/networks.js';
import { Peer } from './support/peer.js';
import { connect, negotiate, noise } from './support/session.js';
import { onEnd } from './support/waiting.js';

const failed = (pc) => pc.connectionState === 'failed';

describe('a certificate that is not the signalled one', () => {
  // werift would keep its timers running when its handshake is refused.
  const cases = [wrtc, nodeDatachannel, aiortc].flatMap((other) => [
    { title: `${other.name} answers`, offering: ours, answering: other },
    { title: `${other.name} offers`, offering: other, answering: ours },
  ]);

  test.each(cases)('ends in failed with no data when $title', async ({ offering, answering }) => {
    const offerer = new Peer(offering);
    const answerer = new Peer(answering);
    const us = offering === ours ? offerer : answerer;
    const channels = [offerer.createChannel('never')];
    us.pc.ondatachannel = ({ channel }) => channels.push(channel);
    const errors = [];
    us.pc.addEventListener('connectionstatechange', () => {
      us.pc.sctp.transport.onerror = ({ error }) =>
        errors.push([error.errorDetail, error.sentAlert, error.receivedAlert]);
    });
    await negotiate(offerer, answerer, {
      rewrite: (description, to) => (to === us ? withOtherFingerprint(description) : description),
    });
    await us.until('failed', failed);
    const dtls = us.pc.sctp.transport;
    expect(dtls.state).toBe('failed');
    // bad_certificate (RFC 8122, section 6.2).
    expect(errors).toEqual([['fingerprint-failure', 42, null]]);
    expect(channels).toHaveLength(1);
    expect(channels[0].waiting).toBe(0);
    expect(channels[0].raw.readyState).not.toBe('open');
  });

  test('ends in failed when it is ours that a peer does not accept', async () => {
    const us = new Peer(ours);
    const them = new Peer(wrtc);
    const near = us.createChannel('never');
    await negotiate(us, them, {
      rewrite: (description, to) => (to === them ? withOtherFingerprint(description) : description),
    });
    const dtls = us.pc.sctp.transport;
    const errors = [];
    dtls.onerror = ({ error }) => errors.push([error.errorDetail, error.receivedAlert]);
    await us.until('failed', failed);
    expect(dtls.state).toBe('failed');
    // wrtc answers with certificate_unknown (RFC 5246, section 7.2.2).
    expect(errors).toEqual([['dtls-failure', 46]]);
    expect(near.raw.readyState).not.toBe('open');
  });
});

/** The last byte turned round. */
function withOtherFingerprint({ type, sdp }) {
  const changed = sdp.replace(/^(a=fingerprint:.*:)(\w\w)(?=\r$)/gm, (_, head, last) => {
    return head + (0xff - parseInt(last, 16)).toString(16).padStart(2, '0').toUpperCase();
  });
  expect(changed).not.toBe(sdp);
  return { type, sdp: changed };
}

describe('a relay', () => {
  /** A TCP hop in front of a relay whose connections can be cut. */
  async function startHop(targetPort) {
    const sockets = new Set();
    const server = createServer((socket) => {
      const onward = connectTcp(targetPort, '127.0.0.1');
      for (const [one, two] of [
        [socket, onward],
        [onward, socket],
      ]) {
        sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          sockets.delete(one);
          two.destroy();
        });
        one.pipe(two);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const cut = () => sockets.forEach((socket) => socket.destroy());
    onEnd(() => {
      cut();
      server.close();
    });
    return { url: `ws://127.0.0.1:${server.address().port}/relay`, cut };
  }

  /** A transfer over such a hop that has begun. */
  async function transferOverHop() {
    const relay = await startRelay();
    const { url, cut } = await startHop(relay.ports.http);
    const us = new Peer(oursThroughRelay(url, kUser));
    const them = new Peer(wrtc);
    const near = us.createChannel('cut');
    await connect(us, them);
    const far = await them.announced('cut');
    await near.opened;
    const file = noise(4 * 1024 * 1024);
    const sending = near.sendFile(file);
    await far.take(4);
    const complete = async () => {
      await sending;
      const rest = await far.take(file.length / (16 * 1024) - 4);
      expect(Buffer.concat(rest).equals(file.subarray(4 * 16 * 1024))).toBe(true);
    };
    return { us, them, cut, complete };
  }

  test('that drops us mid-transfer is reported, and the next connection to it takes up where it was', async () => {
    const { us, cut, complete } = await transferOverHop();
    const candidates = us.candidates.length;
    cut();
    await us.until('disconnected', (pc) => pc.connectionState === 'disconnected');
    await us.connected();
    await complete();
    expect(us.candidateErrors.map(({ errorCode }) => errorCode)).toEqual([701]);
    expect(us.candidates.length).toBeGreaterThan(candidates);
  });

  test('that drops us mid-transfer is returned to by an ICE restart as well', async () => {
    const { us, them, cut, complete } = await transferOverHop();
    cut();
    await us.until('disconnected', (pc) => pc.connectionState === 'disconnected');
    await negotiate(us, them, { offer: { iceRestart: true } });
    await us.connected();
    await complete();
  });

  test('that closes for good mid-transfer ends in failed', async () => {
    const relay = await startRelay();
    const us = new Peer(oursThroughRelay(relay.url, kUser));
    const them = new Peer(wrtc);
    const near = us.createChannel('cut');
    await connect(us, them);
    const far = await them.announced('cut');
    await near.opened;
    for (let i = 0; i < 64; i++) near.send(noise(64 * 1024));
    await far.take(4);
    await relay.close();
    await us.until('disconnected', (pc) => pc.connectionState === 'disconnected');
    expect(us.candidateErrors.map(({ errorCode }) => errorCode)).toEqual([701]);
    // The peer's consent goes on without us for that long (RFC 7675), and so does the hope.
    await us.until('failed', failed, 35_000);
  }, 60_000);

  const useless = [
    {
      what: 'that refuses our credentials',
      code: 401,
      async at() {
        const { url } = await startRelay();
        return oursThroughRelay(url, { ...kUser, credential: 'wrong' });
      },
    },
    {
      what: 'that is not there',
      code: 701,
      async at() {
        const relay = await startRelay();
        await relay.close();
        return oursThroughRelay(relay.url, kUser);
      },
    },
  ];

  test.each(useless)('$what ends in an error event and failed', async ({ code, at }) => {
    const us = new Peer(await at());
    // A peer that says when it has no more candidates: there is nothing to wait for then.
    const them = new Peer(ours);
    us.createChannel('never');
    await negotiate(us, them);
    await us.until('failed', failed);
    expect(us.candidateErrors.map(({ errorCode }) => errorCode)).toEqual([code]);
    expect(us.candidates.filter(({ candidate }) => candidate !== '')).toEqual([]);
  });
});
