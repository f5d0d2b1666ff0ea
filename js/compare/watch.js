// Puts the recorder between a scenario and an object: listeners for its events, and methods of its own in
// front of the prototype's. The object stays what it is, so that brand checks hold.

/** @typedef {import('./recorder.js').Recorder} Recorder */

/**
 * @param {any} object
 * @param {import('./interfaces.js').Watched} watched
 * @param {Recorder} recorder
 */
export function watch(object, watched, recorder) {
  for (const type of watched.events ?? []) listen(object, type, recorder);
  for (const name of watched.methods ?? []) {
    const method = object[name];
    if (typeof method !== 'function') continue;
    define(object, name, {
      value: (/** @type {any[]} */ ...args) =>
        recorder.call(object, name, args, () => method.apply(object, args)),
    });
  }
  for (const name of watched.setters ?? []) {
    const accessor = findAccessor(object, name);
    if (!accessor?.set || !accessor.get) continue;
    const { get, set } = accessor;
    define(object, name, {
      get: () => get.call(object),
      set: (/** @type {any} */ value) => {
        recorder.call(object, `${name} =`, [value], () => set.call(object, value));
      },
    });
  }
}

/**
 * @param {any} object
 * @param {string} type
 * @param {Recorder} recorder
 */
function listen(object, type, recorder) {
  object.addEventListener?.(type, (/** @type {any} */ event) => {
    const on = recorder.nameOf(object);
    recorder.add({ kind: 'event', on, name: type, value: detailOf(event, recorder) });
  });
}

/** Members of events that say something. */
const kMembers = [
  'candidate',
  'errorCode',
  'channel',
  'receiver',
  'track',
  'streams',
  'transceiver',
  'data',
  'error',
  'tone',
];

/**
 * @param {any} event
 * @param {Recorder} recorder
 */
function detailOf(event, recorder) {
  /** @type {Record<string, any>} */
  const detail = {};
  for (const name of kMembers) {
    if (event[name] === undefined) continue;
    detail[name] = recorder.describe(event[name]);
  }
  for (const flag of ['bubbles', 'cancelable']) if (event[flag]) detail[flag] = true;
  return detail;
}

/**
 * @param {any} object
 * @param {string} name
 * @returns {PropertyDescriptor | undefined}
 */
function findAccessor(object, name) {
  for (let at = object; at; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor) return descriptor;
  }
  return undefined;
}

/**
 * @param {any} object
 * @param {string} name
 * @param {PropertyDescriptor} descriptor
 */
function define(object, name, descriptor) {
  try {
    Object.defineProperty(object, name, { ...descriptor, configurable: true, enumerable: false });
  } catch {
    // An object that takes none is heard through its events alone.
  }
}
