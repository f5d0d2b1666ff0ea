// What to do about the failures that are met the most: one sentence behind the cause.

/** What a TURN server's refusal means to who runs the application (RFC 8656 section 18.8, RFC 8489 section 14.8). */
const kByCode = /** @type {Record<number, string>} */ ({
  401: 'Check username and credential; time-limited ones expire, so let configure({ relay }) be a function that fetches new ones',
  403: 'The server forbids that; an operator of webrtc-wasm-relay opens address ranges with --allow-peer',
  437: 'The session at the server is gone; restart ICE',
  438: 'The server asks for newer credentials; let configure({ relay }) be a function that fetches them',
  486: 'This user has as many allocations as the server grants; close connections that are over, or raise its quota',
  508: 'The server has no room left; add another one: configure({ relay: [a, b] })',
});

/** Why a stream to a relay did not open, or ended. @type {[RegExp, string][]} */
const kByProblem = [
  [
    /\b(?:HTTP status |HTTP )403\b|origin/i,
    'The relay does not serve this origin: start it with --allow-origin and the address of the page',
  ],
  [
    /\b(?:HTTP status |HTTP )404\b/,
    'Nothing is at that path: webrtc-wasm-relay serves / and /relay',
  ],
  [
    /mixed content|insecure|SecurityError|An insecure WebSocket/i,
    'A page from https reaches wss: relays alone: give the relay a certificate, and configure its wss: address',
  ],
  [/certificate|self.signed|CERT|TLS/i, 'Give the relay a certificate that this machine trusts'],
  [
    /^refused/,
    'The relay is there and says no: its log tells why (origin, path, limits). In a page, connect-src of the Content Security Policy has to name it as well',
  ],
  [
    /^(?:cannot-reach|lost)/,
    'Is the relay running, is its address right, does a firewall or connect-src of the Content Security Policy stand between?',
  ],
];

/**
 * @param {object} failure
 * @param {number} failure.errorCode as in RTCPeerConnectionIceErrorEvent
 * @param {string} [failure.problem] why the last stream to the server ended
 * @param {boolean} failure.isRelay whether it is a relay of configure()
 * @returns {string} empty when there is none
 */
export function adviceFor({ errorCode, problem, isRelay }) {
  const known = kByCode[errorCode];
  if (known) return isRelay ? known : known.replace(/configure\(\{ relay \}\)/, 'iceServers');
  if (!isRelay || problem === undefined) return '';
  return kByProblem.find(([pattern]) => pattern.test(problem))?.[1] ?? '';
}

/** Why WebAssembly was not to be had, and what helps. @type {[RegExp, string][]} */
const kLoading = [
  [
    /Content Security Policy|CSP|Refused to compile|unsafe-eval|disallowed by embedder/i,
    "the page's Content Security Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src",
  ],
  [
    /magic word|magic header|magic number|doesn't start with|found 3c|expected.*00 61 73 6d/i,
    'what was served is no WebAssembly, probably an error page: serve dist/webrtc.wasm at that address, or call init() with the URL where it is',
  ],
  [/MIME|content.type/i, 'serve .wasm files as application/wasm'],
  [
    /ENOENT|404|not found|fetch|NetworkError|Load failed|load/i,
    "dist/webrtc.wasm was not found: serve it beside the package's modules, let the bundler copy it, or call init() with its URL",
  ],
  [/memory/i, 'there is no memory for it: 16 MiB to begin with'],
  [
    /WebAssembly is not defined|WebAssembly.*undefined|can't find variable: WebAssembly/i,
    'this realm has no WebAssembly: a lockdown mode, or a browser that is too old',
  ],
];

/**
 * @param {unknown} failure of loading the engine
 * @returns {string}
 */
export function loadingAdvice(failure) {
  const text = `${/** @type {any} */ (failure)?.message ?? failure}`;
  return (
    kLoading.find(([pattern]) => pattern.test(text))?.[1] ??
    'call init() with the module, its bytes or its URL'
  );
}
