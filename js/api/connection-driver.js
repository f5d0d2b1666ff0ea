// Drives one engine connection over one network attachment: every input is followed by draining
// the engine's outputs and by arming the timer for its deadline.

import { createCounters } from '../net/network.js';
import { ServerStreams } from './server-streams.js';

/** @typedef {import('../net/network.js').Network} Network */
/** @typedef {import('../net/network.js').NetworkAttachment} NetworkAttachment */
/** @typedef {import('../net/network.js').NetworkSink} NetworkSink */
/** @typedef {import('../net/network.js').EngineIceServer} EngineIceServer */

/** @typedef {import('../net/network.js').Counters} Counters */

/**
 * What outlives an unreferenced driver and has to be released by hand: the engine's connection, and how
 * much else is open for it. `owner` is who closes it all, if somebody has it still.
 * @typedef {{ connection: any, timers: number, sockets: number, owner?: WeakRef<{ close(): void }> }} Resources
 */

/**
 * @typedef {import('../net/network.js').InterfaceInfo} InterfaceInfo
 * @typedef {{ attachment: NetworkAttachment, id: number, info: InterfaceInfo }} Interface
 */

/**
 * A byte stream as the engine asked for it: to a server, or to the peer from an interface.
 * @typedef {object} StreamInfo
 * @property {number} streamId
 * @property {'relay' | 'tcp' | 'tls' | 'peer'} transport
 * @property {string} url
 * @property {string} host
 * @property {number} port
 * @property {InterfaceInfo} [local] of streams to the peer
 */

/**
 * Told what goes over the sockets, as it goes. Bytes are the sockets' and the engine's: whoever keeps them
 * copies them.
 * @typedef {object} Tap
 * @property {(isOut: boolean, local: InterfaceInfo, address: string, port: number, data: Uint8Array) => void} datagram
 * @property {(isOut: boolean, stream: StreamInfo, data: Uint8Array) => void} stream
 * @property {(stream: StreamInfo, isOpen: boolean) => void} streamState
 */

/**
 * Of one DTLS association.
 * @typedef {object} DtlsSecrets
 * @property {number} transportId
 * @property {boolean} isClient whether we are
 * @property {Uint8Array} clientRandom 32 bytes
 * @property {Uint8Array} masterSecret 48 bytes
 * @property {Uint8Array} [srtpKeyingMaterial] RFC 5764 section 4.2: both keys, then both salts, the client's first
 */

const settled = Promise.resolve();

/** Of drivers that have not been closed. @type {Set<Resources>} */
const open = new Set();

/** Frees what a driver that nobody refers to has left behind. @param {Resources} resources */
export function release(resources) {
  open.delete(resources);
  resources.connection.delete();
}

/** What connections of this realm hold that have not been closed. */
export function liveResources() {
  const live = { connections: open.size, timers: 0, sockets: 0 };
  for (const { timers, sockets } of open) {
    live.timers += timers;
    live.sockets += sockets;
  }
  return live;
}

/** Closes the connections of this realm that have not been closed: its end has come. */
export function closeConnections() {
  for (const { owner } of [...open]) owner?.deref()?.close();
}

export class ConnectionDriver {
  #network;
  #onEvent;
  #unixTime;
  /** @type {Resources} */
  resources;
  /** Of js/inspect. @type {Tap | undefined} */
  tap;
  /** Sockets of each transport, by the engine's transport id. @type {Map<number, NetworkAttachment>} */
  #sockets = new Map();
  /** Streams and look-ups, which belong to no transport. @type {NetworkAttachment | undefined} */
  #streams;
  /** Where streams to peers are. @type {Map<number, NetworkAttachment>} */
  #peerStreams = new Map();
  /** Streams that were asked for and have not ended. @type {Map<number, StreamInfo>} */
  #streamInfos = new Map();
  #serverStreams;
  /** Interfaces by the id that the engine has for them. @type {Map<number, Interface>} */
  #interfaces = new Map();
  #nextInterfaceId = 1;
  #isDraining = false;
  #willDrain = false;
  #isClosing = false;
  #isClosed = false;
  #keepsProcess = true;
  /** @type {((connection: any, now: number) => void)[]} */
  #waiting = [];
  #timer = /** @type {unknown} */ (undefined);
  #timerAt = Infinity;
  /** Of the application's own waits. @type {Set<unknown>} */
  #waits = new Set();
  /** Of sockets that are closed. */
  #pastCounters = createCounters();
  /** Taken when the engine goes, for getStats() of a closed connection. */
  #lastStats = /** @type {any[]} */ ([]);

