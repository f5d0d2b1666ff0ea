// The conversions of WebIDL, and the operations behind them, on values of fast-check's making:
// whatever script hands over, it gets a value of the type or an error that the specification names.
// The same values every time; FAST_CHECK_SEED=<number> tries others.

import fc from 'fast-check';
import { RTCDataChannelEvent, RTCIceCandidate, RTCPeerConnection } from '../../../js/index.node.js';
import { dictionaries, enums, interfaces } from '../../../js/api/generated/surface.js';
import { converterFor, distinguisher } from '../../../js/api/webidl/convert.js';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

/** @param {any} type @param {any} value */
const convert = (type, value) => converterFor(type)(value, 'the value');

class OwnError extends Error {}

/** What script may hand over, with what throws when it is looked at. */
const anything = fc.oneof(
  { weight: 6, arbitrary: fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }) },
  fc.constantFrom(
    ...[undefined, null, NaN, Infinity, -0, 2 ** 31, 2 ** 53, -(2 ** 63), 1e300, '', '0x10', '1e3'],
    ...['a\ud800', '\udc00', Symbol('s'), Symbol.iterator, 1n, [], {}, () => {}, new Map(), /x/],
    new Proxy({}, { get: () => 1 }),
    new Proxy(() => {}, {}),
    Object.create(null),
    new ArrayBuffer(4),
    new SharedArrayBuffer(4),
    new DataView(new ArrayBuffer(4)),
  ),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...Object.values(enums).flat()),
);

const throwing = fc.constantFrom(
  new Proxy(
    {},
    {
      get() {
        throw new OwnError('get');
      },
    },
  ),
  {
    toString() {
      throw new OwnError('toString');
    },
  },
  {
    *[Symbol.iterator]() {
      yield 1;
      throw new OwnError('iterator');
    },
  },
);

/** Objects with the members of a dictionary, each with anything in it. @param {string} name */
function membersOf(name) {
  const [parent, ...own] = dictionaries[name];
  const members = Object.fromEntries(own.map(([member]) => [member, anything]));
  return { ...(parent ? membersOf(parent) : {}), ...members };
}
/** @param {string} name */
const dictionaryLike = (name) => fc.record(membersOf(name), { requiredKeys: [] });

/** Each type of the surface once: of dictionary members, arguments and attributes. */
const types = (() => {
  /** @type {Map<string, any>} */
  const found = new Map();
  /** @param {any} type */
  const add = (type) => {
    if (typeof type !== 'string' && !Array.isArray(type)) return;
    found.set(JSON.stringify(type), type);
    if (Array.isArray(type)) type.slice(1).forEach(add);
  };
  for (const [, ...members] of Object.values(dictionaries))
    for (const [, type] of members) add(type);
  for (const name of [...Object.keys(dictionaries), ...Object.keys(enums)]) add(name);
  return [...found.values()];
})();

/** @param {() => any} work */
function outcome(work) {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

/** @param {any} error */
const isExpected = (error) =>
  error instanceof TypeError || error instanceof OwnError || error instanceof DOMException;

const runs = { numRuns: 300 };

describe('Conversion of any value', () => {
  test('gives a value, or throws a TypeError or what the value itself throws', () => {
    const input = fc.oneof({ weight: 5, arbitrary: anything }, throwing);
    for (const type of types) {
      fc.assert(
        fc.property(input, (value) => {
          const { error } = outcome(() => convert(type, value));
          expect(error === undefined || isExpected(error)).toBe(true);
        }),
        { numRuns: 60 },
      );
    }
  });

  test('changes nothing about what is of the type already', () => {
    for (const type of types) {
      fc.assert(
        fc.property(anything, (value) => {
          const once = outcome(() => convert(type, value));
          // Of 64 bits a number holds 53: what was rounded may come to be out of range.
          const isWide = JSON.stringify(type).includes('long long');
          if (once.error || isWide) return;
          expect(convert(type, once.value)).toEqual(once.value);
        }),
        { numRuns: 40 },
      );
    }
  });

  test('to a dictionary reads each member as a conversion of that member alone does', () => {
    for (const name of Object.keys(dictionaries)) {
      fc.assert(
        fc.property(dictionaryLike(name), (value) => {
          const { value: result, error } = outcome(() => convert(name, value));
          if (error) {
            expect(isExpected(error)).toBe(true);
            return;
          }
          for (const [member, type] of dictionaries[name].slice(1)) {
            if (value[member] !== undefined) {
              expect(result[member]).toEqual(convert(type, value[member]));
            }
          }
        }),
        { numRuns: 40 },
      );
    }
  });

  test('to an enumeration gives one of its values and nothing else', () => {
    for (const [name, values] of Object.entries(enums)) {
      fc.assert(
        fc.property(fc.oneof(anything, fc.constantFrom(...values)), (value) => {
          const { value: result, error } = outcome(() => convert(name, value));
          if (error) expect(error).toBeInstanceOf(TypeError);
          else expect(values).toContain(result);
        }),
        { numRuns: 60 },
      );
    }
  });
});

describe('Conversion of any number', () => {
  const numbers = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger());

  test('to an integer type is what a typed array makes of it', () => {
    const arrays = {
      byte: Int8Array,
      octet: Uint8Array,
      short: Int16Array,
      'unsigned short': Uint16Array,
      long: Int32Array,
      'unsigned long': Uint32Array,
    };
    for (const [type, TypedArray] of Object.entries(arrays)) {
      fc.assert(
        fc.property(numbers, (value) => {
          expect(convert(type, value)).toBe(new TypedArray([value])[0] + 0);
        }),
        runs,
      );
    }
  });

  test('with Clamp is what a clamped array makes of it', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, fc.double({ min: -2, max: 258 })), (value) => {
        expect(convert(['clamp', 'octet'], value)).toBe(new Uint8ClampedArray([value])[0]);
      }),
      runs,
    );
  });

  test('with EnforceRange is the whole part of it, or an error', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        const { value: result, error } = outcome(() => convert(['enforce', 'long'], value));
        const whole = Math.trunc(value) + 0;
        const fits = Number.isFinite(value) && Math.abs(whole + 0.5) <= 2 ** 31 - 0.5;
        if (fits) expect(result).toBe(whole);
        else expect(error).toBeInstanceOf(TypeError);
      }),
      runs,
    );
  });
});

