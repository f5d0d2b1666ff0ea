// An application of Next.js: a page that the server renders, with a component of the client's in it, both of
// which import the package. It is built, started, and runs in a page.

import { jest } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { useApplications } from '../support/applications.js';
import { kExchanged } from '../support/page.js';
import { checkout } from '../support/tarball.js';

/** A build that minifies, on a machine that is busy. */
const kBuildMs = 560_000;
jest.setTimeout(600_000);

const modules = process.env.WEBRTC_BUNDLERS ?? '';
const suite = useApplications(modules);
const command = join(modules, 'next/dist/bin/next');
const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

/** @param {string} name @returns {string} the directory of an application that has been built */
async function build(name, ...options) {
  const directory = join(suite.directory, name);
  cpSync(join(checkout, 'tests/package/bundlers/next'), directory, { recursive: true });
  cpSync(join(suite.sources, 'exchange.js'), join(directory, 'exchange.js'));
  mkdirSync(join(directory, 'node_modules'));
  for (const each of ['next', 'react', 'react-dom']) {
    symlinkSync(join(modules, each), join(directory, 'node_modules', each));
  }
  // Next.js is not below the application here, and Turbopack looks no further without being told.
  writeFileSync(
    join(directory, 'next.config.mjs'),
    "export default { turbopack: { root: '/' }, outputFileTracingRoot: '/' };\n",
  );
  await promisify(execFile)(process.execPath, [command, 'build', ...options], {
    cwd: directory,
    timeout: kBuildMs,
    env,
  });
  return directory;
}

/** @param {string} cwd @returns {Promise<{ address: string, stop: () => Promise<void> }>} */
async function start(cwd) {
  const server = spawn(process.execPath, [command, 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    let told = '';
    server.stdout.setEncoding('utf8').on('data', (text) => {
      told += text;
      const found = /Local:\s+(http:\S+)[\s\S]*Ready/.exec(told);
      if (found) resolve(found[1]);
    });
    ended.then(() => reject(new Error(`next start ended: ${told}`)));
  });
  return {
    address,
    async stop() {
      server.kill();
      await ended;
    },
  };
}

test.each([
  ['webpack', '--webpack'],
  ['Turbopack', '--turbopack'],
])(
  'Next.js with %s renders it on the server, and it comes alive in the page',
  async (name, option) => {
    const server = await start(await build(`next-${name}`, option));
    try {
      const rendered = await (await fetch(server.address)).text();
      expect(rendered).toMatch(/<p id="server">rendered with \d+\.\d+\.\d+ by string<\/p>/);
      expect(rendered).toMatch(/<output>function, version \d+\.\d+\.\d+<\/output>/);
      expect(await suite.stage.exchange(server.address)).toEqual(kExchanged);
    } finally {
      await server.stop();
    }
  },
);
