// A worker whose transforms turn every bit but those of the header, which packetizers read, and say what
// they have seen. It listens late, as a module
// does whose imports take their time.

import '/js/index.js';

const kHeaderBytes = 10;
const turned = (data) =>
  new Uint8Array(data).map((byte, i) => (i < kHeaderBytes ? byte : byte ^ 0xff)).buffer;

globalThis.onrtctransform = ({ transformer }) => {
  const { name } = transformer.options;
  const seen = new Set();
  const turn = new TransformStream({
    transform(frame, controller) {
      const what = Object.prototype.toString.call(frame);
      if (!seen.has(what)) {
        seen.add(what);
        postMessage({ name, what, metadata: frame.getMetadata() });
      }
      frame.data = turned(frame.data);
      controller.enqueue(frame);
    },
  });
  transformer.readable
    .pipeThrough(turn)
    .pipeTo(transformer.writable)
    .then(() => postMessage({ name, over: true }));
};

globalThis.addEventListener('message', ({ data }) => postMessage({ application: data }));
