// Makes the classes that script sees from the rows of generated/surface.js. Behaviour comes from
// impl classes: an attribute is a property of the impl object, an operation a method, a static
// operation a static method of the impl class. Values cross as wrappers, already converted.
//
// Rows: ['get', name]  ['set', name, type]  ['on', name]  ['const', name, value]
//       ['op' | 'static', name, returnsPromise, overloads]  ['json']  ['maplike']
// Argument: [type]  [type, '?'] optional  [type, '=', default]  [type, '*'] variadic

import { enums } from '../generated/surface.js';
import { attach, implOf } from './brand.js';
import { converterFor, defaultFor, distinguisher, registerInterface } from './convert.js';
import { getHandler, setHandler } from './event-handler.js';
import { observation } from './observation.js';

/**
 * @typedef {object} Definition
 * @property {string} name
 * @property {any} table
 * @property {any} Impl
 * @property {any} Parent  the host's or our class that this one extends, undefined for none
 * @property {any} Interface
 */

/** @type {Map<string, Definition>} */
const definitions = new Map();

/**
 * Reads the arguments of one operation's calls. What depends on their number alone is found out
 * once, since some operations are called by the ten thousand.
 */
class ArgumentReader {
  /**
   * @param {any[][]} overloads
   * @param {string} what
   */
  constructor(overloads, what) {
    this.overloads_ = overloads;
    this.what_ = what;
    // The effective overload set: the longest list bounds how many arguments count.
    this.longest_ = Math.max(...overloads.map((list) => list.length));
    /** @type {Map<any[], (values: any[]) => any[]>} */
    this.converters_ = new Map();
    /** By the number of arguments. @type {{ lists: any[][], choose?: (value: any) => number }[]} */
    this.candidates_ = [];
  }

  /** @param {any[]} values */
  read(values) {
    const list = this.listFor_(values);
    if (!list || values.length < required(list)) this.refuse_(values.length);
    let convert = this.converters_.get(list);
    if (!convert) this.converters_.set(list, (convert = converterOf(list, this.what_)));
    return convert(values);
  }

  /** @param {any[]} values */
  listFor_(values) {
    if (this.overloads_.length === 1) return this.overloads_[0];
    const count = Math.min(values.length, this.longest_);
    const { lists, choose } = (this.candidates_[count] ??= this.candidatesFor_(count));
    return lists[choose ? choose(values[0]) : 0];
  }

  /** @param {number} count */
  candidatesFor_(count) {
    const lists = this.overloads_.filter((list) => count >= required(list) && count <= list.length);
    return lists.length > 1
      ? { lists, choose: distinguisher(lists.map(([[type]]) => type)) }
      : { lists };
  }

  /**
   * @param {number} count
   * @returns {never}
   */
  refuse_(count) {
    const wanted = Math.min(...this.overloads_.map(required));
    throw new TypeError(
      count < wanted
        ? `${this.what_}: ${wanted} argument${wanted > 1 ? 's' : ''} required, but only ${count} present`
        : `${this.what_}: no overload takes these arguments`,
    );
  }
}

/**
 * @param {any[]} list
 * @param {string} what
 * @returns {(values: any[]) => any[]}
 */
function converterOf(list, what) {
  const steps = list.map(([type, rule, fallback], i) => ({
    convert: converterFor(type),
    type,
    rule,
    fallback,
    place: place(what, i),
  }));
  return (values) => {
    /** @type {any[]} */
    const result = [];
    for (let i = 0; i < steps.length; i++) {
      const { convert, type, rule, fallback, place: at } = steps[i];
      if (rule === '*') {
        for (let k = i; k < values.length; k++) result.push(convert(values[k], place(what, k)));
      } else if (values[i] === undefined && rule) {
        result.push(rule === '=' ? defaultFor(type, fallback) : undefined);
      } else result.push(convert(values[i], at));
    }
    return result;
  };
}

/** @param {string} what @param {number} index */
const place = (what, index) => `${what}: argument ${index + 1}`;

/** @param {any[]} list @returns {number} how many leading arguments cannot be left out */
const required = (list) => {
  const index = list.findIndex(([, rule]) => rule);
  return index < 0 ? list.length : index;
};

/**
 * @param {Definition} definition
 * @param {any} impl
 * @param {any[]} args
 * @param {Function} newTarget
 */
