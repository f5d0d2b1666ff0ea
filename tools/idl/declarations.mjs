// Turns the model into TypeScript declarations: types/webrtc.d.ts and, for the polyfill,
// types/globals.d.ts. In the form of lib.dom.d.ts, so that ours and the host's stand for each other.

import { eventTypes } from './event-types.mjs';
import {
  absentInterfaces,
  absentMembers,
  declaredTypes,
  fallbacks,
  undeclaredValues,
} from './surface.mjs';

/** @typedef {import('./model.mjs').Model} Model */
/** @typedef {import('./model.mjs').TypeNode} TypeNode */

/** @type {Record<string, string>} */
const kPrimitives = {
  any: 'any',
  object: 'any',
  undefined: 'void',
  boolean: 'boolean',
  bigint: 'bigint',
  symbol: 'symbol',
  DOMString: 'string',
  USVString: 'string',
  ByteString: 'string',
  ArrayBuffer: 'ArrayBuffer',
  ArrayBufferView: 'ArrayBufferView',
  Uint8Array: 'Uint8Array',
  Function: 'Function',
  // Of WebCodecs, and of lib.dom.d.ts, which has a third.
  EncodedVideoChunkType: "'key' | 'delta' | 'empty'",
};
for (const name of ['byte', 'octet', 'short', 'unsigned short', 'long', 'unsigned long']) {
  kPrimitives[name] = 'number';
}
for (const name of ['long long', 'unsigned long long', 'float', 'double']) {
  kPrimitives[name] = 'number';
  kPrimitives[`unrestricted ${name}`] = 'number';
}

/** Interfaces of the host, which types/host.d.ts knows with or without its declarations. */
const kHost = [
  'AbortSignal',
  'Blob',
  'DOMException',
  'Event',
  'EventTarget',
  'MessageEvent',
  'MessagePort',
  'ReadableStream',
  'Worker',
  'WritableStream',
];

