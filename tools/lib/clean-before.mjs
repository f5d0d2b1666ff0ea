// Files in which a check found nothing, remembered by all that its findings depend on: a run that was
// stopped goes on where it was, and one after a change reads what the change can have touched.

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { keyOf, sha256 } from './files.mjs';

/** Keys in a file, one a line, kept as they come. */
export class CleanBefore {
  /** @param {string} path of the file, which need not exist */
  constructor(path) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.keys = new Set(existsSync(path) ? readFileSync(path, 'utf8').match(/.+/g) : []);
  }

  /** @param {string} key */
  has(key) {
    return this.keys.has(key);
  }

  /** @param {string} key */
  add(key) {
    this.keys.add(key);
    appendFileSync(this.path, `${key}\n`);
  }
}

/** C++ files as they are, each read once. */
export class Sources {
  /** @param {string} root from which #include "..." names files; libraries' are none of ours */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, { hash: string, includes: string[] }>} */
    this.known = new Map();
  }

  /**
   * A key over a file and the headers that it includes, directly or not, comments and all.
   * @param {string} file
   * @param {readonly string[]} more what else the outcome of a check depends on
   */
  key(file, more) {
    const all = new Set([file]);
    // A set hands out what is added to it on the way.
    for (const each of all) for (const name of this.read(each).includes) all.add(name);
    return keyOf([...more, ...[...all].sort().flatMap((each) => [each, this.read(each).hash])]);
  }

  /** @param {string} file */
  read(file) {
    const before = this.known.get(file);
    if (before) return before;
    const content = readFileSync(resolve(this.root, file), 'utf8');
    const names = [...content.matchAll(/^\s*#\s*include "([^"]+)"/gm)].map((match) => match[1]);
    const read = {
      hash: sha256(content),
      includes: names.filter((name) => existsSync(resolve(this.root, name))),
    };
    this.known.set(file, read);
    return read;
  }
}
