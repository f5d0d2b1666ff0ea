// A copy of the checkout to plant bugs in, with a build of its own that is kept from run to run.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot, root } from '../lib/paths.mjs';
import { UserError, capture } from '../lib/run.mjs';
import * as prepare from '../setup/prepare.mjs';

/** @typedef {Awaited<ReturnType<typeof openTree>>} Tree */

/** Folders that have files of the checkout; those that are gone from it go from the copy. */
const kFolders = ['cmake', 'cpp', 'js', 'tests', 'tools', 'wasm'];

/** What the copy's modules are linked with: they are tested once each. */
const kQuickLink = ['-DWEBRTC_MODULE_OPTIMIZATION=-O1'];

export async function openTree() {
  const dir = inRoot('build/mutations/tree');
  const inTree = (/** @type {string[]} */ ...parts) => join(dir, ...parts);
  copyCheckout(dir);
  if (!existsSync(inTree('node_modules')))
    symlinkSync(inRoot('node_modules'), inTree('node_modules'));
  cpSync(inRoot('dist'), inTree('dist'), { recursive: true, preserveTimestamps: true });
  /** Whether what dist/ has of the engine is the copy's own, without a mutation. */
  let isPristine = true;

  /** Brings the engine into the copy's dist/. */
  async function rebuild() {
    // The copy's own: it builds where it lies.
    const compile = await import(pathToFileURL(inTree('tools/lib/compile.mjs')).href);
    const built = await compile.buildWasm(await prepare.wasm(), 'webrtc_wasm', kQuickLink);
    for (const name of ['webrtc.mjs', 'webrtc.wasm']) {
      copyFileSync(join(built, 'wasm', name), inTree('dist', name));
    }
  }

  return {
    dir,
    rebuild,
    /** @param {string} file */
    read: (file) => readFileSync(inTree(file), 'utf8'),
    /** @param {string} file @param {string} text */
    write: (file, text) => writeFileSync(inTree(file), text),
    /** @param {string} file */
    isCompiled: (file) => /^(cpp|wasm)\//.test(file),
    /**
     * Once a file has changed; and once more without a mutation in the engine, after one.
     * @param {string} file
     */
    async rebuildFor(file) {
      const isEngine = /^(cpp|wasm)\//.test(file);
      if (isEngine || !isPristine) await rebuild();
      isPristine = !isEngine;
    },
  };
}

/**
 * Files that git knows or would add. What has not changed is left alone, so that it is not compiled anew.
 * @param {string} dir
 */
function copyCheckout(dir) {
  const listed = capture('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: root });
  if (listed === undefined) throw new UserError('mutations are planted in a checkout of git');
  const files = new Set(listed.split('\0').filter((file) => file && existsSync(inRoot(file))));
  for (const file of files) {
    const [from, to] = [inRoot(file), join(dir, file)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  for (const folder of kFolders.filter((name) => existsSync(join(dir, name)))) {
    for (const name of /** @type {string[]} */ (
      readdirSync(join(dir, folder), { recursive: true })
    )) {
      const file = join(folder, name);
      if (!files.has(file) && statSync(join(dir, file)).isFile()) rmSync(join(dir, file));
    }
  }
}
