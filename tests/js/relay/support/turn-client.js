// A TURN client of few lines, written from RFC 8656 alone, so that the relay is not tested with the
// code that it is made of. It speaks over any transport that sends and receives bytes.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { WebSocket } from 'ws';

const kCookie = 0x2112a442;
export const Method = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  createPermission: 0x008,
  channelBind: 0x009,
};
const Attribute = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  peerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayedAddress: 0x0016,
  addressFamily: 0x0017,
  evenPort: 0x0018,
  additionalFamily: 0x8000,
  addressError: 0x8001,
  reservationToken: 0x0022,
  transport: 0x0019,
  mappedAddress: 0x0020,
};

function attribute(type, value) {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

function header(type, length, id) {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(kCookie, 4);
  id.copy(bytes, 8);
  return bytes;
}

function ipBytes(address) {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  let text = address;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const [a, b, c, d] = dotted[2].split('.').map(Number);
    text = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head, tail] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const middle = tail === undefined ? [] : Array(8 - head.length - tail.length).fill('0');
  const words = [...head, ...middle, ...(tail ?? [])].map((word) => parseInt(word, 16));
  const bytes = Buffer.alloc(16);
  words.forEach((word, i) => bytes.writeUInt16BE(word, 2 * i));
  return bytes;
}

function xorAddress(address, port, id) {
  const ip = ipBytes(address);
  const mask = Buffer.concat([Buffer.from('2112a442', 'hex'), id]);
  const value = Buffer.alloc(4 + ip.length);
  value[1] = ip.length === 16 ? 2 : 1;
  value.writeUInt16BE(port ^ (kCookie >>> 16), 2);
  ip.forEach((byte, i) => (value[4 + i] = byte ^ mask[i]));
  return value;
}

function readAddress(value, id) {
  const mask = Buffer.concat([Buffer.from('2112a442', 'hex'), id]);
  const ip = value.subarray(4).map((byte, i) => byte ^ mask[i]);
  const port = value.readUInt16BE(2) ^ (kCookie >>> 16);
  const address =
    ip.length === 4 ? [...ip].join('.') : Buffer.from(ip).toString('hex').match(/.{4}/g).join(':');
  return { address, port };
}

/** Transports: `{ send(bytes), close(), onData }`, each for one client. */
export const Transports = {
  async websocket(url, options) {
    const socket = new WebSocket(url, ['webrtc-wasm-relay.v1', 'binary'], options);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const transport = { stream: true, socket, send: (bytes) => socket.send(bytes) };
    socket.on('message', (data, isBinary) => isBinary && transport.onData?.(data));
    transport.close = () => socket.terminate();
    return transport;
  },
  async tcp(host, port) {
    const socket = connect(port, host);
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => {});
    const transport = { stream: true, socket, send: (bytes) => socket.write(bytes) };
    socket.on('data', (data) => transport.onData?.(data));
    transport.close = () => socket.destroy();
    return transport;
  },
  async udp(host, port, { localAddress } = {}) {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    if (localAddress) await new Promise((resolve) => socket.bind(0, localAddress, resolve));
    await new Promise((resolve) => socket.connect(port, host, resolve));
    socket.on('error', () => {});
    const transport = { stream: false, socket, send: (bytes) => socket.send(bytes) };
    socket.on('message', (data) => transport.onData?.(data));
    transport.close = () => socket.close();
    return transport;
  },
};

export class TurnClient {
  constructor(transport, { username, password } = {}) {
    this.transport = transport;
    this.username = username;
    this.password = password;
    this.pending = new Map();
    this.received = [];
    this.waiting = new Set();
    this.buffer = Buffer.alloc(0);
    transport.onData = (data) => this.feed(data);
  }

  close() {
    this.transport.close();
  }

  /** Sends a request and resolves to `{ ok, code, attributes }`; no retransmission. */
  request(method, attributes = []) {
    const id = randomBytes(12);
    let body = Buffer.concat(attributes.map(([type, value]) => attribute(type, value(id))));
    if (this.nonce) {
      body = Buffer.concat([
        body,
        attribute(Attribute.username, Buffer.from(this.username)),
        attribute(Attribute.realm, this.realm),
        attribute(Attribute.nonce, this.nonce),
      ]);
      const key = createHash('md5')
        .update(`${this.username}:${this.realm}:${this.password}`)
        .digest();
      const signed = Buffer.concat([header(method, body.length + 24, id), body]);
      const mac = createHmac('sha1', key).update(signed).digest();
      body = Buffer.concat([body, attribute(Attribute.integrity, mac)]);
    }
    const answer = new Promise((resolve) => this.pending.set(id.toString('hex'), resolve));
    this.transport.send(Buffer.concat([header(method, body.length, id), body]));
    return answer;
  }

  async binding() {
    const { attributes } = await this.request(Method.binding);
    return attributes.mapped;
  }

