// Reads the specifications' IDL into one model: partials merged, typedefs resolved, mixins none.

import { readFile, readdir } from 'node:fs/promises';
// @ts-ignore it comes without declarations
import { parseAll } from '@webref/idl';
// @ts-ignore it comes without declarations
import { parse } from 'webidl2';

import { absentInterfaces, fallbacks, specifications, supporting } from './surface.mjs';

/**
 * A type of the table: a name, or an operator with its operands.
 * @typedef {string | any[]} TypeNode
 */

/**
 * @typedef {object} Model
 * @property {Map<string, any>} interfaces  surface and fallback interfaces, members of partials included
 * @property {Map<string, any>} dictionaries
 * @property {Map<string, any>} enums
 * @property {Map<string, any>} callbacks
 * @property {(idlType: any, extAttrs?: any[]) => TypeNode} type
 */

/** Typedefs that the runtime knows as one type. */
const builtIn = new Set(['ArrayBufferView']);

const supplement = new URL('supplement/', import.meta.url);

/**
 * The syntax trees of the supplement, by specification.
 * @returns {Promise<Record<string, any[]>>}
 */
async function parseSupplement() {
  /** @type {Record<string, any[]>} */
  const files = {};
  for (const name of await readdir(supplement)) {
    const text = await readFile(new URL(name, supplement), 'utf8');
    files[name.replace(/\.idl$/, '')] = parse(text);
  }
  return files;
}

/** @returns {Promise<Model>} */
export async function readModel() {
  const files = { ...(await parseAll()), ...(await parseSupplement()) };
  /** @type {Record<string, Map<string, any>>} */
  const kinds = { interface: new Map(), dictionary: new Map(), enum: new Map() };
  /** @type {Map<string, any>} */
  const typedefs = new Map();
  /** @type {Map<string, any>} */
  const callbacks = new Map();
  /** @type {any[]} */
  const partials = [];

  for (const [list, isSurface] of /** @type {[string[], boolean][]} */ ([
    [specifications, true],
    [supporting, false],
  ])) {
    for (const specification of list) {
      for (const definition of files[specification] ?? []) {
        const isOurs = isSurface || fallbacks.includes(definition.name);
        if (definition.type === 'interface' && !isOurs) continue;
        if (definition.type === 'typedef') {
          if (!builtIn.has(definition.name)) typedefs.set(definition.name, definition);
        } else if (definition.type === 'callback') callbacks.set(definition.name, definition);
        else if (definition.partial) {
          if (isSurface) partials.push(definition);
        } else if (kinds[definition.type]) {
          const { type, name, inheritance, values, members = [] } = definition;
          kinds[type].set(name, { type, name, inheritance, values, members: [...members] });
        }
      }
    }
  }
  for (const partial of partials) {
    const whole = kinds[partial.type]?.get(partial.name);
    if (whole) whole.members.push(...partial.members);
  }

  /**
   * @param {any} idlType
   * @param {any[]} [extAttrs]
   * @returns {TypeNode}
   */
  function type(idlType, extAttrs = []) {
    const attributes = new Set([...extAttrs, ...(idlType.extAttrs ?? [])].map((a) => a.name));
    /** @type {TypeNode} */
    let node;
    if (idlType.union) {
      // No value is of an interface that is absent.
      const members = idlType.idlType.filter(
        (/** @type {any} */ t) => !absentInterfaces[t.idlType],
      );
      const types = members.map((/** @type {any} */ t) => type(t));
      node = types.length > 1 ? ['or', ...types] : types[0];
    } else if (idlType.generic) {
      node = [idlType.generic, ...idlType.idlType.map((/** @type {any} */ t) => type(t))];
    } else if (typedefs.has(idlType.idlType)) {
      node = type(typedefs.get(idlType.idlType).idlType, extAttrs);
      attributes.clear();
    } else node = idlType.idlType;
    if (attributes.has('EnforceRange')) node = ['enforce', node];
    if (attributes.has('Clamp')) node = ['clamp', node];
    return idlType.nullable ? ['?', node] : node;
  }

  return {
    interfaces: kinds.interface,
    dictionaries: kinds.dictionary,
    enums: kinds.enum,
    callbacks,
    type,
  };
}
