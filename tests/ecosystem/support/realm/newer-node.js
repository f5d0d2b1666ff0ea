// What later versions of Node.js have, and libraries count on: loaded before them.

import { WebSocket } from 'ws';

globalThis.WebSocket ??= WebSocket;
globalThis.navigator ??= { userAgent: `Node.js/${process.version}`, platform: process.platform };
// Builds for browsers call the realm so.
globalThis.self ??= globalThis;
Promise.withResolvers ??= function () {
  const ends = {};
  ends.promise = new this((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return ends;
};
Uint8Array.prototype.toBase64 ??= function () {
  return Buffer.from(this).toString('base64');
};
Uint8Array.prototype.toHex ??= function () {
  return Buffer.from(this).toString('hex');
};
Uint8Array.fromHex ??= (text) => new Uint8Array(Buffer.from(text, 'hex'));
