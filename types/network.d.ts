// Networks: what a connection gets its datagrams and streams from. An application may bring its own.

/** An address of a relay, and who we are to it. `url` is `ws:` or `wss:`. */
export interface RelayAddress {
  url: string;
  username?: string;
  credential?: string;
}

/**
 * An address, several, or an (async) function that gives them: credentials expire, so it is asked anew
 * for every connection.
 */
export type RelaySource =
  | RelayAddress
  | RelayAddress[]
  | (() => RelayAddress | RelayAddress[] | Promise<RelayAddress | RelayAddress[]>);

/**
 * Why a stream ended: it never opened, the other side said no, or it was open and then it was not.
 */
export type StreamCloseReason = 'cannot-reach' | 'refused' | 'lost';

/** A datagram interface that has just become usable. */
export interface InterfaceInfo {
  /** Unique within the attachment. */
  id: number;
  kind: 'udp' | 'virtual';
  /** IPv4 or IPv6 literal, without a scope. */
  address: string;
  port: number;
  /** The largest IP packet of its link, in bytes, where that is known. */
  mtu?: number;
}

/** What an attachment reports. None of these may throw. */
export interface NetworkSink {
  interfaceAdded(info: InterfaceInfo): void;
  interfaceRemoved(id: number): void;
  /** No more interfaces follow for this `gather()`. */
  interfacesComplete(): void;
  datagram(interfaceId: number, address: string, port: number, data: Uint8Array): void;
  streamOpened(streamId: number): void;
  streamData(streamId: number, data: Uint8Array): void;
  /** Once for each stream, unless it was closed from this side. */
  streamClosed(streamId: number, reason: StreamCloseReason, detail?: string): void;
  /** Empty when there is none. */
  resolved(resolveId: number, addresses: string[]): void;
}

/** A stream to a server. */
export interface StreamRequest {
  streamId: number;
  url: string;
  transport: 'tcp' | 'tls' | 'relay';
  host: string;
  port: number;
  tlsName?: string;
}

/** A TCP connection to a candidate of the peer's. */
export interface PeerStreamRequest {
  streamId: number;
  interfaceId: number;
  host: string;
  port: number;
}

/** What went through an attachment. */
export interface Counters {
  datagramsSent: number;
  datagramsReceived: number;
  datagramBytesSent: number;
  datagramBytesReceived: number;
  streamBytesSent: number;
  streamBytesReceived: number;
  streamFramesSent: number;
  /** Frames that left in one write with another before them. */
  streamFramesCoalesced: number;
  /** Writes to a socket, after coalescing. */
  streamMessagesSent: number;
  streamMessagesReceived: number;
  /** Stale data frames dropped from a full queue. */
  streamFramesDropped: number;
  streamBytesDropped: number;
  streamsOpened: number;
  /** By the other side or by an error. */
  streamsClosed: number;
  /** Bytes; the most that waited at one socket for its peer. */
  bufferedAmountHighWater: number;
  /** The socket's own queue was full. */
  datagramsDropped: number;
  /** By code: EMSGSIZE, ENETUNREACH, … */
  sendErrors: Record<string, number>;
}

/** The sockets of one connection. */
export interface NetworkAttachment {
  gather(): void;
  send(interfaceId: number, address: string, port: number, data: Uint8Array): void;
  openStream(request: StreamRequest): void;
  openPeerStream?(request: PeerStreamRequest): void;
  sendStream(streamId: number, data: Uint8Array): void;
  closeStream(streamId: number): void;
  resolve(resolveId: number, hostname: string): void;
  bufferedAmount(): number;
  counters(): Counters;
  close(): void;
}

/** A server as the engine takes it. */
export interface EngineIceServer {
  kind: 'stun' | 'turn';
  transport: 'udp' | 'tcp' | 'tls' | 'relay';
  host: string;
  port: number;
  username: string;
  credential: string;
  url: string;
}

/** For `configure({ network })`. Times are milliseconds. */
export interface Network {
  attach(sink: NetworkSink): NetworkAttachment;
  now(): number;
  setTimer(callback: () => void, atMs: number): unknown;
  clearTimer(handle: any): void;
  /** Servers that come with the network, such as a relay. */
  iceServers?(): EngineIceServer[] | Promise<EngineIceServer[]>;
  /** Whether attachments have `openPeerStream()`. */
  connectsTcp?: boolean;
  close?(): void;
}

export interface RelayNetworkOptions {
  relay?: RelaySource;
  /** The class to use; the realm's own by default. */
  WebSocket?: any;
  /** Bounds of what waits for a slow stream, in bytes. */
  queue?: object;
  openTimeoutMs?: number;
}

/** Datagrams through a relay, over a WebSocket: all that a page has. */
export declare class RelayNetwork implements Network {
  constructor(options?: RelayNetworkOptions);
  attach(sink: NetworkSink): NetworkAttachment;
  now(): number;
  setTimer(callback: () => void, atMs: number): unknown;
  clearTimer(handle: any): void;
  iceServers(): EngineIceServer[] | Promise<EngineIceServer[]>;
}

export interface UdpNetworkOptions {
  /** Sockets on loopback too; else only when there is no other. */
  includeLoopback?: boolean;
  /** Exactly these local addresses instead of the system's. */
  addresses?: string[];
  /** How often addresses are compared, in ms; 0: never. */
  watchIntervalMs?: number;
  family?: 4 | 6;
  /** False: peers' TCP candidates are left alone. */
  tcp?: boolean;
  /** True: an open connection keeps the process alive. */
  keepAlive?: boolean;
  relay?: RelaySource;
  WebSocket?: any;
  /** `tls.ConnectionOptions` of Node.js: `ca` for a private TURN server, say. */
  tls?: object;
  queue?: object;
  multicast?: object;
  openTimeoutMs?: number;
}

/** Real UDP sockets, in Node.js. */
export declare class UdpNetwork implements Network {
  constructor(options?: UdpNetworkOptions);
  connectsTcp: boolean;
  attach(sink: NetworkSink): NetworkAttachment;
  now(): number;
  setTimer(callback: () => void, atMs: number): unknown;
  clearTimer(handle: any): void;
  iceServers(): EngineIceServer[] | Promise<EngineIceServer[]>;
  close(): void;
}
