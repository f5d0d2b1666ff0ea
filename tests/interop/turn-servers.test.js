// Every way through a TURN server: coturn behind WebSocket bridges and directly, and our relay as a
// TURN server of native peers. Both ends share a session as on a direct path.

import { aiortc, ours, wrtc } from './support/implementations.js';
import { Peer } from './support/peer.js';
import { connect, expectDelivery, expectFileTransfer, noise } from './support/session.js';
import { startCoturn, startWebsockify } from './support/coturn.js';
import { kUser, oursThroughRelay, startRelay } from './support/networks.js';

const kFile = noise(1024 * 1024);

/**
 * The session of every test here.
 * @param {Peer} relayed the end that has relay candidates only
 * @param {Peer} offerer
 * @param {Peer} answerer
 */
async function shareSession(relayed, offerer, answerer) {
  const near = offerer.createChannel('relayed');
  await connect(offerer, answerer);
  const far = await answerer.announced('relayed');
  await Promise.all([near.opened, far.opened]);
  await expectDelivery(near, far, ['there', Buffer.from([1, 2, 3])]);
  await expectDelivery(far, near, ['and back', Buffer.from([4, 5, 6])]);
  await Promise.all([expectFileTransfer(near, far, kFile), expectFileTransfer(far, near, kFile)]);
  const lines = relayed.pc.localDescription.sdp.match(/^a=candidate:.*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/ typ relay /);
}

const kOthers = [wrtc, ours];

describe('coturn', () => {
  let coturn;

  beforeAll(async () => {
    coturn = await startCoturn();
  });

  afterAll(() => coturn.stop());

  /** Each gives our end, which reaches the world through coturn alone. */
  const ways = [
    {
      way: 'our relay as a bridge in front of it',
      async relayed() {
        const upstreams = [{ host: '127.0.0.1', port: coturn.port, tls: false }];
        const { url } = await startRelay({ upstreams, users: [] });
        return new Peer(oursThroughRelay(url, coturn.user()));
      },
    },
    {
      way: 'websockify in front of it',
      async relayed() {
        return new Peer(oursThroughRelay(websockify.url, coturn.user()));
      },
    },
    ...['udp', 'tcp'].map((transport) => ({
      way: `${transport.toUpperCase()} from Node`,
      async relayed() {
        const iceServers = [coturn.iceServer(transport)];
        return new Peer(ours, { iceServers, iceTransportPolicy: 'relay' });
      },
    })),
  ];

  let websockify;

  beforeAll(async () => {
    websockify = await startWebsockify(coturn.port);
  });

  afterAll(() => websockify.stop());

  describe.each(ways)('through $way', ({ relayed }) => {
    test.each(kOthers)('carries a session that we offer to $name', async (other) => {
      const us = await relayed();
      await shareSession(us, us, new Peer(other));
    });

    test.each(kOthers)('carries a session that $name offers', async (other) => {
      const us = await relayed();
      await shareSession(us, new Peer(other), us);
    });
  });
});

describe('our relay as a plain TURN server', () => {
  // werift could use it as well, but its refresh timer goes on for minutes after close(). What
  // node-datachannel calls a relay policy lets checks leave from its own addresses until the relay
  // has answered, so that its sessions may pass beside the relay.
  const served = [wrtc, aiortc].flatMap((other) =>
    ['udp', 'tcp'].map((transport) => ({ name: other.name, other, transport })),
  );

  test.each(served)('serves $name over $transport', async ({ other, transport }) => {
    const relay = await startRelay();
    const urls = relay.uris.find((uri) => uri.endsWith(`transport=${transport}`));
    const them = new Peer(other, {
      iceServers: [{ urls, ...kUser }],
      iceTransportPolicy: 'relay',
    });
    await shareSession(them, new Peer(ours), them);
    const { bytesToPeers, bytesToClients } = relay.stats().turn;
    expect(bytesToPeers).toBeGreaterThan(kFile.byteLength);
    expect(bytesToClients).toBeGreaterThan(kFile.byteLength);
  });
});

test('two ends that both have nothing but a relay meet there', async () => {
  const { url } = await startRelay();
  const us = new Peer(oursThroughRelay(url, kUser));
  await shareSession(us, us, new Peer(oursThroughRelay(url, kUser)));
});
