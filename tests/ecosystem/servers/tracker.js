// The WebSocket tracker of bittorrent-tracker.

import { once } from 'node:events';
import Server from 'bittorrent-tracker/server';

const server = new Server({ http: false, udp: false, ws: true, stats: false });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send({ url: `ws://127.0.0.1:${server.ws.address().port}` });
