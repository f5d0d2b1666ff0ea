// node tools/record-sdp/record.mjs [peer...]: records what other WebRTC implementations say, all of them by default.
//
// Each peer is started on this machine, installed first where it is missing, asked for its offers
// and for answers to Chromium's offers, and ended; the descriptions go to tests/fixtures/sdp/<peer>.
// Chromium comes first, since the others answer to what was recorded of it.

import { readdirSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { UserError, runMain, step } from '../lib/run.mjs';
import * as prepare from '../setup/prepare.mjs';
import { readFixture, writeFixtures } from './fixtures.mjs';
import { answers, offers } from './scenarios.mjs';

/** @typedef {import('./fixtures.mjs').Fixture} Fixture */

/**
 * A peer of RTCPeerConnection's shape, ready to play scenarios.
 * @typedef {object} OpenPeer
 * @property {string} version
 * @property {(scenario: import('./scenarios.mjs').OfferScenario) => Promise<string[]>} offers
 * @property {(scenario: import('./scenarios.mjs').AnswerScenario, offers: string[]) => Promise<string[]>} answers
 * @property {() => Promise<void>} close
 */

/**
 * What each module in peers/ exports. A peer of RTCPeerConnection's shape has `open`, another one
 * records by itself.
 * @typedef {object} PeerModule
 * @property {string} title
 * @property {Record<string, string>} [lacks] scenarios that it cannot play and fixtures that make no sense, and why
 * @property {() => Promise<OpenPeer>} [open]
 * @property {import('./scenarios.mjs').OfferScenario[]} [moreOffers]
 * @property {() => Promise<{ version: string, fixtures: Fixture[] }>} [record]
 */

/**
 * @param {string} folder
 * @param {OpenPeer} peer
 * @param {PeerModule} module
 * @returns {Promise<Fixture[]>}
 */
async function playScenarios(folder, peer, { lacks = {}, moreOffers = [] }) {
  /** @type {Fixture[]} */
  const fixtures = [];
  /** @type {string[]} */
  const failures = [];
  // Chromium answers to what it has just offered itself.
  const offerNamed = (/** @type {string} */ path) =>
    fixtures.find(({ name }) => `${folder}/${name}` === path)?.sdp ?? readFixture(path);
  const play = async (
    /** @type {{ name: string, what: string, to?: string[] }} */ { name, what, to },
    /** @type {'offer' | 'answer'} */ type,
    /** @type {() => Promise<string[]>} */ work,
  ) => {
    if (name in lacks) return;
    try {
      const said = await work();
      const names = said.map((_, i) => (i === 0 ? name : `${name}-${i + 1}`));
      fixtures.push(
        ...said
          .map((sdp, i) => ({
            name: names[i],
            type,
            what,
            ...(to ? { to: to[i] } : {}),
            ...(i > 0 ? { after: names.slice(0, i) } : {}),
            sdp,
          }))
          .filter((fixture) => !(fixture.name in lacks)),
      );
    } catch (error) {
      failures.push(`${name}: ${error}`);
    }
  };
  for (const scenario of [...offers, ...moreOffers]) {
    await play(scenario, 'offer', () => peer.offers(scenario));
  }
  for (const scenario of answers) {
    await play(scenario, 'answer', () => peer.answers(scenario, scenario.to.map(offerNamed)));
  }
  if (failures.length > 0) {
    throw new UserError(
      `the peer failed in what its \`lacks\` does not name:\n${failures.join('\n')}`,
    );
  }
  return fixtures;
}

/** @param {string} name */
async function record(name) {
  /** @type {PeerModule} */
  const module = await import(`./peers/${name}.mjs`);
  const { title, lacks } = module;
  if (module.record) {
    const { version, fixtures } = await module.record();
    writeFixtures({ name, title, version, lacks }, fixtures);
    return;
  }
  if (!module.open) throw new Error(`peers/${name}.mjs exports neither record nor open`);
  const peer = await module.open();
  try {
    const fixtures = await playScenarios(name, peer, module);
    writeFixtures({ name, title, version: peer.version, lacks }, fixtures);
  } finally {
    await peer.close();
  }
}

await runMain(async () => {
  const known = readdirSync(inRoot('tools/record-sdp/peers'))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.replace(/\.mjs$/, ''))
    .sort((a, b) => Number(b === 'chromium') - Number(a === 'chromium'));
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`no such peer: ${unknown.join(' ')}; there are ${known.join(' ')}`);
  }
  await prepare.npmPackages();
  for (const name of wanted.length > 0 ? wanted : known)
    await step(`recording ${name}`, () => record(name));
});
// Addons of some peers keep a process alive that has nothing left to do.
process.exit();
