// Projects: tests/js in Node, tests/browser driving an installed browser from Node, tests/interop
// against peers that others wrote, and tests/conformance once for each target. `npm test` runs them
// one by one, but for tests/interop/matrix, which `npm run interop-matrix` runs.

/** @type {import('jest').Config} */
const shared = {
  rootDir: import.meta.dirname ?? process.cwd(),
  testEnvironment: 'node',
  transform: {},
  injectGlobals: true,
  // What commands make again, copies of the checkout among it.
  modulePathIgnorePatterns: ['<rootDir>/build/'],
};

const kConformance = '<rootDir>/tests/conformance';

/** What `webrtc-wasm/data` has to do with. */
const kOfData = [
  'certificates',
  'closing',
  'configuration',
  'data-channel',
  'errors',
  'ice-candidate',
  'ice-restart',
  'no-media.data',
  'session-description',
  'transports',
];

/** @param {'native' | 'webrtc-wasm' | 'node' | 'data'} target */
const conformance = (target) => ({
  ...shared,
  displayName: `conformance-${target}`,
  testMatch: [`${kConformance}/*.test.js`],
  // What is about our implementation alone.
  testPathIgnorePatterns: [
    ...(target === 'native' ? ['\\.ours\\.test\\.js$'] : []),
    ...(target === 'data' ? [] : ['\\.data\\.test\\.js$']),
  ],
  ...(target === 'data' && { testMatch: kOfData.map((name) => `${kConformance}/${name}.test.js`) }),
  globalSetup: `${kConformance}/support/services-start.js`,
  globalTeardown: `${kConformance}/support/services-stop.js`,
  testEnvironment: `${kConformance}/support/environment.js`,
  testEnvironmentOptions: { target },
  setupFilesAfterEnv: [`${kConformance}/support/setup.js`],
});

/** @type {import('jest').Config} */
export default {
  // tools/test.mjs runs the files of the browser and interop suites one at a time, for they transfer
  // as fast as the machine can.
  maxWorkers: process.env.JEST_WORKERS ?? 2,
  // What is hung ends some time; what is slow is no failure.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'js',
      testMatch: ['<rootDir>/tests/js/**/*.test.js', '<rootDir>/examples/**/*.test.js'],
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/tests/browser/**/*.test.js'] },
    { ...shared, displayName: 'package', testMatch: ['<rootDir>/tests/package/*.test.js'] },
    {
      ...shared,
      displayName: 'bundlers',
      testMatch: ['<rootDir>/tests/package/bundlers/*.test.js'],
    },
    { ...shared, displayName: 'interop', testMatch: ['<rootDir>/tests/interop/*.test.js'] },
    {
      ...shared,
      displayName: 'interop-matrix',
      testMatch: ['<rootDir>/tests/interop/matrix/*.test.js'],
    },
    {
      ...shared,
      displayName: 'runtimes',
      testMatch: ['<rootDir>/tests/runtimes/*.test.js'],
      globalSetup: '<rootDir>/tests/runtimes/support/install.js',
    },
    {
      ...shared,
      displayName: 'ecosystem',
      testMatch: ['<rootDir>/tests/ecosystem/*.test.js'],
    },
    conformance('native'),
    conformance('webrtc-wasm'),
    conformance('node'),
    conformance('data'),
  ],
};
