// node --expose-gc tools/leaks/node-cycles.js CYCLES SAMPLES: connections come and go in this process,
// and a line of JSON says each time what is left. It ends by itself, or something kept it from that.

import * as api from '../../js/index.node.js';
import { engine } from '../../js/api/testing-hooks.js';
import { liveObjects } from '../../js/testing/leaks.js';
import { liveThrough } from './life-cycles.js';

const [cycles, samples] = process.argv.slice(2).map(Number);

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** What nobody refers to is gone, as far as the collector can be moved to it. */
async function collect() {
  const isLeft = () => {
    const { connections, certificates } = liveObjects();
    return connections > 0 || certificates > engine().preparedCertificates();
  };
  for (let round = 0; round < 50 && (round < 4 || isLeft()); round++) {
    /** @type {any} */ (globalThis).gc();
    await turn();
  }
}

async function sample(/** @type {number} */ cycle) {
  await collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const count = (/** @type {RegExp} */ name) => resources.filter((one) => name.test(one)).length;
  const { connections, timers, sockets, certificates } = liveObjects();
  const line = {
    cycle,
    counts: {
      connections,
      certificates,
      timers,
      sockets,
      'sockets of the process': count(/UDP|TCP/),
      'timers of the process': count(/Timeout/),
    },
    bytes: {
      'memory of the engine in use': engine().heapInUse(),
      'memory of the engine': engine().heapSize(),
      'JavaScript heap': heapUsed,
      'array buffers': arrayBuffers,
      'resident memory': rss,
    },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const step = Math.max(1, Math.floor(cycles / samples));
for (let number = 1; number <= cycles; number++) {
  await liveThrough(api, number - 1);
  if (number % step === 0) await sample(number);
}