  /**
   * @param {object} parts
   * @param {(now: number) => any} parts.open makes the engine's connection
   * @param {Network} parts.network
   * @param {(event: any) => void} parts.onEvent what the engine reports; must not throw, nor run
   *   script: it queues tasks
   * @param {import('./server-streams.js').RelayListener} [parts.onRelay] the same for relays
   * @param {() => number} [parts.unixTime] milliseconds
   */
  constructor({ open: openConnection, network, onEvent, onRelay, unixTime = Date.now }) {
    this.#network = network;
    this.#onEvent = onEvent;
    this.#unixTime = unixTime;
    this.#serverStreams = new ServerStreams(network, onRelay);
    this.resources = { connection: openConnection(network.now()), timers: 0, sockets: 0 };
    open.add(this.resources);
  }

  /**
   * The network's own servers, asked anew each time.
   * @returns {EngineIceServer[] | Promise<EngineIceServer[]>}
   */
  networkServers() {
    return this.#network.iceServers?.() ?? [];
  }

  /** Milliseconds on the network's clock, which is the engine's. */
  now() {
    return this.#network.now();
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
   * The same for calls that come by the thousand: what follows from them waits until the calling
   * script has come to its end, so that messages share packets.
   * @template T
   * @param {(connection: any, now: number) => T} action
   * @returns {T}
   */
  feed(action) {
    const result = action(this.resources.connection, this.#network.now());
    if (!this.#willDrain) {
      this.#willDrain = true;
      settled.then(this.#drainSoon);
    }
    return result;
  }

  #drainSoon = () => {
    this.#willDrain = false;
    if (!this.#isClosing) this.#drain();
  };

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
      case 'datagram': {
        const via = this.#interfaces.get(event.interfaceId);
        if (!via) break;
        this.tap?.datagram(true, via.info, event.address, event.port, event.data);
        via.attachment.send(via.id, event.address, event.port, event.data);
        break;
      }
      case 'stream-data':
        if (this.tap) this.#tapStream(true, event.streamId, event.data);
        this.#streamsWith(event.streamId)?.sendStream(event.streamId, event.data);
        break;
      case 'peer-stream-open':
        this.#openPeerStream(event);
        break;
      case 'stream-open':
        this.#openStream(event);
        break;
      case 'stream-close':
        this.#streamEnded(event.streamId);
        this.#serverStreams.release(event.streamId);
        this.#streamsWith(event.streamId)?.closeStream(event.streamId);
        this.#peerStreams.delete(event.streamId);
        break;
      case 'resolve':
        this.#attachStreams().resolve(event.resolveId, event.hostname);
        break;
      case 'gather':
        this.#reportProblem();
        this.#attachSockets(event.transportId).gather();
        break;
      case 'close-interfaces':
        this.#closeSockets(event.transportId);
        break;
      case 'relay-retrying':
      case 'relay-failed':
        if (!this.#isClosing) this.#serverStreams.recovery(event);
        break;
      default:
        if (!this.#isClosing) this.#onEvent(this.#serverStreams.explained(event));
    }
  }

  /**
   * @param {boolean} isOut
   * @param {number} streamId
   * @param {Uint8Array} data
   */
  #tapStream(isOut, streamId, data) {
    const stream = this.#streamInfos.get(streamId);
    if (stream) this.tap?.stream(isOut, stream, data);
  }

  /** @param {number} streamId */
  #streamEnded(streamId) {
    const stream = this.#streamInfos.get(streamId);
    this.#streamInfos.delete(streamId);
    if (stream) this.tap?.streamState(stream, false);
  }

  /** @param {number} streamId */
  #streamsWith(streamId) {
    return this.#peerStreams.get(streamId) ?? this.#streams;
  }

