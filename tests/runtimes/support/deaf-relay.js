// What accepts a WebSocket and never says another word, nor hangs up.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** RFC 6455 section 1.3. */
const kGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** For a test file. */
export function useDeafRelay() {
  const sockets = new Set();
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const accept = createHash('sha1')
      .update(request.headers['sec-websocket-key'] + kGuid)
      .digest('base64');
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        'Sec-WebSocket-Protocol: binary',
        '\r\n',
      ].join('\r\n'),
    );
  });
  const suite = { url: '' };
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    suite.url = `ws://127.0.0.1:${server.address().port}/`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return suite;
}
