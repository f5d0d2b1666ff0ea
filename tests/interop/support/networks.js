// Relays and TURN servers of a test, and our connections on a network of their choice.

import { localAddresses } from '../../../js/net/local-addresses.js';
import { RelayNetwork, configure } from '../../../js/index.node.js';
import { createLogger } from '../../../js/relay/log.js';
import { createRelay } from '../../../js/relay/index.js';
import { ours } from './implementations.js';
import { onEnd } from './waiting.js';

/** The address that peers on this machine have for each other. */
export const kOwnAddress = localAddresses({ family: 4 })[0].address;

export const kUser = { username: 'ann', credential: 'interop' };

/**
 * Our implementation, configured otherwise than by default.
 * @param {Parameters<typeof configure>[0]} options
 */
export function oursWith(options) {
  const defaults = Object.fromEntries(Object.keys(options).map((name) => [name, undefined]));
  return {
    ...ours,
    create(configuration) {
      configure(options);
      try {
        return ours.create(configuration);
      } finally {
        configure(defaults);
      }
    },
  };
}

/**
 * Our implementation on another network than Node's own.
 * @param {import('../../../js/net/network.js').Network} network
 */
export const oursOn = (network) => oursWith({ network });

/**
 * Our implementation as a page has it: with a relay and nothing else.
 * @param {string} url
 * @param {{username: string, credential: string}} user
 */
export function oursThroughRelay(url, { username, credential }) {
  return oursOn(new RelayNetwork({ relay: { url, username, credential } }));
}

/**
 * Our relay on ports of the system's choice, open to this machine's own addresses.
 * @param {object} [options]
 */
export async function startRelay(options = {}) {
  const { username, credential } = kUser;
  const relay = await createRelay(
    {
      httpPort: 0,
      turnPort: 0,
      mdns: false,
      users: [{ username, password: credential }],
      allowInterfaces: true,
      relayAddresses: [kOwnAddress],
      ...options,
    },
    { log: createLogger({ level: 'silent' }) },
  );
  onEnd(() => relay.close());
  return relay;
}
