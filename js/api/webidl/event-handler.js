// Event handler IDL attributes (HTML "event handlers"): `on…` holds one callback, takes its place
// among the listeners when it is first set, keeps it while it is replaced, and loses it when it is
// set to null.

/** @typedef {{ callback: any, listener: (event: Event) => void }} Handler */

/** @type {WeakMap<EventTarget, Map<string, Handler>>} */
const handlersOf = new WeakMap();

/** @type {boolean | undefined} */
let doesHostCall;

/**
 * Whether the host's EventTarget calls what it finds at `on…` of any target by itself, as workerd's does: then it has to
 * be left to it, or each handler would run twice.
 */
function hostCallsHandlers() {
  if (doesHostCall !== undefined) return doesHostCall;
  doesHostCall = false;
  const target = Object.assign(new EventTarget(), { onprobe: () => (doesHostCall = true) });
  target.dispatchEvent(new Event('probe'));
  return doesHostCall;
}

/**
 * @param {EventTarget} target
 * @param {string} type
 * @returns {unknown}
 */
export function getHandler(target, type) {
  return handlersOf.get(target)?.get(type)?.callback ?? null;
}

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {unknown} value [LegacyTreatNonObjectAsNull]: whatever is no object means null
 */
export function setHandler(target, type, value) {
  const isObject = typeof value === 'function' || (typeof value === 'object' && value !== null);
  let handlers = handlersOf.get(target);
  const known = handlers?.get(type);
  if (!isObject) {
    if (known) {
      handlers?.delete(type);
      EventTarget.prototype.removeEventListener.call(target, type, known.listener);
    }
    return;
  }
  if (known) {
    known.callback = value;
    return;
  }
  /** @type {Handler} */
  const handler = {
    callback: value,
    listener(event) {
      const { callback } = handler;
      // An object that cannot be called is a legal value that does nothing.
      if (typeof callback !== 'function') return;
      if (Reflect.apply(callback, event.currentTarget, [event]) === false) event.preventDefault();
    },
  };
  if (!handlers) handlersOf.set(target, (handlers = new Map()));
  handlers.set(type, handler);
  if (hostCallsHandlers()) return;
  EventTarget.prototype.addEventListener.call(target, type, handler.listener);
}
