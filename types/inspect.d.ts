// `webrtc-wasm/inspect`: recordings of connections, as JSON, in a panel, as capture files.
// docs/inspect.md has the format. Times are milliseconds since 1970.

import type { RTCPeerConnection } from './webrtc.js';

export interface InspectorOptions {
  /** Connections that are made from now on, all of them; else those of `attach()`. */
  all?: boolean;
  /** Milliseconds between samples of getStats(), 1000 by default, 0: none. */
  statsInterval?: number;
  /** An entry for each message of a data channel, with its size. */
  messages?: boolean;
  /** What goes over the sockets, for `pcapng()`. */
  packets?: boolean;
  /** Keys of DTLS. DANGER: whoever gets them reads everything that both ends said. */
  secrets?: boolean;
  /** Of each connection's timeline, 5000 by default. */
  maxEntries?: number;
  /** That it takes about, 4 MiB by default. */
  maxBytes?: number;
  /** Of each connection's statistics, 600 by default. */
  maxSamples?: number;
  /** Of each connection's packets, 16 MiB by default. */
  maxPacketBytes?: number;
  /** Closed ones that are kept, 20 by default. */
  maxConnections?: number;
}

export interface TimelineEntry {
  seq: number;
  time: number;
  kind: 'call' | 'return' | 'throw' | 'settle' | 'event' | 'state' | 'pair' | 'relay' | 'note';
  on?: string;
  name?: string;
  call?: number;
  value?: any;
}

export interface StatsColumn {
  type: string;
  last: Record<string, any>;
  values: Record<string, (number | null)[]>;
}

export interface StatsColumns {
  times: number[];
  stats: Record<string, StatsColumn>;
}

export interface CaptureInterface {
  kind: 'udp' | 'virtual' | 'relay' | 'tcp' | 'tls' | 'peer';
  address: string;
  port: number;
  url: string;
  host: string;
  remotePort: number;
}

export interface ConnectionRecording {
  id: number;
  label: string;
  created: number;
  closed: number | null;
  configuration: any;
  states: Record<string, string>;
  objects: Record<string, Record<string, any>>;
  timeline: TimelineEntry[];
  timelineDropped: number;
  stats: StatsColumns;
  messages: { sent: number; received: number };
  packets: {
    count: number;
    bytes: number;
    dropped: number;
    interfaces: CaptureInterface[];
  } | null;
}

export interface Recording {
  format: 'webrtc-wasm-inspect';
  version: 1;
  producer: string;
  exported: number;
  connections: ConnectionRecording[];
}

export class Inspector {
  /** @throws {TypeError} for an option that is none, or a limit that is no number */
  constructor(options?: InspectorOptions);
  /** Grows with whatever is recorded. */
  revision: number;
  /** What has been recorded; it goes on to change. */
  readonly connections: ConnectionRecording[];
  /**
   * Records a connection from now on.
   * @returns its number in recordings
   * @throws {TypeError} for what is no connection of this package
   */
  attach(connection: RTCPeerConnection, options?: { label?: string }): number;
  detach(connection: RTCPeerConnection): void;
  /** Takes a sample of each connection's statistics now. */
  sample(): Promise<void>;
  /** All that has been recorded but packets and secrets. */
  dump(): Recording;
  toJSON(): Recording;
  /**
   * What went over the sockets, for Wireshark. DANGER: with `decrypt`, whoever has it reads everything.
   * @throws {Error} when packets, or secrets, were not recorded
   */
  pcapng(options?: { connection?: number; decrypt?: boolean }): Promise<Uint8Array>;
  /** The keys of DTLS as in an SSLKEYLOGFILE. DANGER: whoever has them reads everything. */
  keyLog(options?: { connection?: number }): string;
  /** Forgets what was recorded of closed connections. */
  clear(): void;
  /** Records no more; what was recorded can still be had. */
  close(): void;
}

/**
 * @param source a recording, or its JSON
 * @throws {TypeError} when it is none, or too new
 */
export function parseDump(source: unknown): Recording;

export interface PanelSource {
  /** Shown as it goes on. */
  inspector?: Inspector;
  /** Or a recording, or its JSON. */
  dump?: Recording | string;
}

export interface Panel {
  show(source: PanelSource): void;
  refresh(): void;
  remove(): void;
}

/**
 * Shows the panel inside of an element of a page.
 * @param host an HTMLElement; the attribute `theme` ("light" or "dark") wins over the page's scheme
 */
export function mountPanel(host: any, source?: PanelSource): Panel;

/** Defines the element `<webrtc-inspect>`; its property `source` is what `mountPanel` takes. */
export function definePanel(name?: string): void;

export interface Graph {
  title: string;
  unit: string;
  series: { name: string; values: (number | null)[] }[];
}

/** What the panel draws: rates and shares from the counters of webrtc-stats. */
export function graphsOf(stats: StatsColumns): Graph[];
