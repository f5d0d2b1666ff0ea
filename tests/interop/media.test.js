// Sound and pictures between the package in Node.js and peers that encode and decode themselves: what
// one encodes the other decodes, and the content is compared.

import { aiortc, ours, wrtc } from './support/implementations.js';
import {
  expectForwarding,
  expectMediaBothWays,
  expectMediaOneWay,
  expectTonesIn,
} from './support/media-tests.js';
import { Peer } from './support/peer.js';

describe.each([wrtc, aiortc])('$name', (other) => {
  test.each([
    { what: `from ${ours.name} to ${other.name}`, from: ours, to: other },
    { what: `from ${other.name} to ${ours.name}`, from: other, to: ours },
  ])('numbered pictures and a tone arrive as they were sent, $what', async ({ from, to }) => {
    await expectMediaOneWay(new Peer(from), new Peer(to));
  });

  test.each([
    { who: ours.name, from: ours, to: other },
    { who: other.name, from: other, to: ours },
  ])('numbered pictures and tones pass both ways at once, $who offers', async ({ from, to }) => {
    await expectMediaBothWays(new Peer(from), new Peer(to));
  });
});

describe.each([
  { who: 'we offer', weOffer: true },
  { who: 'aiortc offers', weOffer: false },
])('aiortc, when $who', ({ weOffer }) => {
  test('tones pass both ways as PCMU', async () => {
    await expectTonesIn(new Peer(ours), new Peer(aiortc), weOffer, 'audio/PCMU');
  });

  test('its H.264 pictures come back to it when we forward them encoded', async () => {
    await expectForwarding(new Peer(ours), new Peer(aiortc), weOffer, 'video/H264');
  });
});
