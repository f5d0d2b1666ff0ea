// Prints each member of the surface: backed, refused (throws NotSupportedError), or absent and why.
//   node tools/idl/report.mjs [--json] [--gaps]
// Exits with 1 when an attribute has no behaviour, since reading it would give undefined.

import { interfaces } from '../../js/api/generated/surface.js';
import { behaviours } from '../../js/api/interfaces.js';
import { readModel } from './model.mjs';
import { absentInterfaces, absentMembers } from './surface.mjs';

/** @typedef {{ member: string, state: 'backed' | 'refused' | 'absent' | 'missing', why?: string }} Row */

/**
 * The source of a behaviour class and of those that it extends.
 * @param {any} Impl
 * @returns {string}
 */
function sourceOf(Impl) {
  const parent = Object.getPrototypeOf(Impl);
  return `${Impl}${parent === Function.prototype ? '' : sourceOf(parent)}`;
}

/**
 * @param {string} name of the interface
 * @param {any[]} row of the surface
 * @returns {Row['state']}
 */
function stateOf(name, [kind, member]) {
  const Impl = behaviours[name];
  if (!Impl) return 'missing';
  switch (kind) {
    case 'op':
      return typeof Impl.prototype[member] === 'function' ? 'backed' : 'refused';
    case 'static':
      return typeof Impl[member] === 'function' ? 'backed' : 'refused';
    case 'get':
    case 'set': {
      // The attributes of an event are the members of its init dictionary.
      if (interfaces[name].parent === 'Event') return 'backed';
      const field = new RegExp(`(?:^\\s*|this\\.|get )${member}\\b`, 'm');
      return field.test(sourceOf(Impl)) ? 'backed' : 'missing';
    }
    default: // event handlers, maplike and toJSON come from the runtime
      return 'backed';
  }
}

/** @returns {Promise<Row[]>} */
export async function report() {
  /** @type {Row[]} */
  const rows = [];
  for (const [name, table] of Object.entries(interfaces)) {
    for (const row of table.members) {
      const member =
        row[1] ?? { json: 'toJSON', maplike: 'maplike' }[/** @type {string} */ (row[0])];
      rows.push({ member: `${name}.${member}`, state: stateOf(name, row) });
    }
  }
  const model = await readModel();
  for (const [name, why] of Object.entries(absentInterfaces)) {
    if (model.interfaces.has(name)) rows.push({ member: name, state: 'absent', why });
  }
  for (const [member, why] of Object.entries(absentMembers)) {
    rows.push({ member, state: 'absent', why });
  }
  return rows;
}

if (process.argv[1] === import.meta.filename) {
  const rows = await report();
  const shown = process.argv.includes('--gaps')
    ? rows.filter(({ state }) => state !== 'backed')
    : rows;
  if (process.argv.includes('--json')) console.log(JSON.stringify(shown, null, 2));
  else {
    for (const { member, state, why } of shown) {
      console.log(`${state.padEnd(8)} ${member}${why ? `  (${why})` : ''}`);
    }
    const count = (/** @type {Row['state']} */ state) =>
      rows.filter((row) => row.state === state).length;
    console.log(
      `\n${count('backed')} backed, ${count('refused')} refused, ${count('absent')} absent, ` +
        `${count('missing')} missing`,
    );
  }
  if (rows.some(({ state }) => state === 'missing')) process.exitCode = 1;
}
