// Rendered on the server, whenever it is asked for.

import { createElement } from 'react';
import { version } from 'webrtc-wasm';
import { Call } from './call.js';

export const dynamic = 'force-dynamic';

export default function Page() {
  const text = `rendered with ${version} by ${typeof process.versions.node}`;
  return createElement(
    'main',
    null,
    createElement('p', { id: 'server' }, text),
    createElement(Call),
  );
}
