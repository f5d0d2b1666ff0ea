// Passes messages between two peers; whoever comes first waits for the other.
//
//   node examples/node-data-channel/server.js [port]

import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 8090) });
const peers = new Set();

server.on('connection', (socket) => {
  if (peers.size === 2) {
    socket.close(1013, 'two peers are there already');
    return;
  }
  socket.send(JSON.stringify({ polite: peers.size === 1 }));
  // What the first one says before the second one is there is kept for it.
  const [other] = peers;
  for (const text of other?.waiting.splice(0) ?? []) socket.send(text);
  socket.waiting = [];
  peers.add(socket);
  socket.on('message', (data) => {
    const to = [...peers].find((each) => each !== socket);
    if (to) to.send(`${data}`);
    else socket.waiting.push(`${data}`);
  });
  socket.on('close', () => peers.delete(socket));
});
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}`));
