// npm run soak [-- --minutes 120] [--seed 1] [--plot FILE.svg] [--report FILE.json]
// Two connections of one process exchange data and media while the network between them changes from
// one moment to the next. Each second is looked at; what must hold is in tools/soak/watch.js.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, runMain, say, step } from './lib/run.mjs';

/** How often ICE begins anew, and the two negotiate for nothing; seconds. */
const kRestartEvery = 300;
const kNegotiateEvery = 97;
const kDrainMs = 60_000;

/**
 * After the build, since it needs what that makes.
 * @param {string} name
 */
const load = (name) => import(pathToFileURL(inRoot('tools/soak', name)).href);

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** @param {{ seconds: number, seed: number }} options */
async function soak({ seconds, seed }) {
  const { SoakSession } = await load('session.js');
  const { Watch } = await load('watch.js');
  const { forecast, randomFrom } = await load('weather.js');
  const random = randomFrom(seed);
  const session = new SoakSession(random);
  await session.begin();
  const watch = new Watch(session);
  const begin = performance.now();
  let second = 0;
  for (const spell of forecast(seconds, random)) {
    session.weather(spell.impairment);
    for (let left = spell.seconds; left > 0; left--) {
      second++;
      const wait = begin + second * 1000 - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
      await watch.look(second, spell);
      if (second % kRestartEvery === 0) session.a.restartIce();
      if (second % kRestartEvery === 0 || second % kNegotiateEvery === 0) {
        await session.negotiate(second % 2 === 0 ? session.a : session.b);
      }
      if (second % 60 === 0) say(`  ${second / 60} min, ${session.problems.length} problems`);
    }
  }
  await session.drain(kDrainMs);
  const { flows, heard, problems } = session;
  const messages = flows.map((/** @type {any} */ { label, sender, receiver }) => ({
    label,
    sent: sender.count,
    received: receiver.count,
    bytes: receiver.received,
  }));
  session.close();
  return { samples: watch.samples, messages, heard, problems };
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
      plot: { type: 'string', default: inRoot('build/reports/soak.svg') },
      report: { type: 'string', default: inRoot('build/reports/soak.json') },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0)) throw new UserError('--minutes takes a number above zero');
  if (!Number.isInteger(seed)) throw new UserError('--seed takes a whole number');
  await build();
  const result = await step(`a soak of ${minutes} minutes, seed ${seed}`, () =>
    soak({ seconds: Math.max(2, Math.round(minutes * 60)), seed }),
  );
  const { samples, messages, heard, problems } = result;
  const { plot } = await load('plot.js');
  const title = `A soak of ${minutes} minutes (seed ${seed}), a value a second`;
  write(values.plot, plot(samples, title));
  write(values.report, `${JSON.stringify({ minutes, seed, ...result })}\n`);
  for (const { label, sent, received, bytes } of messages) {
    say(`  ${label}: ${sent} messages sent, ${received} received, ${(bytes / 1e6).toFixed(1)} MB`);
  }
  say(`  ${heard.video} pictures, ${heard.audio} packets of sound`);
  for (const problem of problems) say(`  FAILED: ${problem}`);
  say(problems.length > 0 ? 'the soak failed' : 'the soak passed');
  if (problems.length > 0) process.exitCode = 1;
});
