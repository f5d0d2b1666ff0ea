// Sound and pictures between the package in Node.js and peers that encode and decode themselves: what
// one encodes the other decodes, and the content is compared.

import { aiortc, ours, wrtc } from './support/implementations.js';
import { expectMediaBothWays, expectMediaOneWay } from './support/media-tests.js';
import { Peer } from './support/peer.js';

/** Of one test: what it waits for has bounds of its own. */
const kTestMs = 120_000;

describe.each([wrtc, aiortc])('$name', (other) => {
  test.each([
    { what: `from ${ours.name} to ${other.name}`, from: ours, to: other },
    { what: `from ${other.name} to ${ours.name}`, from: other, to: ours },
  ])(
    'numbered pictures and a tone arrive as they were sent, $what',
    async ({ from, to }) => {
      await expectMediaOneWay(new Peer(from), new Peer(to));
    },
    kTestMs,
  );

  test.each([
    { who: ours.name, from: ours, to: other },
    { who: other.name, from: other, to: ours },
  ])(
    'numbered pictures and tones pass both ways at once, $who offers',
    async ({ from, to }) => {
      await expectMediaBothWays(new Peer(from), new Peer(to));
    },
    kTestMs,
  );
});
