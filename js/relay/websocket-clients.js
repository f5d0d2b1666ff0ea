// Clients of the embedded TURN server that come over WebSocket.

import { WebSocketServer } from 'ws';
import { FrameKind, frameKind } from '../net/turn-frames.js';
import { kBinarySubprotocol, kRelaySubprotocol } from '../net/websocket-stream.js';
import { ClientQueue } from './client-queue.js';
import { kMessagePieces } from './limits.js';
import { NameChannel, answerNames } from './mdns.js';

/**
 * Ours when the client knows it, else what plain bridges speak, else none.
 * @param {Set<string>} offered
 */
export function chooseSubprotocol(offered) {
  if (offered.has(kRelaySubprotocol)) return kRelaySubprotocol;
  return offered.has(kBinarySubprotocol) ? kBinarySubprotocol : false;
}

/**
 * @typedef {object} WebSocketClientsOptions
 * @property {import('./turn-service.js').TurnService} service
 * @property {import('./options.js').RelayLimits} limits
 * @property {import('./limits.js').PendingBudget} budget
 * @property {import('./mdns.js').Resolve | undefined} resolve
 * @property {() => void} [expectNames]  called when a client comes that may ask for names
 * @property {import('./sweeper.js').Sweeper} sweeper
 * @property {import('./log.js').Logger} log
 */

export class WebSocketClients {
  /** @param {WebSocketClientsOptions} options */
  constructor(options) {
    this.options_ = options;
    this.dropped_ = 0;
    this.server_ = new WebSocketServer({
      noServer: true,
      maxPayload: options.limits.maxMessageBytes,
      perMessageDeflate: false,
      ...kMessagePieces,
      handleProtocols: chooseSubprotocol,
    });
  }

  get open() {
    return this.server_.clients.size;
  }

  /** Datagrams dropped for clients that read too slowly. */
  get dropped() {
    return this.dropped_;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:stream').Duplex} stream
   * @param {Buffer} head
   * @param {string} address  of the client
   */
  upgrade(request, stream, head, address) {
    const { remotePort = 0 } = request.socket;
    this.server_.handleUpgrade(request, stream, head, (socket) =>
      this.serve_(socket, address, remotePort),
    );
  }

  close() {
    for (const socket of this.server_.clients) socket.close(1001, 'the relay is going away');
    this.server_.close();
  }

  terminate() {
    for (const socket of this.server_.clients) socket.terminate();
  }

  /**
   * @param {import('ws').WebSocket} socket
   * @param {string} address
   * @param {number} port
   */
  serve_(socket, address, port) {
    const { service, sweeper, log } = this.options_;
    const queue = this.createQueue_(socket);
    const names = this.createNames_(socket);
    const watch = sweeper.watch({
      idle: (reason) => socket.close(1008, reason),
      ping: () => socket.ping(),
      dead: () => socket.terminate(),
    });
    const id = service.connect('websocket', address, port, {
      send: (data) => {
        queue.push(data);
        if (frameKind(data[0], data[1]) !== FrameKind.allocated) return;
        watch.established();
        names?.allocated();
      },
      close: (reason) => socket.close(1008, reason.slice(0, 120)),
    });
    log.info('client-open', { client: id, kind: 'websocket', address });
    queue.start();

    socket.on('message', (data, isBinary) => {
      watch.active();
      if (isBinary) service.receive(id, /** @type {Buffer} */ (data));
      else if (!names?.receive(String(data))) socket.close(1003, 'unexpected text');
    });
    socket.on('pong', () => watch.alive());
    socket.on('error', (error) => log.debug('client-error', { client: id, text: error.message }));
    socket.on('close', (code) => {
      queue.close();
      names?.close();
      watch.end();
      service.disconnect(id);
      log.info('client-close', { client: id, code });
    });
  }

  /** @param {import('ws').WebSocket} socket */
  createQueue_(socket) {
    const { budget, limits } = this.options_;
    return new ClientQueue(
      {
        bufferedAmount: () => socket.bufferedAmount,
        write: (bytes, written) => socket.send(bytes, { binary: true }, written),
      },
      {
        budget,
        maxPendingBytes: limits.maxPendingBytes,
        onDropped: () => this.dropped_++,
        onOverrun: () => socket.terminate(),
      },
    );
  }

  /** @param {import('ws').WebSocket} socket */
  createNames_(socket) {
    const { resolve } = this.options_;
    if (!resolve || socket.protocol !== kRelaySubprotocol) return undefined;
    this.options_.expectNames?.();
    return new NameChannel({ resolve, send: answerNames(socket) });
  }
}
