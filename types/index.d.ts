// `webrtc-wasm` in pages, workers and edge runtimes.

export * from './common.js';
export { RelayNetwork } from './network.js';
export type { RelayNetworkOptions } from './network.js';

import type { HostURL, HostWasmModule } from './host.js';

/** The engine that the application has at hand: compiled, its bytes, or where it is. */
export type EngineSource = HostWasmModule | ArrayBuffer | ArrayBufferView | string | HostURL;

/**
 * Loads the engine from elsewhere than beside the package, before the first connection is made.
 * @param source by default it is loaded from the package once more
 * @throws {TypeError} for what is no source; and what compiling it throws
 */
export function init(source?: EngineSource): Promise<void>;
