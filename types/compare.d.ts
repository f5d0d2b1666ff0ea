// `webrtc-wasm/compare`: one scenario on two implementations of the API, their traces, and what
// differs. docs/compare.md says more.

export type Lane =
  'needed' | 'gathering' | 'ice' | 'connection' | 'transport' | 'channel' | 'media';

export interface ScenarioOptions {
  /** A link to the paragraph that says what has to happen. */
  spec: string;
  /** The subject that it belongs to. */
  group?: string;
  /** What is compared besides calls, settlements, negotiation and notes. */
  lanes?: Lane[];
  /** Compares which events and settlements share a task. */
  tasks?: boolean;
  /** In ms, 20000 unless told. */
  timeout?: number;
}

export interface Scenario {
  name: string;
  spec: string;
  group: string;
  lanes: Lane[];
  tasks: boolean;
  timeout: number;
  body(context: any): any;
}

/** What one implementation did: `runScenario()` makes it, `normalise()` and `diffTraces()` read it. */
export interface Trace {
  scenario: string;
  implementation: string;
  entries: any[];
  profile: string[];
}

export interface Difference {
  /** Lane, row and member: `main › settled pc1.createOffer › rejected.name`. */
  path: string;
  /** Of the scenario. */
  step: string;
  left: any;
  right: any;
  kind: 'changed' | 'left only' | 'right only' | 'task';
}

export interface ComparedRow {
  lane: string;
  step: string;
  key: string;
  status: 'same' | 'changed' | 'left only' | 'right only';
  left?: any;
  right?: any;
  /** Indexes into the comparison's. */
  differences: number[];
}

export interface Comparison {
  scenario: string;
  spec: string;
  group: string;
  same: boolean;
  differences: Difference[];
  rows: ComparedRow[];
}

/** A difference that somebody has looked into. */
export interface KnownDifference {
  id: string;
  /** Whose doing it is: the browser's, nobody's (the specification leaves room), or ours. */
  verdict: 'browser' | 'allowed' | 'ours';
  /** One sentence. */
  why: string;
  /** The paragraph that decides. */
  spec: string;
  browsers: ('chromium' | 'firefox')[];
  scenario?: RegExp;
  path?: RegExp;
  values?: (left: any, right: any) => boolean;
}

export interface Row {
  lane: string;
  step: string;
  /** Two rows with one key speak of the same thing. */
  key: string;
  value: any;
  /** In one task with the row before it. */
  together?: boolean;
}

/**
 * Defines a scenario.
 * @throws {TypeError} without a name, a link or a body
 */
export function scenario(
  name: string,
  options: ScenarioOptions,
  body: (context: any) => any,
): Scenario;

export declare const scenarios: readonly Scenario[];
export declare const knownDifferences: readonly KnownDifference[];

/** Resolves with the trace, whatever the scenario comes to. */
export function runScenario(
  scenario: Scenario,
  api: any,
  options?: { name?: string },
): Promise<Trace>;

/**
 * Runs a scenario on one implementation, then on the other, and compares what both did.
 * @param implementations two of them, by name: the first is the left side
 * @throws {TypeError} when there are not two
 */
export function compareScenario(
  scenario: Scenario,
  implementations: Record<string, any>,
): Promise<Comparison & { traces: Trace[] }>;

/** Compares one scenario after the other. */
export function compareAll(
  scenarios: Iterable<Scenario>,
  implementations: Record<string, any>,
  onresult?: (comparison: Comparison, index: number) => void,
): Promise<(Comparison & { traces: Trace[] })[]>;

export function diffTraces(
  left: Trace,
  right: Trace,
  scenario: { name: string; spec: string; group: string; lanes: readonly Lane[]; tasks: boolean },
): Comparison;

/** The members in which two JSON values differ. */
export function diffValues(
  left: any,
  right: any,
  path?: string,
): { path: string; left: any; right: any }[];

/** A comparison of native (left) with ours (right), with what is known of each of its differences. */
export function explain<T extends Comparison>(
  comparison: T,
  browser: string,
  known: readonly KnownDifference[],
): T & { known: (string | null)[]; verdict: 'same' | 'explained' | 'unexplained' };

export function summarise(explained: readonly { verdict: string; known: (string | null)[] }[]): {
  scenarios: number;
  same: number;
  explained: number;
  unexplained: number;
  differences: number;
  unexplainedDifferences: number;
};

export function normalise(
  trace: Trace,
  options: { common: Set<string>; lanes?: readonly string[]; tasks?: boolean },
): Row[];

/** Pairs of indexes; -1 where a side has nothing that corresponds. */
export function align(left: readonly string[], right: readonly string[]): [number, number][];

/** A description as JSON; `common` says of an entry whether both implementations have it. */
export function sdpStructure(
  sdp: string,
  options: { tokens: any; common: (entry: string) => boolean; ordered?: boolean },
): any;
