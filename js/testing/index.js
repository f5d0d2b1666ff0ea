// `webrtc-wasm/testing`: real connections on a virtual network in virtual time, for tests of
// applications. docs/testing.md is its tutorial.

export { Simulation } from './simulation.js';
export { SimulatedPeer, peerOf } from './peer.js';
export { fakeCamera, fakeMicrophone } from './fake-media.js';
export { measureAudio, measureVideo } from './measure.js';
export { faults, withWrongFingerprint } from './faults.js';
export { negotiate } from './negotiate.js';
export { expectNoLeaks, liveObjects } from './leaks.js';
export { matchers } from './matchers.js';
export { sdpStructure } from './sdp-structure.js';
export { NatKind } from '../net/virtual-nat.js';
