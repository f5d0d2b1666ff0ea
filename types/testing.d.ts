// `webrtc-wasm/testing`: real connections on a virtual network in virtual time, for tests of
// applications. docs/testing.md is its tutorial. Times are milliseconds.

import type { HostEventTarget } from './host.js';
import type {
  Fate,
  LinkOptions,
  NatName,
  NatOptions,
  Packet,
  VirtualHost,
  VirtualNat,
  VirtualNetwork,
} from './virtual-network.js';
import type {
  MediaStream,
  MediaStreamTrack,
  RTCOfferOptions,
  RTCPeerConnection,
  RTCPeerConnectionState,
  RTCSignalingState,
} from './webrtc.js';

export { NatKind } from './virtual-network.js';

export interface SimulationOptions {
  /** Of all that is random. */
  seed?: number | string;
  /** Of peers that name none, in each direction; 10 ms without a fault by default. */
  link?: LinkOptions;
  /** What `Date.now()` is at the beginning, 2025-01-01T00:00Z by default. */
  startTime?: number;
}

export interface PeerOptions {
  /** For messages, and resolvable by the others as `<name>.test`; it seeds what the peer draws. */
  name?: string;
  /** IPv4 and IPv6; one of its own by default. */
  addresses?: string[];
  link?: LinkOptions;
  /** A NAT of its own of that kind, or one that is shared. */
  nat?: NatName | Partial<NatOptions> | VirtualNat;
  /** A firewall before the peer lets no datagram pass. */
  blocksUdp?: boolean;
}

export interface ServerOptions {
  /** That others resolve. */
  name?: string;
  link?: LinkOptions;
}

/** Timers and clocks in virtual time. */
export interface VirtualTimers {
  Date: DateConstructor;
  readonly pending: number;
  now(): number;
  setTimeout(callback: (...args: any[]) => void, delay?: number, ...args: any[]): any;
  setInterval(callback: (...args: any[]) => void, delay?: number, ...args: any[]): any;
  clearTimeout(handle?: any): void;
  clearInterval(handle?: any): void;
  clear(): void;
  /** Makes them the realm's; gives what puts back what was there. */
  install(target?: any): () => void;
}

/** One end of a signalling channel, like a WebSocket that is open. */
export interface SignalingEnd extends HostEventTarget {
  onmessage: ((event: { type: 'message'; data: any }) => unknown) | null;
  onclose: ((event: { type: 'close' }) => unknown) | null;
  readyState: number;
  /** What is sent after the channel is closed is lost. */
  send(message: unknown): void;
  /** Both ends are closed, the other one when it hears of it. */
  close(): void;
  /** Nothing comes or goes any more, and this end does not hear of it. */
  drop(): void;
}

/** A TURN server of a simulation. */
export interface SimulatedRelay {
  host: VirtualHost;
  address: string;
  /** For `RTCConfiguration.iceServers`. */
  iceServer: { urls: string; username: string; credential: string };
  readonly isRunning: boolean;
  /** Allocations that stand. */
  readonly allocations: number;
  /** What the server counts. */
  stats(): any;
  /** It begins anew: of allocations that were made before it knows nothing. */
  start(): void;
  /** It dies: nobody is told. */
  stop(): void;
}

export declare class Simulation {
  constructor(options?: SimulationOptions);
  seed: number | string;
  startTime: number;
  network: VirtualNetwork;
  peers: SimulatedPeer[];
  /** Timers and clocks for what belongs to no peer; `timers.install()` makes them the realm's. */
  timers: VirtualTimers;
  /** Since the simulation began. */
  now(): number;
  /** What `Date.now()` is to its peers, with fractions. */
  unixTime(): number;
  timeOrigin(): number;
  /** Sets the wall clock forward or back, as a user or NTP does; timers do not notice. */
  shiftWallClock(ms: number): void;
  /** A host of its own with its own `RTCPeerConnection`. */
  peer(options?: PeerOptions): SimulatedPeer;
  /** A NAT that several peers share. */
  nat(kind: NatName | Partial<NatOptions>): VirtualNat;
  /** A host for a server, with an address of its own. */
  server(options?: ServerOptions): { host: VirtualHost; address: string };
  /** A STUN server. */
  stun(options?: ServerOptions): { host: VirtualHost; iceServer: { urls: string } };
  /** A TURN server over UDP, with one account. */
  relay(
    options?: ServerOptions & { username?: string; credential?: string },
  ): Promise<SimulatedRelay>;
  /** Both ends of a signalling channel; messages are copied as JSON, and arrive in order. */
  signaling(options?: {
    latency?: number;
    peers?: [SimulatedPeer, SimulatedPeer];
  }): [SignalingEnd, SignalingEnd];
  /**
   * Lets time pass, with all that happens in it.
   * @throws what an action of `at()` or a timer has thrown
   */
  run(ms: number): Promise<void>;
  /**
   * Lets time pass until the condition holds; it is asked after all that happens.
   * @throws {Error} when it has not come true by then
   */
  runUntil(condition: () => unknown, options?: { limitMs?: number }): Promise<void>;
  /** Lets time pass until the promise settles, and gives what it settles with. */
  settled<T>(promise: PromiseLike<T>, options?: { limitMs?: number }): Promise<T>;
  /** Runs an action at that time of the simulation; gives what takes it back. */
  at(ms: number, action: () => unknown): () => void;
  /** The same, counted from now. */
  after(ms: number, action: () => unknown): () => void;
  /** Runs what is the application's: what follows from it happens before time moves on. */
  runScript(script: () => unknown): void;
  /** Shows every packet and what became of it, until the function that it gives is called. */
  tap(listener: (packet: Packet, fate: Fate, at: number) => void): () => boolean;
  /** A UUID that the seed repeats. */
  uuid(): string;
  /** What should be gone by the end of a test, in words; nothing if all is. */
  leaks(): string[];
  /** Something that `close()` does. */
  atEnd(work: () => void): void;
  /** Closes all connections and servers, and drops what is under way. */
  close(): void;
}

