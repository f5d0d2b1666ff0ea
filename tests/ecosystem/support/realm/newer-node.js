// What later versions of Node.js have, and libraries count on: loaded before them.

import { WebSocket } from 'ws';

globalThis.WebSocket ??= WebSocket;
globalThis.navigator ??= { userAgent: `Node.js/${process.version}`, platform: process.platform };
Promise.withResolvers ??= function () {
  const ends = {};
  ends.promise = new this((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return ends;
};
