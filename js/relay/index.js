// The relay as a library: `import { createRelay } from 'webrtc-wasm/relay'`.

export { createRelay } from './server.js';
export { issueCredentials } from './credentials.js';
export { OptionError } from './options.js';
