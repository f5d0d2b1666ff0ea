// Three projects: tests/js in Node, tests/browser driving an installed browser from Node, and
// tests/interop against peers that others wrote. `npm test` runs them one by one.

/** @type {import('jest').Config} */
const shared = {
  rootDir: import.meta.dirname ?? process.cwd(),
  testEnvironment: 'node',
  transform: {},
  injectGlobals: true,
};

/** @type {import('jest').Config} */
export default {
  // The browser and interop suites share the machine's ports and browsers.
  maxWorkers: process.env.JEST_WORKERS ?? 2,
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'js', testMatch: ['<rootDir>/tests/js/**/*.test.js'] },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/tests/browser/**/*.test.js'] },
    { ...shared, displayName: 'interop', testMatch: ['<rootDir>/tests/interop/**/*.test.js'] },
  ],
};
