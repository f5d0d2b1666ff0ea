// The package in a page, over the relay, with the same browser's native RTCPeerConnection. The
// browser hides its addresses behind mDNS names here, as it does by default.

import { networkInterfaces } from 'node:os';
import { useChromium } from './support/browser.js';

const suite = useChromium();

const kSides = [
  ['the package', 'ours'],
  ['the browser', 'theirs'],
];

for (const [who, offerer] of kSides) {
  for (const trickle of [true, false]) {
    const how = trickle ? 'with trickled candidates' : 'with candidates in the descriptions';
    test(`Connects when ${who} offers, ${how}`, async () => {
      const page = await suite.open();
      const seen = await page.evaluate(
        async ({ offerer, trickle }) => {
          const pair = new harness.Pair({ trickle });
          const channel = pair.channel(offerer, 'greeting');
          await pair.negotiate(offerer);
          const { near, far } = await channel;
          near.send('question');
          far.send('answer');
          const messages = [await far.next(), await near.next()];
          await pair.connected();
          const { problems, candidates } = pair;
          return { messages, problems, candidates };
        },
        { offerer, trickle },
      );
      expect(seen.messages).toEqual(['question', 'answer']);
      expect(seen.problems).toEqual([]);
      const hidden = seen.candidates.theirs.filter((line) => / typ host/.test(line));
      expect(hidden.length).toBeGreaterThan(0);
      for (const line of hidden)
        expect(line).toMatch(/^candidate:\S+ 1 udp \d+ [0-9a-f-]+\.local /);
    });
  }
}

test('Connects again and again in the same page, whose hidden names stay the same', async () => {
  const page = await suite.open();
  for (const offerer of ['ours', 'theirs', 'ours']) {
    const seen = await page.evaluate(async (offerer) => {
      const pair = new harness.Pair();
      const messages = await pair.greet(offerer);
      return { messages, alive: harness.closeAll() };
    }, offerer);
    expect(seen).toEqual({ messages: ['there', 'back'], alive: 0 });
  }
});

test('Uses a relayed pair, and discloses no address but the one of the relay', async () => {
  const page = await suite.open();
  const seen = await page.evaluate(async () => {
    const pair = new harness.Pair();
    const channel = pair.channel('ours', 'x');
    await pair.negotiate('ours');
    await channel;
    await pair.connected();
    await pair.gathered('ours');
    const selected = await pair.selectedPair('ours');
    const transportPair = pair.ours.sctp.transport.iceTransport.getSelectedCandidatePair();
    return {
      statistics: { type: selected.local.candidateType, protocol: selected.local.protocol },
      transport: transportPair.local.type,
      remote: (await pair.selectedPair('theirs')).remote.candidateType,
      lines: pair.candidates.ours,
      sdp: pair.ours.localDescription.sdp,
    };
  });
  expect(seen.statistics).toEqual({ type: 'relay', protocol: 'udp' });
  expect(seen.transport).toBe('relay');
  expect(seen.remote).toBe('relay');
  expect(seen.lines.length).toBeGreaterThan(0);
  for (const line of seen.lines) {
    expect(line).toMatch(/ typ relay raddr (0\.0\.0\.0|::) rport 0( |$)/);
  }
  // The relay runs on this machine, so its address is one of the machine's: it may stand where a
  // relayed address stands, and nowhere else.
  const elsewhere = seen.sdp
    .split('\r\n')
    .filter((line) => !/^a=candidate:.* typ relay /.test(line) && !/^c=IN IP[46] /.test(line))
    .join('\n');
  const own = Object.values(networkInterfaces())
    .flat()
    .map(({ address }) => address)
    .filter((address) => address !== '127.0.0.1');
  for (const address of own) expect(elsewhere).not.toContain(address);
});

test('Lets both sides open channels of every kind with the same properties', async () => {
  const page = await suite.open();
  const seen = await page.evaluate(async () => {
    const pair = new harness.Pair();
    const kinds = [
      ['ordered', {}],
      ['unordered', { ordered: false }],
      ['retransmits', { maxRetransmits: 3 }],
      ['no retransmits', { ordered: false, maxRetransmits: 0 }],
      ['lifetime', { maxPacketLifeTime: 500 }],
      ['unordered lifetime', { ordered: false, maxPacketLifeTime: 100 }],
      ['protocol', { protocol: 'sub·protocol' }],
      ['negotiated', { negotiated: true, id: 100, ordered: false }],
      ['', {}],
    ];
    const describe = ({ channel }) => {
      const { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, id } =
        channel;
      return { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, id };
    };
    const first = pair.channel('ours', 'first');
    await pair.negotiate('ours');
    await first;
    const results = [];
    for (const side of ['ours', 'theirs']) {
      for (const [label, init] of kinds) {
        const options = init.negotiated && side === 'theirs' ? { ...init, id: 102 } : init;
        const { near, far } = await pair.channel(side, label, options);
        near.send(`${label} there`);
        far.send(`${label} back`);
        results.push({
          wanted: options,
          near: describe(near),
          far: describe(far),
          messages: [await far.next(), await near.next()],
        });
      }
    }
    return results;
  });
  expect(seen).toHaveLength(18);
  for (const { wanted, near, far, messages } of seen) {
    expect(far).toEqual(near);
    expect(near).toMatchObject(wanted);
    expect(messages).toEqual([`${near.label} there`, `${near.label} back`]);
  }
});

