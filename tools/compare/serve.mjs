// What pages that compare load from, and what ours goes through there: a relay on loopback.

import { createRelay } from '../../js/relay/index.js';
import { inRoot } from '../lib/paths.mjs';

const kUser = { username: 'compare', password: 'side by side' };

export async function startServer() {
  const relay = await createRelay({
    httpPort: 0,
    turnPort: 0,
    users: [kUser],
    allowInterfaces: true,
    allowPeers: ['127.0.0.0/8', '::1/128'],
    mounts: [
      { prefix: '/compare/', directory: inRoot('tools/compare') },
      { prefix: '/js/', directory: inRoot('js') },
      { prefix: '/dist/', directory: inRoot('dist') },
    ],
    logLevel: 'silent',
  });
  const access = { url: relay.url, username: kUser.username, credential: kUser.password };
  return { httpUrl: relay.httpUrl, access, close: () => relay.close() };
}
