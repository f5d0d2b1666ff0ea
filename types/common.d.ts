// What every entry of the package exports.

import type { HostWasmModule, HostURL } from './host.js';
import type { Network, RelaySource } from './network.js';
import type { MediaStreamTrack } from './webrtc.js';

export * from './webrtc.js';
export type {
  Counters,
  EngineIceServer,
  InterfaceInfo,
  Network,
  NetworkAttachment,
  NetworkSink,
  RelayAddress,
  RelaySource,
  StreamRequest,
} from './network.js';
export * from './media.js';

/** The package's version. */
export declare const version: string;

export interface InstallOptions {
  /** Replaces native implementations too. */
  force?: boolean;
  /** Where the globals go; `globalThis` by default. */
  target?: any;
}

/**
 * Installs the interfaces as globals. By default only where there is no RTCPeerConnection at all: the
 * interfaces of two implementations do not mix. MediaStream and MediaStreamTrack come along where they
 * are missing, and never replace the host's.
 * @returns puts back what was there
 */
export function install(options?: InstallOptions): () => void;

/**
 * What becomes of a connection to a relay or a TURN server:
 * - `connecting`, `open`: a stream to `url` is being opened, and is open;
 * - `closed`: it ended, for `reason`, with `detail` where there is more to say;
 * - `retrying`: an allocation at `url` was lost; `attempt` begins in `delay` milliseconds;
 * - `failed`: no attempt follows; `reason` has the server's words and `errorCode` its code, or 701.
 */
export interface RelayReport {
  type: 'connecting' | 'open' | 'closed' | 'retrying' | 'failed';
  url: string;
  /** 0 for the first; grows until one succeeds. */
  attempt: number;
  reason?: string;
  detail?: string;
  /** Milliseconds. */
  delay?: number;
  errorCode?: number;
}

export interface Options {
  /** Where a relay is, or a function that says so for each connection. */
  relay?: RelaySource;
  /** Told how streams to relays and TURN servers fare; must not throw. */
  onrelay?: ((report: RelayReport) => void) | null;
  /** Sockets of the application's own choice; `relay` is then unused. */
  network?: Network;
  /** Offers carry a=sctp-init (draft-hancke-tsvwg-snap). Off by default, as in browsers. */
  offerSctpInit?: boolean;
  /** The largest message that is taken, in bytes: 1 to 1073741824, 262144 by default. */
  maxMessageSize?: number;
  /** How much is logged, of connections that exist as well: 'silent' by default. */
  logLevel?: LogLevel | 'silent';
  /** Where lines go; the console by default. */
  logSink?: (line: LogLine) => void;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  /** Milliseconds since 1970, on the connection's clock. */
  time: number;
  level: LogLevel;
  component: 'connection' | 'ice' | 'dtls' | 'sctp' | 'channel' | 'media' | 'relay';
  /** Which, counted from 1. */
  connection?: number;
  /** For people; it may change from version to version. */
  message: string;
  /** For programs. */
  detail?: Record<string, any>;
}

/** For `webrtc-wasm/inspect`; not for applications. */
export declare const inspection: object;

/**
 * Sets what connections that are made from now on use; those that exist keep what they have. A member
 * that is absent stays as it was, one that is undefined goes back to its default.
 * @throws {TypeError} for what is no such object
 */
export function configure(changes: Options): void;

/**
 * A track to send where there is no device to ask for one: silence or black is what it has to show
 * until something feeds it.
 * @throws {TypeError} for another kind
 */
export function createLocalTrack(
  kind: 'audio' | 'video',
  options?: { label?: string },
): MediaStreamTrack;

export type CodecName = 'opus' | 'vp8';
export type CodecSource = HostWasmModule | ArrayBuffer | ArrayBufferView | string | HostURL;

/**
 * Says where a codec's module is.
 * @param source the compiled module, its bytes, its URL, or a function that gives one of these when it
 *   is needed
 * @throws {TypeError} for another codec
 */
export function provideCodec(name: CodecName, source: CodecSource | (() => CodecSource)): void;

/** What video this realm encodes and decodes, in pictures of 640 x 360. */
export function supportedVideoCodecs(): Promise<
  {
    mimeType: string;
    clockRate: number;
    sdpFmtpLine?: string;
    encodes: boolean;
    decodes: boolean;
  }[]
>;
