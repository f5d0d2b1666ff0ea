// What pages and workers have in common.

import { End, runEnd } from './end.js';

/**
 * Installs the package, unless the browser's own implementation is wanted, and loads the scenario.
 * @returns {Promise<{ end: End, result: () => Promise<any> }>}
 */
export async function startEnd({ realm, isNative, bundle, role, server, relay, media, tell }) {
  let alive = () => 0;
  if (!isNative) {
    const { configure } = await import('/js/index.js');
    const { install } = await import('/js/polyfill.js');
    const { engine } = await import('/js/api/runtime.js');
    configure({ relay });
    install({ force: true });
    alive = () => engine().liveHandles();
  }
  const end = new End({ role, server, realm, media, tell });
  const { [role]: run } = await import(bundle);
  return { end, result: () => runEnd({ run, end, alive }) };
}
