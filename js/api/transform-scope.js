// The worker's side of `new RTCRtpScriptTransform(worker)`: takes the message that announces a
// transform before the application sees it, and fires `rtctransform`.

import { RTCRtpScriptTransformerImpl, RTCTransformEventImpl } from './script-transformer.js';
import { queueTask } from './tasks.js';
import { getHandler, setHandler } from './webidl/event-handler.js';
import { createWrapper } from './webidl/interface.js';

/** The member of a message that makes it an announcement: the port to the transform. */
export const kTransformMessage = 'webrtc-wasm RTCRtpScriptTransform';

const { dispatchEvent } = EventTarget.prototype;

/** @param {any} data of a message of anybody */
const isAnnouncement = (data) =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, kTransformMessage);

/**
 * @param {EventTarget} target
 * @param {{[kTransformMessage]: MessagePort, options: unknown}} announcement
 */
function fireTransform(target, { [kTransformMessage]: port, options }) {
  const impl = new RTCRtpScriptTransformerImpl(port, options);
  const transformer = createWrapper('RTCRtpScriptTransformer', impl);
  const event = createWrapper('RTCTransformEvent', new RTCTransformEventImpl(transformer), [
    'rtctransform',
  ]);
  dispatchEvent.call(target, event);
  impl.start();
}

/**
 * Defines `onrtctransform` of the global scope, where it is not there already.
 * @param {EventTarget} target  of the event
 * @param {(isSet: boolean) => void} [changed]
 */
function defineHandler(target, changed = () => {}) {
  if ('onrtctransform' in globalThis) return;
  Object.defineProperty(globalThis, 'onrtctransform', {
    get: () => getHandler(target, 'rtctransform'),
    set(value) {
      setHandler(target, 'rtctransform', value);
      changed(getHandler(target, 'rtctransform') !== null);
    },
    enumerable: true,
    configurable: true,
  });
}

/**
 * Takes transforms in a dedicated worker of the web; does nothing in any other realm.
 * @returns {() => void} to be called when the package has loaded: until a task after that, transforms
 *   wait, since whoever imports it has no listener yet
 */
export function receiveTransforms() {
  const { DedicatedWorkerGlobalScope } = /** @type {any} */ (globalThis);
  const isWorker =
    typeof DedicatedWorkerGlobalScope === 'function' &&
    globalThis instanceof DedicatedWorkerGlobalScope;
  if (!isWorker) return () => {};
  const scope = /** @type {EventTarget} */ (/** @type {unknown} */ (globalThis));
  /** @type {any[] | null} */
  let waiting = [];
  defineHandler(scope);
  // Listeners that capture come first, whenever they were added.
  scope.addEventListener(
    'message',
    (event) => {
      const { data } = /** @type {MessageEvent} */ (event);
      if (!isAnnouncement(data)) return;
      event.stopImmediatePropagation();
      if (waiting) waiting.push(data);
      else fireTransform(scope, data);
    },
    { capture: true },
  );
  return () =>
    queueTask(() => {
      const announcements = waiting ?? [];
      waiting = null;
      for (const announcement of announcements) fireTransform(scope, announcement);
    });
}

/**
 * Takes transforms in a worker of Node.js, whose global scope is no event target: `onrtctransform`
 * is all there is, and the worker listens, and lives, as long as it is set.
 * @param {() => any} parentPort
 */
export function receiveTransformsAt(parentPort) {
  const target = new EventTarget();
  let isListening = false;
  const listener = (/** @type {MessageEvent} */ event) => {
    if (!isAnnouncement(event.data)) return;
    event.stopImmediatePropagation();
    fireTransform(target, event.data);
  };
  defineHandler(target, (isSet) => {
    if (isSet === isListening) return;
    isListening = isSet;
    if (isSet) parentPort().addEventListener('message', listener);
    else parentPort().removeEventListener('message', listener);
  });
}
