import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer, WebSocket } from 'ws';
import { RelayNetwork } from '../../../js/net/relay-network.js';
import { RecordingSink, channelData, stunMessage } from './support/recording-sink.js';

const cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer({ protocol = 'webrtc-wasm-relay.v1', status } = {}) {
  const http = createServer();
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  http.on('upgrade', (request, socket, head) => {
    if (status) socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    else server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  });
  return { url: `ws://127.0.0.1:${http.address().port}/relay`, server };
}

function attach(options = {}) {
  const sink = new RecordingSink();
  const network = new RelayNetwork({ WebSocket, ...options });
  const attachment = network.attach(sink);
  cleanups.push(() => attachment.close());
  return { sink, network, attachment };
}

const request = (url, streamId = 1) => ({ streamId, url, transport: 'relay', host: '', port: 0 });

describe('RelayNetwork', () => {
  it('gathers no interface of its own', async () => {
    const { sink, attachment } = attach();
    attachment.gather();
    expect(sink.events).toEqual([]);
    await sink.next('complete');
    expect(sink.events).toEqual([{ type: 'complete' }]);
  });

  it('carries bytes both ways and coalesces the frames of one turn into one message', async () => {
    const { url, server } = await startServer();
    const messages = [];
    server.on('connection', (ws) =>
      ws.on('message', (data) => {
        messages.push(data);
        ws.send(data);
      }),
    );
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    await sink.next('opened');
    const frames = ['a', 'bc', 'def'].map((text) => channelData(Buffer.from(text)));
    for (const frame of frames) attachment.sendStream(1, frame);
    await sink.next('data');
    expect(messages).toEqual([Buffer.concat(frames)]);
    expect(sink.bytes()).toEqual(Buffer.concat(frames));
    expect(attachment.counters()).toMatchObject({
      streamFramesSent: 3,
      streamMessagesSent: 1,
      streamBytesSent: 24,
      streamBytesReceived: 24,
    });
  });

  it('hands a message of any length on in pieces, and none after the stream is closed', async () => {
    const { url, server } = await startServer();
    server.on('connection', (ws) => ws.send(Buffer.alloc(1_000_000, 7)));
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    await sink.next('data');
    expect(sink.of('data').map(({ data }) => data.length)).toEqual([
      262_144, 262_144, 262_144, 213_568,
    ]);

    const another = attach();
    const { streamData } = another.sink;
    another.sink.streamData = function (id, data) {
      streamData.call(this, id, data);
      another.attachment.closeStream(id);
    };
    another.attachment.openStream(request(url));
    await another.sink.next('data');
    expect(another.sink.of('data')).toHaveLength(1);
  });

  it('sends what was handed over before the socket was open', async () => {
    const { url, server } = await startServer();
    const received = once(server, 'connection').then(([ws]) => once(ws, 'message'));
    const { attachment } = attach();
    attachment.openStream(request(url));
    attachment.sendStream(1, stunMessage(0x0003));
    expect(attachment.bufferedAmount()).toBe(20);
    expect((await received)[0]).toEqual(Buffer.from(stunMessage(0x0003)));
  });

  it('says "cannot-reach" when nothing listens', async () => {
    const { url } = await startServer();
    await cleanups.pop()();
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    const closed = await sink.next('closed');
    expect(closed.reason).toBe('cannot-reach');
    expect(closed.detail).toContain('ECONNREFUSED');
  });

  it('says "refused" when the server answers with an HTTP error', async () => {
    const { url } = await startServer({ status: 403 });
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    const closed = await sink.next('closed');
    expect(closed.reason).toBe('refused');
    expect(closed.detail).toContain('403');
  });

  it('says "refused" when the server closes with a policy code', async () => {
    const { url, server } = await startServer();
    server.on('connection', (ws) => ws.close(1008, 'quota'));
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    const closed = await sink.next('closed');
    expect(closed.reason).toBe('refused');
    expect(closed.detail).toContain('quota');
  });

  it('says "lost" when an open socket goes, and opens again when asked', async () => {
    const { url, server } = await startServer();
    server.once('connection', (ws) => ws.terminate());
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    expect((await sink.next('closed')).reason).toBe('lost');
    expect(sink.of('closed')).toHaveLength(1);
    attachment.openStream(request(url, 2));
    await sink.until(() => sink.of('opened').some(({ id }) => id === 2));
  });

  it('says "cannot-reach" when the handshake is not answered in time', async () => {
    const http = createServer();
    const sockets = [];
    http.on('upgrade', (_, socket) => sockets.push(socket));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      // The request may still be on its way.
      http.on('upgrade', (_, socket) => socket.destroy());
      return new Promise((resolve) => http.close(resolve));
    });
    const { sink, attachment } = attach({ openTimeoutMs: 20 });
    attachment.openStream(request(`ws://127.0.0.1:${http.address().port}/`));
    expect(await sink.next('closed')).toMatchObject({ reason: 'cannot-reach' });
  });

  it('says "cannot-reach" for TCP servers and in realms without WebSocket', async () => {
    const { sink, attachment } = attach({ WebSocket: 'none' });
    attachment.openStream({ ...request('turn:x', 1), transport: 'tcp' });
    attachment.openStream(request('ws://127.0.0.1/', 2));
    await sink.next('closed', 2);
    expect(sink.of('closed').map(({ reason }) => reason)).toEqual(['cannot-reach', 'cannot-reach']);
  });

  it('reports nothing after close', async () => {
    const { url, server } = await startServer();
    const closed = once(server, 'connection').then(([ws]) => once(ws, 'close'));
    const { sink, attachment } = attach();
    attachment.openStream(request(url));
    attachment.gather();
    await sink.next('opened');
    const before = sink.events.length;
    attachment.close();
    await closed;
    expect(sink.events).toHaveLength(before);
  });

  it('drops stale datagrams, not control, when the relay stops reading', async () => {
    const { url, server } = await startServer();
    server.on('connection', (ws) => ws.pause());
    const { sink, attachment } = attach({ queue: { highWater: 64 * 1024, maxQueued: 64 * 1024 } });
    attachment.openStream(request(url));
    await sink.next('opened');
    const frame = channelData(Buffer.alloc(1200));
    attachment.sendStream(1, stunMessage(0x0004));
    // Far more than the kernel's socket buffers take.
    for (let i = 0; i < 20_000; i++) {
      attachment.sendStream(1, frame);
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(attachment.bufferedAmount()).toBeLessThan(256 * 1024);
    const { streamFramesDropped, streamFramesSent } = attachment.counters();
    expect(streamFramesDropped).toBeGreaterThan(1000);
    expect(streamFramesSent + streamFramesDropped).toBeGreaterThan(19_000);
  });

  describe('names', () => {
    it('asks the relay for .local names and hands its addresses on', async () => {
      const { url, server } = await startServer();
      server.on('connection', (ws) =>
        ws.on('message', (data, binary) => {
          const { id, resolve } = JSON.parse(data);
          expect(binary).toBe(false);
          ws.send(JSON.stringify({ id: id + 100, addresses: ['203.0.113.9'] }));
          ws.send('not json');
          ws.send(JSON.stringify({ id, addresses: [`192.0.2.${resolve.length}`, 7] }));
        }),
      );
      const { sink, attachment } = attach();
      // Asked before the stream exists: the question waits for it.
      attachment.resolve(5, 'abc-1.local');
      attachment.openStream(request(url));
      expect(await sink.next('resolved')).toMatchObject({ id: 5, addresses: ['192.0.2.11'] });
    });

    it('has no answer for ordinary names, and literals answer themselves', async () => {
      const { sink, attachment } = attach();
      attachment.resolve(1, 'example.com');
      attachment.resolve(2, '2001:db8::1');
      await sink.next('resolved', 2);
      expect(sink.of('resolved').map(({ addresses }) => addresses)).toEqual([[], ['2001:db8::1']]);
    });
  });

  describe('iceServers', () => {
    it('is there at once for a fixed relay', () => {
      const relay = { url: 'wss://relay.example/turn', username: 'u', credential: 'c' };
      expect(new RelayNetwork({ relay }).iceServers()).toEqual([
        {
          kind: 'turn',
          transport: 'relay',
          host: 'relay.example',
          port: 443,
          username: 'u',
          credential: 'c',
          url: 'wss://relay.example/turn',
        },
      ]);
      expect(new RelayNetwork().iceServers()).toEqual([]);
    });

    it('asks the function anew each time, because credentials expire', async () => {
      let asked = 0;
      const network = new RelayNetwork({
        relay: async () => ({ url: 'ws://[::1]:8080/relay', username: `${++asked}` }),
      });
      expect((await network.iceServers())[0]).toMatchObject({ host: '::1', username: '1' });
      expect((await network.iceServers())[0]).toMatchObject({ port: 8080, username: '2' });
    });

    it('refuses urls that are none, or not of a WebSocket', () => {
      expect(() => new RelayNetwork({ relay: { url: 'nope' } }).iceServers()).toThrow(SyntaxError);
      expect(() => new RelayNetwork({ relay: { url: 'http://x' } }).iceServers()).toThrow(/ws:/);
    });
  });
});