function makeWrapper({ Parent, Impl, Interface }, impl, args, newTarget) {
  const wrapper = Parent
    ? Reflect.construct(Parent, Impl.superArguments?.(...args) ?? [], newTarget)
    : Object.create(newTarget.prototype ?? Interface.prototype);
  attach(wrapper, impl);
  impl.wrapper = wrapper;
  impl.attached?.();
  return wrapper;
}

/**
 * The wrapper of an object that the implementation makes, not script.
 * @param {string} name
 * @param {any} impl
 * @param {any[]} [args]  from which the impl makes those of its parent's constructor
 */
export function createWrapper(name, impl, args = []) {
  const definition = /** @type {Definition} */ (definitions.get(name));
  return makeWrapper(definition, impl, args, definition.Interface);
}

/**
 * The wrapper of such an object, made when it is first asked for.
 * @param {string} name
 * @param {any} impl
 */
export const wrapperOf = (name, impl) => impl.wrapper ?? createWrapper(name, impl);

/**
 * The class registered under a name, for events and errors that the implementation constructs.
 * @param {string} name
 * @returns {any}
 */
export function interfaceNamed(name) {
  return definitions.get(name)?.Interface;
}

/**
 * @param {string} name
 * @param {any} table row of generated/surface.js
 * @param {any} Impl behaviour
 * @returns {any} the class
 */
export function defineInterface(name, table, Impl) {
  const Parent = table.parent
    ? (definitions.get(table.parent)?.Interface ?? /** @type {any} */ (globalThis)[table.parent])
    : undefined;
  const what = `Failed to construct '${name}'`;
  /** @type {ArgumentReader | undefined} */
  let reader;
  const call = (/** @type {any[]} */ args, /** @type {Function} */ newTarget) => {
    if (!table.construct) throw new TypeError('Illegal constructor');
    reader ??= new ArgumentReader(table.construct, what);
    const values = reader.read(args);
    return makeWrapper(definition, new Impl(...values), values, newTarget);
  };
  // Named through the property; `length` is the number of required arguments.
  const Interface = Parent
    ? {
        [name]: class extends Parent {
          // @ts-ignore the parent is constructed with the arguments that the impl gives
          constructor(/** @type {any[]} */ ...args) {
            return call(args, new.target);
          }
        },
      }[name]
    : {
        [name]: class {
          constructor(/** @type {any[]} */ ...args) {
            return call(args, new.target);
          }
        },
      }[name];
  Object.defineProperty(Interface, 'length', {
    value: Math.min(...(table.construct ?? [[]]).map(required)),
  });
  /** @type {Definition} */
  const definition = { name, table, Impl, Parent, Interface };
  definitions.set(name, definition);
  registerInterface(name, Impl);
  for (const row of table.members) defineMember(definition, row);
  defineValue(Interface.prototype, Symbol.toStringTag, name, false, false);
  return Interface;
}

/**
 * @param {object} target
 * @param {string | symbol} key
 * @param {unknown} value
 * @param {boolean} [enumerable]
 * @param {boolean} [writable]
 */
function defineValue(target, key, value, enumerable = true, writable = true) {
  Object.defineProperty(target, key, { value, enumerable, writable, configurable: true });
}

/**
 * @param {Definition} definition
 * @param {any[]} row
 */
