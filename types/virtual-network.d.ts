// `webrtc-wasm/virtual-network`: a network in memory for tests, in any realm. Times are milliseconds.

import type { Network, NetworkAttachment, NetworkSink } from './network.js';

export interface Endpoint {
  address: string;
  port: number;
}

export interface Packet {
  source: Endpoint;
  destination: Endpoint;
  data: Uint8Array;
}

export interface LinkOptions {
  /** One way. */
  latency?: number;
  /** Added at most; alone it never changes the order. */
  jitter?: number;
  /** Probability. */
  loss?: number;
  /** Probability. */
  duplicate?: number;
  /** Probability that a packet is held back, past later ones. */
  reorder?: number;
  /** How long such a packet is held back. */
  reorderBy?: number;
  /** Bytes of an IP packet; larger ones vanish. */
  mtu?: number;
  /** Bits per second. */
  rate?: number;
  /** Bytes that wait for a slow link; the tail is dropped. */
  queue?: number;
}

export type NatDependence = 'endpoint' | 'address' | 'address-port';

export interface NatOptions {
  /** The external address. */
  address: string;
  /** 'endpoint': one external port per internal endpoint. */
  mapping?: NatDependence;
  /** 'endpoint': lets anybody in who hits a mapping. */
  filtering?: NatDependence;
  /** Inside hosts reach each other by external endpoints. */
  hairpin?: boolean;
  /** Inside hosts reach each other by hairpins alone. */
  isolatesHosts?: boolean;
  /** After which a mapping that nothing left by is forgotten. */
  lifetime?: number;
  firstPort?: number;
  /** Nothing passes in either direction. */
  blocksUdp?: boolean;
}

export type NatName = 'fullCone' | 'restricted' | 'portRestricted' | 'symmetric';

/** The four kinds by their old names (RFC 3489 section 5). */
export declare const NatKind: Readonly<
  Record<NatName, Readonly<{ mapping: NatDependence; filtering: NatDependence }>>
>;

/** Made by `VirtualNetwork.nat()` and `Simulation.nat()`. */
export interface VirtualNat {
  readonly isolatesHosts: boolean;
  /** Forgets its mappings, as after a loss of power. */
  reset(): void;
}

export interface VirtualNetworkOptions {
  seed?: number;
  /** Of hosts that name none. */
  link?: LinkOptions;
  /** Time passes by itself, instead of by `run()`. */
  realTime?: boolean;
  start?: number;
  settle?: () => Promise<void> | undefined;
}

export interface HostOptions {
  addresses: string[];
  /** That others resolve. */
  name?: string;
  link?: LinkOptions;
  nat?: VirtualNat;
  /** A firewall lets no datagram pass. */
  blocksUdp?: boolean;
}

/** What became of a packet. */
export type Fate =
  'delivered' | 'loss' | 'mtu' | 'queue' | 'nat' | 'unroutable' | 'no-socket' | 'filtered';

export type Filter = (packet: Packet, from: VirtualHost) => Packet | Packet[] | null | undefined;

export declare class VirtualNetwork {
  constructor(options?: VirtualNetworkOptions);
  now(): number;
  host(options: HostOptions): VirtualHost;
  nat(options: NatOptions): VirtualNat;
  /** Lets time pass. */
  run(ms: number): Promise<void>;
  /** @throws {Error} when the condition has not come true by then */
  runUntil(condition: () => boolean, options?: { limitMs?: number }): Promise<void>;
  /** Shows every packet and what became of it, until the function that it gives is called. */
  tap(listener: (packet: Packet, fate: Fate, at: number) => void): () => boolean;
  /** Lets packets be changed, multiplied or dropped, until the function that it gives is called. */
  filter(filter: Filter): () => boolean;
  /** How many packets had which fate. */
  fates(): Record<Fate, number>;
  /** Timers and packets that are under way. */
  get pending(): number;
  close(): void;
}

export interface VirtualSocket {
  address: string;
  port: number;
  send(destination: Endpoint, data: Uint8Array): void;
  close(): void;
}

/** A host, which is the network of the connections that are made on it. */
export declare class VirtualHost implements Network {
  constructor(network: VirtualNetwork, options: HostOptions);
  network: VirtualNetwork;
  addresses: string[];
  attach(sink: NetworkSink): NetworkAttachment;
  now(): number;
  setTimer(callback: () => void, atMs: number): unknown;
  clearTimer(timer: any): void;
  get isSuspended(): boolean;
  /** Packets and timers wait until it goes on. */
  suspend(): void;
  resume(): void;
  bind(
    address: string,
    port: number,
    receive: (source: Endpoint, data: Uint8Array) => void,
  ): VirtualSocket;
  configureLink(options: LinkOptions, direction?: 'both' | 'up' | 'down'): void;
  serveStun(address: string, port?: number): VirtualSocket;
  addAddress(address: string): void;
  removeAddress(address: string): void;
}
