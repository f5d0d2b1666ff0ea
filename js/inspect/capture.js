// What went over the sockets of one connection, with times, bounded: the beginning is kept (without the
// handshakes nothing can be decrypted), and the end.

/**
 * A socket, as a capture file has interfaces.
 * @typedef {object} CaptureInterface
 * @property {'udp' | 'virtual' | 'relay' | 'tcp' | 'tls' | 'peer'} kind
 * @property {string} address  our own; empty where nobody knows it (pages)
 * @property {number} port     0 likewise
 * @property {string} url      of streams
 * @property {string} host     where a stream leads, a name or an address; empty for datagrams
 * @property {number} remotePort
 */

/**
 * @typedef {object} CapturedPacket
 * @property {number} time    milliseconds since 1970, with their fractions
 * @property {number} via     index of its interface
 * @property {boolean} isOut
 * @property {string} address of the other end; empty for streams
 * @property {number} port
 * @property {Uint8Array} data
 * @property {number} [offset] of streams: how many bytes went that way before
 * @property {'open' | 'closed'} [mark] of streams: no bytes, but what became of it
 */

/** What keeping one packet costs beside its bytes. */
const kPacketCost = 160;
const kHeadShare = 0.25;
/** @type {CapturedPacket} */
const kGone = { time: 0, via: 0, isOut: false, address: '', port: 0, data: new Uint8Array() };

export class Capture {
  /** @type {CaptureInterface[]} */
  interfaces = [];
  dropped = 0;
  #limit;
  #now;
  /** @type {Map<any, number>} */
  #indices = new Map();
  /** Bytes so far, by interface: out, in. @type {[number, number][]} */
  #offsets = [];
  /** @type {CapturedPacket[]} */
  #head = [];
  #headBytes = 0;
  #headIsFull = false;
  /** From `#first` on; before it nothing is held. @type {CapturedPacket[]} */
  #tail = [];
  #first = 0;
  #tailBytes = 0;

  /**
   * @param {object} options
   * @param {number} options.maxBytes
   * @param {() => number} options.now  milliseconds since 1970
   */
  constructor({ maxBytes, now }) {
    this.#limit = maxBytes;
    this.#now = now;
  }

  get count() {
    return this.#head.length + this.#tail.length - this.#first;
  }

  get bytes() {
    return this.#headBytes + this.#tailBytes;
  }

  /** @returns {CapturedPacket[]} */
  packets() {
    return [...this.#head, ...this.#tail.slice(this.#first)];
  }

  // ---- js/api/connection-driver.js: Tap

  /**
   * @param {boolean} isOut
   * @param {any} local
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  datagram(isOut, local, address, port, data) {
    let via = this.#indices.get(local);
    if (via === undefined) {
      const { kind, address, port } = local;
      via = this.#add(local, { kind, address, port, url: '', host: '', remotePort: 0 });
    }
    this.#keep({ time: this.#now(), via, isOut, address, port, data: new Uint8Array(data) });
  }

  /**
   * @param {boolean} isOut
   * @param {any} stream
   * @param {Uint8Array} data
   */
  stream(isOut, stream, data) {
    const via = this.#streamIndex(stream);
    const direction = isOut ? 0 : 1;
    const offset = this.#offsets[via][direction];
    this.#offsets[via][direction] += data.length;
    const packet = {
      time: this.#now(),
      via,
      isOut,
      address: '',
      port: 0,
      data: new Uint8Array(data),
    };
    this.#keep({ ...packet, offset });
  }

  /**
   * @param {any} stream
   * @param {boolean} isOpen
   */
  streamState(stream, isOpen) {
    if (!isOpen && !this.#indices.has(stream)) return;
    const via = this.#streamIndex(stream);
    const mark = isOpen ? /** @type {const} */ ('open') : /** @type {const} */ ('closed');
    const [sent] = this.#offsets[via];
    const packet = { time: this.#now(), via, isOut: true, address: '', port: 0, mark };
    this.#keep({ ...packet, data: new Uint8Array(), offset: sent });
  }

  /** @param {any} stream */
  #streamIndex(stream) {
    const known = this.#indices.get(stream);
    if (known !== undefined) return known;
    const { transport, url, host, port, local } = stream;
    return this.#add(stream, {
      kind: transport,
      address: local?.address ?? '',
      port: 0,
      url,
      host,
      remotePort: port,
    });
  }

  /**
   * @param {any} key
   * @param {CaptureInterface} entry
   */
  #add(key, entry) {
    const index = this.interfaces.push(entry) - 1;
    this.#indices.set(key, index);
    this.#offsets.push([0, 0]);
    return index;
  }

  /** @param {CapturedPacket} packet */
  #keep(packet) {
    const cost = kPacketCost + packet.data.length;
    if (!this.#headIsFull) {
      if (this.#headBytes + cost <= this.#limit * kHeadShare) {
        this.#head.push(packet);
        this.#headBytes += cost;
        return;
      }
      this.#headIsFull = true;
    }
    this.#tail.push(packet);
    this.#tailBytes += cost;
    while (this.#tailBytes > this.#limit * (1 - kHeadShare) && this.#first < this.#tail.length) {
      this.#tailBytes -= kPacketCost + this.#tail[this.#first].data.length;
      this.#tail[this.#first++] = kGone;
      this.dropped++;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#first);
      this.#first = 0;
    }
  }
}
