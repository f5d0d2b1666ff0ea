// What a test file comes to, whichever realm it ran in.

/** @typedef {{ name: string, status: 'PASS' | 'FAIL' | 'TIMEOUT' | 'NOTRUN' | 'PRECONDITION_FAILED', message: string | null }} Subtest */

/**
 * @typedef {object} FileResult
 * @property {'OK' | 'ERROR' | 'TIMEOUT' | 'PRECONDITION_FAILED' | 'CRASH'} status of the whole file
 * @property {string | null} message
 * @property {Subtest[]} tests
 * @property {number} ms
 */

/** @typedef {Map<string, FileResult>} Results  by the path of the test file */

/**
 * @typedef {object} Realm
 * @property {(file: import('./files.mjs').TestFile) => Promise<FileResult>} run
 * @property {() => Promise<void>} close
 */

// The numbers that testharness.js has for them.
const harnessStates = /** @type {const} */ (['OK', 'ERROR', 'TIMEOUT', 'PRECONDITION_FAILED']);
const testStates = /** @type {const} */ ([
  'PASS',
  'FAIL',
  'TIMEOUT',
  'NOTRUN',
  'PRECONDITION_FAILED',
]);

/**
 * @param {any} report what the script of server.mjs gave to `reportToRunner`
 * @returns {Omit<FileResult, 'ms'>}
 */
export const fromReport = ({ status, message, tests }) => ({
  status: harnessStates[status],
  message,
  tests: tests.map((/** @type {any} */ test) => ({ ...test, status: testStates[test.status] })),
});
