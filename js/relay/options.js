// What an operator can say, on the command line or to `createRelay`, and what it means.

import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { kLogFormats, kLogLevels } from './log.js';
import { OptionError, readSettings } from './settings.js';

export { OptionError };

/**
 * @typedef {object} StaticMount
 * @property {string} prefix     begins and ends with a slash
 * @property {string} directory
 */

/** @typedef {{host: string, port: number, tls: boolean}} UpstreamAddress */

/**
 * @typedef {object} RelayLimits
 * @property {number} maxConnections            WebSocket and TCP clients, in total
 * @property {number} maxConnectionsPerAddress
 * @property {number} maxUdpClients             5-tuples remembered
 * @property {number} maxMessageBytes           one WebSocket message
 * @property {number} maxPendingBytes           data that waits for one slow client
 * @property {number} maxPendingBytesInTotal    for all of them; beyond it each has 64 KiB
 * @property {number} handshakeTimeoutMs        until a client has an allocation
 * @property {number} idleTimeoutMs             without a byte from the client
 * @property {number} pingIntervalMs
 * @property {number} maxAllocations
 * @property {number} maxAllocationsPerUser
 * @property {number} maxPermissions            per allocation
 * @property {number} maxPermissionsPerUser
 * @property {number} maxPermissionsInTotal
 * @property {number} maxChannels               per allocation
 * @property {number} maxChannelsPerUser
 * @property {number} maxChannelsInTotal
 * @property {number} maxBytesPerSecond         relayed for a user, both directions; 0: no bound
 * @property {number} maxBytesPerSecondInTotal  for all of them; 0: no bound
 */

/** What the engine takes; a limit beyond it would be none. */
const kLargest = 0xffffffff;

/** @type {Readonly<RelayLimits>} */
const kLimits = Object.freeze({
  maxConnections: 2000,
  maxConnectionsPerAddress: 200,
  maxUdpClients: 10_000,
  maxMessageBytes: 256 * 1024,
  maxPendingBytes: 1024 * 1024,
  maxPendingBytesInTotal: 256 * 1024 * 1024,
  handshakeTimeoutMs: 30_000,
  // Allocations live for ten minutes unless refreshed (RFC 8656 §3.2).
  idleTimeoutMs: 660_000,
  pingIntervalMs: 30_000,
  maxAllocations: 2000,
  maxAllocationsPerUser: 50,
  maxPermissions: 64,
  maxPermissionsPerUser: 1000,
  maxPermissionsInTotal: 100_000,
  maxChannels: 64,
  maxChannelsPerUser: 1000,
  maxChannelsInTotal: 100_000,
  maxBytesPerSecond: 0,
  maxBytesPerSecondInTotal: 0,
});

/**
 * @typedef {object} RelayOptions
 * @property {string[]} listen
 * @property {number} httpPort
 * @property {number} turnPort
 * @property {number | undefined} turnsPort
 * @property {boolean} turnUdp
 * @property {boolean} turnTcp
 * @property {string | undefined} tlsCert     path of a PEM file
 * @property {string | undefined} tlsKey
 * @property {string | undefined} publicUrl   how clients reach the HTTP side, e.g. behind a proxy
 * @property {string} realm
 * @property {string[]} secrets
 * @property {{username: string, password: string}[]} users
 * @property {boolean} issueCredentials
 * @property {number} credentialsTtl          seconds
 * @property {string[]} allowOrigins
 * @property {string[]} trustedProxies   whose X-Forwarded-For names clients
 * @property {string[]} allowPeers
 * @property {string[]} denyPeers
 * @property {boolean} allowInterfaces
 * @property {string[]} relayAddresses
 * @property {string[]} externalAddresses
 * @property {number} minPort
 * @property {number} maxPort
 * @property {UpstreamAddress[]} upstreams
 * @property {StaticMount[]} mounts
 * @property {boolean} signaling
 * @property {boolean} mdns
 * @property {number | undefined} metricsPort
 * @property {string} metricsListen
 * @property {number} nonceLifetime           seconds
 * @property {number} drainTimeoutMs          how long `drain` waits for clients
 * @property {import('./log.js').LogLevel} logLevel
 * @property {import('./log.js').LogFormat} logFormat
 * @property {RelayLimits} limits
 */

