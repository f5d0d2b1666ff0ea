import { FrameQueue } from '../../../js/net/frame-queue.js';
import { channelData, stunMessage } from './support/recording-sink.js';

/** A socket whose buffer the test empties by hand. */
function createSocket() {
  const socket = {
    buffered: 0,
    written: [],
    retry: undefined,
    bufferedAmount: () => socket.buffered,
    write(bytes) {
      socket.written.push(Buffer.from(bytes));
      socket.buffered += bytes.length;
    },
    whenWritable(retry) {
      socket.retry = retry;
      return () => (socket.retry = undefined);
    },
    drain() {
      socket.buffered = 0;
      const { retry } = socket;
      socket.retry = undefined;
      retry?.();
    },
  };
  return socket;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const data = (text) => channelData(Buffer.from(text.padEnd(12, '.')));
const request = stunMessage(0x0008, 4);

describe('FrameQueue', () => {
  it('writes the frames of one turn as one message, in order', async () => {
    const socket = createSocket();
    const queue = new FrameQueue(socket);
    queue.start();
    queue.push(data('one'));
    queue.push(request);
    queue.push(data('two'));
    expect(socket.written).toEqual([]);
    await turn();
    expect(socket.written).toEqual([Buffer.concat([data('one'), request, data('two')])]);
  });

  it('holds everything until the socket is open', async () => {
    const socket = createSocket();
    const queue = new FrameQueue(socket);
    queue.push(request);
    await turn();
    expect(socket.written).toEqual([]);
    queue.start();
    await turn();
    expect(socket.written).toEqual([Buffer.from(request)]);
  });

  it('never exceeds the size of a message while it coalesces', async () => {
    const socket = createSocket();
    const queue = new FrameQueue(socket, { maxMessage: 40 });
    queue.start();
    for (const name of ['a', 'b', 'c', 'd', 'e']) queue.push(data(name));
    await turn();
    expect(socket.written.map(({ length }) => length)).toEqual([32, 32, 16]);
  });

  it('drops the oldest datagrams when the socket is full, and no control message ever', async () => {
    const socket = createSocket();
    const dropped = [];
    const queue = new FrameQueue(socket, {
      highWater: 1,
      maxQueued: 64,
      onDropped: (bytes) => dropped.push(String.fromCharCode(bytes[4])),
    });
    queue.start();
    queue.push(data('0'));
    await turn();
    queue.push(request);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) queue.push(data(name));
    await turn();
    expect(socket.written).toHaveLength(1);
    expect(dropped).toEqual(['a', 'b']);
    expect(queue.queuedBytes).toBeLessThanOrEqual(64 + request.length);

    socket.drain();
    const rest = Buffer.concat(socket.written.slice(1));
    expect(rest).toEqual(Buffer.concat([request, data('c'), data('d'), data('e'), data('f')]));
    expect(queue.queuedBytes).toBe(0);
  });

  it('stays bounded however much is pushed at a socket that never drains', async () => {
    const socket = createSocket();
    const queue = new FrameQueue(socket, { highWater: 1, maxQueued: 10_000 });
    queue.start();
    for (let i = 0; i < 10_000; i++) queue.push(data(`${i}`));
    await turn();
    expect(queue.queuedBytes + socket.buffered).toBeLessThanOrEqual(10_000 + 64 * 1024);
    for (let i = 0; i < 10_000; i++) queue.push(data(`${i}`));
    expect(queue.queuedBytes).toBeLessThanOrEqual(10_000);
  });

  it('looks again when told that there may be room, and not twice', async () => {
    const socket = createSocket();
    const queue = new FrameQueue(socket, { highWater: 1 });
    queue.start();
    queue.push(data('a'));
    await turn();
    queue.push(data('b'));
    await turn();
    queue.retry();
    expect(socket.written).toHaveLength(1);
    socket.buffered = 0;
    queue.retry();
    expect(socket.written).toHaveLength(2);
    expect(socket.retry).toBeUndefined();
    queue.retry();
    expect(socket.written).toHaveLength(2);
  });

  it('gives up on a peer that does not even take control messages', async () => {
    const socket = createSocket();
    let overruns = 0;
    const queue = new FrameQueue(socket, { maxControl: 100, onOverrun: () => overruns++ });
    for (let i = 0; i < 10; i++) queue.push(request);
    expect(overruns).toBe(1);
    expect(queue.queuedBytes).toBe(0);
  });

  it('writes nothing after close', async () => {
    const socket = createSocket();
    const queue = new FrameQueue(socket);
    queue.start();
    queue.push(request);
    queue.close();
    await turn();
    expect(socket.written).toEqual([]);
  });
});
