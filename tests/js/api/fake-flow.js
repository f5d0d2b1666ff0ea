// What stands around encoded transforms in unit tests: the end of a sender or receiver, and a worker
// in the same thread.

import { createWrapper } from '../../../js/api/webidl/interface.js';
import { RTCRtpScriptTransformerImpl } from '../../../js/api/script-transformer.js';
import { kTransformMessage } from '../../../js/api/transform-scope.js';
import '../../../js/api/interfaces.js';

/** As js/api/encoded-ends.js; `produce` is the encoder or the network. */
export class FakeEnd {
  delivered = [];
  requested = [];
  encodings = [{ index: 0 }];
  take = null;

  constructor(side, kind) {
    this.side = side;
    this.kind = kind;
  }

  /** @param {string} text content of the frame */
  produce(text, { key = false, layer = 0, rtpTimestamp = 0 } = {}) {
    const frame = { data: new TextEncoder().encode(text), key, rtpTimestamp };
    if (this.take) this.take(layer, frame);
    else this.deliver(layer, frame);
  }

  intercept(take) {
    this.take = take;
  }

  deliver(layer, frame) {
    this.delivered.push({ ...frame, layer, text: new TextDecoder().decode(frame.data) });
  }

  get texts() {
    return this.delivered.map(({ text }) => text);
  }

  describe(layer, { rtpTimestamp }) {
    return {
      rtpTimestamp,
      contributingSources: [7],
      receiveTime: performance.timeOrigin + 1000,
    };
  }

  requestKeyFrame(layer) {
    this.requested.push(layer);
  }

  layers() {
    return this.encodings;
  }

  ridOf(layer) {
    return this.encodings[layer]?.rid;
  }
}

/** A Worker whose thread is this one: it keeps the transformers that are announced. */
export class FakeWorker {
  transformers = [];
  impls = [];

  postMessage(message, transfer) {
    const { [kTransformMessage]: port, options } = structuredClone(message, { transfer });
    const impl = new RTCRtpScriptTransformerImpl(port, options);
    this.impls.push(impl);
    this.transformers.push(createWrapper('RTCRtpScriptTransformer', impl));
    impl.start();
    // Nothing is left that keeps Node.js.
    port.unref();
  }
}

export const textOf = (frame) => new TextDecoder().decode(frame.data);

/** Settles when `condition` holds, looked at in each task. */
export async function eventually(condition) {
  while (!condition()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
