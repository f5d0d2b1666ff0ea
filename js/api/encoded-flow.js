// The way of encoded frames through script: between a sender's encoders and the engine, or between
// the engine and a receiver's decoder (webrtc-encoded-transform section 3).

import { bufferOf } from './encoded-frame.js';
import { exception } from './errors.js';
import { FrameStreams } from './frame-streams.js';
import { KeyFrameTasks } from './key-frame-tasks.js';
import { isValidRid } from './send-encodings.js';
import { queueTask } from './tasks.js';
import { implOf } from './webidl/brand.js';

/** @typedef {import('./encoded-frame.js').FrameContent} FrameContent */
/** @typedef {import('./encoded-ends.js').FlowEnd} FlowEnd */

/**
 * What frames go through.
 * @typedef {object} Processor
 * @property {(frame: FrameContent) => void} take
 * @property {() => void} detach  no more frames come
 * @property {(rid: string | undefined) => void} [keyFrameRequested]  by the peer, who asks script first
 */

/** How many frames script may keep before it writes them: 20 s of audio. */
const kMostPending = 1024;

/** Changes with each task. @type {object | null} */
let currentTask = null;

function thisTask() {
  if (!currentTask) {
    currentTask = {};
    queueTask(() => void (currentTask = null));
  }
  return currentTask;
}

export class EncodedFlow {
  #end;
  /** @type {Processor | null} */
  #processor = null;
  /** What script has set. @type {any} */
  #transform = null;
  /** [[lastEnqueuedFrameCounter]] */
  #counter = 0;
  /** Frames that script has, by their counters. @type {Map<number, {layer: number, frame: any}>} */
  #pending = new Map();
  #keyFrames = new KeyFrameTasks();
  #hasStreams = false;
  #isClosed = false;
  /** The task that this was made in, unless createEncodedStreams() may be called at any time. */
  #bornIn;

  /**
   * @param {FlowEnd} end
   * @param {boolean} waits  nothing flows before there are streams: `encodedInsertableStreams`
   */
  constructor(end, waits) {
    this.#end = end;
    this.#bornIn = waits ? null : thisTask();
    if (waits) end.intercept(() => {});
  }

  get kind() {
    return this.#end.kind;
  }

  get side() {
    return this.#end.side;
  }

  // ---- `transform`

  /** RTCRtpScriptTransform or null. */
  get transform() {
    return this.#transform;
  }