  /** A network that cannot work says why, once gathering begins. */
  #reportProblem() {
    const { problem } = /** @type {{ problem?: string }} */ (this.#network);
    if (problem === undefined || this.#isClosing) return;
    this.#onEvent({ type: 'candidate-error', url: '', errorCode: 701, errorText: problem });
  }

  // Attached late: a connection that only exists holds no socket and can be collected.

  /** @param {number} transportId */
  #attach(transportId) {
    const attachment = this.#network.attach(this.#sink(transportId));
    this.resources.sockets++;
    if (!this.#keepsProcess) attachment.keepProcess?.(false);
    return attachment;
  }

  #attachStreams() {
    return (this.#streams ??= this.#attach(-1));
  }

  /**
   * Where there are processes, an open connection keeps its own alive; not while it has nothing to do.
   * @param {boolean} isKept
   */
  keepProcess(isKept) {
    if (isKept === this.#keepsProcess || this.#isClosed) return;
    this.#keepsProcess = isKept;
    for (const attachment of this.#attachments()) attachment.keepProcess?.(isKept);
    setKeeping(this.#timer, isKept);
  }

  /** @param {any} event */
  #openStream(event) {
    const { streamId } = event;
    this.#serverStreams.begin(event, {
      open: (request) => {
        if (this.#isClosing) return;
        this.#streamInfos.set(streamId, request);
        this.#attachStreams().openStream(request);
      },
      renewed: ({ username, credential }) =>
        this.#input((pc) => pc.setStreamCredentials(streamId, username, credential)),
      refused: (reason) => this.#streamClosed(streamId, 'refused', reason),
    });
  }

  /** @param {any} event */
  #openPeerStream(event) {
    const via = this.#interfaces.get(event.interfaceId);
    if (!via?.attachment.openPeerStream) {
      this.#streamClosed(event.streamId, 'cannot-reach');
      return;
    }
    this.#peerStreams.set(event.streamId, via.attachment);
    const { streamId, host, port } = event;
    const url = `tcp:${host}:${port}`;
    const stream = { streamId, transport: /** @type {const} */ ('peer'), url, host, port };
    this.#streamInfos.set(streamId, { ...stream, local: via.info });
    via.attachment.openPeerStream({ ...event, interfaceId: via.id });
  }

  /**
   * @param {number} id
   * @param {string} reason
   * @param {string} [detail]
   */
  #streamClosed(id, reason, detail) {
    this.#input((pc, now) => {
      this.#streamEnded(id);
      this.#serverStreams.closed(id, reason, detail);
      this.#peerStreams.delete(id);
      pc.handleStreamClosed(id, now);
    });
  }

  /** @param {number} transportId */
  #attachSockets(transportId) {
    let attachment = this.#sockets.get(transportId);
    if (!attachment) {
      attachment = this.#attach(transportId);
      this.#sockets.set(transportId, attachment);
    }
    return attachment;
  }

  /** @param {number} transportId */
  #closeSockets(transportId) {
    const attachment = this.#sockets.get(transportId);
    this.#sockets.delete(transportId);
    for (const [id, entry] of this.#interfaces) {
      if (entry.attachment === attachment) this.#interfaces.delete(id);
    }
    if (!attachment) return;
    this.resources.sockets--;
    addCounters(this.#pastCounters, attachment.counters());
    attachment.close();
  }

  /**
   * @param {number} transportId
   * @returns {NetworkSink}
   */
  #sink(transportId) {
    /** From the attachment's ids to the engine's. @type {Map<number, number>} */
    const ids = new Map();
    return {
      interfaceAdded: (info) =>
        this.#input((pc, now) => {
          const attachment = this.#sockets.get(transportId);
          if (!attachment) return;
          const id = this.#nextInterfaceId++;
          ids.set(info.id, id);
          this.#interfaces.set(id, { attachment, id: info.id, info });
          pc.addInterface({ ...info, id, transportId }, now);
        }),
      interfaceRemoved: (localId) =>
        this.#input((pc, now) => {
          const id = ids.get(localId);
          if (id === undefined) return;
          ids.delete(localId);
          this.#interfaces.delete(id);
          pc.removeInterface(id, now);
        }),
      interfacesComplete: () => this.#input((pc, now) => pc.interfacesComplete(transportId, now)),
      datagram: (localId, address, port, data) =>
        this.#input((pc, now) => {
          const id = ids.get(localId);
          if (id === undefined) return;
          const via = this.tap && this.#interfaces.get(id);
          if (via) this.tap?.datagram(false, via.info, address, port, data);
          pc.handleDatagram(id, address, port, data, now);
        }),
      streamOpened: (id) =>
        this.#input((pc, now) => {
          this.#serverStreams.opened(id);
          const stream = this.#streamInfos.get(id);
          if (stream) this.tap?.streamState(stream, true);
          pc.handleStreamOpened(id, now);
        }),
      streamData: (id, data) =>
        this.#input((pc, now) => {
          if (this.tap) this.#tapStream(false, id, data);
          pc.handleStreamData(id, data, now);
        }),
      streamClosed: (id, reason, detail) => this.#streamClosed(id, reason, detail),
      resolved: (id, addresses) => this.#input((pc, now) => pc.handleResolved(id, addresses, now)),
    };
  }

  /** @param {number} deadline */
  #arm(deadline) {
    // A timer that is early costs one idle call, which is less than moving it for every packet.
    if (deadline >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = deadline;
    this.resources.timers++;
    this.#timer = this.#network.setTimer(() => {
      this.resources.timers--;
      this.#timerAt = Infinity;
      this.#timer = undefined;
      this.#input((pc, now) => pc.handleTimeout(now));
    }, deadline);
    if (!this.#keepsProcess) setKeeping(this.#timer, false);
  }

  #disarm() {
    if (this.#timer !== undefined) {
      this.resources.timers--;
      this.#network.clearTimer(this.#timer);
    }
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  /**
   * Runs a task on the clock of the network, unless the connection is closed by then.
   * @param {number} delayMs
   * @param {() => void} task
   */
  after(delayMs, task) {
    this.resources.timers++;
    const timer = this.#network.setTimer(() => {
      this.resources.timers--;
      this.#waits.delete(timer);
      task();
    }, this.#network.now() + delayMs);
    this.#waits.add(timer);
  }

  /**
   * The engine's statistics, or the last ones of a closed connection.
   * @param {number} timestamp milliseconds since 1970, which the records carry
   * @returns {any[]}
   */
  stats(timestamp) {
    return this.#isClosed ? this.#lastStats : this.resources.connection.getStats(timestamp);
  }

  /** @returns {DtlsSecrets[]} */
  dtlsSecrets() {
    return this.#isClosed ? [] : this.resources.connection.dtlsSecrets();
  }

  /**
   * What went through this connection's sockets, and how many streams were opened again.
   * @returns {Counters & {streamsReopened: number}}
   */
  counters() {
    const sum = { ...this.#pastCounters, sendErrors: { ...this.#pastCounters.sendErrors } };
    if (!this.#isClosed) {
      for (const attachment of this.#attachments()) addCounters(sum, attachment.counters());
    }
    return { ...sum, streamsReopened: this.#serverStreams.reopened };
  }

  /** @returns {NetworkAttachment[]} */
  #attachments() {
    return [...(this.#streams ? [this.#streams] : []), ...this.#sockets.values()];
  }

  /** Ends the connection; its last packets still go out. Idempotent. */
  close() {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const { connection } = this.resources;
    this.#lastStats = connection.getStats(this.#unixTime());
    connection.close(this.#network.now());
    this.#drain();
  }

  #release() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#disarm();
    for (const timer of this.#waits) this.#network.clearTimer(timer);
    for (const attachment of this.#attachments()) {
      addCounters(this.#pastCounters, attachment.counters());
      attachment.close();
    }
    release(this.resources);
  }
}

/**
 * @param {Counters} sum
 * @param {Counters} part
 */
function addCounters(sum, part) {
  for (const [name, value] of Object.entries(part)) {
    if (name === 'bufferedAmountHighWater') {
      sum.bufferedAmountHighWater = Math.max(sum.bufferedAmountHighWater, part[name]);
    } else if (typeof value === 'number') {
      /** @type {any} */ (sum)[name] += value;
    }
  }
  for (const [code, count] of Object.entries(part.sendErrors)) {
    sum.sendErrors[code] = (sum.sendErrors[code] ?? 0) + count;
  }
}

/**
 * Timers are objects in Node.js, which say whether they keep the process alive, and numbers elsewhere.
 * @param {any} timer
 * @param {boolean} isKept
 */
function setKeeping(timer, isKept) {
  if (isKept) timer?.ref?.();
  else timer?.unref?.();
}
