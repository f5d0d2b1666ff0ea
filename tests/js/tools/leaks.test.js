// `npm run leaks` in small: connections of every kind come and go, and nothing is left.

import { execFileSync } from 'node:child_process';
import { runInNode } from '../../../tools/leaks/node.js';
import { judge } from '../../../tools/leaks/verdict.js';

const kRoot = new URL('../../../', import.meta.url);

test('Connections of every kind leave nothing behind, and a process that ends by itself', async () => {
  const { samples, problems } = await runInNode({ cycles: 60, samples: 6, deadlineMs: 110_000 });
  expect(problems).toEqual([]);
  expect(samples).toHaveLength(6);
  expect(judge(samples).problems).toEqual([]);
});

test('A worker that is ended in the middle of a session takes its sockets along', () => {
  const script = `
    import { Worker } from 'node:worker_threads';
    const worker = new Worker(\`
      import { parentPort } from 'node:worker_threads';
      import { RTCPeerConnection } from './js/index.node.js';
      import { connect } from './bench/session.js';
      globalThis.session = await connect(RTCPeerConnection, { trickle: true });
      parentPort.postMessage(process.getActiveResourcesInfo().filter((one) => /UDP/.test(one)).length);
    \`, { eval: true });
    const sockets = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    const left = process.getActiveResourcesInfo().filter((one) => /UDP|TCP/.test(one));
    console.log(JSON.stringify({ connected: sockets > 0, left }));
  `;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: kRoot,
    encoding: 'utf8',
    timeout: 110_000,
  });
  expect(JSON.parse(printed)).toEqual({ connected: true, left: [] });
});

describe('The verdict', () => {
  const sample = (cycle, { heap = 1_000_000, engine = 500_000, timers = 0 } = {}) => ({
    cycle,
    counts: { timers },
    bytes: {
      'memory of the engine in use': engine,
      'JavaScript heap': heap,
      'resident memory': cycle,
    },
  });
  const cycles = (change) =>
    Array.from({ length: 20 }, (_, index) => {
      const cycle = 500 * (index + 1);
      return sample(cycle, change?.(cycle));
    });

  test('is that nothing is left when memory is flat, whatever the system shows as resident', () => {
    expect(judge(cycles()).problems).toEqual([]);
    const warming = cycles((cycle) => ({ heap: cycle <= 2000 ? 100_000 : 1_000_000 }));
    expect(judge(warming).problems).toEqual([]);
  });

  test('finds one small object that is kept in each cycle', () => {
    const { problems } = judge(cycles((cycle) => ({ engine: 500_000 + 16 * cycle })));
    expect(problems).toEqual([
      expect.stringMatching(/memory of the engine in use grew by 120000 /),
    ]);
    const script = judge(cycles((cycle) => ({ heap: 1_000_000 + 400 * cycle })));
    expect(script.problems).toEqual([expect.stringMatching(/JavaScript heap grew by 3000000 /)]);
  });

  test('finds a timer that is left once', () => {
    expect(judge(cycles((cycle) => ({ timers: cycle === 3000 ? 1 : 0 }))).problems).toEqual([
      '1 timers left after 3000 life cycles',
    ]);
  });

  test('is none without samples', () => {
    expect(judge([]).problems).not.toEqual([]);
  });
});