/** @returns {RelayOptions} */
function defaults() {
  return {
    listen: ['127.0.0.1'],
    httpPort: 8080,
    turnPort: 3478,
    turnsPort: undefined,
    turnUdp: true,
    turnTcp: true,
    tlsCert: undefined,
    tlsKey: undefined,
    publicUrl: undefined,
    realm: 'webrtc-wasm',
    secrets: [],
    users: [],
    issueCredentials: false,
    credentialsTtl: 3600,
    allowOrigins: [],
    trustedProxies: [],
    allowPeers: [],
    denyPeers: [],
    allowInterfaces: false,
    relayAddresses: [],
    externalAddresses: [],
    minPort: 49_152,
    maxPort: 65_535,
    upstreams: [],
    mounts: [],
    signaling: false,
    mdns: true,
    metricsPort: undefined,
    metricsListen: '127.0.0.1',
    nonceLifetime: 3600,
    drainTimeoutMs: 30_000,
    logLevel: 'info',
    logFormat: 'json',
    limits: { ...kLimits },
  };
}

/**
 * Options from the command line, the environment and a file (settings.js).
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 * @returns {{help: true} | {version: true} | {options: RelayOptions}}
 * @throws {OptionError}
 */
export function parseArguments(args, env = {}) {
  const read = readSettings(args, env);
  if (!('settings' in read)) return read;
  const { settings } = read;
  return {
    options: normalizeOptions({
      listen: settings.listen,
      httpPort: settings.port,
      turnPort: settings['turn-port'],
      turnsPort: settings['turns-port'],
      turnUdp: settings.udp,
      turnTcp: settings.tcp,
      tlsCert: settings['tls-cert'],
      tlsKey: settings['tls-key'],
      publicUrl: settings['public-url'],
      realm: settings.realm,
      secrets: [
        ...(settings.secret ?? []),
        ...(settings['secret-file'] ?? []).flatMap((file) => readSecrets(file)),
      ],
      users: settings.user?.map(toUser),
      issueCredentials: settings['issue-credentials'],
      credentialsTtl: settings['credentials-ttl'],
      allowOrigins: settings['allow-origin'],
      trustedProxies: settings['trusted-proxy'],
      allowPeers: settings['allow-peer'],
      denyPeers: settings['deny-peer'],
      allowInterfaces: settings['allow-interfaces'],
      relayAddresses: settings['relay-address'],
      externalAddresses: settings['external-address'],
      minPort: settings['min-port'],
      maxPort: settings['max-port'],
      mdns: settings.mdns,
      upstreams: settings.upstream?.map(toUpstream),
      mounts: settings.static?.map(toMount),
      signaling: settings.signaling,
      metricsPort: settings['metrics-port'],
      metricsListen: settings['metrics-listen'],
      nonceLifetime: settings['nonce-lifetime'],
      drainTimeoutMs: inMs(settings['drain-timeout']),
      logLevel: /** @type {any} */ (settings['log-level']),
      logFormat: /** @type {any} */ (settings['log-format']),
      limits: {
        maxAllocations: settings['max-allocations'],
        maxAllocationsPerUser: settings['max-allocations-per-user'],
        maxConnections: settings['max-connections'],
        maxConnectionsPerAddress: settings['max-connections-per-address'],
        maxPermissions: settings['max-permissions'],
        maxPermissionsPerUser: settings['max-permissions-per-user'],
        maxPermissionsInTotal: settings['max-total-permissions'],
        maxChannels: settings['max-channels'],
        maxChannelsPerUser: settings['max-channels-per-user'],
        maxChannelsInTotal: settings['max-total-channels'],
        maxBytesPerSecond: settings['max-bytes-per-second'],
        maxBytesPerSecondInTotal: settings['max-total-bytes-per-second'],
        maxUdpClients: settings['max-udp-clients'],
        maxMessageBytes: settings['max-message-bytes'],
        maxPendingBytes: settings['max-pending-bytes'],
        maxPendingBytesInTotal: settings['max-total-pending-bytes'],
        handshakeTimeoutMs: inMs(settings['handshake-timeout']),
        idleTimeoutMs: inMs(settings['idle-timeout']),
      },
    }),
  };
}

