// RTCRtpScriptTransform (webrtc-encoded-transform section 4.4): the near end of a transform whose far
// end is an RTCRtpScriptTransformer in a worker. A message port leads from one to the other, so that
// frames, key frames and the promises about them keep their order; what script sees as streams is made
// in the worker.

import { exception } from './errors.js';
import { kTransformMessage } from './transform-scope.js';

/** @typedef {import('./encoded-flow.js').EncodedFlow} EncodedFlow */
/** @typedef {import('./encoded-frame.js').FrameContent} FrameContent */
/** @typedef {import('./encoded-flow.js').Processor} Processor */

/**
 * What goes to the worker; errors are given as `{name, message}`.
 * @typedef {{ type: 'attach', side: 'sender' | 'receiver', kind: 'audio' | 'video' }
 *   | { type: 'frame', content: FrameContent }
 *   | { type: 'settled', id: number, error?: { name: string, message: string } }
 *   | { type: 'key-frame-requested', rid: string | undefined }
 *   | { type: 'close' }} MessageToWorker
 */

/**
 * What comes from it.
 * @typedef {{ type: 'frame', counter: number, data: ArrayBuffer }
 *   | { type: 'generate-key-frame', id: number, rid: string | undefined }
 *   | { type: 'send-key-frame-request', id: number }
 *   | { type: 'key-frame', rid: string | undefined }
 *   | { type: 'starved', layer: number }
 *   | { type: 'cancelled' }} MessageFromWorker
 */

/** @implements {Processor} */
export class RTCRtpScriptTransformImpl {
  /** @type {any} */
  wrapper;
  /** [[owner]]: once it has one, it keeps it. @type {EncodedFlow | null} */
  #owner = null;
  #port;
  /** The worker reads frames. */
  #isRead = true;

  /**
   * @param {any} workerOrParameters Worker, or WorkerAndParameters
   * @param {any} options
   * @param {object[]} [transfer]
   * @throws {DOMException} DataCloneError for options that cannot be cloned
   */
  constructor(workerOrParameters, options, transfer = []) {
    const isDictionary = Object.getPrototypeOf(workerOrParameters) === Object.prototype;
    const { worker, type } = isDictionary ? workerOrParameters : { worker: workerOrParameters };
    if (type === 'sframe') throw exception('NotSupportedError', 'SFrame is not implemented');
    const { port1, port2 } = new MessageChannel();
    try {
      worker.postMessage({ [kTransformMessage]: port2, options }, [port2, ...transfer]);
    } catch (error) {
      port1.close();
      throw error;
    }
    port1.onmessage = ({ data }) => this.#handle(data);
    // A transform alone does not keep Node.js from ending.
    /** @type {any} */ (port1).unref?.();
    this.#port = port1;
  }

  /**
   * "Association steps".
   * @param {EncodedFlow} flow
   * @throws {DOMException} InvalidStateError when it is, or was, of a sender or receiver
   */
  associate(flow) {
    if (this.#owner) {
      throw exception('InvalidStateError', 'a sender or receiver has, or had, this transform');
    }
    this.#owner = flow;
    this.#tell({ type: 'attach', side: flow.side, kind: flow.kind });
  }

  /** @param {FrameContent} content */
  take(content) {
    if (this.#isRead) this.#tell({ type: 'frame', content }, [content.data]);
  }

  /** @param {string | undefined} rid */
  keyFrameRequested(rid) {
    this.#tell({ type: 'key-frame-requested', rid });
  }

  /** No frame goes through it any more. */
  detach() {
    this.#tell({ type: 'close' });
    this.#port.close();
  }

  /**
   * @param {MessageToWorker} message
   * @param {Transferable[]} [transfer]
   */
  #tell(message, transfer = []) {
    this.#port.postMessage(message, transfer);
  }

  /** @param {MessageFromWorker} message */
  #handle(message) {
    const flow = this.#owner;
    if (!flow) return;
    switch (message.type) {
      case 'frame':
        flow.write(this, message.counter, message.data);
        break;
      case 'generate-key-frame':
        this.#answer(message.id, (done) => flow.generateKeyFrame(message.rid, done));
        break;
      case 'send-key-frame-request':
        this.#answer(message.id, (done) => {
          flow.sendKeyFrameRequest();
          done();
        });
        break;
      case 'key-frame':
        flow.keyFrameConfirmed(message.rid);
        break;
      case 'starved':
        flow.requestKeyFrame(message.layer);
        break;
      default:
        this.#isRead = false;
    }
  }

  /**
   * @param {number} id
   * @param {(done: () => void) => void} action
   */
  #answer(id, action) {
    try {
      action(() => this.#tell({ type: 'settled', id }));
    } catch (/** @type {any} */ { name, message }) {
      this.#tell({ type: 'settled', id, error: { name, message } });
    }
  }
}