  set transform(transform) {
    if (transform === this.#transform) return;
    if (transform) implOf(transform).associate(this);
    this.#transform = transform;
    this.#use(transform && implOf(transform));
  }

  // ---- createEncodedStreams()

  /**
   * RTCInsertableStreams.
   * @throws {DOMException} InvalidStateError, where Chromium has it
   */
  createStreams() {
    if (this.#hasStreams) {
      throw exception('InvalidStateError', 'the encoded streams have been created before');
    }
    if (this.#bornIn && this.#bornIn !== currentTask) {
      throw exception(
        'InvalidStateError',
        'the connection was made without encodedInsertableStreams, and frames may flow already',
      );
    }
    if (this.#transform) throw exception('InvalidStateError', 'there is a transform already');
    this.#hasStreams = true;
    /** @type {Processor} */
    const processor = {
      take: (content) => streams.enqueue(content),
      detach: () => streams.close(),
    };
    const streams = new FrameStreams({
      write: (counter, data) => this.write(processor, counter, data),
      starved: (layer) => this.#end.requestKeyFrame(layer),
      cancelled: () => {},
      isStrict: true,
    });
    if (this.#isClosed) return { readable: streams.readable, writable: streams.writable };
    this.#use(processor);
    // What came before had nowhere to go.
    for (const layer of this.#end.layers()) this.#end.requestKeyFrame(layer.index);
    return { readable: streams.readable, writable: streams.writable };
  }

  // ---- Frames

  /** @param {Processor | null} processor */
  #use(processor) {
    this.#leave();
    if (this.#isClosed) {
      processor?.detach();
      return;
    }
    this.#processor = processor;
    this.#end.intercept(processor && ((layer, frame) => this.#read(layer, frame)));
  }

  #leave() {
    this.#processor?.detach();
    this.#processor = null;
    this.#pending.clear();
    this.#keyFrames.forget();
  }

  /**
   * "readEncodedData"
   * @param {number} layer
   * @param {any} frame of js/media, or of the engine
   */
  #read(layer, frame) {
    const counter = ++this.#counter;
    const { data, ...rest } = frame;
    this.#pending.set(counter, { layer, frame: rest });
    if (this.#pending.size > kMostPending) {
      const [oldest] = this.#pending.keys();
      this.#pending.delete(oldest);
    }
    const isKey = this.kind === 'audio' || frame.key;
    // Its promises are settled just before the frame is seen.
    if (isKey) this.#keyFrames.passed(layer);
    this.#processor?.take({
      kind: this.kind,
      type: isKey ? 'key' : 'delta',
      counter,
      layer,
      // What a source gives is not for us alone.
      data: bufferOf(this.side === 'sender' ? data.slice() : data),
      metadata: this.#end.describe(layer, rest, counter),
    });
  }

  /**
   * "writeEncodedData", of a frame that is in order.
   * @param {Processor} processor  frames of one that has been replaced are late
   * @param {number} counter
   * @param {ArrayBuffer} data
   */
  write(processor, counter, data) {
    if (processor !== this.#processor) return;
    const pending = this.#pending.get(counter);
    for (const earlier of this.#pending.keys()) {
      if (earlier > counter) break;
      this.#pending.delete(earlier);
    }
    if (!pending) return;
    this.#end.deliver(pending.layer, { ...pending.frame, data: new Uint8Array(data) });
  }

  // ---- Key frames

  /**
   * "Generate key frame algorithm".
   * @param {string | undefined} rid
   * @param {() => void} done  called just before script gets to see the last of the key frames
   * @throws {TypeError | DOMException} InvalidStateError, NotFoundError
   */
  generateKeyFrame(rid, done) {
    if (this.side !== 'sender' || this.kind !== 'video') {
      throw exception('InvalidStateError', 'this is no sender of video');
    }
    if (rid !== undefined && !isValidRid(rid)) throw new TypeError(`'${rid}' is no valid rid`);
    const layers = this.#end
      .layers()
      .filter((layer) => rid === undefined || layer.rid === rid)
      .map(({ index }) => index);
    if (layers.length === 0) {
      throw exception('NotFoundError', 'there is no active encoding to make a key frame of');
    }
    this.#keyFrames.request(layers, (layer) => this.#end.requestKeyFrame(layer), done);
  }

  /**
   * "Send request key frame algorithm".
   * @throws {DOMException} InvalidStateError
   */
  sendKeyFrameRequest() {
    if (this.side !== 'receiver' || this.kind !== 'video') {
      throw exception('InvalidStateError', 'this is no receiver of video');
    }
    this.#end.requestKeyFrame(0);
  }

  /** @param {number} layer  of which frames were dropped */
  requestKeyFrame(layer) {
    this.#end.requestKeyFrame(layer);
  }

  /**
   * The peer wants a key frame.
   * @param {number} layer
   */
  keyFrameRequested(layer) {
    if (this.#processor?.keyFrameRequested) {
      this.#processor.keyFrameRequested(this.#end.ridOf(layer));
    } else this.#end.requestKeyFrame(layer);
  }

  /**
   * Script has nothing against the key frame that the peer wants.
   * @param {string | undefined} rid
   */
  keyFrameConfirmed(rid) {
    for (const layer of this.#end.layers()) {
      if (layer.rid === rid) this.#end.requestKeyFrame(layer.index);
    }
  }

  /** Nothing is sent or received any more. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leave();
    this.#end.intercept(null);
  }
}