/**
 * Fills in what was not said and refuses what cannot be meant.
 * @param {Omit<Partial<RelayOptions>, 'limits'> & {limits?: Partial<RelayLimits>}} [partial]
 * @returns {RelayOptions}
 * @throws {OptionError}
 */
export function normalizeOptions(partial = {}) {
  const options = defaults();
  const { limits, ...rest } = partial;
  assignDefined(options, rest);
  assignDefined(options.limits, limits ?? {});
  checkPorts(options);
  checkAddresses(options);
  checkTls(options);
  checkAccess(options);
  checkMounts(options);
  for (const [name, value] of Object.entries({
    ...options.limits,
    drainTimeoutMs: options.drainTimeoutMs,
  })) {
    if (!Number.isInteger(value) || value < 0 || value > kLargest) {
      throw new OptionError(`${name} must be a whole number up to ${kLargest}, not ${value}`);
    }
  }
  // To the `ws` package, zero and what has no 31 bits are no bound at all.
  if (options.limits.maxMessageBytes < 1 || options.limits.maxMessageBytes > 0x7fffffff) {
    throw new OptionError('--max-message-bytes must be from 1 to 2147483647');
  }
  if (!kLogFormats.includes(options.logFormat)) {
    throw new OptionError(`--log-format must be one of ${kLogFormats.join(', ')}`);
  }
  if (!kLogLevels.includes(options.logLevel)) {
    throw new OptionError(`--log-level must be one of ${kLogLevels.join(', ')}`);
  }
  return options;
}

/**
 * @param {any} target
 * @param {any} source
 */
function assignDefined(target, source) {
  for (const [name, value] of Object.entries(source)) {
    if (!(name in target)) throw new OptionError(`there is no option "${name}"`);
    if (value !== undefined) target[name] = value;
  }
}

/** @param {RelayOptions} options */
function checkPorts(options) {
  const { httpPort, turnPort, turnsPort, minPort, maxPort } = options;
  const ports = {
    '--port': httpPort,
    '--turn-port': turnPort,
    '--turns-port': turnsPort ?? 0,
    '--metrics-port': options.metricsPort ?? 0,
    '--max-port': maxPort,
  };
  for (const [name, port] of Object.entries(ports)) {
    if (!isPort(port)) throw new OptionError(`${name} must be a port from 0 to 65535, not ${port}`);
  }
  if (!isPort(minPort) || minPort < 1 || minPort > maxPort) {
    throw new OptionError(`--min-port must be a port from 1 up to --max-port, not ${minPort}`);
  }
}

/** @param {RelayOptions} options */
function checkAddresses(options) {
  if (options.listen.length === 0) throw new OptionError('there must be an address to listen on');
  for (const address of options.listen) requireAddress('--listen', address);
  requireAddress('--metrics-listen', options.metricsListen);
  for (const [name, addresses] of /** @type {const} */ ([
    ['--relay-address', options.relayAddresses],
    ['--external-address', options.externalAddresses],
  ])) {
    const families = addresses.map((address) => requireAddress(name, address));
    if (new Set(families).size !== families.length) {
      throw new OptionError(`${name} can be given once per address family`);
    }
  }
  for (const cidr of options.trustedProxies) requireCidr('--trusted-proxy', cidr);
  for (const cidr of options.allowPeers) requireCidr('--allow-peer', cidr);
  for (const cidr of options.denyPeers) requireCidr('--deny-peer', cidr);
}

/** @param {RelayOptions} options */
function checkTls({ tlsCert, tlsKey, turnsPort, publicUrl }) {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new OptionError('--tls-cert and --tls-key belong together');
  }
  if (turnsPort !== undefined && tlsCert === undefined) {
    throw new OptionError('--turns-port needs --tls-cert and --tls-key');
  }
  if (publicUrl !== undefined && !/^https?:\/\//.test(publicUrl)) {
    throw new OptionError(`--public-url must begin with http: or https:, not ${publicUrl}`);
  }
}

