// What an operation refuses with.

/**
 * The error, after a check that it is a DOMException of that name, or a TypeError or RangeError itself.
 * @param {string} name
 * @param {any} error
 */
function check(name, error) {
  expect(String(error?.name ?? error)).toBe(name);
  if (name === 'TypeError' || name === 'RangeError') {
    expect(error instanceof globalThis[name]).toBe(true);
  } else {
    expect(error instanceof DOMException).toBe(true);
  }
  return error;
}

/**
 * @param {Promise<unknown>} promise
 * @param {string} name
 * @returns {Promise<any>} the error
 */
export async function rejects(promise, name) {
  const error = await promise.then(
    (value) => {
      throw new Error(`it resolved with ${JSON.stringify(value)} and was to reject with ${name}`);
    },
    (reason) => reason,
  );
  return check(name, error);
}

/**
 * @param {() => unknown} action
 * @param {string} name
 * @returns {any} the error
 */
export function throws(action, name) {
  let error;
  try {
    action();
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error(`it threw nothing and was to throw ${name}`);
  return check(name, error);
}
