// `testEnvironment: 'webrtc-wasm/jest-environment'`.

/**
 * An environment with the WebRTC globals in it.
 * @param Base a class of Jest's environments
 */
export function withWebRTC(Base: any): any;

/** Over the environment that `testEnvironmentOptions: { webrtc: { base } }` names. */
declare const WebRTCEnvironment: any;
export default WebRTCEnvironment;
