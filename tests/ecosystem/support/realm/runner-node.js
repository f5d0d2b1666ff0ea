// One end of a scenario in a Node.js process: its parent speaks to it over IPC.
//   { start: { bundle, role, server } }, { hear }  ->  { ready }, { tell }, { result } or { error }

import { pathToFileURL } from 'node:url';
import { install } from '../../../../dist/polyfill.node.mjs';
import { internals } from '../../../../dist/webrtc-wasm.node.mjs';
import { End, runEnd } from './end.js';
import { createMedia } from './media-node.js';

install({ force: true });

/** @type {End} */
let end;

async function start({ bundle, role, server }) {
  const media = createMedia(role);
  end = new End({ role, server, realm: 'node', media, tell: (tell) => process.send({ tell }) });
  const { [role]: run } = await import(pathToFileURL(bundle).href);
  process.send({ ready: true });
  const alive = () => {
    try {
      return internals.engine().liveHandles();
    } catch {
      return 0; // No connection has asked for the engine yet.
    }
  };
  return runEnd({ run, end, alive });
}

process.on('message', (message) => {
  if ('hear' in message) end.put(message.hear);
  if (!message.start) return;
  start(message.start).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error?.stack ?? String(error) }),
  );
});
