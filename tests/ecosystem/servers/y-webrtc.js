// y-webrtc's own signalling server, which is a program: on a port that was free a moment ago.

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address();
probe.close();
await once(probe, 'close');
process.env.PORT = String(port);
const library = createRequire(import.meta.url).resolve('y-webrtc');
await import(new URL('../bin/server.js', pathToFileURL(library)).href);
// It tells that it listens to nobody but its console.
for (;;) {
  const socket = connect(port, '127.0.0.1');
  const [outcome] = await Promise.race([once(socket, 'connect'), once(socket, 'error')]);
  socket.destroy();
  if (!outcome) break;
}
process.send({ url: `ws://127.0.0.1:${port}` });
