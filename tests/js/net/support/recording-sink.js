// A sink that keeps what an attachment reports and lets a test wait for it.

export class RecordingSink {
  constructor() {
    /** @type {any[]} */
    this.events = [];
    this.waiting = new Set();
    const record =
      (type, ...names) =>
      (...values) => {
        const event = { type };
        names.forEach((name, i) => (event[name] = values[i]));
        this.push(event);
      };
    this.interfaceAdded = (info) => this.push({ type: 'interface', ...info });
    this.interfaceRemoved = record('removed', 'id');
    this.interfacesComplete = record('complete');
    this.datagram = record('datagram', 'id', 'address', 'port', 'data');
    this.streamOpened = record('opened', 'id');
    this.streamData = record('data', 'id', 'data');
    this.streamClosed = record('closed', 'id', 'reason', 'detail');
    this.resolved = record('resolved', 'id', 'addresses');
  }

  push(event) {
    this.events.push(event);
    for (const check of [...this.waiting]) check();
  }

  of(type) {
    return this.events.filter((event) => event.type === type);
  }

  bytes() {
    return Buffer.concat(this.of('data').map(({ data }) => data));
  }

  /** The first event of that type, now or later. */
  async next(type, count = 1) {
    await this.until(() => this.of(type).length >= count);
    return this.of(type)[count - 1];
  }

  until(condition) {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }
}

/** A ChannelData frame (RFC 8656 §12.4), padded as on a stream. */
export function channelData(payload, channel = 0x4000) {
  const frame = Buffer.alloc(4 + Math.ceil(payload.length / 4) * 4);
  frame.writeUInt16BE(channel, 0);
  frame.writeUInt16BE(payload.length, 2);
  Buffer.from(payload).copy(frame, 4);
  return new Uint8Array(frame);
}

/** A STUN message without attributes' meaning: type, and `length` zero bytes. */
export function stunMessage(type, length = 0) {
  const frame = Buffer.alloc(20 + length);
  frame.writeUInt16BE(type, 0);
  frame.writeUInt16BE(length, 2);
  frame.writeUInt32BE(0x2112a442, 4);
  return new Uint8Array(frame);
}
