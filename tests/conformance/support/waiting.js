// Waiting for what will happen, and for what would have happened by now.

/** What tests wait for comes within milliseconds; this is for machines that have much else to do. */
const kPatienceMs = 8000;

/**
 * The promise, or a rejection that says what did not happen.
 * @template T
 * @param {Promise<T>} promise
 * @param {string} what
 * @param {number} [patienceMs]
 * @returns {Promise<T>}
 */
export function soon(promise, what, patienceMs = kPatienceMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain until ${what}`)), patienceMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * The next event of a type.
 * @param {EventTarget} target
 * @param {string} type
 * @returns {Promise<any>}
 */
export function nextEvent(target, type) {
  return soon(
    new Promise((resolve) => target.addEventListener(type, resolve, { once: true })),
    `the event ${type} comes`,
  );
}

/**
 * Settles once the condition holds, which events of the type are the occasions to look at.
 * @param {EventTarget} target
 * @param {string} type
 * @param {() => boolean} condition
 * @returns {Promise<void>}
 */
export function until(target, type, condition) {
  return soon(
    new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        target.removeEventListener(type, check);
        resolve();
      };
      target.addEventListener(type, check);
      check();
    }),
    `the event ${type} comes with ${condition}`,
  );
}

/** @param {RTCPeerConnection} pc */
export const gathered = (pc) =>
  until(pc, 'icegatheringstatechange', () => pc.iceGatheringState === 'complete');

/** @param {...RTCPeerConnection} pcs */
export const connected = (...pcs) =>
  Promise.all(
    pcs.map((pc) => until(pc, 'connectionstatechange', () => pc.connectionState === 'connected')),
  );

/** The end of the current task, and of those queued before it. */
export const task = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

/**
 * Settles when whatever was queued by now has run: another connection has made, set and unset an
 * offer meanwhile. For tests of what does not happen.
 */
export async function quiet() {
  for (let round = 0; round < 2; round++) {
    const pc = new RTCPeerConnection();
    try {
      pc.createDataChannel('');
      await pc.setLocalDescription(await pc.createOffer());
      await pc.setLocalDescription({ type: 'rollback' });
    } finally {
      pc.close();
    }
    await task();
  }
}

/**
 * Whether the promise has settled when all is quiet.
 * @param {Promise<unknown>} promise
 * @returns {Promise<'pending' | 'fulfilled' | 'rejected'>}
 */
export async function fateOf(promise) {
  let fate = 'pending';
  promise.then(
    () => (fate = 'fulfilled'),
    () => (fate = 'rejected'),
  );
  await quiet();
  return fate;
}

/**
 * The types of the events that come from now on, in a list that grows.
 * @param {EventTarget} target
 * @param {...string} types
 * @returns {string[]}
 */
export function record(target, ...types) {
  const seen = [];
  for (const type of types) target.addEventListener(type, () => seen.push(type));
  return seen;
}
