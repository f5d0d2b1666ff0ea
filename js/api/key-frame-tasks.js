// Promises for key frames that wait for their frames (webrtc-encoded-transform, "KeyFrame
// Algorithms").

/**
 * @typedef {object} KeyFrameTask  a "pending key frame task"
 * @property {Set<number>} layers  encodings whose key frame has not come yet
 * @property {() => void} resolve
 * @property {(error: DOMException) => void} reject
 */

export class KeyFrameTasks {
  /** [[pendingKeyFrameTasks]]. @type {Set<KeyFrameTask>} */
  #tasks = new Set();

  /**
   * @param {number[]} layers  at least one
   * @param {(layer: number) => void} instruct  asks an encoder, unless one that waits already did
   * @returns {Promise<void>} resolved when each of the layers has had a key frame
   */
  request(layers, instruct) {
    const asked = new Set([...this.#tasks].flatMap((task) => [...task.layers]));
    return new Promise((resolve, reject) => {
      this.#tasks.add({ layers: new Set(layers), resolve, reject });
      for (const layer of layers) if (!asked.has(layer)) instruct(layer);
    });
  }

  /** @param {number} layer  whose key frame is about to be handed out */
  passed(layer) {
    for (const task of this.#tasks) {
      if (!task.layers.delete(layer) || task.layers.size > 0) continue;
      this.#tasks.delete(task);
      task.resolve();
    }
  }

  /** @param {DOMException} error */
  abandon(error) {
    const tasks = [...this.#tasks];
    this.#tasks.clear();
    for (const { reject } of tasks) reject(error);
  }
}
