// Reads as much of a WebAssembly file as it takes to say where its bytes go.

/**
 * @typedef {object} WasmFunction
 * @property {string} name  of the name section, or its number
 * @property {Uint8Array} bytes  its body
 */

/**
 * @typedef {object} WasmFile
 * @property {Map<string, number>} sections  bytes of each, by name
 * @property {WasmFunction[]} functions
 * @property {Uint8Array} data  the contents of the data section
 */

const kSections = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
];

class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get isAtEnd() {
    return this.at >= this.bytes.length;
  }

  /** LEB128, unsigned. */
  number() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }

  /** @param {number} length */
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return new TextDecoder().decode(this.take(this.number()));
  }

  limits() {
    const hasMaximum = this.number() & 1;
    this.number();
    if (hasMaximum) this.number();
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {WasmFile}
 * @throws {Error} for what is no module of version 1
 */
export function readWasm(bytes) {
  const reader = new Reader(bytes);
  const head = [...reader.take(8)].join();
  if (head !== '0,97,115,109,1,0,0,0') throw new Error('this is no WebAssembly module');
  /** @type {Map<string, number>} */
  const sections = new Map();
  /** @type {Uint8Array[]} */
  let bodies = [];
  /** @type {Map<number, string>} */
  let names = new Map();
  let data = new Uint8Array();
  let imported = 0;
  while (!reader.isAtEnd) {
    const start = reader.at;
    const id = reader.number();
    const section = new Reader(reader.take(reader.number()));
    let name = kSections[id] ?? `section ${id}`;
    if (name === 'custom') {
      name = section.text();
      if (name === 'name') names = readNames(section);
    } else if (name === 'import') imported = countImportedFunctions(section);
    else if (name === 'code') {
      bodies = Array.from({ length: section.number() }, () => section.take(section.number()));
    } else if (name === 'data') data = section.bytes.slice(section.at);
    sections.set(name, (sections.get(name) ?? 0) + reader.at - start);
  }
  const functions = bodies.map((body, i) => ({
    name: names.get(imported + i) ?? `function ${imported + i}`,
    bytes: body,
  }));
  return { sections, functions, data };
}

/** @param {Reader} section */
function countImportedFunctions(section) {
  let functions = 0;
  for (let left = section.number(); left > 0; left--) {
    section.text();
    section.text();
    switch (section.number()) {
      case 0:
        functions++;
        section.number();
        break;
      case 1:
        section.number();
        section.limits();
        break;
      case 2:
        section.limits();
        break;
      case 3:
        section.take(2);
        break;
      default:
        throw new Error('an import of a kind that is not known');
    }
  }
  return functions;
}

/** @param {Reader} section */
function readNames(section) {
  /** @type {Map<number, string>} */
  const names = new Map();
  while (!section.isAtEnd) {
    const kind = section.number();
    const part = new Reader(section.take(section.number()));
    if (kind !== 1) continue;
    for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
  }
  return names;
}
