// The pages of examples/browser, served by examples/relay-server.js.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './support/browser.js';

const server = fileURLToPath(new URL('../../examples/relay-server.js', import.meta.url));

let child;
let origin;
let browser;

beforeAll(async () => {
  child = spawn(process.execPath, [server, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(`${data}`.trim()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  origin = new URL(line).origin;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
});

test.each(['page', 'worker', 'service-worker', 'inspect'])(
  'the example %s.html says what the other connection heard',
  async (name) => {
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    const problems = [];
    page.on('pageerror', (error) => problems.push(`${error.stack}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${origin}/examples/browser/${name}.html`);
    await page.locator('output', { hasText: 'hello' }).waitFor();
    if (name === 'inspect')
      await page.getByText('connectionState closed', { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  },
);