/** @param {RelayOptions} options */
function checkAccess(options) {
  const { secrets, users, issueCredentials, upstreams, allowOrigins, credentialsTtl } = options;
  const { nonceLifetime } = options;
  for (const origin of allowOrigins) requireOrigin(origin);
  if (!Number.isInteger(credentialsTtl) || credentialsTtl < 10 || credentialsTtl > 7 * 86_400) {
    throw new OptionError('--credentials-ttl must be from 10 seconds to 7 days');
  }
  // RFC 8656 §5: nonces expire at least once an hour.
  if (!Number.isInteger(nonceLifetime) || nonceLifetime < 10 || nonceLifetime > 3600) {
    throw new OptionError('--nonce-lifetime must be from 10 seconds to an hour');
  }
  if (secrets.some((secret) => secret.length === 0)) throw new OptionError('a secret is empty');
  if (upstreams.length > 0) {
    if (issueCredentials && secrets.length === 0) {
      throw new OptionError('--issue-credentials needs the --secret that the upstream knows');
    }
  } else if (secrets.length === 0 && users.length === 0 && !issueCredentials) {
    throw new OptionError(
      'nobody could use this relay: give --secret, --user or --issue-credentials',
    );
  }
}

/** @param {RelayOptions} options */
function checkMounts({ mounts }) {
  for (const { prefix, directory } of mounts) {
    if (!prefix.startsWith('/') || !prefix.endsWith('/')) {
      throw new OptionError(`the prefix ${prefix} must begin and end with a slash`);
    }
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
      throw new OptionError(`--static: ${directory} is not a directory`);
    }
  }
}

/** @param {unknown} port */
function isPort(port) {
  return Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535;
}

/**
 * @param {string} name
 * @param {string} address
 */
function requireAddress(name, address) {
  const family = isIP(address);
  if (family === 0) throw new OptionError(`${name} must be an IP address, not ${address}`);
  return family;
}

/**
 * @param {string} name
 * @param {string} cidr
 */
function requireCidr(name, cidr) {
  const [address, length, ...more] = cidr.split('/');
  const family = isIP(address);
  const bits = length === undefined ? 0 : Number(length);
  // The engine knows no zones: a range with one would be refused nowhere.
  const valid =
    more.length === 0 &&
    !address.includes('%') &&
    (length === undefined || /^\d{1,3}$/.test(length));
  if (family === 0 || !valid || bits > (family === 6 ? 128 : 32)) {
    throw new OptionError(`${name} must be like 192.0.2.0/24 or 2001:db8::/32, not ${cidr}`);
  }
}

/** As browsers' extensions have them; to `URL` such an origin is opaque. */
const kExtensionOrigin = /^[a-z]+(?:-[a-z]+)*-extension:\/\/[\w.@{}-]+$/i;

/** @param {string} origin */
function requireOrigin(origin) {
  if (origin === '*' || kExtensionOrigin.test(origin)) return;
  let parsed;
  try {
    parsed = new URL(origin).origin;
  } catch (error) {
    parsed = undefined;
  }
  if (parsed !== origin.toLowerCase()) {
    throw new OptionError(`--allow-origin must be like https://app.example, not ${origin}`);
  }
}

/** @param {number | undefined} seconds */
function inMs(seconds) {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** @param {string} text */
function toUser(text) {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) {
    throw new OptionError('--user must be NAME:PASSWORD');
  }
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * @param {string} text
 * @returns {UpstreamAddress}
 */
export function toUpstream(text) {
  const match = /^(?:(turns?):)?(?:\[([0-9a-fA-F:.]+)\]|([^:/[\]]+))(?::(\d+))?$/.exec(text);
  const tls = match?.[1] === 'turns';
  const port = match?.[4] === undefined ? (tls ? 5349 : 3478) : Number(match[4]);
  if (!match || !isPort(port) || port === 0) {
    throw new OptionError(`--upstream must be like turn.example.com:3478, not ${text}`);
  }
  return { host: match[2] ?? match[3], port, tls };
}

/**
 * @param {string} text
 * @returns {StaticMount}
 */
function toMount(text) {
  const equals = text.startsWith('/') ? text.indexOf('=') : -1;
  if (equals < 0) return { prefix: '/', directory: resolve(text) };
  const prefix = text.slice(0, equals);
  return {
    prefix: prefix.endsWith('/') ? prefix : `${prefix}/`,
    directory: resolve(text.slice(equals + 1)),
  };
}

/** @param {string} file */
function readSecrets(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OptionError(`--secret-file: ${error instanceof Error ? error.message : error}`);
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
