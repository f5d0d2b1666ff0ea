// The applications that bundlers build: tests/package/bundlers/app beside an installed package.

import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openStage } from './page.js';
import { checkout, installTarball } from './tarball.js';

const runFile = promisify(execFile);
/** No bundler may be waited for longer. */
const kBuildMs = 300_000;

const bundlers = join(checkout, 'tests/package/bundlers');

/**
 * The page of an application whose bundler begins at a script.
 * @param {string} output
 * @param {string} script
 * @param {{ module?: boolean, body?: string }} [options]
 */
export function writePage(output, script, { module = true, body = '' } = {}) {
  const tag = `<script ${module ? 'type="module"' : ''} src="${script}"></script>`;
  const head =
    '<!doctype html><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">';
  writeFileSync(join(output, 'index.html'), `${head}${body}${tag}`);
}

/**
 * The applications of a test file; everything is there between beforeAll and afterAll.
 * @param {string} modules the node_modules directory that has the bundlers
 */
export function useApplications(modules) {
  /** @type {any} */
  const suite = {
    /**
     * Builds one, and gives the directory of what was built.
     * @param {string} builder of tests/package/bundlers/builders
     * @param {string} entry   of tests/package/bundlers/app
     * @param {{ server?: boolean }} [options]
     */
    async build(builder, entry, options = {}) {
      const name = `${builder}-${entry}`;
      const output = join(suite.outputs, name);
      mkdirSync(output, { recursive: true });
      const job = JSON.stringify({ app: suite.sources, entry, output, ...options });
      const script = join(suite.directory, 'tools/builders', `${builder}.js`);
      await runFile(process.execPath, [script, job], {
        cwd: suite.sources,
        timeout: kBuildMs,
        env: { ...process.env, NODE_ENV: 'production' },
      });
      return { output, path: (file) => `${name}/${file}` };
    },
    /** What whoever uses a bundler without assets does once. @param {string} output */
    copyWasm(output) {
      const dist = join(suite.installed, 'dist');
      for (const name of readdirSync(dist).filter((file) => file.endsWith('.wasm'))) {
        copyFileSync(join(dist, name), join(output, name));
      }
    },
  };
  beforeAll(async () => {
    const { directory, installed, remove } = installTarball();
    Object.assign(suite, {
      directory,
      installed,
      remove,
      sources: join(directory, 'src'),
      outputs: join(directory, 'out'),
    });
    cpSync(join(bundlers, 'app'), suite.sources, { recursive: true });
    // The bundlers are found from where their scripts are, and the package from where the app is.
    cpSync(join(bundlers, 'builders'), join(directory, 'tools/builders'), { recursive: true });
    symlinkSync(modules, join(directory, 'tools/node_modules'));
    mkdirSync(suite.outputs);
    suite.stage = await openStage(installed, suite.outputs);
  });
  afterAll(async () => {
    await suite.stage?.close();
    suite.remove?.();
  });
  return suite;
}
