// Run by `node --test`: ends although one of the connections stays open, once the tests are over.

import assert from 'node:assert';
import { after, test } from 'node:test';
import * as api from 'webrtc-wasm';
import './probe.cjs';

const pair = globalThis.realmProbe.connect(api);
after(() => pair.close());

test('a message arrives', async () => {
  assert.deepEqual((await globalThis.realmProbe.run(api, { features: ['data'] })).features, [
    'data',
  ]);
});

test('a connection that is open until the end opens', async () => {
  const channel = pair.a.createDataChannel('open');
  const open = new Promise((resolve) => channel.addEventListener('open', resolve));
  await pair.negotiated();
  await open;
  assert.equal(channel.readyState, 'open');
});
