// Conversions from JavaScript values to IDL types (WebIDL section 3.2), driven by the types of
// generated/surface.js: a type is a name, or an operator with operands:
//   ['?', T]  ['sequence', T]  ['record', K, V]  ['or', T…]  ['enforce', T]  ['clamp', T]

import { callbacks, dictionaries, enums } from '../generated/surface.js';
import { implOf } from './brand.js';

/** @typedef {string | any[]} Type */
/** @typedef {(value: any, what: string) => any} Converter */

/** @type {Map<string, Function>} the interfaces of this package: name to impl class */
const implClasses = new Map();

/**
 * @param {string} name
 * @param {Function} implClass
 */
export function registerInterface(name, implClass) {
  implClasses.set(name, implClass);
}

/** What else is of an interface of the host: name to test. @type {Map<string, (value: any) => boolean>} */
const hostTests = new Map();

/**
 * Accepts objects as those of an interface that the host has under no, or another, global name.
 * @param {string} name
 * @param {(value: any) => boolean} test
 */
export const acceptHostObjects = (name, test) => void hostTests.set(name, test);

/**
 * @param {string} what
 * @param {string} problem
 * @returns {never}
 */
function refuse(what, problem) {
  throw new TypeError(`${what} ${problem}`);
}

// ---- Strings

/** @param {any} value @param {string} what */
function toDomString(value, what) {
  if (typeof value === 'symbol') refuse(what, 'is a symbol, which cannot be converted to a string');
  return String(value);
}

