// mediasoup: no server of its speaks SDP. Its client makes the remote descriptions that the browser
// is given, out of the server's parameters.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { inCache, inRoot } from '../../lib/paths.mjs';
import { run } from '../../lib/run.mjs';
import { launchChromium } from './chromium.mjs';

/** @typedef {import('../fixtures.mjs').Fixture} Fixture */

export const title = 'mediasoup';

const kVersions = { mediasoup: '3.19.3', 'mediasoup-client': '3.18.7' };

/** A folder with both packages in its node_modules. */
async function packages() {
  const folder = inCache('record-sdp', 'mediasoup');
  const there = (/** @type {string} */ name, /** @type {string} */ version) => {
    const manifest = `${folder}/node_modules/${name}/package.json`;
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  };
  if (Object.entries(kVersions).every(([name, version]) => there(name, version))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    `${folder}/package.json`,
    JSON.stringify({ private: true, dependencies: kVersions }),
  );
  // The server's program is not needed, so that nothing has to be built or downloaded.
  await run('npm', ['install', '--ignore-scripts', '--no-fund', '--no-audit'], { cwd: folder });
  return folder;
}

/** @returns {Promise<{ version: string, fixtures: Fixture[] }>} */
export async function record() {
  const modules = `${await packages()}/node_modules`;
  const bundle = await build({
    entryPoints: [inRoot('tools/record-sdp/peers/mediasoup/page.js')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    alias: { 'mediasoup-client': `${modules}/mediasoup-client` },
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const ortc = createRequire(import.meta.url)(`${modules}/mediasoup/node/lib/ortc.js`);
    await page.exposeFunction(
      'ortc',
      (/** @type {string} */ name, /** @type {any[]} */ ...parameters) => ortc[name](...parameters),
    );
    await page.evaluate(bundle.outputFiles[0].text);
    const { sent, received } = await page.evaluate('globalThis.recordMediasoup()');
    return {
      version: Object.entries(kVersions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
      fixtures: [...sending(sent), ...receiving(received)],
    };
  } finally {
    await browser.close();
  }
}

/** @typedef {{ side: 'Local' | 'Remote', type: string, sdp: string }} Heard */

/**
 * Chromium offers, with mediasoup's changes, and is answered.
 * @param {Heard[]} heard
 * @returns {Fixture[]}
 */
function sending(heard) {
  const whats = [
    'audio',
    'audio, and video in three simulcast layers',
    'the same and data',
    'the video stopped',
    'another video in its place',
    'an ICE restart',
  ];
  const offers = heard.filter(({ type }) => type === 'offer');
  const answers = heard.filter(({ type }) => type === 'answer');
  const names = (/** @type {string} */ name) =>
    offers.map((_, i) => (i === 0 ? name : `${name}-${i + 1}`));
  const [offered, answered] = [names('sending'), names('answer-sending')];
  const after = (/** @type {string[]} */ all, /** @type {number} */ i) =>
    i > 0 ? { after: all.slice(0, i) } : {};
  return [
    ...offers.map(({ sdp }, i) => ({
      name: offered[i],
      type: /** @type {const} */ ('offer'),
      what: `Chromium's, by way of mediasoup-client: ${whats[i]}`,
      ...after(offered, i),
      sdp,
    })),
    ...answers.map(({ sdp }, i) => ({
      name: answered[i],
      type: /** @type {const} */ ('answer'),
      what: `to ${whats[i]}`,
      to: `mediasoup/${offered[i]}`,
      ...after(answered, i),
      sdp,
    })),
  ];
}

/**
 * The server "offers".
 * @param {Heard[]} heard
 * @returns {Fixture[]}
 */
function receiving(heard) {
  const offers = heard.filter(({ side, type }) => side === 'Remote' && type === 'offer');
  const names = offers.map((_, i) => (i === 0 ? 'receiving' : `receiving-${i + 1}`));
  return offers.map(({ sdp }, i) => ({
    name: names[i],
    type: /** @type {const} */ ('offer'),
    what: 'what is sent to a receiver, one more or less from offer to offer',
    ...(i > 0 ? { after: names.slice(0, i) } : {}),
    sdp,
  }));
}
