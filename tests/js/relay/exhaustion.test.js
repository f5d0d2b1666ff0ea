// What strangers and clients do to end the relay, or to have of it what others need.

import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { Server, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { PendingBudget } from '../../../js/relay/limits.js';
import { RelaySockets } from '../../../js/relay/relay-sockets.js';
import { Sweeper } from '../../../js/relay/sweeper.js';
import { TurnService } from '../../../js/relay/turn-service.js';
import { UdpListener } from '../../../js/relay/udp-listener.js';
import { UpstreamBridge } from '../../../js/relay/upstream.js';
import {
  ann,
  connectClient as client,
  onCleanup,
  open,
  recordLog,
  startRelay,
  startTurnRelay,
  startUpstream,
} from './support/harness.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const binding = Buffer.from('000100002112a442000000000000000000000000', 'hex');
/** Open files are counted in /proc/self/fd, which no other system has. */
const onLinux = process.platform === 'linux' ? it : it.skip;
const limits = { handshakeTimeoutMs: 30_000, idleTimeoutMs: 600_000, pingIntervalMs: 30_000 };

describe('a datagram from port 0, which only who writes packets by hand can send', () => {
  const fromNowhere = { address: '127.0.0.1', family: 'IPv4', port: 0, size: binding.length };

  it('makes no client, and ends nothing', async () => {
    const sweeper = new Sweeper(limits);
    onCleanup(() => sweeper.close());
    const received = [];
    const service = {
      connect: (kind, address, port, transport) => {
        // An answer at once, as the server gives it.
        received.push(() => transport.send(Buffer.from('0101', 'hex')));
        return 1;
      },
      receive: () => received.at(-1)(),
      disconnect: () => {},
    };
    const { log } = recordLog();
    const listener = new UdpListener({ service, sweeper, log, limits: { maxUdpClients: 10 } });
    onCleanup(() => listener.close());
    await listener.listen('127.0.0.1', 0);
    listener.socket_.emit('message', binding, fromNowhere);
    expect(listener.clients).toBe(0);
    listener.socket_.emit('message', binding, { ...fromNowhere, port: 9 });
    expect(listener.clients).toBe(1);
  });

  it('is no datagram of a peer', async () => {
    const sockets = new RelaySockets({
      addresses: { 4: { bind: '127.0.0.1', advertise: '127.0.0.1' } },
      minPort: 49_152,
      maxPort: 65_535,
      log: recordLog().log,
    });
    onCleanup(() => sockets.close());
    const ports = [];
    sockets.attach({
      opened: () => {},
      failed: () => {},
      datagram: (id, address, port) => ports.push(port),
    });
    await sockets.openSocket(1, 4);
    sockets.sockets_.get(1).emit('message', binding, fromNowhere);
    sockets.sockets_.get(1).emit('message', binding, { ...fromNowhere, port: 9 });
    expect(ports).toEqual([9]);
  });
});

describe('HTTP connections', () => {
  // So that an address may have 18 of them.
  const few = { maxConnectionsPerAddress: 1 };

  async function answer(relay, text) {
    const socket = connect({ port: relay.ports.http, host: '127.0.0.1', allowHalfOpen: true });
    onCleanup(() => socket.destroy());
    socket.on('error', () => {});
    socket.write(text);
    const [data] = await once(socket, 'data');
    return { socket, status: Number(`${data}`.split(' ')[1]) };
  }
  const nextData = async (socket) => `${(await once(socket, 'data'))[0]}`;
  const upgrade = (path) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

  it('whose upgrade is refused are not held, whatever the client does with its end', async () => {
    const relay = await startTurnRelay({ limits: few });
    for (let i = 0; i < 60; i++) {
      const { socket, status } = await answer(relay, upgrade('/nowhere'));
      expect(status).toBe(404);
      // Bytes that nobody will read, and no end.
      socket.write('x');
    }
    expect((await fetch(new URL('/health', relay.httpUrl))).status).toBe(200);
    expect(relay.stats().refused).toMatchObject({ path: 60, limit: 0 });
  });

  it('on which an answer is not read are cut off', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'relay-slow-'));
    onCleanup(() => rm(directory, { recursive: true }));
    // More than the system's buffers take.
    await writeFile(join(directory, 'large.bin'), Buffer.alloc(64 * 1024 * 1024));
    const relay = await startTurnRelay({
      mounts: [{ prefix: '/', directory }],
      limits: { handshakeTimeoutMs: 100 },
    });
    const server = await serverOf(relay);
    const socket = connect(relay.ports.http, '127.0.0.1');
    onCleanup(() => socket.destroy());
    socket.on('error', () => {});
    socket.pause();
    const [held] = await Promise.all([
      once(server, 'connection'),
      once(socket, 'connect'),
      socket.write('GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n'),
    ]);
    await once(held[0], 'close');
  });

  describe('with many requests in one go', () => {
    const get = 'GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n';
    const openFiles = async (directory) => {
      const names = await readdir('/proc/self/fd');
      const links = await Promise.all(
        names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
      );
      return links.filter((link) => link.startsWith(directory)).length;
    };

    async function start() {
      const directory = await mkdtemp(join(tmpdir(), 'relay-pipelined-'));
      onCleanup(() => rm(directory, { recursive: true }));
      await writeFile(join(directory, 'large.bin'), Buffer.alloc(16 * 1024 * 1024));
      const relay = await startTurnRelay({ mounts: [{ prefix: '/', directory }] });
      const ask = async (text) => {
        const socket = connect(relay.ports.http, '127.0.0.1');
        onCleanup(() => socket.destroy());
        socket.on('error', () => {});
        socket.write(text);
        return socket;
      };
      return { relay, directory, ask };
    }

    onLinux.each([
      ['another of the file', get],
      ['an upgrade', upgrade('/relay')],
      ['an upgrade that is refused', upgrade('/nowhere')],
    ])('leave no file open: %s', async (_, second) => {
      const { relay, directory, ask } = await start();
      for (let i = 0; i < 20; i++) {
        const socket = await ask(`${get}${second}`);
        // Either there is an answer, or the connection is gone at once.
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        socket.destroy();
      }
      while ((await openFiles(directory)) > 0) await turn();
      expect((await fetch(new URL('/health', relay.httpUrl))).status).toBe(200);
    });

    it('take an upgrade when their answer has been read, whatever the file', async () => {
      const { directory, ask } = await start();
      await writeFile(join(directory, 'small.txt'), 'x'.repeat(3000));
      await writeFile(join(directory, 'empty.txt'), '');
      for (const [name, size] of [
        ['small.txt', 3000],
        ['empty.txt', 0],
      ]) {
        const socket = await ask(`GET /${name} HTTP/1.1\r\nHost: x\r\n\r\n`);
        let text = '';
        while (!text.includes('\r\n\r\n') || text.split('\r\n\r\n')[1].length < size)
          text += await nextData(socket);
        expect(text).toMatch(new RegExp(`200 OK[^]*Content-Length: ${size}`));
        socket.write(upgrade('/nowhere'));
        expect(await nextData(socket)).toMatch(/^HTTP\/1.1 404 /);
      }
    });

    it('are cut off beyond a few', async () => {
      const { relay, ask } = await start();
      const socket = await ask(get.repeat(100));
      socket.resume();
      await once(socket, 'close');
      expect(relay.stats().refused).toMatchObject({ limit: expect.any(Number) });
      expect(relay.stats().refused.limit).toBeGreaterThan(0);
    });
  });

  it('that cannot be accepted end nothing', async () => {
    const relay = await startTurnRelay();
    const server = await serverOf(relay);
    server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    expect(await relay.log.next('listener')).toMatchObject({ kind: 'http', level: 'error' });
    expect((await fetch(new URL('/health', relay.httpUrl))).status).toBe(200);
  });

  /** The listening socket of a relay: the one that an HTTP connection comes to. */
  async function serverOf(relay) {
    const emit = jest.spyOn(Server.prototype, 'emit');
    try {
      await (await fetch(new URL('/health', relay.httpUrl))).text();
      const at = emit.mock.calls.findIndex(([event]) => event === 'connection');
      return emit.mock.contexts[at];
    } finally {
      emit.mockRestore();
    }
  }
});

