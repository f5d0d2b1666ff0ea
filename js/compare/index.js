// `webrtc-wasm/compare`: one scenario on two implementations of the API, their traces, and what differs.
// It imports neither; any object with RTCPeerConnection and its family will do.

export { align } from './align.js';
export { compareAll, compareScenario } from './compare.js';
export { diffTraces, diffValues } from './diff.js';
export { explain, summarise } from './explain.js';
export { knownDifferences } from './known-differences.js';
export { normalise } from './normalise.js';
export { runScenario } from './run.js';
export { scenario } from './scenario.js';
export { scenarios } from './scenarios/index.js';
export { sdpStructure } from './sdp-structure.js';
