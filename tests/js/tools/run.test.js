// How the tools run other programs (tools/lib/run.mjs).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const library = new URL('../../../tools/lib/run.mjs', import.meta.url).href;
const child = `console.error('begun'); setInterval(() => {}, 1000);`;

/** @param {string} options  of run(), as source text */
function tool(options) {
  const script = `
    import { run } from '${library}';
    const status = await run(process.execPath, ['-e', ${JSON.stringify(child)}], ${options});
    console.error('went on', status);
  `;
  const process_ = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const lines = createInterface({ input: process_.stderr })[Symbol.asyncIterator]();
  return {
    line: async () => (await lines.next()).value,
    interrupt: () => process_.kill('SIGINT'),
    exited: once(process_, 'exit'),
  };
}

test('A tool that is interrupted ends with the programs that it runs', async () => {
  const { line, interrupt, exited } = tool('{}');
  expect(await line()).toBe('begun');
  interrupt();
  expect(await exited).toEqual([130, null]);
  // The other end of its output was the program's, too.
  expect(await line()).toBeUndefined();
});

test('A tool can end what it runs itself, and go on; interrupted again, it ends', async () => {
  const options = `{
    allowFailure: true,
    onStart: (child) => (globalThis.child = child),
    onInterrupt: () => globalThis.child.kill('SIGTERM'),
  }`;
  const gentle = tool(options);
  expect(await gentle.line()).toBe('begun');
  gentle.interrupt();
  expect(await gentle.line()).toBe('went on 128');
  expect(await gentle.exited).toEqual([0, null]);

  const stubborn = tool(`{ onInterrupt: () => console.error('asked') }`);
  expect(await stubborn.line()).toBe('begun');
  stubborn.interrupt();
  expect(await stubborn.line()).toBe('asked');
  stubborn.interrupt();
  expect(await stubborn.exited).toEqual([130, null]);
  expect(await stubborn.line()).toBeUndefined();
});
