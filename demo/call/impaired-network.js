// A network that hurts: what one end sends and gets is lost, delayed and held to a rate, as on a bad
// link between that end and the relay.
//
// It stands between the package and another network. A relay carries datagrams in a byte stream of
// TURN frames: those that carry a datagram are hurt, those that keep the session standing pass, since
// on a stream nobody would send them again. Datagrams of real interfaces are hurt just so.

import { FrameKind, frameKind, frameLength } from '../../js/net/turn-frames.js';
import { VirtualLink } from '../../js/net/virtual-link.js';

/** @typedef {import('../../js/net/network.js').Network} Network */
/** @typedef {import('../../js/net/network.js').NetworkSink} NetworkSink */
/** @typedef {import('../../js/net/network.js').NetworkAttachment} NetworkAttachment */

/**
 * @typedef {object} Impairment
 * @property {number} loss   share of the datagrams that vanish, 0 to 1
 * @property {number} delay  ms added on the way, in each direction that is hurt
 * @property {number} rate   bits per second, Infinity for no bound
 * @property {'both' | 'out' | 'in'} direction  as the end sees it
 */

/** @type {Readonly<Impairment>} */
export const kUnhurt = Object.freeze({ loss: 0, delay: 0, rate: Infinity, direction: 'both' });

/** What IP and UDP add to a datagram. */
const kHeaders = 28;
/** A slow link holds half a second of what it carries, and no less than a few packets. */
const kQueueSeconds = 0.5;
const kLeastQueue = 8 * 1500;

/** @implements {Network} */
export class ImpairedNetwork {
  /** @type {Impairment} */
  #impairment = { ...kUnhurt };
  /** @type {Set<ImpairedAttachment>} */
  #attachments = new Set();
  #inner;
  #random;

  /**
   * @param {Network} inner
   * @param {{random?: () => number}} [options]
   */
  constructor(inner, { random = Math.random } = {}) {
    this.#inner = inner;
    this.#random = random;
    this.counts = { carried: 0, dropped: 0 };
    this.connectsTcp = inner.connectsTcp;
  }

  /**
   * Hurts in another way from now on; what is under way stays so.
   * @param {Partial<Impairment>} changes
   */
  hurt(changes) {
    this.#impairment = { ...this.#impairment, ...changes };
    for (const attachment of this.#attachments) attachment.configure(this.#impairment);
  }

  now() {
    return this.#inner.now();
  }

  /**
   * @param {() => void} callback
   * @param {number} atMs
   */
  setTimer(callback, atMs) {
    return this.#inner.setTimer(callback, atMs);
  }

  /** @param {unknown} handle */
  clearTimer(handle) {
    this.#inner.clearTimer(handle);
  }

  iceServers() {
    return this.#inner.iceServers?.() ?? [];
  }

  /** @param {NetworkSink} sink */
  attach(sink) {
    const attachment = new ImpairedAttachment(this.#inner, sink, {
      random: this.#random,
      counts: this.counts,
      closed: () => this.#attachments.delete(attachment),
    });
    attachment.configure(this.#impairment);
    this.#attachments.add(attachment);
    return attachment;
  }

  close() {
    this.#inner.close?.();
  }
}

/** One direction: datagrams leave in the order in which they came. */
class Lane {
  /** @type {{at: number, streamId: number | null, deliver: () => void}[]} */
  #waiting = [];
  /** @type {unknown} */
  #timer = null;
  #network;
  #counts;

  /**
   * @param {Network} network  whose clock it is
   * @param {() => number} random
   * @param {{carried: number, dropped: number}} counts
   */
  constructor(network, random, counts) {
    this.#network = network;
    this.#counts = counts;
    this.link = new VirtualLink(random, { latency: 0 });
  }

  /** @param {Impairment} impairment */
  configure({ loss, delay, rate }) {
    const queue = rate === Infinity ? Infinity : (rate / 8) * kQueueSeconds;
    // Of what is larger than Ethernet, a relay on this machine may well take some.
    this.link.configure({
      loss,
      latency: delay,
      rate,
      queue: Math.max(queue, kLeastQueue),
      mtu: Infinity,
    });
  }

  /**
   * @param {number} bytes
   * @param {number | null} streamId
   * @param {() => void} deliver
   */
  carry(bytes, streamId, deliver) {
    const now = this.#network.now();
    const { arrivals } = this.link.transfer(bytes + kHeaders, now);
    if (arrivals.length === 0) {
      this.#counts.dropped++;
      return;
    }
    this.#counts.carried++;
    if (this.#waiting.length === 0 && arrivals[0] <= now) {
      deliver();
      return;
    }
    this.#waiting.push({ at: arrivals[0], streamId, deliver });
    this.#arm();
  }

  /** @param {number} streamId whose datagrams have nowhere to go */
  forget(streamId) {
    this.#waiting = this.#waiting.filter((one) => one.streamId !== streamId);
  }

  #arm() {
    if (this.#timer !== null || this.#waiting.length === 0) return;
    this.#timer = this.#network.setTimer(() => {
      this.#timer = null;
      const now = this.#network.now();
      while (this.#waiting.length > 0 && this.#waiting[0].at <= now) {
        /** @type {{deliver: () => void}} */ (this.#waiting.shift()).deliver();
      }
      this.#arm();
    }, this.#waiting[0].at);
  }

