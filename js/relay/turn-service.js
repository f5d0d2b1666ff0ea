// The engine's TURN server and the sockets around it. The server is sans-IO: clients' bytes and
// peers' datagrams go in, what it wants sent comes out, and it names the next deadline.

const kWarnings = new Set(['allocation-refused', 'authentication-failed', 'peer-refused']);

/** @typedef {'udp' | 'tcp' | 'websocket'} ClientKind */

/**
 * The way back to one client.
 * @typedef {object} ClientTransport
 * @property {(data: Uint8Array) => void} send    whole frames; may drop datagrams, never throws
 * @property {(reason: string) => void} close     the server wants no more of this client
 * @property {() => void} [deallocated]            its allocation has ended
 */

/**
 * @typedef {object} TurnServiceOptions
 * @property {any} engine   the initialised WASM module
 * @property {object} config  of its TurnServer
 * @property {import('./relay-sockets.js').RelaySockets} sockets
 * @property {import('./log.js').Logger} log
 * @property {() => number} [now]
 * @property {() => number} [unixMs]
 * @property {Timers} [timers]
 */

/** @typedef {{ set: (work: () => void, delayMs: number) => any, clear: (timer: any) => void }} Timers */

/** @type {Timers} */
const kTimers = {
  set: (work, delayMs) => setTimeout(work, delayMs),
  clear: (timer) => clearTimeout(timer),
};

export class TurnService {
  /** @param {TurnServiceOptions} options */
  constructor({ engine, config, sockets, log, now, unixMs, timers = kTimers }) {
    this.timers_ = timers;
    this.now_ = now ?? (() => performance.now());
    this.unixMs_ = unixMs ?? (() => Date.now());
    this.sockets_ = sockets;
    this.log_ = log;
    this.server_ = new engine.TurnServer(config);
    /** @type {Map<number, ClientTransport>} */
    this.clients_ = new Map();
    this.nextClientId_ = 1;
    this.draining_ = false;
    this.closed_ = false;
    /** @type {any} */
    this.timer_ = undefined;
    this.timerAt_ = Infinity;
    sockets.attach({
      opened: (id, address, port) =>
        this.input_((server, now_) => server.relaySocketOpened(id, address, port, now_)),
      failed: (id) => this.input_((server, now_) => server.relaySocketFailed(id, now_)),
      datagram: (id, address, port, data) =>
        this.input_((server, now_) => server.relayDatagram(id, address, port, data, now_)),
    });
  }

  get clients() {
    return this.clients_.size;
  }

  /**
   * @param {ClientKind} kind
   * @param {string} address
   * @param {number} port
   * @param {ClientTransport} transport
   * @returns {number} the client's id
   */
  connect(kind, address, port, transport) {
    // The engine's ids have 32 bits. When they come round, after a day of forged sources at full speed,
    // somebody may still be there under one of the first.
    while (this.clients_.has(this.nextClientId_)) this.nextClientId_ = after(this.nextClientId_);
    const id = this.nextClientId_;
    this.nextClientId_ = after(id);
    this.clients_.set(id, transport);
    this.input_((server, now) => server.clientConnected(id, kind, address, port, now));
    return id;
  }

  /**
   * @param {number} id
   * @param {Uint8Array} data
   */
  receive(id, data) {
    if (!this.clients_.has(id)) return;
    this.input_((server, now) =>
      server.clientData(id, data, now, Math.floor(this.unixMs_() / 1000)),
    );
  }

  /**
   * The client is gone; its allocation goes with it.
   * @param {number} id
   */
  disconnect(id) {
    if (!this.clients_.delete(id)) return;
    this.input_((server, now) => server.clientClosed(id, now));
  }

  /** Allocations that stand, or are being made. */
  get allocations() {
    return this.closed_ ? 0 : Number(this.server_.stats().allocations);
  }

  /**
   * The addresses that the machine has, or is known by, from now on.
   * @param {string[]} addresses
   */
  setOwnAddresses(addresses) {
    if (!this.closed_) this.server_.setOwnAddresses(addresses);
  }

  /** From now on every Allocate request is refused with 508. */
  stopAllocating() {
    if (!this.closed_) this.server_.stopAllocating();
  }

  /** What the server counts. */
  stats() {
    return this.closed_ ? {} : this.server_.stats();
  }

  /** Closes relay sockets and frees the engine's object. Transports are not told. */
  close() {
    if (this.closed_) return;
    this.closed_ = true;
    this.timers_.clear(this.timer_);
    this.clients_.clear();
    this.sockets_.close();
    this.server_.delete();
  }

  /** @param {(server: any, now: number) => void} feed */
  input_(feed) {
    if (this.closed_) return;
    feed(this.server_, this.now_());
    this.drain_();
  }

  drain_() {
    if (this.draining_) return;
    this.draining_ = true;
    for (let output = this.server_.poll(); output; output = this.server_.poll()) {
      this.dispatch_(output);
    }
    this.draining_ = false;
    this.arm_();
  }

  /** @param {any} output */
  dispatch_(output) {
    switch (output.type) {
      case 'to-client':
        this.clients_.get(output.clientId)?.send(output.data);
        break;
      case 'to-peer':
        this.sockets_.send(output.socketId, output.address, output.port, output.data);
        break;
      case 'open-relay-socket':
        void this.sockets_.openSocket(output.socketId, output.family, {
          evenPort: output.evenPort,
          nextId: output.nextSocketId ?? undefined,
        });
        break;
      case 'close-relay-socket':
        this.sockets_.closeSocket(output.socketId);
        break;
      case 'close-client':
        this.dropClient_(output.clientId, output.reason);
        break;
      case 'event':
        if (output.kind === 'deallocated') this.clients_.get(output.clientId)?.deallocated?.();
        this.logEvent_(output);
        break;
    }
  }

  /**
   * @param {number} id
   * @param {string} reason
   */
  dropClient_(id, reason) {
    // The engine has forgotten it already.
    const transport = this.clients_.get(id);
    this.clients_.delete(id);
    transport?.close(reason);
  }

  /**
   * Account names stay out of the log: they are half of a credential.
   * @param {{kind: string, clientId: number, endpoint: string | null, detail: string}} event
   */
  logEvent_({ kind, clientId, endpoint, detail }) {
    const level = kWarnings.has(kind) ? 'warn' : 'info';
    this.log_[level](`turn-${kind}`, { client: clientId, endpoint, detail });
  }

  arm_() {
    const deadline = this.server_.deadline();
    // An early timer costs one idle call, less than moving it for every packet.
    if (deadline >= this.timerAt_) return;
    this.timers_.clear(this.timer_);
    this.timerAt_ = deadline;
    if (deadline === Infinity) return;
    const delay = Math.min(Math.max(0, Math.ceil(deadline - this.now_())), 0x7fffffff);
    this.timer_ = this.timers_.set(() => {
      this.timerAt_ = Infinity;
      this.input_((server, now) => server.handleTimeout(now));
    }, delay);
  }
}

/**
 * The next client id.
 * @param {number} id
 */
function after(id) {
  return (id + 1) >>> 0 || 1;
}
