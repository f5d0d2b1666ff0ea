// A client that opens as many sockets as it can, in a process of its own so that its descriptors
// and its memory are not the test's. Arguments: port, sockets, what each sends ("http", "turn" or
// "nothing"). Prints a line of JSON once all have settled, and keeps the sockets until its input ends.
// It comes from an address of its own, so as not to take ports that other tests want to listen on.

import { connect } from 'node:net';

const kBatch = 500;
const kFirstBytes = {
  // Both begin something that they never end.
  http: 'GET /relay HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nX-Pad: ',
  turn: Buffer.from('0003000821', 'hex'),
  nothing: '',
};

const [port, wanted, kind] = process.argv.slice(2);
const sockets = new Set();
const counts = { connected: 0, failed: 0, cutOff: 0 };

function openOne() {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.3' });
    socket.on('connect', () => {
      counts.connected++;
      sockets.add(socket);
      socket.write(kFirstBytes[kind]);
      resolve();
    });
    socket.on('error', () => {
      if (!sockets.has(socket)) counts.failed++;
      resolve();
    });
    socket.on('close', () => {
      if (sockets.delete(socket)) counts.cutOff++;
    });
    socket.resume();
  });
}

for (let left = Number(wanted); left > 0; left -= kBatch) {
  await Promise.all(Array.from({ length: Math.min(left, kBatch) }, openOne));
}
process.stdout.write(`${JSON.stringify({ ...counts, open: sockets.size })}\n`);
process.stdin.resume().on('end', () => process.exit(0));
