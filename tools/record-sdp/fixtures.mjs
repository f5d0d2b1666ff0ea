// tests/fixtures/sdp/<peer>/: one file per description, and an index that says where each is from.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';

/**
 * @typedef {object} Fixture
 * @property {string} name
 * @property {'offer' | 'answer'} type
 * @property {string} what
 * @property {string} sdp
 * @property {string} [to] of an answer: the offer, as `<peer>/<name>`
 * @property {string[]} [after] earlier descriptions of the same connection that are of the same type
 */

const directory = (/** @type {string[]} */ ...parts) => inRoot('tests/fixtures/sdp', ...parts);

/**
 * The text of a fixture.
 * @param {string} name `<peer>/<name>`
 */
export const readFixture = (name) => readFileSync(directory(`${name}.sdp`), 'utf8');

/**
 * Replaces what stands there for this peer.
 * @param {object} peer
 * @param {string} peer.name of the folder
 * @param {string} peer.title
 * @param {string} peer.version
 * @param {Record<string, string>} [peer.lacks] what could not be recorded, and why
 * @param {Fixture[]} fixtures
 */
export function writeFixtures({ name, title, version, lacks }, fixtures) {
  rmSync(directory(name), { recursive: true, force: true });
  mkdirSync(directory(name), { recursive: true });
  for (const { name: file, sdp } of fixtures) {
    writeFileSync(join(directory(name), `${file}.sdp`), withoutThisMachine(sdp));
  }
  const entries = fixtures.map(({ sdp: _, ...entry }) => entry);
  const index = {
    peer: title,
    version,
    how: `node tools/record-sdp/record.mjs ${name}`,
    ...(lacks && Object.keys(lacks).length > 0 ? { lacks } : {}),
    fixtures: entries,
  };
  writeFileSync(join(directory(name), 'index.json'), formatIndex(index));
}

/** One fixture per line: differences then read as what was added or taken away. */
function formatIndex(/** @type {{ fixtures: object[] }} */ { fixtures, ...head }) {
  const lines = JSON.stringify(head, null, 2).replace(/\n}$/, '');
  const list = fixtures.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  return `${lines},\n  "fixtures": [\n${list}\n  ]\n}\n`;
}

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * This machine's addresses become documentation addresses (RFC 5737, RFC 3849), its name a
 * documentation name.
 * @param {string} sdp
 */
export function withoutThisMachine(sdp) {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
  const replacements = new Map();
  for (const [i, address] of own.filter((address) => !address.includes(':')).entries()) {
    replacements.set(address, `192.0.2.${101 + i}`);
  }
  for (const [i, address] of own.filter((address) => address.includes(':')).entries()) {
    replacements.set(address, `2001:db8::${101 + i}`);
  }
  let text = sdp;
  for (const [address, instead] of replacements) {
    text = text.replace(new RegExp(`(?<![\\w.:])${escaped(address)}(?![\\w.:])`, 'gi'), instead);
  }
  return text.replace(
    new RegExp(`(?<=^o=.*|[ @])${escaped(hostname())}(?=[\\s.]|$)`, 'gm'),
    'host.example',
  );
}
