// The inspector in pages and workers: what the panel shows, and what a worker records.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useChromium } from './support/browser.js';

const suite = useChromium({ flags: ['--autoplay-policy=no-user-gesture-required'] });

/** A page under a strict policy, with a call of two connections that are inspected, and the panel. */
async function openPanel() {
  const page = await suite.open({ path: 'pages/inspect.html' });
  await page.waitForFunction(() => globalThis.startCall !== undefined);
  await page.evaluate(async () => {
    const inspector = new globalThis.inspect.Inspector({
      all: true,
      statsInterval: 200,
      packets: true,
    });
    globalThis.inspector = inspector;
    globalThis.inspect.definePanel();
    const panel = document.createElement('webrtc-inspect');
    panel.source = { inspector };
    document.body.append(panel);
    const pair = new harness.Pair({ theirs: 'wasm' });
    globalThis.call = await globalThis.startCall(pair);
    globalThis.call.channel.send('to be counted');
  });
  return page;
}

test('The panel shows states, graphs, the timeline and statistics of a call as it goes on', async () => {
  const page = await openPanel();
  const panel = page.locator('webrtc-inspect');
  await panel.getByText('connectionState connected', { exact: true }).waitFor();
  await panel.getByText('SCTP connected').waitFor();
  await panel.getByRole('img', { name: 'Bitrate in kbit/s' }).waitFor();
  await panel.getByText('in use').waitFor();
  await panel.getByRole('tab', { name: 'Timeline' }).click();
  await panel.getByText('setRemoteDescription(offer)').waitFor();
  await panel.getByRole('searchbox').fill('sctp');
  await panel.getByText('sctp → connected').waitFor();
  await panel.getByText('setRemoteDescription(offer)').click();
  await panel.getByText('a=sctp-port').first().waitFor();
  await panel.getByRole('tab', { name: 'Statistics' }).click();
  await panel.getByText('peer-connection').first().waitFor();
  await panel.getByRole('button', { name: 'Connection 1' }).click();
  await panel.getByText('peer-connection').first().waitFor();
  const dump = JSON.parse(await page.evaluate(() => JSON.stringify(globalThis.inspector)));
  expect(dump.connections.map(({ states }) => states.connectionState)).toEqual([
    'connected',
    'connected',
  ]);
  await page.evaluate(() => {
    globalThis.call.stop();
    globalThis.inspector.close();
  });
  expect(await page.evaluate(() => globalThis.violations)).toEqual([]);
});

test('A recording is shown again, in either scheme, and what is none says so', async () => {
  const page = await openPanel();
  await page.evaluate(() => globalThis.inspector.sample());
  const json = await page.evaluate(() => JSON.stringify(globalThis.inspector));
  await page.evaluate((dump) => {
    globalThis.call.stop();
    const host = document.createElement('div');
    host.id = 'again';
    document.body.append(host);
    globalThis.again = globalThis.inspect.mountPanel(host, { dump });
  }, json);
  const again = page.locator('#again');
  await again.getByText('connectionState connected', { exact: true }).waitFor();
  const paper = () =>
    again.locator('.panel').evaluate((panel) => getComputedStyle(panel).backgroundColor);
  const light = await paper();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.evaluate(() => document.querySelector('#again').setAttribute('theme', 'light'));
  expect(await paper()).toBe(light);
  const file = { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{}') };
  await again.locator('input[type=file]').setInputFiles(file);
  await again.getByText('its format is not webrtc-wasm-inspect').waitFor();
  await again.locator('input[type=file]').setInputFiles({ ...file, buffer: Buffer.from(json) });
  await again.getByRole('button', { name: 'Connection 1' }).waitFor();
  await page.evaluate(() => {
    globalThis.again.remove();
    globalThis.inspector.close();
  });
});

describe.each([
  ['module', 'inspect-worker-module.js', { type: 'module' }],
  ['classic', 'inspect-worker-classic.js', {}],
])('A %s worker', (_, script, options) => {
  const directory = mkdtempSync(join(tmpdir(), 'webrtc-wasm-inspect-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('records a connection and its packets, which tshark reads', async () => {
    const page = await suite.open();
    const { dump, capture } = await page.evaluate(
      async ({ script, options, relay }) => {
        const worker = new Worker(script, options);
        // Messages that come before a module has been evaluated are lost.
        const next = () =>
          new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
          });
        await next();
        worker.postMessage(relay);
        const { dump, capture } = await next();
        worker.terminate();
        return { dump, capture: Array.from(capture) };
      },
      { script: `/pages/${script}`, options, relay: suite.relay.access },
    );
    expect(dump.connections).toHaveLength(2);
    expect(dump.connections[0].states.connectionState).toBe('closed');
    const file = join(directory, 'worker.pcapng');
    writeFileSync(file, Uint8Array.from(capture));
    const args = [
      '-r',
      file,
      '-Y',
      'sctp || dtls.handshake',
      '-T',
      'fields',
      '-e',
      '_ws.col.Protocol',
    ];
    const out = execFileSync('tshark', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const protocols = new Set(out.trim().split('\n'));
    expect([...protocols]).toEqual(expect.arrayContaining(['SCTP', 'DTLSv1.2']));
  });
});
