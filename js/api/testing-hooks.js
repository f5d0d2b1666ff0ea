// What `webrtc-wasm/testing` and the test environments need of the inside. In Node.js it gets this from the bundle that
// applications import, so that there are one engine and one set of classes (tools/build.mjs).

export { closeConnections, liveResources } from './connection-driver.js';
export { withdrawInspection } from './inspection.js';
export { interfaces } from './interfaces.js';
export { closeNetwork, engine } from './runtime.js';
export { enter } from './surroundings.js';
export { taskCounts } from './tasks.js';
export { mediaInterfaces } from '../media/index.js';
export {
  RTCAudioSink,
  RTCAudioSource,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCVideoSink,
  RTCVideoSource,
} from '../media/app-tracks.js';
export { codecLoads } from '../media/codecs/module.js';
export { Smoothness } from '../media/video/smoothness.js';
