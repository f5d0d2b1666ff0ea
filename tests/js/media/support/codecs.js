// The codecs as `npm run build` makes them.

import { readFileSync } from 'node:fs';
import { provideCodec } from '../../../../js/media/index.js';

for (const name of ['opus', 'vp8']) {
  const path = new URL(`../../../../dist/webrtc-${name}.wasm`, import.meta.url);
  provideCodec(name, () => readFileSync(path));
}
