// `webrtc-wasm/relay`: the relay as a library, in Node.js. docs/operating.md says what the options mean.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';
export type LogFormat = 'json' | 'text';
export type LogFunction = (event: string, fields?: Record<string, unknown>) => void;
export type Logger = Record<Exclude<LogLevel, 'silent'>, LogFunction>;

export interface RelayLimits {
  /** WebSocket and TCP clients, in total. */
  maxConnections: number;
  maxConnectionsPerAddress: number;
  /** 5-tuples remembered. */
  maxUdpClients: number;
  /** One WebSocket message. */
  maxMessageBytes: number;
  /** Data that waits for one slow client. */
  maxPendingBytes: number;
  /** For all of them; beyond it each has 64 KiB. */
  maxPendingBytesInTotal: number;
  /** Until a client has an allocation. */
  handshakeTimeoutMs: number;
  /** Without a byte from the client. */
  idleTimeoutMs: number;
  pingIntervalMs: number;
  maxAllocations: number;
  maxAllocationsPerUser: number;
  /** Per allocation. */
  maxPermissions: number;
  maxPermissionsPerUser: number;
  maxPermissionsInTotal: number;
  /** Per allocation. */
  maxChannels: number;
  maxChannelsPerUser: number;
  maxChannelsInTotal: number;
  /** Relayed for a user, both directions; 0: no bound. */
  maxBytesPerSecond: number;
  /** For all of them; 0: no bound. */
  maxBytesPerSecondInTotal: number;
}

export interface RelayOptions {
  listen: string[];
  httpPort: number;
  turnPort: number;
  turnsPort: number | undefined;
  turnUdp: boolean;
  turnTcp: boolean;
  /** Paths of PEM files. */
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  /** How clients reach the HTTP side, e.g. behind a proxy. */
  publicUrl: string | undefined;
  realm: string;
  secrets: string[];
  users: { username: string; password: string }[];
  issueCredentials: boolean;
  /** Seconds. */
  credentialsTtl: number;
  allowOrigins: string[];
  /** Whose X-Forwarded-For names clients. */
  trustedProxies: string[];
  allowPeers: string[];
  denyPeers: string[];
  allowInterfaces: boolean;
  relayAddresses: string[];
  externalAddresses: string[];
  minPort: number;
  maxPort: number;
  upstreams: { host: string; port: number; tls: boolean }[];
  /** Directories to serve; a prefix begins and ends with a slash. */
  mounts: { prefix: string; directory: string }[];
  signaling: boolean;
  mdns: boolean;
  metricsPort: number | undefined;
  metricsListen: string;
  /** Seconds. */
  nonceLifetime: number;
  /** How long `drain` waits for clients. */
  drainTimeoutMs: number;
  logLevel: LogLevel;
  logFormat: LogFormat;
  limits: RelayLimits;
}

/** What only programs can give, beside the operator's options. */
export interface RelayExtras {
  /** The initialised WASM module, when it is loaded already. */
  engine?: any;
  log?: Logger;
  /** Looks `.local` names up. */
  resolve?: (name: string) => Promise<string[]>;
  /** `tls.ConnectionOptions` of Node.js. */
  upstreamTls?: object;
  healthIntervalMs?: number;
  /** How often certificate files are looked at. */
  tlsCheckIntervalMs?: number;
  /** The time of day by which certificates expire. */
  unixMs?: () => number;
  /** `os.networkInterfaces` of Node.js, or what stands for it: the addresses that are the relay's own. */
  interfaces?: () => any;
  /** How often these are looked at. */
  addressIntervalMs?: number;
}

export interface Relay {
  /** Of the WebSocket. */
  url: string;
  httpUrl: string;
  ports: {
    http: number;
    turnUdp?: number;
    turnTcp?: number;
    turnTls?: number;
    metrics?: number;
  };
  /** All ways to reach it, as in TURN REST answers. */
  uris: string[];
  stats(): Record<string, unknown>;
  /** Looks at the certificate files now; what is bad is logged, and the certificate in use stays. */
  reloadTls(): Promise<void>;
  /**
   * Takes no new clients and makes no allocations, and closes when those that are there have ended, or
   * after `drainTimeoutMs`.
   */
  drain(): Promise<void>;
  /** At once; settles when nothing is left open. */
  close(): Promise<void>;
}

/**
 * Starts a relay.
 * @throws {OptionError} and the system's errors (EADDRINUSE, EACCES, …)
 */
export function createRelay(
  options?: Omit<Partial<RelayOptions>, 'limits'> & { limits?: Partial<RelayLimits> },
  extras?: RelayExtras,
): Promise<Relay>;

export interface RestCredentials {
  /** `<unix seconds of expiry>:<user>` */
  username: string;
  password: string;
  /** Seconds. */
  ttl: number;
}

/** Time-limited credentials in the form of draft-uberti-behave-turn-rest-00 section 2.2. */
export function issueCredentials(options: {
  secret: string;
  ttlSeconds: number;
  nowMs: number;
  user?: string;
}): RestCredentials;

/** A mistake in the options, told in words that an operator understands. */
export declare class OptionError extends Error {
  constructor(message: string);
}
