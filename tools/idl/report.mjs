// Prints each member of the surface: backed, partly backed and why, refused (throws
// NotSupportedError), or absent and why.
//   node tools/idl/report.mjs [--json] [--gaps]
// Exits with 1 when an attribute has no behaviour, since reading it would give undefined, and when
// an interface has none, since the package lacks it then.

import { fallbacks, interfaces } from '../../js/api/generated/surface.js';
import { behaviours as rtcBehaviours } from '../../js/api/interfaces.js';
import { behaviours as mediaBehaviours } from '../../js/media/minimal.js';
import { absentInterfaces, absentMembers, partialMembers } from './surface.mjs';

/** @typedef {'backed' | 'partly' | 'refused' | 'absent' | 'missing'} State */
/** @typedef {{ member: string, state: State, why?: string }} Row */

const tables = { ...interfaces, ...fallbacks };
/** @type {Record<string, any>} */
const behaviours = { ...rtcBehaviours, ...mediaBehaviours };

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
 * @returns {State}
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
      if (tables[name].parent === 'Event') return 'backed';
      const field = new RegExp(`(?:^\\s*|this\\.|get )${member}\\b`, 'm');
      return field.test(sourceOf(Impl)) ? 'backed' : 'missing';
    }
    default: // event handlers, maplike and toJSON come from the runtime
      return 'backed';
  }
}

/** @returns {Row[]} */
export function report() {
  /** @type {Row[]} */
  const rows = [];
  for (const [name, table] of Object.entries(tables)) {
    for (const row of table.members) {
      const member =
        row[1] ?? { json: 'toJSON', maplike: 'maplike' }[/** @type {string} */ (row[0])];
      const place = `${name}.${member}`;
      const state = stateOf(name, row);
      const why = state === 'backed' ? partialMembers[place] : undefined;
      rows.push(why ? { member: place, state: 'partly', why } : { member: place, state });
    }
  }
  for (const [member, why] of Object.entries({ ...absentInterfaces, ...absentMembers })) {
    rows.push({ member, state: 'absent', why });
  }
  return rows;
}

if (process.argv[1] === import.meta.filename) {
  const rows = report();
  const shown = process.argv.includes('--gaps')
    ? rows.filter(({ state }) => state !== 'backed')
    : rows;
  if (process.argv.includes('--json')) console.log(JSON.stringify(shown, null, 2));
  else {
    for (const { member, state, why } of shown) {
      console.log(`${state.padEnd(8)} ${member}${why ? `  (${why})` : ''}`);
    }
    /** @type {State[]} */
    const states = ['backed', 'partly', 'refused', 'absent', 'missing'];
    const counts = states.map(
      (state) => `${rows.filter((row) => row.state === state).length} ${state}`,
    );
    console.log(`\n${counts.join(', ')}`);
  }
  if (rows.some(({ state }) => state === 'missing')) process.exitCode = 1;
}