test('Conversion to USVString never leaves a lone surrogate', () => {
  const units = fc.array(fc.integer({ min: 0xd700, max: 0xe010 }));
  fc.assert(
    fc.property(units, (codes) => {
      const text = convert('USVString', String.fromCharCode(...codes));
      expect(() => encodeURIComponent(text)).not.toThrow();
    }),
    runs,
  );
});

test('An overload is chosen, or none, for any value', () => {
  const lists = Object.values(interfaces)
    .flatMap(({ members }) => members)
    .filter(([kind]) => kind === 'op')
    .flatMap(([, , , overloads]) => (overloads.length > 1 ? [overloads] : []));
  expect(lists.length).toBeGreaterThan(0);
  for (const overloads of lists) {
    const firsts = overloads.flatMap((/** @type {any[]} */ list) => (list[0] ? [list[0][0]] : []));
    if (firsts.length === 0) continue;
    const choose = distinguisher(firsts);
    fc.assert(
      fc.property(anything, (value) => {
        const index = choose(value);
        expect(index >= -1 && index < firsts.length).toBe(true);
      }),
      { numRuns: 60 },
    );
  }
});

describe('Calls with any arguments', () => {
  /** Everything that can be called on a connection, and what ends it or takes a callback left out. */
  const operations = Object.getOwnPropertyNames(RTCPeerConnection.prototype).filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, name) ?? {};
    return typeof value === 'function' && name !== 'constructor';
  });

  test('on a connection return, throw or reject as specified, in any order', async () => {
    expect(operations.length).toBeGreaterThan(15);
    const call = fc.record({
      name: fc.constantFrom(...operations),
      args: fc.array(
        fc.oneof(
          anything,
          throwing,
          ...['RTCSessionDescriptionInit', 'RTCDataChannelInit', 'RTCIceCandidateInit'].map(
            dictionaryLike,
          ),
          fc.constantFrom('audio', 'video', { type: 'rollback' }, { iceRestart: true }),
        ),
        { maxLength: 3 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 8 }), async (calls) => {
        const connection = new RTCPeerConnection();
        /** @type {any[]} */
        const results = [];
        for (const { name, args } of calls) {
          const { value, error } = outcome(() => /** @type {any} */ (connection)[name](...args));
          expect(error === undefined || isExpected(error)).toBe(true);
          // An operation on the chain need not settle once the connection is closed.
          results.push(Promise.resolve(value).then(undefined, (reason) => ({ reason })));
        }
        const settled = Promise.all(results).then((all) => {
          for (const one of all) {
            const reason = one?.reason;
            expect(reason === undefined || isExpected(reason)).toBe(true);
          }
        });
        const isClosed = connection.signalingState === 'closed';
        if (!isClosed) await settled;
        connection.close();
        expect(connection.signalingState).toBe('closed');
      }),
      { numRuns: 60 },
    );
  });

  test('to constructors give an object or an error as specified', () => {
    /** @type {[any, any][]} */
    const constructors = [
      [RTCPeerConnection, dictionaryLike('RTCConfiguration')],
      [RTCIceCandidate, dictionaryLike('RTCIceCandidateInit')],
      [RTCDataChannelEvent, anything],
    ];
    for (const [Constructor, init] of constructors) {
      fc.assert(
        fc.property(fc.oneof(anything, throwing, init), init, (first, second) => {
          const { value, error } = outcome(() => new Constructor(first, second));
          expect(error === undefined || isExpected(error)).toBe(true);
          value?.close?.();
        }),
        runs,
      );
    }
  });
});
