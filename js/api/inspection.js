// What `webrtc-wasm/inspect` needs of the inside. Each build of the package exports it, so that the
// inspector looks at the very instance that the application uses. Not for applications.

import { observation } from './webidl/observation.js';
import { implOf } from './webidl/brand.js';

/**
 * @typedef {object} Inspection
 * @property {typeof observation} observation
 * @property {(wrapper: unknown) => any} implOf
 */

/** @type {Inspection} */
export const inspection = { observation, implOf };
