// What the engine's TURN server is told of the operator's options and of the machine.

import { localAddresses } from '../net/local-addresses.js';
import { chooseRelayAddresses } from './relay-sockets.js';

/**
 * The machine's, and those that it is known by. Whatever else listens there is behind the machine's
 * firewall, and the relay is not.
 * @param {import('./options.js').RelayOptions} options
 * @param {typeof import('node:os').networkInterfaces} [interfaces]
 */
export function ownAddresses(options, interfaces) {
  return withOptions(options, machineAddresses(interfaces));
}

/** @param {typeof import('node:os').networkInterfaces} [interfaces] */
const machineAddresses = (interfaces) =>
  localAddresses({ includeLoopback: true, interfaces }).map(({ address }) => address);

/**
 * @param {import('./options.js').RelayOptions} options
 * @param {string[]} machine
 */
const withOptions = ({ externalAddresses, relayAddresses }, machine) => [
  ...machine,
  ...externalAddresses,
  ...relayAddresses,
];

/**
 * What the engine's TurnServer is told.
 * @param {import('./options.js').RelayOptions} options
 * @param {typeof import('node:os').networkInterfaces} [interfaces]
 */
export function turnServerConfig(options, interfaces) {
  const { limits } = options;
  const machine = machineAddresses(interfaces);
  const addresses = chooseRelayAddresses(options);
  return {
    realm: options.realm,
    secrets: options.secrets,
    users: Object.fromEntries(options.users.map(({ username, password }) => [username, password])),
    allow: [...options.allowPeers, ...(options.allowInterfaces ? machine : [])],
    deny: options.denyPeers,
    own: withOptions(options, machine),
    ipv4: addresses[4] !== undefined,
    ipv6: addresses[6] !== undefined,
    nonceLifetime: options.nonceLifetime,
    maxClients: limits.maxConnections + limits.maxUdpClients,
    maxAllocations: limits.maxAllocations,
    maxAllocationsPerUser: limits.maxAllocationsPerUser,
    maxPermissions: limits.maxPermissions,
    maxPermissionsPerUser: limits.maxPermissionsPerUser,
    maxPermissionsInTotal: limits.maxPermissionsInTotal,
    maxChannels: limits.maxChannels,
    maxChannelsPerUser: limits.maxChannelsPerUser,
    maxChannelsInTotal: limits.maxChannelsInTotal,
    bytesPerSecondPerUser: limits.maxBytesPerSecond,
    bytesPerSecond: limits.maxBytesPerSecondInTotal,
  };
}
