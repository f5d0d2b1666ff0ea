import { once } from 'node:events';
import { WebSocket } from 'ws';
import { issueCredentials } from '../../../js/relay/credentials.js';
import { UpstreamPool } from '../../../js/relay/upstream.js';
import { RelayNetwork } from '../../../js/net/relay-network.js';
import { RecordingSink, stunMessage } from '../net/support/recording-sink.js';
import { startCoturn } from './support/coturn.js';
import {
  onCleanup,
  recordLog,
  startEchoPeer,
  startRelay,
  startUpstream,
} from './support/harness.js';
import { TurnClient, Transports } from './support/turn-client.js';

const protocols = ['webrtc-wasm-relay.v1', 'binary'];

async function open(url, offered = protocols) {
  const socket = new WebSocket(url, offered);
  onCleanup(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** Collects binary messages until there are that many bytes. */
async function read(socket, length) {
  const pieces = [];
  let total = 0;
  for await (const [data] of onMessages(socket)) {
    pieces.push(data);
    total += data.length;
    if (total >= length) return Buffer.concat(pieces);
  }
}

async function* onMessages(socket) {
  const queue = [];
  let wake = () => {};
  socket.on('message', (...message) => {
    queue.push(message);
    wake();
  });
  for (;;) {
    while (queue.length > 0) yield queue.shift();
    await new Promise((resolve) => (wake = resolve));
  }
}

describe('the bridge to an upstream', () => {
  it('passes bytes through unchanged in both directions, from before the upstream is connected', async () => {
    const upstream = await startUpstream({
      serve: (socket, first) => {
        socket.write(first);
        socket.pipe(socket);
      },
    });
    const relay = await startRelay({ upstreams: [upstream.address] });
    const socket = await open(relay.url);
    const sent = Buffer.alloc(200_000, 'every byte counts ');
    const received = read(socket, sent.length);
    for (let at = 0; at < sent.length; at += 999) socket.send(sent.subarray(at, at + 999));
    expect((await received).equals(sent)).toBe(true);
  });

  it.each([
    [['webrtc-wasm-relay.v1', 'binary'], 'webrtc-wasm-relay.v1'],
    [['binary'], 'binary'],
    [['base64', 'binary'], 'binary'],
    [[], ''],
  ])('answers the subprotocols %j with "%s"', async (offered, chosen) => {
    const relay = await startRelay({ upstreams: [(await startUpstream()).address] });
    expect((await open(relay.url, offered)).protocol).toBe(chosen);
  });

  it('closes the upstream with the WebSocket, and the WebSocket with the upstream', async () => {
    const accepted = [];
    const upstream = await startUpstream({ serve: (socket) => accepted.push(socket) });
    const relay = await startRelay({ upstreams: [upstream.address] });
    const first = await open(relay.url);
    first.send(stunMessage(0x0003));
    const [connection] = await once(upstream.server, 'connection');
    first.close();
    await once(connection, 'close');

    const second = await open(relay.url);
    const [other] = await once(upstream.server, 'connection');
    const closed = once(second, 'close');
    other.destroy();
    expect((await closed)[0]).toBe(1012);
  });

  it('holds back an upstream whose client does not read', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const upstream = await startUpstream({
      serve: (socket) => {
        const more = () => {
          while (written < 64 * 1024 * 1024) {
            written += chunk.length;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on('drain', more);
        more();
      },
    });
    const relay = await startRelay({
      upstreams: [upstream.address],
      limits: { maxPendingBytes: 128 * 1024 },
    });
    const socket = await open(relay.url);
    socket.pause();
    socket.send(stunMessage(0x0003));
    // What is under way settles: two looks in a row see the same.
    let before = -1;
    while (written === 0 || written !== before) {
      before = written;
      for (let i = 0; i < 2000; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(32 * 1024 * 1024);
    const rest = read(socket, 64 * 1024 * 1024);
    socket.resume();
    expect((await rest).length).toBe(64 * 1024 * 1024);
  });

  it('holds back a client whose upstream does not read', async () => {
    let upstreamSocket;
    let received = 0;
    const upstream = await startUpstream({
      serve: (socket, first) => {
        received += first.length;
        socket.pause();
        upstreamSocket = socket;
      },
    });
    const relay = await startRelay({ upstreams: [upstream.address] });
    const socket = await open(relay.url);
    const chunk = Buffer.alloc(64 * 1024);
    const total = 1000 * chunk.length + 20;
    socket.send(stunMessage(0x0003));
    for (let i = 0; i < 1000; i++) socket.send(chunk);
    let before = -1;
    while (!upstreamSocket || socket.bufferedAmount !== before) {
      before = socket.bufferedAmount;
      for (let i = 0; i < 2000; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(socket.bufferedAmount).toBeGreaterThan(total / 2);
    const done = new Promise((resolve) =>
      upstreamSocket.on('data', (data) => {
        received += data.length;
        if (received >= total) resolve();
      }),
    );
    upstreamSocket.resume();
    await done;
    expect(received).toBe(total);
  });

  it('goes to another upstream when one is down, and says so when all are', async () => {
    const [dead, alive] = [await startUpstream(), await startUpstream()];
    await dead.stop();
    const relay = await startRelay({ upstreams: [dead.address, alive.address] });
    for (let i = 0; i < 3; i++) {
      const connected = once(alive.server, 'connection');
      await open(relay.url);
      await connected;
    }
    await alive.stop();
    const socket = new WebSocket(relay.url, protocols);
    expect((await once(socket, 'close'))[0]).toBe(1013);
    const health = await fetch(`${relay.httpUrl}health`);
    expect(health.status).toBe(503);
  });

  it('spreads clients over the upstreams', async () => {
    const upstreams = [await startUpstream(), await startUpstream()];
    const relay = await startRelay({ upstreams: upstreams.map(({ address }) => address) });
    for (let i = 0; i < 4; i++) {
      const socket = await open(relay.url);
      socket.send(stunMessage(0x0003));
    }
    while (relay.stats().upstreams.some(({ connections }) => connections < 2)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(relay.stats().upstreams.map(({ connections }) => connections)).toEqual([2, 2]);
  });

  it('refuses a message that is too large', async () => {
    const relay = await startRelay({
      upstreams: [(await startUpstream()).address],
      limits: { maxMessageBytes: 1000 },
    });
    const socket = await open(relay.url);
    socket.send(Buffer.alloc(1001));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('cuts off a client that has no allocation in time', async () => {
    const relay = await startRelay({
      upstreams: [(await startUpstream()).address],
      limits: { handshakeTimeoutMs: 30 },
    });
    const socket = await open(relay.url);
    expect((await once(socket, 'close'))[0]).toBe(1008);
  });

  it('answers names only after the upstream granted an allocation', async () => {
    const asked = [];
    let upstreamSocket;
    const upstream = await startUpstream({ serve: (socket) => (upstreamSocket = socket) });
    const resolve = async (hostname) => {
      asked.push(hostname);
      return ['192.0.2.7'];
    };
    const relay = await startRelay({ upstreams: [upstream.address], mdns: true }, { resolve });
    const socket = await open(relay.url);
    const messages = onMessages(socket);
    socket.send(stunMessage(0x0003, 8));
    socket.send(JSON.stringify({ resolve: 'peer.local', id: 1 }));
    socket.send(JSON.stringify({ resolve: 'example.com', id: 2 }));
    const refused = (await messages.next()).value;
    expect(JSON.parse(refused[0])).toMatchObject({ id: 2, addresses: [] });
    expect(asked).toEqual([]);
    // Cut in the middle of a header: framing is followed, not messages.
    const success = stunMessage(0x0103, 40);
    upstreamSocket.write(success.subarray(0, 3));
    upstreamSocket.write(success.subarray(3));
    let answer;
    do answer = (await messages.next()).value;
    while (answer[1]);
    expect(JSON.parse(answer[0])).toEqual({ id: 1, addresses: ['192.0.2.7'] });
    expect(asked).toEqual(['peer.local']);
  });

  it('closes gracefully: nothing stays open', async () => {
    const upstream = await startUpstream({ serve: () => {} });
    const relay = await startRelay({ upstreams: [upstream.address] });
    const socket = await open(relay.url);
    socket.send(stunMessage(0x0003));
    const closed = once(socket, 'close');
    await relay.close();
    expect((await closed)[0]).toBe(1001);
    await expect(fetch(relay.httpUrl)).rejects.toThrow();
  });
});

describe('UpstreamPool', () => {
  it('counts an upstream as healthy when it answers a STUN binding, and only then', async () => {
    const good = await startUpstream();
    const silent = await startUpstream({ answersBindings: false });
    const gone = await startUpstream();
    await gone.stop();
    const pool = new UpstreamPool([good.address, silent.address, gone.address], {
      log: recordLog().log,
      timeoutMs: 100,
    });
    onCleanup(() => pool.close());
    await pool.check();
    expect(pool.status().map(({ healthy }) => healthy)).toEqual([true, false, false]);
    expect(pool.healthy).toBe(true);
  });
});

describe('coturn behind the bridge', () => {
  const secret = 'the secret of the fleet';

  it('allocates with credentials from /credentials, binds a channel and echoes', async () => {
    const coturn = await startCoturn({ secret });
    const peer = await startEchoPeer();
    const relay = await startRelay({
      upstreams: [coturn.address],
      issueCredentials: true,
      secrets: [secret],
    });
    const credentials = await (await fetch(`${relay.httpUrl}credentials`)).json();
    expect(credentials.uris).toEqual([relay.url]);
    const client = new TurnClient(await Transports.websocket(relay.url), credentials);
    onCleanup(() => client.close());
    expect(await client.allocate()).toMatchObject({ ok: true });
    expect(await client.bindChannel(0x4001, peer.address, peer.port)).toMatchObject({ ok: true });
    for (const text of ['one', 'two', 'three']) client.sendOnChannel(0x4001, text);
    const texts = [0, 1, 2].map(async (i) => `${(await client.datagram(i)).data}`);
    expect((await Promise.all(texts)).sort()).toEqual(['one', 'three', 'two']);
  });

  it('goes over to the other coturn when one dies, and back once it lives again', async () => {
    const coturns = [await startCoturn({ secret }), await startCoturn({ secret })];
    const peer = await startEchoPeer();
    const upstreams = coturns.map(({ address }) => address);
    const relay = await startRelay({ upstreams }, { healthIntervalMs: 20 });
    const healthy = () => relay.stats().upstreams.map((one) => one.healthy);
    const pinned = () => relay.stats().upstreams.map((one) => one.connections);
    const session = async () => {
      const user = issueCredentials({ secret, ttlSeconds: 60, nowMs: Date.now() });
      const client = new TurnClient(await Transports.websocket(relay.url), user);
      onCleanup(() => client.close());
      expect(await client.allocate()).toMatchObject({ ok: true });
      expect(await client.bindChannel(0x4000, peer.address, peer.port)).toMatchObject({ ok: true });
      return client;
    };
    const echoes = async (client, text) => {
      const index = client.received.length;
      client.sendOnChannel(0x4000, text);
      return `${(await client.datagram(index)).data}`;
    };
    const clients = [await session(), await session()];
    expect(pinned()).toEqual([1, 1]);

    const closed = once(clients[0].transport.socket, 'close');
    await coturns[0].stop();
    // Its clients are told to come again; the other one's notice nothing.
    expect((await closed)[0]).toBe(1012);
    expect(await echoes(clients[1], 'still here')).toBe('still here');
    while (healthy()[0]) await relay.log.next('upstream-down');
    const again = await session();
    expect(await echoes(again, 'elsewhere')).toBe('elsewhere');
    expect(pinned()).toEqual([0, 2]);
    expect((await fetch(`${relay.httpUrl}health`)).status).toBe(200);

    await startCoturn({ secret, port: coturns[0].port });
    await relay.log.next('upstream-up');
    // The fewest clients: all that come now, until it has as many. Nobody is moved.
    await session();
    expect(pinned()).toEqual([1, 2]);
    expect(await echoes(clients[1], 'where it was')).toBe('where it was');
  });

  it('lets coturn refuse a wrong password', async () => {
    const coturn = await startCoturn({ secret });
    const relay = await startRelay({ upstreams: [coturn.address] });
    const { username } = issueCredentials({ secret, ttlSeconds: 60, nowMs: Date.now() });
    const client = new TurnClient(await Transports.websocket(relay.url), {
      username,
      password: 'wrong',
    });
    onCleanup(() => client.close());
    expect(await client.allocate()).toMatchObject({ ok: false, code: 401 });
  });

  it('is healthy by the health check and serves a RelayNetwork', async () => {
    const coturn = await startCoturn({ secret });
    const relay = await startRelay({ upstreams: [coturn.address] });
    expect((await fetch(`${relay.httpUrl}health`)).status).toBe(200);
    const sink = new RecordingSink();
    const attachment = new RelayNetwork({ WebSocket }).attach(sink);
    onCleanup(() => attachment.close());
    const { url } = relay;
    attachment.openStream({ streamId: 1, url, transport: 'relay', host: '', port: 0 });
    attachment.sendStream(1, stunMessage(0x0001));
    await sink.next('data');
    expect(sink.bytes().readUInt16BE(0)).toBe(0x0101);
  });
});
