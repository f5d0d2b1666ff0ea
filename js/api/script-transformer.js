// RTCRtpScriptTransformer and its events (webrtc-encoded-transform sections 4.4 to 4.6), in the worker.

import { exceptionFrom, exception } from './errors.js';
import { FrameStreams } from './frame-streams.js';
import { createWrapper } from './webidl/interface.js';

/** @typedef {import('./script-transform.js').MessageToWorker} MessageToWorker */
/** @typedef {import('./script-transform.js').MessageFromWorker} MessageFromWorker */

/**
 * What script sees, in lib.webworker.d.ts as well.
 * @typedef {EventTarget & {
 *   readonly readable: ReadableStream,
 *   readonly writable: WritableStream,
 *   readonly options: any,
 *   onkeyframerequest: ((event: KeyFrameRequestEvent) => any) | null,
 *   generateKeyFrame(rid?: string): Promise<void>,
 *   sendKeyFrameRequest(): Promise<void>,
 * }} RTCRtpScriptTransformer
 */

/** @typedef {Event & { readonly transformer: RTCRtpScriptTransformer }} RTCTransformEvent */
/** @typedef {Event & { readonly rid: string | null }} KeyFrameRequestEvent */

const { dispatchEvent } = EventTarget.prototype;

/** Behaviour of RTCTransformEvent. */
export class RTCTransformEventImpl {
  /** @param {object} transformer */
  constructor(transformer) {
    this.transformer = transformer;
  }

  /** @param {string} type */
  static superArguments(type) {
    return [type];
  }
}

/** Behaviour of KeyFrameRequestEvent. */
export class KeyFrameRequestEventImpl {
  /** @type {string | null} */
  rid;

  /**
   * @param {string} _type
   * @param {string} [rid]
   */
  constructor(_type, rid) {
    this.rid = rid ?? null;
  }

  /**
   * @param {string} type
   * @param {string} [_rid]
   * @param {boolean} [cancelable]  of those that script makes, none is
   */
  static superArguments(type, _rid, cancelable = false) {
    return [type, { cancelable }];
  }
}

/** Behaviour of RTCRtpScriptTransformer. */
export class RTCRtpScriptTransformerImpl {
  /** @type {any} */
  wrapper;
  options;
  #port;
  #streams;
  /** What the transform was set on. @type {'sender' | 'receiver' | null} */
  #side = null;
  /** @type {'audio' | 'video' | null} */
  #kind = null;
  /** @type {Map<number, {resolve: () => void, reject: (error: unknown) => void}>} */
  #asked = new Map();
  #lastId = 0;
  #isClosed = false;

  /**
   * @param {MessagePort} port  to its RTCRtpScriptTransform; messages come once it is started
   * @param {unknown} options
   */
  constructor(port, options) {
    this.options = options;
    this.#port = port;
    this.#streams = new FrameStreams({
      write: (counter, data) => this.#tell({ type: 'frame', counter, data }, [data]),
      starved: (layer) => this.#tell({ type: 'starved', layer }),
      cancelled: () => this.#tell({ type: 'cancelled' }),
      isStrict: false,
    });
  }

  get readable() {
    return this.#streams.readable;
  }

  get writable() {
    return this.#streams.writable;
  }

  /**
   * @param {string} [rid]
   * @returns {Promise<void>}
   */
  generateKeyFrame(rid) {
    this.#require('sender');
    return this.#ask((id) => ({ type: 'generate-key-frame', id, rid }));
  }

  /** @returns {Promise<void>} */
  sendKeyFrameRequest() {
    this.#require('receiver');
    return this.#ask((id) => ({ type: 'send-key-frame-request', id }));
  }

  /** Begins with what the other end has sent. */
  start() {
    this.#port.onmessage = ({ data }) => this.#handle(data);
  }

  /** @param {'sender' | 'receiver'} side */
  #require(side) {
    if (this.#side !== side || this.#kind !== 'video' || this.#isClosed) {
      throw exception('InvalidStateError', `the transform is not that of a ${side} of video`);
    }
  }

  /**
   * @param {(id: number) => MessageFromWorker} make
   * @returns {Promise<void>}
   */
  #ask(make) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#asked.set(id, { resolve, reject });
      this.#tell(make(id));
    });
  }

  /**
   * @param {MessageFromWorker} message
   * @param {Transferable[]} [transfer]
   */
  #tell(message, transfer = []) {
    if (!this.#isClosed) this.#port.postMessage(message, transfer);
  }

  /** @param {MessageToWorker} message */
  #handle(message) {
    switch (message.type) {
      case 'attach':
        this.#side = message.side;
        this.#kind = message.kind;
        break;
      case 'frame':
        this.#streams.enqueue(message.content);
        break;
      case 'settled': {
        const asked = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        if (message.error) asked?.reject(exceptionFrom(message.error));
        else asked?.resolve();
        break;
      }
      case 'key-frame-requested':
        this.#askScript(message.rid);
        break;
      default:
        this.#close();
    }
  }

  /** @param {string | undefined} rid  of the layer of which the peer wants a key frame */
  #askScript(rid) {
    const event = createWrapper(
      'KeyFrameRequestEvent',
      new KeyFrameRequestEventImpl('keyframerequest', rid),
      ['keyframerequest', rid, true],
    );
    if (dispatchEvent.call(this.wrapper, event)) this.#tell({ type: 'key-frame', rid });
  }

  #close() {
    this.#isClosed = true;
    this.#port.close();
    this.#streams.close();
    this.#asked.clear();
  }
}
