// createOffer() where the machine has not what it takes (webrtc-pc 4.4.2): no random numbers, or no
// memory. Both fail for real here, so these tests are for our implementation alone.

import { rejects } from './support/errors.js';
import { connection, whenOver } from './support/resources.js';

/** Where the engine gets its random numbers from. */
function randomSource() {
  if (realm.target !== 'node') return { holder: crypto, method: 'getRandomValues' };
  return { holder: process.getBuiltinModule('node:crypto'), method: 'randomFillSync' };
}

/** From now on the realm's source of random numbers fails, as the platform lets it fail. */
function breakRandomSource() {
  const { holder, method } = randomSource();
  const before = Object.getOwnPropertyDescriptor(holder, method);
  Object.defineProperty(holder, method, {
    configurable: true,
    value() {
      throw new DOMException('there is no entropy', 'OperationError');
    },
  });
  const repair = () => {
    if (before) Object.defineProperty(holder, method, before);
    else delete holder[method];
  };
  whenOver(repair);
  return repair;
}

for (const method of ['createOffer', 'setLocalDescription']) {
  test(`${method}() rejects with NotReadableError when there is no certificate and none could be generated`, async () => {
    // An engine of before may have random numbers in stock.
    await realm.freshEngine();
    breakRandomSource();
    const pc = connection();
    pc.createDataChannel('channel');
    await rejects(pc[method](), 'NotReadableError');
    expect(pc.signalingState).toBe('stable');
  });
}

test('createOffer() works again once a certificate can be generated', async () => {
  await realm.freshEngine();
  const repair = breakRandomSource();
  const pc = connection();
  await rejects(pc.createOffer(), 'NotReadableError');
  repair();
  expect((await pc.createOffer()).type).toBe('offer');
});

test('generateCertificate() rejects when the source of random numbers fails', async () => {
  await realm.freshEngine();
  breakRandomSource();
  const making = RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' });
  await rejects(making, 'NotReadableError');
});

if (realm.target === 'node') {
  test('createOffer() rejects with OperationError when the memory is exhausted, and works again when there is some', async () => {
    const { execFile } = await import('node:child_process');
    const { fileURLToPath } = await import('node:url');
    const script = fileURLToPath(new URL('./support/exhaust-memory.js', import.meta.url));
    // 64 pages are 4 MiB. The limit is the process's: the package knows nothing of it.
    const args = ['--wasm-max-mem-pages=64', script];
    const { error, stdout, stderr } = await new Promise((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) => {
        resolve({ error, stdout, stderr });
      });
    });
    expect({ error, stderr }).toEqual({ error: null, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      isDOMException: true,
      name: 'OperationError',
      state: 'stable',
      afterwards: 'offer',
    });
  }, 20_000);
}