  close() {
    this.#waiting = [];
    if (this.#timer !== null) this.#network.clearTimer(this.#timer);
    this.#timer = null;
  }
}

/** @implements {NetworkAttachment} */
class ImpairedAttachment {
  #inner;
  #out;
  #in;
  #closed;
  /** By stream, what has come of a frame that is not whole yet. @type {Map<number, Uint8Array>} */
  #partial = new Map();

  /**
   * @param {Network} network
   * @param {NetworkSink} sink
   * @param {{random: () => number, counts: {carried: number, dropped: number}, closed: () => void}} parts
   */
  constructor(network, sink, { random, counts, closed }) {
    this.#closed = closed;
    this.#out = new Lane(network, random, counts);
    this.#in = new Lane(network, random, counts);
    this.#inner = network.attach({
      ...sink,
      interfaceAdded: (info) => sink.interfaceAdded(info),
      interfaceRemoved: (id) => sink.interfaceRemoved(id),
      interfacesComplete: () => sink.interfacesComplete(),
      streamOpened: (id) => sink.streamOpened(id),
      resolved: (id, addresses) => sink.resolved(id, addresses),
      datagram: (id, address, port, data) =>
        this.#in.carry(data.length, null, () => sink.datagram(id, address, port, data)),
      streamData: (id, data) => this.#received(sink, id, data),
      streamClosed: (id, reason, detail) => {
        this.#forget(id);
        sink.streamClosed(id, reason, detail);
      },
    });
  }

  /** @param {Impairment} impairment */
  configure(impairment) {
    const { direction } = impairment;
    this.#out.configure(direction === 'in' ? kUnhurt : impairment);
    this.#in.configure(direction === 'out' ? kUnhurt : impairment);
  }

  gather() {
    this.#inner.gather();
  }

  /**
   * @param {number} id
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send(id, address, port, data) {
    this.#out.carry(data.length, null, () => this.#inner.send(id, address, port, data));
  }

  /** @param {import('../../js/net/network.js').StreamRequest} request */
  openStream(request) {
    this.#inner.openStream(request);
  }

  /** @param {import('../../js/net/network.js').PeerStreamRequest} request */
  openPeerStream(request) {
    this.#inner.openPeerStream?.(request);
  }

  /**
   * @param {number} streamId
   * @param {Uint8Array} data  whole frames
   */
  sendStream(streamId, data) {
    for (const frame of frames(data).whole) {
      const write = () => this.#inner.sendStream(streamId, frame);
      if (isDatagram(frame)) this.#out.carry(frame.length, streamId, write);
      else write();
    }
  }

  /**
   * @param {NetworkSink} sink
   * @param {number} streamId
   * @param {Uint8Array} data  of a stream that is cut anywhere
   */
  #received(sink, streamId, data) {
    const { whole, rest } = frames(join(this.#partial.get(streamId), data));
    if (rest.length > 0) this.#partial.set(streamId, rest);
    else this.#partial.delete(streamId);
    for (const frame of whole) {
      const deliver = () => sink.streamData(streamId, frame);
      if (isDatagram(frame)) this.#in.carry(frame.length, streamId, deliver);
      else deliver();
    }
  }

  /** @param {number} streamId */
  closeStream(streamId) {
    this.#forget(streamId);
    this.#inner.closeStream(streamId);
  }

  /** @param {number} streamId */
  #forget(streamId) {
    this.#partial.delete(streamId);
    this.#out.forget(streamId);
    this.#in.forget(streamId);
  }

  /**
   * @param {number} resolveId
   * @param {string} hostname
   */
  resolve(resolveId, hostname) {
    this.#inner.resolve(resolveId, hostname);
  }

  bufferedAmount() {
    return this.#inner.bufferedAmount();
  }

  counters() {
    return this.#inner.counters();
  }

  close() {
    this.#closed();
    this.#out.close();
    this.#in.close();
    this.#inner.close();
  }
}

/** @param {Uint8Array} frame */
const isDatagram = (frame) => frameKind(frame[0], frame[1]) === FrameKind.data;

/**
 * The whole TURN frames at the beginning of `bytes`, and what is left. Bytes that begin no frame are
 * none of ours to judge: they pass as they are.
 * @param {Uint8Array} bytes
 */
function frames(bytes) {
  const whole = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    if (frameKind(bytes[at], bytes[at + 1]) === undefined) {
      whole.push(bytes.subarray(at));
      return { whole, rest: bytes.subarray(bytes.length) };
    }
    const end = at + frameLength(bytes[at], (bytes[at + 2] << 8) | bytes[at + 3]);
    if (end > bytes.length) break;
    // A frame of its own: writers may keep what they are given.
    whole.push(bytes.slice(at, end));
    at = end;
  }
  return { whole, rest: bytes.slice(at) };
}

/**
 * @param {Uint8Array | undefined} head
 * @param {Uint8Array} tail
 */
function join(head, tail) {
  if (!head) return tail;
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
