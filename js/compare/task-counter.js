// Numbers the tasks of the event loop, as far as script can tell them apart: what is recorded before the
// most urgent task that can be queued has run belongs to the task in which that one was queued.

const { scheduler, setImmediate, MessageChannel, setTimeout } = /** @type {any} */ (globalThis);

/** @returns {(task: () => void) => void} */
function makeUrgentQueue() {
  if (typeof scheduler?.postTask === 'function') {
    return (task) => void scheduler.postTask(task, { priority: 'user-blocking' });
  }
  if (typeof setImmediate === 'function') return (task) => void setImmediate(task);
  return (task) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      task();
    };
    port2.postMessage(null);
  };
}

const queueUrgent = makeUrgentQueue();

export class TaskCounter {
  #task = 0;
  #marked = false;

  /** The number of the task that runs. */
  current() {
    if (!this.#marked) {
      this.#marked = true;
      queueUrgent(() => {
        this.#marked = false;
        this.#task++;
      });
    }
    return this.#task;
  }
}

/**
 * Resolves in a later task, after those that were queued before.
 * @returns {Promise<void>}
 */
export const nextTask = () => new Promise((resolve) => setTimeout(resolve, 0));