function defineMember(definition, [kind, name, ...rest]) {
  const { Impl, Interface, table } = definition;
  const { prototype } = Interface;
  /** @param {unknown} self */
  const check = (self) => {
    const impl = implOf(self);
    if (!(impl instanceof Impl)) {
      throw new TypeError(`'${name}' of '${definition.name}': Illegal invocation`);
    }
    return /** @type {any} */ (impl);
  };
  /** @param {object} literal whose accessor of that name, its functions well named, is wanted */
  const defineAccessor = (literal) => {
    const accessor = Object.getOwnPropertyDescriptor(literal, name);
    Object.defineProperty(prototype, name, /** @type {PropertyDescriptor} */ (accessor));
  };
  switch (kind) {
    case 'get':
      defineAccessor({
        get [name]() {
          return check(this)[name];
        },
      });
      break;
    case 'set':
      defineAccessor({
        get [name]() {
          return check(this)[name];
        },
        set [name](/** @type {any} */ value) {
          const impl = check(this);
          const [type] = rest;
          const where = `Failed to set '${name}' on '${definition.name}': the value`;
          // An unknown enumeration value is ignored.
          const isEnum = typeof type === 'string' && type in enums;
          const assign = () => {
            const converted = converterFor(isEnum ? 'DOMString' : type)(value, where);
            if (!isEnum || enums[type].includes(converted)) impl[name] = converted;
          };
          const { observer } = observation;
          if (observer) observer.call(this, definition.name, `${name} =`, [value], assign);
          else assign();
        },
      });
      break;
    case 'on': {
      const type = name.slice(2);
      defineAccessor({
        get [name]() {
          check(this);
          return getHandler(/** @type {any} */ (this), type);
        },
        set [name](/** @type {any} */ value) {
          check(this);
          setHandler(/** @type {any} */ (this), type, value);
        },
      });
      break;
    }
    case 'op':
    case 'static': {
      const [returnsPromise, overloads] = rest;
      const isStatic = kind === 'static';
      const where = `Failed to execute '${name}' on '${definition.name}'`;
      /** @type {ArgumentReader | undefined} */
      let reader;
      const run = (/** @type {unknown} */ self, /** @type {any[]} */ args) => {
        const target = isStatic ? Impl : check(self);
        if (typeof target[name] !== 'function') {
          const why = Impl.absence ? `: ${Impl.absence}` : '';
          throw new DOMException(
            `${definition.name}.${name} is not implemented${why}`,
            'NotSupportedError',
          );
        }
        reader ??= new ArgumentReader(overloads, where);
        return target[name](...reader.read(args));
      };
      const invoke = (/** @type {unknown} */ self, /** @type {any[]} */ args) => {
        if (!returnsPromise) return run(self, args);
        try {
          return run(self, args);
        } catch (error) {
          return Promise.reject(error);
        }
      };
      const method = {
        [name](/** @type {any[]} */ ...args) {
          const { observer } = observation;
          if (!observer) return invoke(this, args);
          return observer.call(this, definition.name, name, args, () => invoke(this, args));
        },
      }[name];
      const length = Math.min(...overloads.map(required));
      if (length > 0) Object.defineProperty(method, 'length', { value: length });
      defineValue(isStatic ? Interface : prototype, name, method);
      break;
    }
    case 'const':
      for (const target of [Interface, prototype]) {
        Object.defineProperty(target, name, { value: rest[0], enumerable: true });
      }
      break;
    case 'json': {
      const names = table.members.flatMap((/** @type {any[]} */ row) =>
        row[0] === 'get' || row[0] === 'set' ? [row[1]] : [],
      );
      const { toJSON } = {
        toJSON() {
          const impl = check(this);
          return Object.fromEntries(names.map((/** @type {string} */ key) => [key, impl[key]]));
        },
      };
      defineValue(prototype, 'toJSON', toJSON);
      break;
    }
    case 'maplike':
      defineMaplike(definition, check);
      break;
    default:
      throw new Error(`unknown member kind ${kind}`);
  }
}

/**
 * readonly maplike over `impl.map` (WebIDL section 3.7.11).
 * @param {Definition} definition
 * @param {(self: unknown) => any} check
 */
function defineMaplike({ name, Interface }, check) {
  const mapOf = (/** @type {unknown} */ self) =>
    /** @type {Map<string, unknown>} */ (check(self).map);
  const members = {
    get size() {
      return mapOf(this).size;
    },
    entries() {
      return mapOf(this).entries();
    },
    forEach(/** @type {Function} */ callback, /** @type {any} */ self = undefined) {
      const map = mapOf(this);
      if (typeof callback !== 'function') {
        throw new TypeError(`Failed to execute 'forEach' on '${name}': argument 1 is no function`);
      }
      map.forEach((value, key) => Reflect.apply(callback, self, [value, key, this]));
    },
    get(/** @type {string} */ key) {
      return mapOf(this).get(`${key}`);
    },
    has(/** @type {string} */ key) {
      return mapOf(this).has(`${key}`);
    },
    keys() {
      return mapOf(this).keys();
    },
    values() {
      return mapOf(this).values();
    },
  };
  Object.defineProperty(members.forEach, 'length', { value: 1 });
  const { prototype } = Interface;
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
    Object.defineProperty(prototype, key, descriptor);
  }
  defineValue(prototype, Symbol.iterator, members.entries, false);
}
