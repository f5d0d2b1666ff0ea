// Bounds on what peers may take, and the list of what a test has to end.

/** Generous: it tells a hang from a slow machine. */
const kPatienceMs = 60_000;

/**
 * The promise's outcome, or an error that names what did not come.
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {number} [ms]
 * @returns {Promise<T>}
 */
export async function within(what, promise, ms = kPatienceMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still waiting for ${what} after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise with its two ends. */
export function deferred() {
  let resolve;
  let reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever waits hears of it; nobody waiting is no error.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** Values that arrive in their own time and are taken in order. */
export class Inbox {
  #values = [];
  #waiting = [];

  put(value) {
    const taker = this.#waiting.shift();
    if (taker) taker(value);
    else this.#values.push(value);
  }

  /** @returns {Promise<any>} */
  take() {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  get size() {
    return this.#values.length;
  }
}

const endings = [];

/** Runs after the current test, last come first. */
export function onEnd(ending) {
  endings.push(ending);
}

afterEach(async () => {
  const problems = [];
  for (const ending of endings.splice(0).reverse()) {
    // The others have to end all the same.
    await Promise.resolve()
      .then(ending)
      .catch((problem) => problems.push(problem));
  }
  if (problems.length > 0) throw problems[0];
});
