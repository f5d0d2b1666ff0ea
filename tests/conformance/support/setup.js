// Puts each test of a file where its target is, and turns known failures round: a test that
// expectations.json lists has to fail.

const { target, services, knownFailures, runInPage } = globalThis.conformance;

/** Names that the expectations list and no test has. */
const left = new Set(Object.keys(knownFailures));

if (runInPage) {
  // The bodies run elsewhere; what a file asks for while it registers its tests is the target.
  globalThis.realm = { target, isOurs: target === 'webrtc-wasm' };
} else {
  const { makeRealm } = await import(`./realm-${target}.js`);
  globalThis.realm = await makeRealm(services);
}
const { run, kTimeoutMs } = await import('./run.js');

const jestTest = globalThis.test;
const names = new Set();

/** As Jest's `test`; `timeoutMs` is for the body alone. */
globalThis.test = (name, body, timeoutMs = kTimeoutMs) => {
  if (names.has(name)) throw new Error(`two tests are named “${name}”`);
  names.add(name);
  left.delete(name);
  const attempt = runInPage
    ? () => runInPage(name)
    : () =>
        run(body, timeoutMs).then(
          () => null,
          (error) => error.stack,
        );
  jestTest(
    name,
    async () => {
      const failure = await attempt();
      const known = knownFailures[name];
      if (!known && failure !== null) throw plain(failure);
      if (known && !known.isFlaky && failure === null) {
        throw plain(`unexpected pass; it was to fail: ${known.reason}`);
      }
    },
    timeoutMs + 5000,
  );
};

/** An error whose message says it all, where the stack in this file says nothing. */
function plain(message) {
  const error = new Error(message);
  error.stack = message;
  return error;
}

afterAll(() => {
  if (left.size > 0) throw plain(`expectations.json lists no tests of this file: ${[...left]}`);
});