  /** Allocates, answering the challenge; resolves to the response. */
  async allocate({ family, evenPort, reserve, additional, token } = {}) {
    const wanted = [[Attribute.transport, () => Buffer.of(17, 0, 0, 0)]];
    if (family === 6) wanted.push([Attribute.addressFamily, () => Buffer.of(2, 0, 0, 0)]);
    if (evenPort) wanted.push([Attribute.evenPort, () => Buffer.of(reserve ? 0x80 : 0)]);
    if (additional) wanted.push([Attribute.additionalFamily, () => Buffer.of(2, 0, 0, 0)]);
    if (token) wanted.push([Attribute.reservationToken, () => token]);
    const first = await this.request(Method.allocate, wanted);
    if (first.code !== 401) return first;
    this.realm = first.attributes.realm;
    this.nonce = first.attributes.nonce;
    const response = await this.request(Method.allocate, wanted);
    this.relayed = response.attributes.relayed;
    return response;
  }

  refresh(lifetime) {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(lifetime);
    return this.request(Method.refresh, [[Attribute.lifetime, () => value]]);
  }

  /** One permission for all of the addresses. */
  permit(...addresses) {
    const peers = addresses.map((address) => [
      Attribute.peerAddress,
      (id) => xorAddress(address, 9, id),
    ]);
    return this.request(Method.createPermission, peers);
  }

  bindChannel(number, address, port) {
    const value = Buffer.alloc(4);
    value.writeUInt16BE(number);
    return this.request(Method.channelBind, [
      [Attribute.channelNumber, () => value],
      [Attribute.peerAddress, (id) => xorAddress(address, port, id)],
    ]);
  }

  /** A Send indication. */
  sendTo(address, port, data) {
    const id = randomBytes(12);
    const body = Buffer.concat([
      attribute(Attribute.peerAddress, xorAddress(address, port, id)),
      attribute(Attribute.data, Buffer.from(data)),
    ]);
    this.transport.send(Buffer.concat([header(0x0016, body.length, id), body]));
  }

  sendOnChannel(number, data) {
    const length = this.transport.stream ? Math.ceil(data.length / 4) * 4 : data.length;
    const frame = Buffer.alloc(4 + length);
    frame.writeUInt16BE(number, 0);
    frame.writeUInt16BE(data.length, 2);
    Buffer.from(data).copy(frame, 4);
    this.transport.send(frame);
  }

  /** The datagram of that index, when it is there. */
  async datagram(index = 0) {
    while (this.received.length <= index) {
      await new Promise((resolve) => this.waiting.add(resolve));
    }
    return this.received[index];
  }

  feed(data) {
    if (!this.transport.stream) {
      this.handle(data);
      return;
    }
    this.buffer = Buffer.concat([this.buffer, data]);
    while (this.buffer.length >= 4) {
      const length = this.buffer.readUInt16BE(2);
      const total = this.buffer[0] >= 0x40 ? 4 + Math.ceil(length / 4) * 4 : 20 + length;
      if (this.buffer.length < total) return;
      this.handle(this.buffer.subarray(0, total));
      this.buffer = this.buffer.subarray(total);
    }
  }

  handle(frame) {
    const type = frame.readUInt16BE(0);
    if (type >= 0x4000) {
      const data = frame.subarray(4, 4 + frame.readUInt16BE(2));
      this.deliver({ channel: type, data: Buffer.from(data) });
      return;
    }
    const id = Buffer.from(frame.subarray(8, 20));
    const attributes = {};
    let code = 0;
    for (let at = 20; at + 4 <= frame.length;) {
      const length = frame.readUInt16BE(at + 2);
      const value = Buffer.from(frame.subarray(at + 4, at + 4 + length));
      const kind = frame.readUInt16BE(at);
      if (kind === Attribute.errorCode) code = value[2] * 100 + value[3];
      if (kind === Attribute.realm) attributes.realm = value;
      if (kind === Attribute.nonce) attributes.nonce = value;
      if (kind === Attribute.data) attributes.data = value;
      if (kind === Attribute.lifetime) attributes.lifetime = value.readUInt32BE(0);
      if (kind === Attribute.relayedAddress) {
        attributes.relayed ??= readAddress(value, id);
        attributes.allRelayed = [...(attributes.allRelayed ?? []), readAddress(value, id)];
      }
      if (kind === Attribute.addressError) {
        attributes.addressError = { family: value[0], code: value[2] * 100 + value[3] };
      }
      if (kind === Attribute.reservationToken) attributes.token = value;
      if (kind === Attribute.mappedAddress) attributes.mapped = readAddress(value, id);
      if (kind === Attribute.peerAddress) attributes.peer = readAddress(value, id);
      at += 4 + Math.ceil(length / 4) * 4;
    }
    if (type === 0x0017) this.deliver({ peer: attributes.peer, data: attributes.data });
    const key = id.toString('hex');
    this.pending.get(key)?.({ ok: (type & 0x0110) === 0x0100, code, attributes });
    this.pending.delete(key);
  }

  deliver(datagram) {
    this.received.push(datagram);
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}
