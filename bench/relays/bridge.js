import { start as startCoturn } from './coturn.js';
import { start as startOurs } from './ours.js';

export const title = 'webrtc-wasm-relay --upstream, and coturn';

export async function start() {
  const coturn = await startCoturn();
  const bridge = await startOurs(['--upstream', `127.0.0.1:${coturn.transports.tcp}`]);
  return {
    pids: [...bridge.pids, ...coturn.pids],
    transports: { websocket: bridge.transports.websocket },
    user: coturn.user,
    async stop() {
      await bridge.stop();
      await coturn.stop();
    },
  };
}
