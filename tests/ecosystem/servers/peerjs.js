// PeerJS's own server.

import { PeerServer } from 'peer';

const server = await new Promise((resolve) =>
  PeerServer({ host: '127.0.0.1', port: 0, path: '/peers' }, resolve),
);
process.send({ host: '127.0.0.1', port: server.address().port, path: '/peers' });