/** @param {string} text */
function toWellFormed(text) {
  // @ts-ignore ES2024, absent in Node 18 and Safari 16
  if (text.toWellFormed) return text.toWellFormed();
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

// ---- Numbers (WebIDL section 3.2.4.9)

/** @type {Record<string, [bits: number, signed: boolean]>} */
const integers = {
  byte: [8, true],
  octet: [8, false],
  short: [16, true],
  'unsigned short': [16, false],
  long: [32, true],
  'unsigned long': [32, false],
  'long long': [64, true],
  'unsigned long long': [64, false],
};

/** @param {any} value @param {string} what */
function toNumber(value, what) {
  if (typeof value === 'bigint' || typeof value === 'symbol') {
    refuse(what, `is a ${typeof value}, which cannot be converted to a number`);
  }
  return Number(value);
}

/**
 * @param {any} value
 * @param {string} what
 * @param {string} name
 * @param {'' | 'enforce' | 'clamp'} mode
 */
function toInteger(value, what, name, mode) {
  const [bits, signed] = integers[name];
  const upper = bits === 64 ? 2 ** 53 - 1 : 2 ** (signed ? bits - 1 : bits) - 1;
  const lower = signed ? (bits === 64 ? -(2 ** 53) + 1 : -(2 ** (bits - 1))) : 0;
  let x = toNumber(value, what);
  if (mode === 'enforce') {
    if (!Number.isFinite(x)) refuse(what, 'is not a finite number');
    x = Math.trunc(x) + 0;
    if (x < lower || x > upper) refuse(what, `is outside the range of ${name}`);
    return x;
  }
  if (mode === 'clamp' && !Number.isNaN(x)) {
    x = Math.min(Math.max(x, lower), upper);
    const floor = Math.floor(x);
    const distance = x - floor;
    // To the nearest integer, to the even one of two that are equally near.
    if (distance < 0.5 || (distance === 0.5 && floor % 2 === 0)) return floor + 0;
    return floor + 1;
  }
  if (!Number.isFinite(x)) return 0;
  x = Math.trunc(x);
  if (x >= lower && x <= upper) return x + 0;
  const wrapped = signed ? BigInt.asIntN(bits, BigInt(x)) : BigInt.asUintN(bits, BigInt(x));
  return Number(wrapped);
}

// ---- Platform objects

/** @param {any} value */
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/**
 * @param {string} name
 * @param {any} value
 */
function implementsInterface(name, value) {
  const implClass = implClasses.get(name);
  if (implClass) return implOf(value) instanceof implClass;
  if (typeof value !== 'object' || value === null) return false;
  const hostClass = /** @type {any} */ (globalThis)[name];
  if (typeof hostClass === 'function' && value instanceof hostClass) return true;
  if (hostTests.get(name)?.(value)) return true;
  // The same interface of another realm; a File is a Blob.
  const tag = tagOf(value);
  return name === 'Blob' && (tag === 'Blob' || tag === 'File') && 'arrayBuffer' in value;
}

const byteLength = /** @type {any} */ (
  Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')
).get;

/** @param {any} value */
function isArrayBuffer(value) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  try {
    byteLength.call(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Without [AllowShared] and [AllowResizable] neither shared nor resizable memory is accepted.
 * @param {any} buffer
 * @param {string} what
 */
function requirePlainBuffer(buffer, what) {
  if (!isArrayBuffer(buffer)) refuse(what, 'is backed by shared memory');
  if (buffer.resizable) refuse(what, 'is backed by a resizable ArrayBuffer');
}

// ---- Which of several types a value is meant for (WebIDL section 3.2.25 and 3.7)

const stringTypes = new Set(['DOMString', 'USVString', 'ByteString']);

/**
 * @param {Type} type
 * @returns {string}
 */
function categoryOf(type) {
  if (Array.isArray(type)) {
    if (type[0] === 'enforce' || type[0] === 'clamp') return 'number';
    return type[0];
  }
  if (stringTypes.has(type) || type in enums) return 'string';
  if (type in dictionaries) return 'dictionary';
  if (callbacks.includes(type)) return 'callback';
  if (type in integers || type.endsWith('double') || type.endsWith('float')) return 'number';
  if (['boolean', 'object', 'any', 'ArrayBuffer', 'ArrayBufferView'].includes(type)) return type;
  return 'interface';
}

/**
 * @param {Type} type
 * @returns {Type[]} the members of unions and the inner types of nullable ones
 */
function flatten(type) {
  if (Array.isArray(type) && type[0] === 'or') return type.slice(1).flatMap(flatten);
  if (Array.isArray(type) && type[0] === '?') return flatten(type[1]);
  return [type];
}

/** @param {Type} type */
const acceptsNull = (type) =>
  (Array.isArray(type) &&
    (type[0] === '?' || (type[0] === 'or' && type.slice(1).some(isNullable)))) ||
  categoryOf(type) === 'dictionary';
/** @param {Type} type */
const isNullable = (type) => Array.isArray(type) && type[0] === '?';

/**
 * Finds the index of the first candidate that a value distinguishes, -1 when there is none.
 * @param {Type[]} candidates
 * @returns {(value: any) => number}
 */
export function distinguisher(candidates) {
  const members = candidates.flatMap((candidate, index) =>
    flatten(candidate).map((type) => ({ index, type, category: categoryOf(type) })),
  );
  /** @param {string[]} categories */
  const firstOf = (...categories) =>
    members.find(({ category }) => categories.includes(category))?.index ?? -1;
  const ofNull = candidates.findIndex(acceptsNull);
  const ofBuffer = firstOf('ArrayBuffer');
  const ofView = firstOf('ArrayBufferView');
  const interfaces = members.filter(({ category }) => category === 'interface');
  const ofCallback = firstOf('callback');
  const ofSequence = firstOf('sequence');
  const ofObject = firstOf('dictionary', 'record', 'object');
  const ofBoolean = firstOf('boolean');
  const ofNumber = firstOf('number');
  const ofString = firstOf('string');
  const ofRest = [ofString, ofNumber, firstOf('boolean', 'any')].find((index) => index >= 0) ?? -1;

  /** @param {any} value */
  const forObject = (value) => {
    // No object is two of these.
    if (ofView >= 0 && ArrayBuffer.isView(value)) return ofView;
    if (ofBuffer >= 0 && isArrayBuffer(value)) return ofBuffer;
    for (const { index, type } of interfaces) {
      if (implementsInterface(/** @type {string} */ (type), value)) return index;
    }
    if (typeof value === 'function') {
      if (ofCallback >= 0) return ofCallback;
    } else if (ofSequence >= 0 && value[Symbol.iterator] != null) return ofSequence;
    return ofObject;
  };
  return (value) => {
    if (typeof value === 'string') return ofRest;
    if (value === undefined || value === null) return ofNull >= 0 ? ofNull : ofRest;
    let index = -1;
    if (typeof value === 'object' || typeof value === 'function') index = forObject(value);
    else if (typeof value === 'boolean') index = ofBoolean;
    else if (typeof value === 'number') index = ofNumber;
    return index >= 0 ? index : ofRest;
  };
}

// ---- Dictionaries (WebIDL section 3.2.17)

/**
 * @param {string} name
 * @param {any} value
 * @param {string} what
 * @param {any} result
 */
function readDictionary(name, value, what, result) {
  const table = dictionaries[name];
  const [parent] = table;
  if (parent) readDictionary(parent, value, what, result);
  for (let i = 1; i < table.length; i++) {
    const [member, type, rule, fallback] = table[i];
    const found = value == null ? undefined : value[member];
    if (found !== undefined) {
      result[member] = converterFor(type)(found, `${what}: member '${member}'`);
    } else if (rule === '!') refuse(`${what}: member '${member}'`, `is required by ${name}`);
    else if (rule === '=') result[member] = defaultFor(type, fallback);
  }
  return result;
}

/**
 * @param {Type} type
 * @param {any} fallback
 * @returns {any}
 */
export function defaultFor(type, fallback) {
  if (typeof fallback !== 'object' || fallback === null) return fallback;
  return Array.isArray(fallback) ? [] : converterFor(type)({}, '');
}

// ---- Converters

/** @type {Map<Type, Converter>} */
const converters = new Map();

/**
 * @param {Type} type
 * @returns {Converter}
 */
export function converterFor(type) {
  let converter = converters.get(type);
  if (!converter) converters.set(type, (converter = makeConverter(type)));
  return converter;
}

/**
 * @param {Type} type
 * @returns {Converter}
 */
function makeConverter(type) {
  if (Array.isArray(type)) return makeComposite(type);
  if (type in integers) return (value, what) => toInteger(value, what, type, '');
  if (type in dictionaries) {
    return (value, what) => {
      if (value != null && typeof value !== 'object' && typeof value !== 'function') {
        refuse(what, `is not an object, as ${type} has to be`);
      }
      return readDictionary(type, value, what, {});
    };
  }
  if (type in enums) {
    return (value, what) => {
      const text = toDomString(value, what);
      if (!enums[type].includes(text)) refuse(what, `is '${text}', which is no ${type}`);
      return text;
    };
  }
  if (callbacks.includes(type)) {
    return (value, what) => (typeof value === 'function' ? value : refuse(what, 'is no function'));
  }
  switch (type) {
    case 'any':
      return (value) => value;
    case 'boolean':
      return (value) => Boolean(value);
    case 'DOMString':
      return toDomString;
    case 'USVString':
      return (value, what) => toWellFormed(toDomString(value, what));
    case 'double':
      return (value, what) => {
        const x = toNumber(value, what);
        return Number.isFinite(x) ? x : refuse(what, 'is not a finite number');
      };
    case 'object':
      return (value, what) =>
        typeof value === 'function' || (typeof value === 'object' && value !== null)
          ? value
          : refuse(what, 'is not an object');
    case 'ArrayBuffer':
      return (value, what) => {
        if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
          refuse(what, 'is not an ArrayBuffer');
        }
        requirePlainBuffer(value, what);
        return value;
      };
    case 'ArrayBufferView':
      return (value, what) => {
        if (!ArrayBuffer.isView(value)) refuse(what, 'is not an ArrayBufferView');
        requirePlainBuffer(value.buffer, what);
        return value;
      };
    default:
      return (value, what) =>
        implementsInterface(type, value) ? value : refuse(what, `is not of type ${type}`);
  }
}

/**
 * @param {any[]} type
 * @returns {Converter}
 */
function makeComposite([operator, ...operands]) {
  const [first, second] = operands;
  switch (operator) {
    case '?':
      return (value, what) => (value == null ? null : converterFor(first)(value, what));
    case 'enforce':
    case 'clamp':
      return (value, what) => toInteger(value, what, first, operator);
    case 'sequence':
      return (value, what) => {
        const isObject = typeof value === 'object' || typeof value === 'function';
        if (!isObject || value === null || typeof value[Symbol.iterator] !== 'function') {
          refuse(what, 'is not iterable, as a sequence has to be');
        }
        // Array.from() does the same, but the first calls of it take ten times as long.
        const convert = converterFor(first);
        /** @type {any[]} */
        const list = [];
        for (const item of value) list.push(convert(item, `${what}: element ${list.length}`));
        return list;
      };
    case 'record':
      return (value, what) => {
        if (typeof value !== 'object' || value === null) refuse(what, 'is not an object');
        /** @type {Record<string, any>} */
        const result = {};
        for (const key of Reflect.ownKeys(value)) {
          if (!Reflect.getOwnPropertyDescriptor(value, key)?.enumerable) continue;
          const name = converterFor(first)(key, `${what}: a key`);
          result[name] = converterFor(second)(value[key], `${what}: member '${name}'`);
        }
        return result;
      };
    case 'or': {
      const choose = distinguisher(operands);
      return (value, what) => {
        const index = choose(value);
        if (index < 0) refuse(what, 'is of none of the types that are accepted');
        const chosen = operands[index];
        return converterFor(chosen)(value, what);
      };
    }
    default:
      throw new Error(`unknown type operator ${operator}`);
  }
}
