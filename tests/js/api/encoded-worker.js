// A worker of Node.js whose transforms say what they see, and turn every bit of every frame.

import { parentPort } from 'node:worker_threads';
import '../../../js/polyfill.node.js';

const tell = (message) => parentPort.postMessage(message);
const turned = (data) => new Uint8Array(data).map((byte) => byte ^ 0xff).buffer;

globalThis.onrtctransform = async ({ type, transformer }) => {
  const { name } = transformer.options;
  tell({ name, type, isTransformer: transformer instanceof RTCRtpScriptTransformer });
  transformer.onkeyframerequest = ({ rid }) => tell({ name, keyFrameRequest: rid });
  const turn = new TransformStream({
    transform(frame, controller) {
      tell({
        name,
        isFrame: frame instanceof RTCEncodedVideoFrame,
        type: frame.type,
        metadata: frame.getMetadata(),
      });
      frame.data = turned(frame.data);
      controller.enqueue(frame);
    },
  });
  await transformer.readable.pipeThrough(turn).pipeTo(transformer.writable);
  tell({ name, isOver: true });
  if (name === 'last') globalThis.onrtctransform = null;
};

parentPort.on('message', (message) => {
  // The port of an announcement cannot be sent back.
  tell({ seenByApplication: typeof message === 'string' ? message : Object.keys(message) });
});
