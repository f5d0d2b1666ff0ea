// Requests for key frames that wait for the frames (webrtc-encoded-transform, "KeyFrame Algorithms").

/**
 * @typedef {object} KeyFrameTask  a "pending key frame task"
 * @property {Set<number>} layers  encodings whose key frame has not come yet
 * @property {() => void} done
 */

export class KeyFrameTasks {
  /** [[pendingKeyFrameTasks]]. @type {Set<KeyFrameTask>} */
  #tasks = new Set();

  /**
   * @param {number[]} layers  at least one
   * @param {(layer: number) => void} instruct  asks an encoder, unless one that waits already did
   * @param {() => void} done  called when each of the layers has had a key frame, in `passed()`
   */
  request(layers, instruct, done) {
    const asked = new Set([...this.#tasks].flatMap((task) => [...task.layers]));
    this.#tasks.add({ layers: new Set(layers), done });
    for (const layer of layers) if (!asked.has(layer)) instruct(layer);
  }

  /** @param {number} layer  whose key frame is about to be handed out */
  passed(layer) {
    for (const task of this.#tasks) {
      if (!task.layers.delete(layer) || task.layers.size > 0) continue;
      this.#tasks.delete(task);
      task.done();
    }
  }

  /** No frames come any more: nothing is ever done, as with operations of a closed connection. */
  forget() {
    this.#tasks.clear();
  }
}