describe('a client over WebSocket', () => {
  const kinds = {
    'of the embedded server': () => startTurnRelay({ mdns: true }, { resolve: async () => [] }),
    'that is bridged': async () => {
      const upstream = await startUpstream();
      return startRelay(
        { upstreams: [upstream.address], mdns: true },
        { resolve: async () => [], healthIntervalMs: 1e6 },
      );
    },
  };

  it.each(Object.keys(kinds))('%s: asks for names and reads no answer', async (kind) => {
    const relay = await kinds[kind]();
    const socket = new WebSocket(relay.url, ['webrtc-wasm-relay.v1']);
    onCleanup(() => socket.terminate());
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.pause();
    let lost = false;
    socket._socket.on('error', () => (lost = true));
    socket._socket.on('close', () => (lost = true));
    // A closed socket is found out by what is written to it.
    while (relay.stats().websockets > 0 && !lost) {
      for (let i = 0; i < 100 && socket.bufferedAmount < 1e6; i++)
        socket.send('{"id":1,"resolve":"x"}');
      await turn();
    }
    while (relay.stats().websockets > 0) await turn();
  });

  it.each(Object.keys(kinds))('%s: sends one message in crumbs', async (kind) => {
    const relay = await kinds[kind]();
    const { socket } = await open.websocket(relay);
    const raw = socket._socket;
    raw.setNoDelay(true);
    let code;
    socket.on('close', (received) => (code = received));
    socket.on('error', () => {});
    // A binary frame of 256 KiB, masked.
    raw.write(Buffer.from('82ff0000000000040000' + '00000000', 'hex'));
    for (let i = 0; i < 100_000 && code === undefined; i++) {
      if (raw.writable) raw.write('x');
      await turn();
    }
    expect(code).toBe(1008);
  });
});

