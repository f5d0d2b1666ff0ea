// The WebSocket tracker of bittorrent-tracker.

import { once } from 'node:events';
import Server from 'bittorrent-tracker/server';

// A fifth of the interval is what it asks of clients on WebSockets: after 30 s a failed attempt is made again.
const server = new Server({ http: false, udp: false, ws: true, stats: false, interval: 150_000 });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send({ url: `ws://127.0.0.1:${server.ws.address().port}` });
