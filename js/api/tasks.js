// "Queue a task" (HTML event loops): one real task per call, in order, with a microtask checkpoint
// after each. Taken at import, so that a test's fake timers do not reach them.

const queue = makeQueue();

/** How much has been queued so far, and how much of that has begun. */
export const taskCounts = { queued: 0, begun: 0 };

/** @param {() => void} task */
export function queueTask(task) {
  taskCounts.queued++;
  queue(() => {
    taskCounts.begun++;
    task();
  });
}

/**
 * When the calls that stand have returned, before any other task.
 * @param {() => void} work
 */
export function queueWork(work) {
  taskCounts.queued++;
  queueMicrotask(() => {
    taskCounts.begun++;
    work();
  });
}

/** @returns {(task: () => void) => void} */
function makeQueue() {
  if (typeof setImmediate === 'function') {
    const queueImmediate = setImmediate;
    return (/** @type {() => void} */ task) => void queueImmediate(task);
  }
  // A message port would do as well, but for timers: those that are set later may run before its
  // messages arrive, and script would see them overtake.
  const { scheduler } = /** @type {any} */ (globalThis);
  if (typeof scheduler?.postTask === 'function') {
    return (/** @type {() => void} */ task) => void scheduler.postTask(task);
  }
  if (typeof MessageChannel === 'function') {
    /** @type {(() => void)[]} */
    let waiting = [];
    let next = 0;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const task = waiting[next++];
      if (next === waiting.length) {
        waiting = [];
        next = 0;
      }
      task();
    };
    return (/** @type {() => void} */ task) => {
      waiting.push(task);
      port2.postMessage(null);
    };
  }
  const { setTimeout } = globalThis;
  return (/** @type {() => void} */ task) => void setTimeout(task, 0);
}