describe('a bridged client that reads slowly', () => {
  it('holds its upstream back by what tiny pieces take, not by their bytes', () => {
    const budget = new PendingBudget({ total: 1e9 });
    const bridge = new UpstreamBridge({
      budget,
      limits: { maxMessageBytes: 1000, maxPendingBytes: 64 * 1024 },
      log: recordLog().log,
    });
    const waiting = [];
    const socket = Object.assign(new EventEmitter(), {
      paused: false,
      setNoDelay: () => {},
      setKeepAlive: () => {},
      pause: () => (socket.paused = true),
      resume: () => (socket.paused = false),
      isPaused: () => socket.paused,
    });
    const slow = Object.assign(new EventEmitter(), {
      send: (data, options, written) => waiting.push(written),
    });
    bridge.forwardDown_(slow, socket, () => {});
    const empty = Buffer.from('40000000', 'hex');
    for (let i = 0; i < 1000 && !socket.paused; i++) socket.emit('data', empty);
    expect(socket.paused).toBe(true);
    expect(waiting.length).toBeLessThanOrEqual(257);
    for (const written of waiting) written();
    expect(socket.paused).toBe(false);
    expect(budget.pending).toBe(0);
  });
});

describe('UDP clients that are remembered', () => {
  it('give way when they have no allocation any more', async () => {
    const relay = await startTurnRelay({ limits: { maxUdpClients: 3 } });
    for (let i = 0; i < 3; i++) {
      const greedy = await client(relay, 'udp');
      expect(await greedy.allocate()).toMatchObject({ ok: true });
      expect(await greedy.refresh(0)).toMatchObject({ ok: true });
    }
    const other = await client(relay, 'udp');
    expect(await other.allocate()).toMatchObject({ ok: true });
    expect(relay.stats()).toMatchObject({ udpClients: 3, dropped: { unknownSources: 0 } });
  });

  it('keep their place while they have one', async () => {
    const relay = await startTurnRelay({ limits: { maxUdpClients: 2 } });
    const two = [await client(relay, 'udp'), await client(relay, 'udp')];
    for (const one of two) expect(await one.allocate()).toMatchObject({ ok: true });
    const late = createSocket('udp4');
    onCleanup(() => late.close());
    late.send(binding, relay.ports.turnUdp, '127.0.0.1');
    while (relay.stats().dropped.unknownSources === 0) await turn();
    expect(await two[0].refresh(600)).toMatchObject({ ok: true });
  });
});

describe('ids of clients that have come round', () => {
  it('are not given to a second client while the first is there', () => {
    const sent = [];
    class TurnServer {
      clientConnected() {}
      poll() {}
      deadline = () => Infinity;
      delete() {}
    }
    const service = new TurnService({
      engine: { TurnServer },
      config: {},
      sockets: { attach: () => {}, close: () => {} },
      log: recordLog().log,
    });
    const connectOne = (name) =>
      service.connect('udp', '192.0.2.1', 1, { send: () => sent.push(name), close: () => {} });
    const first = connectOne('first');
    service.nextClientId_ = 0xffffffff;
    expect([connectOne('a'), connectOne('b')]).toEqual([0xffffffff, first + 1]);
    service.dispatch_({ type: 'to-client', clientId: first, data: binding });
    expect(sent).toEqual(['first']);
    service.close();
  });
});

describe('an address that the machine gets while the relay runs', () => {
  it('is its own from then on, and no peer', async () => {
    let interfaces = {};
    const relay = await startTurnRelay({}, { interfaces: () => interfaces, addressIntervalMs: 5 });
    const one = await client(relay, 'tcp', ann);
    expect(await one.allocate()).toMatchObject({ ok: true });
    expect(await one.permit('203.0.113.77')).toMatchObject({ ok: true });
    interfaces = { eth0: [{ address: '203.0.113.77', family: 'IPv4', internal: false }] };
    let answer;
    do {
      answer = await one.permit('203.0.113.77');
    } while (answer.ok);
    expect(answer.code).toBe(403);
  });
});
