// Turns the model into the table that js/api/webidl interprets. The table holds what the runtime
// needs and no more: readonly attributes carry no type, unreachable dictionaries are dropped.

import { absentInterfaces, absentMembers, fallbacks } from './surface.mjs';

/** @typedef {import('./model.mjs').Model} Model */
/** @typedef {import('./model.mjs').TypeNode} TypeNode */

const primitives = new Set(
  [
    'any object undefined boolean byte octet short long float double bigint symbol',
    'DOMString USVString ByteString ArrayBuffer ArrayBufferView Promise sequence record',
  ].flatMap((line) => line.split(' ')),
);
[
  'unsigned short',
  'unsigned long',
  'long long',
  'unsigned long long',
  'unrestricted double',
  'unrestricted float',
].forEach((name) => primitives.add(name));

/** @param {any} definition the default of an argument or dictionary member */
function defaultValue(definition) {
  switch (definition.type) {
    case 'string':
    case 'boolean':
      return definition.value;
    case 'number':
      return Number(definition.value);
    case 'null':
      return null;
    case 'sequence':
      return [];
    case 'dictionary':
      return {};
    default:
      throw new Error(`a default of type ${definition.type} is not known`);
  }
}

/** @param {Model} model */
export function buildTable(model) {
  /** @type {Record<string, any>} */
  const table = { enums: {}, dictionaries: {}, callbacks: [], interfaces: {}, fallbacks: {} };
  const hostInterfaces = new Set();

  /** @param {TypeNode} type */
  function reach(type) {
    if (Array.isArray(type)) {
      type.slice(1).forEach(reach);
      return;
    }
    if (primitives.has(type)) return;
    if (model.enums.has(type)) {
      table.enums[type] ??= model.enums
        .get(type)
        .values.map((/** @type {any} */ value) => value.value);
    } else if (model.dictionaries.has(type)) reachDictionary(type);
    else if (model.callbacks.has(type)) {
      if (!table.callbacks.includes(type)) table.callbacks.push(type);
    } else if (!model.interfaces.has(type)) hostInterfaces.add(type);
  }

  /** @param {string} name */
  function reachDictionary(name) {
    if (table.dictionaries[name]) return;
    const definition = model.dictionaries.get(name);
    /** @type {any[]} */
    const entry = [definition.inheritance ?? ''];
    table.dictionaries[name] = entry;
    if (definition.inheritance) reachDictionary(definition.inheritance);
    const members = definition.members
      .filter((/** @type {any} */ member) => member.type === 'field')
      // WebIDL reads the members of one dictionary in lexicographical order.
      .sort((/** @type {any} */ a, /** @type {any} */ b) => (a.name < b.name ? -1 : 1));
    for (const member of members) {
      const type = model.type(member.idlType, member.extAttrs);
      reach(type);
      const row = [member.name, type];
      if (member.required) row.push('!');
      else if (member.default) row.push('=', defaultValue(member.default));
      entry.push(row);
    }
  }

  /** @param {any[]} parameters */
  function argumentList(parameters) {
    return parameters.map((argument) => {
      const type = model.type(argument.idlType, argument.extAttrs);
      reach(type);
      if (argument.variadic) return [type, '*'];
      if (!argument.optional) return [type];
      return argument.default ? [type, '=', defaultValue(argument.default)] : [type, '?'];
    });
  }

  for (const [name, definition] of model.interfaces) {
    if (absentInterfaces[name]) continue;
    /** @type {Record<string, any>} */
    const entry = { members: [] };
    if (definition.inheritance) entry.parent = definition.inheritance;
    /** @type {Map<string, any>} */
    const operations = new Map();
    for (const member of definition.members) {
      const memberName = member.type === 'constructor' ? 'constructor' : member.name;
      if (absentMembers[`${name}.${memberName}`]) continue;
      switch (member.type) {
        case 'constructor':
          (entry.construct ??= []).push(argumentList(member.arguments));
          break;
        case 'attribute': {
          if (member.idlType.idlType === 'EventHandler') {
            entry.members.push(['on', member.name]);
          } else if (member.readonly) entry.members.push(['get', member.name]);
          else {
            const type = model.type(member.idlType, member.extAttrs);
            reach(type);
            entry.members.push(['set', member.name, type]);
          }
          break;
        }
        case 'operation': {
          const isDefault = member.extAttrs.some((/** @type {any} */ a) => a.name === 'Default');
          if (isDefault) {
            entry.members.push(['json']);
            break;
          }
          const key = `${member.special} ${member.name}`;
          const known = operations.get(key);
          if (known) known[3].push(argumentList(member.arguments));
          else {
            const row = [
              member.special === 'static' ? 'static' : 'op',
              member.name,
              member.idlType.generic === 'Promise' ? 1 : 0,
              [argumentList(member.arguments)],
            ];
            operations.set(key, row);
            entry.members.push(row);
          }
          break;
        }
        case 'maplike':
          entry.members.push(['maplike']);
          break;
        case 'const':
          entry.members.push(['const', member.name, Number(member.value.value)]);
          break;
        default:
          throw new Error(`${name}: a member of type ${member.type} is not known`);
      }
    }
    table[fallbacks.includes(name) ? 'fallbacks' : 'interfaces'][name] = entry;
  }
  // A class must exist before those that extend it.
  table.interfaces = Object.fromEntries(
    Object.entries(table.interfaces).sort(
      ([, a], [, b]) => Number(a.parent in table.interfaces) - Number(b.parent in table.interfaces),
    ),
  );
  return { table, hostInterfaces };
}
