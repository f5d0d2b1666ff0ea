// Starts relays and helpers on loopback and ends everything after each test.

import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { createRelay } from '../../../../js/relay/server.js';
import { loadEngine } from '../../../../js/relay/engine.js';
import { createLogger } from '../../../../js/relay/log.js';
import { TurnClient, Transports } from './turn-client.js';

const cleanups = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function onCleanup(cleanup) {
  cleanups.push(cleanup);
}

/** A logger whose lines are objects that can be waited for. */
export function recordLog() {
  const events = new EventEmitter();
  const lines = [];
  const log = createLogger({
    level: 'debug',
    write: (text) => {
      const line = JSON.parse(text);
      lines.push(line);
      events.emit(line.event, line);
    },
  });
  const next = async (event) =>
    lines.find((line) => line.event === event) ?? (await once(events, event))[0];
  return { log, lines, next };
}

/** A relay on ports of the system's choice. */
export async function startRelay(options = {}, extras = {}) {
  const record = recordLog();
  const relay = await createRelay(
    { httpPort: 0, turnPort: 0, mdns: false, ...options },
    { log: record.log, ...extras },
  );
  onCleanup(() => relay.close());
  return { ...relay, log: record };
}

let engine;

/** A relay with the embedded TURN server; the test ends with no engine object alive. */
export async function startTurnRelay(options = {}, extras = {}) {
  engine ??= await loadEngine();
  onCleanup(() => {
    if (engine.liveHandles() !== 0)
      throw new Error(`${engine.liveHandles()} engine objects leaked`);
  });
  return startRelay({ users: [ann], ...options }, { engine, ...extras });
}

/** Who `startTurnRelay` lets in. */
export const ann = { username: 'ann', password: 'secret' };

/** The ways to a relay, by the kind of transport; `options` are those of the WebSocket. */
export const open = {
  websocket: (relay, options) => Transports.websocket(relay.url, options),
  tcp: (relay) => Transports.tcp('127.0.0.1', relay.ports.turnTcp),
  udp: (relay) => Transports.udp('127.0.0.1', relay.ports.turnUdp),
};

/** A TURN client of the relay, closed after the test. */
export async function connectClient(relay, kind, credentials = ann, options = undefined) {
  const client = new TurnClient(await open[kind](relay, options), credentials);
  onCleanup(() => client.close());
  return client;
}

/** A TCP server; answers STUN bindings so that it counts as a healthy upstream. */
export async function startUpstream({ answersBindings = true, serve } = {}) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (data) => {
      const isBinding = data.length === 20 && data.readUInt16BE(0) === 1;
      if (isBinding && answersBindings) {
        const answer = Buffer.from(data);
        answer.writeUInt16BE(0x0101, 0);
        socket.write(answer);
      } else if (!isBinding) {
        serve?.(socket, data);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  onCleanup(stop);
  const { port } = server.address();
  return { port, sockets, server, stop, address: { host: '127.0.0.1', port, tls: false } };
}

/** A UDP peer on loopback that sends everything back. */
export async function startEchoPeer(host = '127.0.0.1', port = 0) {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (data, from) => socket.send(data, from.port, from.address));
  socket.bind(port, host);
  await once(socket, 'listening');
  onCleanup(() => socket.close());
  return { address: host, port: socket.address().port, socket };
}
