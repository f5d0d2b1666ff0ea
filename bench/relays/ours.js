import { fileURLToPath } from 'node:url';
import { startServer } from './processes.js';

export const title = 'webrtc-wasm-relay';

const cli = fileURLToPath(new URL('../../js/relay/cli.js', import.meta.url));
const user = { username: 'bench', password: 'bench' };
const kPlenty = '20000';

/** @param {string[]} [more] options */
export async function start(more = []) {
  const server = await startServer(
    process.execPath,
    [
      ...[cli, '--port', '0', '--turn-port', '0', '--no-mdns', '--allow-peer', '127.0.0.0/8'],
      ...['--user', `${user.username}:${user.password}`],
      ...['--max-connections', kPlenty, '--max-connections-per-address', kPlenty],
      ...['--max-allocations', kPlenty, '--max-allocations-per-user', kPlenty],
      ...['--max-total-permissions', kPlenty, '--max-permissions-per-user', kPlenty],
      ...['--max-channels-per-user', kPlenty, '--max-udp-clients', kPlenty, ...more],
    ],
    /"event":"listening".*\n/,
  );
  const { url, uris } = JSON.parse(/.*"event":"listening".*/.exec(server.output)[0]);
  const portOf = (transport) => {
    const uri = uris.find((one) => one.endsWith(`transport=${transport}`));
    return uri && Number(/:(\d+)\?/.exec(uri)[1]);
  };
  return {
    pids: [server.pid],
    transports: { udp: portOf('udp'), tcp: portOf('tcp'), websocket: url },
    user: () => user,
    stop: server.stop,
  };
}
