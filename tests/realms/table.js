// The table realm x feature of docs/realms.md: tests say what they have seen, and the page must not say
// anything else. `npm run realms -- --write` runs these tests and writes what they say into the page.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inCheckout = (/** @type {string} */ path) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const kPage = inCheckout('docs/realms.md');
/** Where each test leaves its row. */
export const kReports = inCheckout('build/reports/realms');

/** The columns. */
export const kFeatures = ['data', 'media', 'encoded frames', 'relay', 'UDP'];

const kBegin = '<!-- realms: written by npm run realms -->';
const kEnd = '<!-- /realms -->';

/** @typedef {Record<string, Record<string, string>>} Table  cells by realm and feature */

/** @param {string} page @returns {Table} */
export function readTable(page = readFileSync(kPage, 'utf8')) {
  const [, rest = ''] = page.split(kBegin);
  const rows = rest.split(kEnd)[0].trim().split('\n').slice(2);
  const cellsOf = (/** @type {string} */ row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  return Object.fromEntries(
    rows.map((row) => {
      const [realm, ...cells] = cellsOf(row);
      return [realm, Object.fromEntries(kFeatures.map((feature, i) => [feature, cells[i]]))];
    }),
  );
}

/** @param {Table} table  @param {string} page @returns {string} the page with it */
export function withTable(table, page = readFileSync(kPage, 'utf8')) {
  const row = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const lines = [
    row(['realm', ...kFeatures]),
    row(['---', ...kFeatures.map(() => '---')]),
    ...Object.entries(table).map(([realm, cells]) =>
      row([realm, ...kFeatures.map((feature) => cells[feature] ?? '?')]),
    ),
  ];
  const [before, rest] = page.split(kBegin);
  const after = rest.split(kEnd)[1];
  return `${before}${kBegin}\n\n${lines.join('\n')}\n\n${kEnd}${after}`;
}

/**
 * What a test has seen in a realm, `yes` or `no` for each feature; the page has to say the same.
 * @param {string} realm
 * @param {Record<string, 'yes' | 'no'>} cells
 */
export function reportRealm(realm, cells) {
  const unknown = Object.keys(cells).filter((feature) => !kFeatures.includes(feature));
  if (unknown.length > 0) throw new Error(`no such feature: ${unknown.join(', ')}`);
  mkdirSync(kReports, { recursive: true });
  const file = `${kReports}/${realm.replace(/[^\w.]+/g, '-')}.json`;
  writeFileSync(file, JSON.stringify({ realm, cells }));
  if (process.env.REALMS_TABLE === 'write') return;
  const documented = readTable()[realm];
  const differing = kFeatures.filter((feature) => cells[feature] !== documented?.[feature]);
  if (differing.length > 0) {
    const said = (/** @type {any} */ from) =>
      differing.map((feature) => `${feature}: ${from?.[feature]}`).join(', ');
    throw new Error(
      `${realm}: docs/realms.md says ${said(documented)}; this run says ${said(cells)} (npm run realms -- --write)`,
    );
  }
}

/**
 * The row that the results of the probe make.
 * @param {{ features: string[], candidates: string[] }[]} results  one for each kind of socket
 * @returns {Record<string, 'yes' | 'no'>}
 */
export function cellsOf(...results) {
  const features = new Set(results.flatMap((result) => result.features));
  const candidates = new Set(results.flatMap((result) => result.candidates));
  const yes = (/** @type {boolean} */ is) => (is ? 'yes' : 'no');
  return {
    data: yes(features.has('data')),
    media: yes(features.has('media')),
    'encoded frames': yes(features.has('encoded')),
    relay: yes(candidates.has('relay')),
    UDP: yes(candidates.has('host')),
  };
}