test('Carries messages from nothing to 256 KiB, as text and as bytes, in both directions', async () => {
  const page = await suite.open();
  const seen = await page.evaluate(async () => {
    const pair = new harness.Pair();
    const channel = pair.channel('ours', 'messages');
    await pair.negotiate('ours');
    const { near, far } = await channel;
    const sizes = [0, 1, 2, 1000, 1150, 1200, 16 * 1024, 65535, 65536, 200_001, 262_144];
    const wrong = [];
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      for (const size of sizes) {
        const bytes = harness.patternBytes(size, size + 1);
        // A string whose UTF-8 form is exactly that long, with characters of one to four bytes.
        let text = 'aé€𝄞'.repeat(Math.floor(size / 10));
        text += 'z'.repeat(size - new TextEncoder().encode(text).length);
        from.send(bytes);
        from.send(text);
        const [asBytes, asText] = [await to.next(), await to.next()];
        const sameBytes =
          asBytes instanceof ArrayBuffer &&
          (await harness.sha256(asBytes)) === (await harness.sha256(bytes));
        if (!sameBytes || asText !== text) wrong.push(size);
      }
      from.send(new Blob(['from ', 'a blob']));
      from.send(harness.patternBytes(8).buffer);
      const [blob, buffer] = [await to.next(), await to.next()];
      if (new TextDecoder().decode(blob) !== 'from a blob') wrong.push('blob');
      if (buffer.byteLength !== 8) wrong.push('buffer');
    }
    far.channel.binaryType = near.channel.binaryType = 'blob';
    near.send(new Uint8Array([1, 2, 3]));
    far.send(new Uint8Array([4, 5]));
    const blobs = [await far.next(), await near.next()].map((blob) => [
      blob instanceof Blob,
      blob.size,
    ]);
    return { wrong, blobs, maxMessageSize: pair.ours.sctp.maxMessageSize };
  });
  expect(seen.wrong).toEqual([]);
  expect(seen.blobs).toEqual([
    [true, 3],
    [true, 2],
  ]);
  expect(seen.maxMessageSize).toBeGreaterThanOrEqual(262_144);
});

for (const [who, side] of kSides) {
  test(`Closes a channel on both sides when ${who} closes it, and lets its id be used again`, async () => {
    const page = await suite.open();
    const seen = await page.evaluate(async (side) => {
      const pair = new harness.Pair();
      const channel = pair.channel('ours', 'first');
      await pair.negotiate('ours');
      const { near, far } = await channel;
      const [closer, other] = side === 'ours' ? [near, far] : [far, near];
      const events = [];
      other.channel.addEventListener('closing', () => events.push('closing'));
      other.channel.addEventListener('close', () => events.push('close'));
      const closed = Promise.all([closer.closed(), other.closed()]);
      closer.send('last words');
      // What was sent before closing still arrives; only Chromium may lose it on its side when
      // the end of the channel follows too closely.
      if (side === 'theirs') closer.channel.close();
      const words = await other.next();
      closer.channel.close();
      await closed;
      const again = await pair.channel('ours', 'second');
      again.far.send('still here');
      return {
        words,
        events,
        ids: [near, again.near].map(({ channel }) => channel.id),
        after: await again.near.next(),
      };
    }, side);
    expect(seen.words).toBe('last words');
    expect(seen.events.at(-1)).toBe('close');
    expect(seen.after).toBe('still here');
    expect(seen.ids[1]).toBe(seen.ids[0]);
  });

  test(`Tells the other side when ${who} closes the connection`, async () => {
    const page = await suite.open();
    const seen = await page.evaluate(async (side) => {
      const pair = new harness.Pair();
      const channel = pair.channel('ours', 'x');
      await pair.negotiate('ours');
      const { near, far } = await channel;
      await pair.connected();
      const other = side === 'ours' ? pair.theirs : pair.ours;
      const end = side === 'ours' ? far : near;
      const { sctp } = other;
      const dtls = sctp.transport;
      const closed = Promise.all([
        end.closed(),
        pair.until(dtls, 'statechange', () => dtls.state === 'closed', 'DTLS is closed'),
        pair.until(sctp, 'statechange', () => sctp.state === 'closed', 'SCTP is closed'),
      ]);
      pair[side].close();
      await closed;
      return { own: pair[side].connectionState, other: other.signalingState };
    }, side);
    expect(seen).toEqual({ own: 'closed', other: 'stable' });
  });

  test(`Goes on over a new pair after ${who} restarted ICE`, async () => {
    const page = await suite.open();
    const seen = await page.evaluate(async (side) => {
      const pair = new harness.Pair();
      const channel = pair.channel('ours', 'x');
      await pair.negotiate('ours');
      const { near, far } = await channel;
      await pair.connected();
      const ufrag = (pc) => /a=ice-ufrag:(\S+)/.exec(pc.localDescription.sdp)[1];
      // The relay's allocation may stay; the browser's sockets are new ones.
      const port = async () => (await pair.selectedPair('ours')).remote.port;
      const before = [ufrag(pair.ours), ufrag(pair.theirs), await port()];
      const transport = pair.ours.sctp.transport.iceTransport;
      const changed = new Promise((resolve) =>
        transport.addEventListener('selectedcandidatepairchange', resolve, { once: true }),
      );
      await pair.negotiate(side, { iceRestart: true });
      await pair.soon(changed, 'another pair is selected');
      const after = [ufrag(pair.ours), ufrag(pair.theirs), await port()];
      near.send('there');
      far.send('back');
      const messages = [await far.next(), await near.next()];
      await pair.connected();
      return { before, after, messages };
    }, side);
    expect(seen.messages).toEqual(['there', 'back']);
    seen.after.forEach((value, i) => expect(value).not.toBe(seen.before[i]));
  });
}