/** `navigator.mediaDevices` with a fake camera and a fake microphone. */
export interface FakeMediaDevices extends HostEventTarget {
  /** What getUserMedia() rejects with. */
  refusal: Error | null;
  getUserMedia(constraints?: { audio?: any; video?: any }): Promise<MediaStream>;
  getDisplayMedia(): Promise<MediaStream>;
  enumerateDevices(): Promise<
    { kind: string; label: string; deviceId: string; groupId: string; toJSON(): object }[]
  >;
  /** Tracks that are not stopped. */
  readonly live: number;
  close(): void;
}

/** Made by `Simulation.peer()`. */
export interface SimulatedPeer {
  simulation: Simulation;
  name: string;
  host: VirtualHost;
  /** Timers and clocks of this peer: they rest while it is suspended. */
  timers: VirtualTimers;
  mediaDevices: FakeMediaDevices;
  RTCPeerConnection: typeof RTCPeerConnection;
  MediaStream: typeof MediaStream;
  /** Those that have not been closed. */
  readonly connections: RTCPeerConnection[];
  uuid(): string;
  /** Makes its classes, devices and timers the realm's; gives what puts back what was there. */
  install(options?: { target?: any; timers?: boolean }): () => void;
  /** It is gone without a word. */
  crash(): void;
  runScript(script: () => unknown): void;
  /** What should be gone by the end of a test, in words; nothing if all is. */
  leaks(): string[];
  close(): void;
}
export declare const SimulatedPeer: {
  readonly prototype: SimulatedPeer;
  new (simulation: Simulation, name: string, host: VirtualHost): SimulatedPeer;
};

/** Whose a connection is. */
export function peerOf(connection: object): SimulatedPeer | undefined;

export interface CameraOptions {
  width?: number;
  height?: number;
  framerate?: number;
  /** Bits per second. */
  maxBitrate?: number;
  label?: string;
  /** Pictures for a codec to encode, with their number and time in blocks of black and white. */
  raw?: boolean;
}

export interface MicrophoneOptions {
  /** Hz, which sinks find again. */
  tone?: number;
  /** Bits per second. */
  bitrate?: number;
  label?: string;
  /** Sound for a codec to encode. */
  raw?: boolean;
}

export interface FakeDevice {
  /** A new track that shows what comes from now on. */
  createTrack(): MediaStreamTrack;
  /** Tracks that are not stopped. */
  readonly live: number;
  /** Ends the device and its tracks. */
  stop(): void;
}

export interface FakeCamera extends FakeDevice {
  /** What it has done so far: `held` counts pictures that were left out because the path was full. */
  readonly counts: {
    frames: number;
    keyFrames: number;
    keyFrameRequests: number;
    held: number;
    bytes: number;
  };
  /** What the sender grants each encoding, in bits per second. */
  readonly bitrates: number[];
}

export interface FakeMicrophone extends FakeDevice {
  readonly counts: { frames: number; bytes: number };
}

/** A camera or a microphone whose frames a codec encodes. */
export interface RawDevice extends FakeDevice {
  readonly counts: { frames: number };
}

/**
 * A camera whose frames are numbered and bear the time at which they were taken; no codec is needed,
 * unless `raw`. Their sizes follow what the sender grants, key frames come when they are asked for.
 */
export function fakeCamera<O extends CameraOptions>(
  peer: SimulatedPeer,
  options?: O,
): O extends { raw: true } ? RawDevice : FakeCamera;

/** A microphone whose frames of 20 ms are numbered in the same way; `raw` is a sine. */
export function fakeMicrophone<O extends MicrophoneOptions>(
  peer: SimulatedPeer,
  options?: O,
): O extends { raw: true } ? RawDevice : FakeMicrophone;