/** @param {Model} model */
export function renderDeclarations(model) {
  /** @type {Map<string, string>} what other declarations mention */
  const reached = new Map();
  const usedHost = new Set();
  /** @type {string[]} */
  const names = [];

  /** @param {TypeNode} type @returns {string} */
  function show(type) {
    if (!Array.isArray(type)) return showName(type);
    const [operator, ...operands] = type;
    switch (operator) {
      case '?':
        return `${show(operands[0])} | null`;
      case 'or':
        return operands.map(show).join(' | ');
      case 'enforce':
      case 'clamp':
        return show(operands[0]);
      case 'sequence':
        return `${wrapped(operands[0])}[]`;
      case 'FrozenArray':
        return `ReadonlyArray<${show(operands[0])}>`;
      case 'Promise':
        return `Promise<${show(operands[0])}>`;
      case 'record':
        return `Record<${show(operands[0])}, ${show(operands[1])}>`;
      default:
        throw new Error(`a type of ${operator} is not known`);
    }
  }
  /** @param {TypeNode} type */
  function wrapped(type) {
    const text = show(type);
    return text.includes(' ') ? `(${text})` : text;
  }

  /** @param {string} name */
  function showName(name) {
    if (name in kPrimitives) return kPrimitives[name];
    if (model.enums.has(name)) {
      const values = model.enums
        .get(name)
        .values.filter((/** @type {any} */ v) => !undeclaredValues[`${name}.${v.value}`])
        .map((/** @type {any} */ v) => `'${v.value}'`);
      reach(name, () => `type ${name} = ${values.join(' | ')};`);
      return name;
    }
    if (model.dictionaries.has(name)) {
      reach(name, () => showDictionary(name));
      return name;
    }
    if (model.callbacks.has(name)) {
      const { arguments: parameters, idlType } = model.callbacks.get(name);
      const result = show(model.type(idlType));
      reach(name, () => `type ${name} = (${showParameters(parameters)}) => ${result};`);
      return name;
    }
    if (model.interfaces.has(name)) return name;
    if (!kHost.includes(name)) throw new Error(`the type ${name} is not known`);
    usedHost.add(name);
    return `Host${name}`;
  }

  /** @param {string} name @param {() => string} render */
  function reach(name, render) {
    if (reached.has(name)) return;
    reached.set(name, '');
    // What only the host's media interfaces mention is not ours to export.
    const isOurs = /^(RTC|KeyFrame)/.test(name);
    if (isOurs) names.push(name);
    reached.set(name, `${isOurs ? 'export ' : ''}${render()}`);
  }

  /** @param {string} name */
  function showDictionary(name) {
    const { inheritance, members } = model.dictionaries.get(name);
    const fields = members
      .filter((/** @type {any} */ member) => member.type === 'field')
      .map((/** @type {any} */ member) => {
        const type = show(model.type(member.idlType, member.extAttrs));
        return `${member.name}${member.required ? '' : '?'}: ${type};`;
      });
    return `interface ${name} ${inheritance ? `extends ${showName(inheritance)} ` : ''}{\n${fields.join('\n')}\n}`;
  }

  /**
   * @param {any[]} parameters
   * @param {boolean} [nullable]  a dictionary may be null, which WebIDL takes for an empty one
   */
  function showParameters(parameters, nullable = false) {
    return parameters
      .map(({ name, idlType, extAttrs, optional, variadic }) => {
        const type = model.type(idlType, extAttrs);
        if (variadic) return `...${name}: ${wrapped(type)}[]`;
        const isNullable = nullable && model.dictionaries.has(idlType.idlType);
        return `${name}${optional ? '?' : ''}: ${show(type)}${isNullable ? ' | null' : ''}`;
      })
      .join(', ');
  }

  /**
   * The members of an interface, and what its constructor has.
   * @param {string} name
   * @param {string} self  its name in the declarations
   */
  function showInterface(name, self) {
    const { members, inheritance } = model.interfaces.get(name);
    /** @type {string[]} */
    const own = [];
    /** @type {string[]} */
    const statics = [];
    /** @type {string[]} */
    const bases = inheritance ? [showName(inheritance)] : [];
    /** @type {string[]} */
    const events = [];
    for (const member of members) {
      const memberName = member.type === 'constructor' ? 'constructor' : member.name;
      if (absentMembers[`${name}.${memberName}`]) continue;
      switch (member.type) {
        case 'constructor':
          statics.push(`new (${showParameters(member.arguments)}): ${self};`);
          break;
        case 'attribute': {
          if (member.idlType.idlType === 'EventHandler') {
            events.push(member.name.slice(2));
            const type = show(eventType(name, member.name.slice(2)));
            // Two types, so that what is read fits wherever lib.dom.d.ts wants a handler of its own
            // interface, which ours need not be to the letter; what is written is checked.
            own.push(
              `get ${member.name}(): ((ev: any) => any) | null;`,
              `set ${member.name}(handler: ((this: ${self}, ev: ${type}) => any) | null);`,
            );
            break;
          }
          const type =
            declaredTypes[`${name}.${member.name}`]?.[0] ??
            show(model.type(member.idlType, member.extAttrs));
          own.push(`${member.readonly ? 'readonly ' : ''}${member.name}: ${type};`);
          break;
        }
        case 'operation': {
          const result = show(model.type(member.idlType));
          // `pc.addIceCandidate(event.candidate)` is how everybody writes it.
          const nullable = member.name === 'addIceCandidate';
          const text = `${member.name}(${showParameters(member.arguments, nullable)}): ${result};`;
          (member.special === 'static' ? statics : own).push(text);
          break;
        }
        case 'maplike': {
          const [key] = member.idlType;
          bases.push(`ReadonlyMap<${show(model.type(key))}, any>`);
          break;
        }
        case 'const':
          own.push(`readonly ${member.name}: ${member.value.value};`);
          break;
        default:
          throw new Error(`${name}: a member of type ${member.type} is not known`);
      }
    }
    if (!statics.some((text) => text.startsWith('new '))) {
      // As lib.dom.d.ts has it; it throws.
      statics.unshift(`new (): ${self};`);
    }
    let map = '';
    if (events.length > 0) {
      map = `${self}EventMap`;
      for (const verb of ['add', 'remove']) {
        const options = verb === 'add' ? 'HostListenerOptions' : 'HostListenerCapture';
        own.push(
          `${verb}EventListener<K extends keyof ${map}>(type: K, listener: (this: ${self}, ev: ${map}[K]) => any, options?: boolean | ${options}): void;`,
          `${verb}EventListener(type: string, listener: HostListener, options?: boolean | ${options}): void;`,
        );
      }
    }
    const lines = events.map((event) => `${event}: ${show(eventType(name, event))};`);
    return {
      map: map && `export interface ${map} {\n${lines.join('\n')}\n}\n`,
      head: `interface ${self}${bases.length > 0 ? ` extends ${bases.join(', ')}` : ''}`,
      body: `{\n${own.join('\n')}\n}`,
      constructor: `{\n${[`prototype: ${self};`, ...statics].join('\n')}\n}`,
    };
  }

  /** @type {string[]} */
  const parts = [];
  /** @type {string[]} */
  const interfaceNames = [];
  for (const name of model.interfaces.keys()) {
    if (absentInterfaces[name]) continue;
    interfaceNames.push(name);
    if (fallbacks.includes(name)) {
      const { map, head, body, constructor } = showInterface(name, `Minimal${name}`);
      parts.push(
        `${map}/** Where the host has none. */\nexport ${head} ${body}\n` +
          `export interface Minimal${name}Constructor ${constructor}\n` +
          `export type ${name} = typeof globalThis extends { ${kLibDom}: any; ${name}: { prototype: infer T } } ? T : Minimal${name};\n` +
          `export declare const ${name}: typeof globalThis extends { ${kLibDom}: any; ${name}: infer T } ? T : Minimal${name}Constructor;`,
      );
    } else {
      const { map, head, body, constructor } = showInterface(name, name);
      parts.push(`${map}export ${head} ${body}\nexport declare const ${name}: ${constructor};`);
    }
  }
  // Statistics are values of a map, which no declaration mentions.
  for (const name of [...model.dictionaries.keys(), ...model.enums.keys()]) {
    if (/^RTC/.test(name) && !/SFrame/.test(name)) showName(name);
  }
  const host = [...usedHost].map((name) => `Host${name}`);
  host.push('HostListener', 'HostListenerCapture', 'HostListenerOptions');
  const webrtc = [
    '// Generated from @webref/idl and tools/idl/supplement; edit tools/idl/surface.mjs instead.\n',
    `import type { ${host.sort().join(', ')} } from './host.js';`,
    ...[...reached].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text),
    ...parts,
    // Else all declarations of the file would be exported.
    'export {};',
  ].join('\n\n');
  return { webrtc, globals: renderGlobals(interfaceNames) };
}

