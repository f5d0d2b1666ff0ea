// Drives one engine connection over one network attachment: every input is followed by draining
// the engine's outputs and by arming the timer for its deadline.

/** @typedef {import('../net/network.js').Network} Network */
/** @typedef {import('../net/network.js').NetworkAttachment} NetworkAttachment */
/** @typedef {import('../net/network.js').NetworkSink} NetworkSink */
/** @typedef {import('../net/network.js').EngineIceServer} EngineIceServer */

/**
 * What outlives an unreferenced driver and has to be released by hand.
 * @typedef {{ connection: any }} Resources
 */

export class ConnectionDriver {
  #network;
  #onEvent;
  /** @type {Resources} */
  resources;
  /** @type {NetworkAttachment | undefined} */
  #attachment;
  #isDraining = false;
  #isClosing = false;
  #isClosed = false;
  /** @type {((connection: any, now: number) => void)[]} */
  #waiting = [];
  #timer = /** @type {unknown} */ (undefined);
  #timerAt = Infinity;
  /** Taken when the engine goes, for getStats() of a closed connection. */
  #lastStats = /** @type {any[]} */ ([]);
  /** Milliseconds between the network's clock and the time since 1970. */
  #epoch;

  /**
   * @param {object} parts
   * @param {(now: number) => any} parts.open makes the engine's connection
   * @param {Network} parts.network
   * @param {(event: any) => void} parts.onEvent what the engine reports; must not throw, nor run
   *   script: it queues tasks
   */
  constructor({ open, network, onEvent }) {
    this.#network = network;
    this.#onEvent = onEvent;
    const now = network.now();
    this.#epoch = Date.now() - now;
    this.resources = { connection: open(now) };
  }

  /**
   * The network's own servers, asked anew each time.
   * @returns {EngineIceServer[] | Promise<EngineIceServer[]>}
   */
  networkServers() {
    return this.#network.iceServers?.() ?? [];
  }

  /** @param {number} time of the engine @returns {number} milliseconds since 1970 */
  toEpoch(time) {
    return this.#epoch + time;
  }

  get isClosed() {
    return this.#isClosing;
  }

  /**
   * A call into the engine on behalf of script. Safe at any time: when outputs are being drained,
   * that loop goes on with what this call adds.
   * @template T
   * @param {(connection: any, now: number) => T} action
   * @returns {T}
   */
  call(action) {
    const result = action(this.resources.connection, this.#network.now());
    this.#drain();
    return result;
  }

  /**
   * An input from the network. While outputs are being drained it waits for their end.
   * @param {(connection: any, now: number) => void} feed
   */
  #input(feed) {
    if (this.#isClosing) return;
    if (this.#isDraining) {
      this.#waiting.push(feed);
      return;
    }
    feed(this.resources.connection, this.#network.now());
    this.#drain();
  }

  #drain() {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const { connection } = this.resources;
    try {
      for (;;) {
        for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
          this.#dispatch(event);
        }
        const feed = this.#isClosing ? undefined : this.#waiting.shift();
        if (!feed) break;
        feed(connection, this.#network.now());
      }
    } finally {
      this.#isDraining = false;
    }
    if (this.#isClosing) this.#release();
    else this.#arm(connection.deadline());
  }

  /** @param {any} event */
  #dispatch(event) {
    switch (event.type) {
      case 'datagram':
        this.#attachment?.send(event.interfaceId, event.address, event.port, event.data);
        break;
      case 'stream-data':
        this.#attachment?.sendStream(event.streamId, event.data);
        break;
      case 'stream-open':
        this.#attach().openStream(event);
        break;
      case 'stream-close':
        this.#attachment?.closeStream(event.streamId);
        break;
      case 'resolve':
        this.#attach().resolve(event.resolveId, event.hostname);
        break;
      case 'gather':
        this.#reportProblem();
        this.#attach().gather();
        break;
      default:
        if (!this.#isClosing) this.#onEvent(event);
    }
  }

  /** A network that cannot work says why, once gathering begins. */
  #reportProblem() {
    const { problem } = /** @type {{ problem?: string }} */ (this.#network);
    if (problem === undefined) return;
    this.#onEvent({ type: 'candidate-error', url: '', errorCode: 701, errorText: problem });
  }

  /** Attached late: a connection that only exists holds no socket and can be collected. */
  #attach() {
    this.#attachment ??= this.#network.attach(this.#sink());
    return this.#attachment;
  }

  /** @returns {NetworkSink} */
  #sink() {
    return {
      interfaceAdded: (info) => this.#input((pc, now) => pc.addInterface(info, now)),
      interfaceRemoved: (id) => this.#input((pc, now) => pc.removeInterface(id, now)),
      interfacesComplete: () => this.#input((pc, now) => pc.interfacesComplete(now)),
      datagram: (id, address, port, data) =>
        this.#input((pc, now) => pc.handleDatagram(id, address, port, data, now)),
      streamOpened: (id) => this.#input((pc, now) => pc.handleStreamOpened(id, now)),
      streamData: (id, data) => this.#input((pc, now) => pc.handleStreamData(id, data, now)),
      streamClosed: (id, reason, detail) =>
        this.#input((pc, now) =>
          pc.handleStreamClosed(id, detail ? `${reason}: ${detail}` : reason, now),
        ),
      resolved: (id, addresses) => this.#input((pc, now) => pc.handleResolved(id, addresses, now)),
    };
  }

  /** @param {number} deadline */
  #arm(deadline) {
    // A timer that is early costs one idle call, which is less than moving it for every packet.
    if (deadline >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = deadline;
    this.#timer = this.#network.setTimer(() => {
      this.#timerAt = Infinity;
      this.#timer = undefined;
      this.#input((pc, now) => pc.handleTimeout(now));
    }, deadline);
  }

  #disarm() {
    if (this.#timer !== undefined) this.#network.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  /** @returns {any[]} the engine's statistics, or the last ones of a closed connection */
  stats() {
    return this.#isClosed
      ? this.#lastStats
      : this.resources.connection.getStats(this.#network.now());
  }

  /** What was sent and received, undefined before gathering began. */
  counters() {
    return this.#attachment?.counters();
  }

  /** Ends the connection; its last packets still go out. Idempotent. */
  close() {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const { connection } = this.resources;
    const now = this.#network.now();
    this.#lastStats = connection.getStats(now);
    connection.close(now);
    this.#drain();
  }

  #release() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#disarm();
    this.#attachment?.close();
    this.resources.connection.delete();
  }
}
