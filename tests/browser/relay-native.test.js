// Our relay as the TURN server of a browser's own implementation that may use nothing else.

import { localAddresses } from '../../js/net/local-addresses.js';
import { startRelay, useChromium } from './support/browser.js';

const suite = useChromium();
const own = localAddresses({ family: 4 })[0].address;

test.each([
  ['udp', 'native'],
  ['tcp', 'native'],
  ['udp', 'wasm'],
])('Chromium, relayed over %s, reaches a peer of kind %s', async (transport, theirs) => {
  const relay = await startRelay({ listen: [own] }, { engine: suite.engine });
  try {
    const page = await suite.open();
    const port = transport === 'udp' ? relay.ports.turnUdp : relay.ports.turnTcp;
    const { username, credential } = relay.access;
    const iceServers = [
      { urls: `turn:${own}:${port}?transport=${transport}`, username, credential },
    ];
    const seen = await page.evaluate(
      async ({ theirs, configuration }) => {
        // The package has its relay from the suite, and takes no other server.
        const pair = new harness.Pair({ ours: 'native', theirs, configuration });
        const messages = await pair.greet('ours');
        await pair.connected();
        const { local } = await pair.selectedPair('ours');
        return {
          messages,
          problems: pair.problems,
          candidates: pair.candidates.ours,
          local: local.candidateType,
        };
      },
      { theirs, configuration: { iceServers, iceTransportPolicy: 'relay' } },
    );
    expect(seen.messages).toEqual(['there', 'back']);
    expect(seen.problems).toEqual([]);
    expect(seen.local).toBe('relay');
    expect(seen.candidates.length).toBeGreaterThan(0);
    for (const candidate of seen.candidates) expect(candidate).toMatch(/ typ relay /);
    const { allocations, bytesToPeers, bytesToClients } = relay.stats().turn;
    expect(allocations).toBeGreaterThan(0);
    expect(bytesToPeers).toBeGreaterThan(0);
    expect(bytesToClients).toBeGreaterThan(0);
  } finally {
    await relay.close();
  }
});