/** @param {string} name @param {string} event */
function eventType(name, event) {
  return eventTypes[name]?.[event] ?? 'Event';
}

/**
 * A global that the libraries have which declare an interface: lib.dom.d.ts, unless it says otherwise here.
 * To ask for the interface itself would be to ask for what is being declared.
 * @type {Record<string, string | undefined>}
 */
const kLibraries = {
  RTCDataChannel: 'onmessage',
  RTCEncodedVideoFrame: 'onmessage',
  RTCEncodedAudioFrame: 'onmessage',
  RTCRtpScriptTransformer: 'WorkerGlobalScope',
  RTCTransformEvent: 'WorkerGlobalScope',
  RTCIceCandidatePair: undefined,
  KeyFrameRequestEvent: undefined,
};
const kLibDom = 'document';

/**
 * What the polyfill installs, where the project's libraries do not have it.
 * @param {string[]} names
 */
function renderGlobals(names) {
  const declarations = names.map((name) => {
    const library = name in kLibraries ? kLibraries[name] : kLibDom;
    const isFallback = fallbacks.includes(name);
    const own = `import('./webrtc.js').${isFallback ? `Minimal${name}` : name}`;
    const constructor = isFallback ? `${own}Constructor` : `typeof ${own}`;
    if (library === undefined) {
      // lib.dom.d.ts has RTCIceCandidatePair as a dictionary, which this agrees with.
      const only = `type Global${name} = typeof globalThis extends { ${kLibDom}: any } ? {} : ${own};`;
      return [only, `interface ${name} extends Global${name} {}\nvar ${name}: ${constructor};`];
    }
    const theirs = (/** @type {string} */ type) =>
      `typeof globalThis extends { ${library}: any; ${name}: ${type} }`;
    return [
      `type Global${name} = ${theirs('any')} ? {} : ${own};`,
      `interface ${name} extends Global${name} {}\nvar ${name}: ${theirs('infer T')} ? T : ${constructor};`,
    ];
  });
  return [
    '// Generated, see webrtc.d.ts. Nothing is added to what lib.dom.d.ts or lib.webworker.d.ts declares.\n',
    ...declarations.map(([alias]) => alias),
    `declare global {\n${declarations.map(([, text]) => text).join('\n')}\n}`,
    'export {};',
  ].join('\n');
}