export interface Delays {
  mean: number;
  min: number;
  max: number;
  p95: number;
}

export interface MediaFigures {
  frames: number;
  lost: number;
  outOfOrder: number;
  duplicates: number;
  damaged: number;
  bytes: number;
  bitrate: number;
  delay: Delays;
}

export interface VideoMeasure {
  readonly figures: MediaFigures & {
    keyFrames: number;
    freezes: number;
    frozen: number;
    width: number;
    height: number;
  };
  stop(): void;
}

export interface AudioMeasure {
  readonly figures: MediaFigures & { tone: number; longestGap: number };
  stop(): void;
}

export interface SoundMeasure {
  readonly figures: { heard: number; silent: number; longestSilence: number; tone: number };
  stop(): void;
}

/** @param options raw: it is decoded */
export function measureVideo(track: MediaStreamTrack, options?: { raw?: boolean }): VideoMeasure;

/** @param options raw: it is decoded */
export function measureAudio<O extends { raw?: boolean }>(
  track: MediaStreamTrack,
  options?: O,
): O extends { raw: true } ? SoundMeasure : AudioMeasure;

export interface FaultOptions {
  /** Until it is over; without it, it stays, or the function that each fault gives ends it. */
  for?: number;
}

export type Direction = 'up' | 'down' | 'both';

/** What goes wrong, each at once or at its time; each gives what ends it or takes it back. */
export interface Faults {
  /** What has happened so far. */
  readonly log: { at: number; what: string }[];
  /** The same faults, at that time of the simulation. */
  at(ms: number): Faults;
  /** The same, so long from now. */
  after(ms: number): Faults;
  linkDown(
    peer: SimulatedPeer | SimulatedRelay,
    options?: FaultOptions & { direction?: Direction },
  ): () => void;
  impair(
    peer: SimulatedPeer | SimulatedRelay,
    link: LinkOptions,
    options?: FaultOptions & { direction?: Direction },
  ): () => void;
  /** The path takes smaller packets only: bytes of an IP packet. */
  shrinkMtu(peer: SimulatedPeer, mtu: number, options?: FaultOptions): () => void;
  /** Some packets of a peer arrive with a bit that is wrong. */
  corrupt(peer: SimulatedPeer, probability: number, options?: FaultOptions): () => void;
  blockDirection(from: SimulatedPeer, to: SimulatedPeer, options?: FaultOptions): () => void;
  loseConsent(peer: SimulatedPeer, options?: FaultOptions): () => void;
  rebindNat(peer: SimulatedPeer): () => void;
  changeAddress(peer: SimulatedPeer, address: string): () => void;
  suspend(peer: SimulatedPeer, options?: FaultOptions): () => void;
  shiftWallClock(ms: number): () => void;
  crash(peer: SimulatedPeer): () => void;
  relayDown(relay: SimulatedRelay, options?: FaultOptions): () => void;
  dtlsAlert(
    from: SimulatedPeer,
    to: SimulatedPeer,
    alert?: { level?: 'warning' | 'fatal'; description?: number },
  ): () => void;
}

export function faults(simulation: Simulation): Faults;

/** The description with another certificate's fingerprint. */
export function withWrongFingerprint<T extends { type: string; sdp: string }>(
  description: T,
): { type: T['type']; sdp: string };

/**
 * One offer and its answer, with candidates trickling in both directions from then on. Rejects with
 * what a connection has refused.
 */
export function negotiate(
  offerer: RTCPeerConnection,
  answerer: RTCPeerConnection,
  options?: { offerOptions?: RTCOfferOptions },
): Promise<void>;

/** What this package holds in this realm, real connections and simulated ones. */
export function liveObjects(): {
  /** Not closed. */
  connections: number;
  timers: number;
  sockets: number;
  /** Not closed. */
  simulations: number;
  /** Of `generateCertificate()`, which go with the collector. */
  certificates: number;
};

/**
 * For the end of a test. Simulations that are left are closed.
 * @throws {Error} that says what is left
 */
export function expectNoLeaks(): void;

export interface Verdict {
  pass: boolean;
  message(): string;
}

/** For `expect.extend(matchers)` of Jest and Vitest. */
export declare const matchers: {
  toConnectWithin(received: any, ms?: number): Promise<Verdict>;
  toNegotiate(received: any, other: any): Promise<Verdict>;
  toMatchSdp(received: any, expected: any): Verdict;
  toHaveConnectionState(received: any, state: RTCPeerConnectionState): Verdict;
  toReachConnectionState(
    received: any,
    state: RTCPeerConnectionState,
    ms?: number,
  ): Promise<Verdict>;
  toHaveSignalingState(received: any, state: RTCSignalingState): Verdict;
  toHaveNoLeaks(received: any): Verdict;
};

/** A description as a value that two runs have in common. */
export function sdpStructure(description: string | { type?: string; sdp?: string }): any;
