// Programs on pion/webrtc (WebRTC in Go), built from Debian's source packages.

import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache } from '../lib/paths.mjs';
import { run, step } from '../lib/run.mjs';
import { ensurePackages, upstreamVersion } from './debian.mjs';

const kPackage = 'golang-github-pion-webrtc.v3-dev';

/** The version of pion that programs are built with; undefined before its package is installed. */
export const pionVersion = () => upstreamVersion(kPackage);

/**
 * Installs what is missing, and builds a program unless the cache has it.
 * @param {string} purpose for the message
 * @param {string} folder of its sources; a `version` in them becomes pion's
 * @returns {Promise<string>} path of the program
 */
export async function buildPionProgram(purpose, folder) {
  await ensurePackages(purpose, { 'golang-go': 'go', [kPackage]: '' });
  const version = pionVersion() ?? '';
  const sources = readdirSync(folder).map((name) => join(folder, name));
  const program = inCache('pion', keyOf([version, process.arch], sources));
  mkdirSync(inCache('pion'), { recursive: true });
  await makeDirOnce(program, (dir) =>
    step(`building a program with pion ${version}`, () => build(sources, version, dir)),
  );
  return join(program, 'peer');
}

/**
 * @param {string[]} sources
 * @param {string} version
 * @param {string} dir
 */
async function build(sources, version, dir) {
  // The packages are laid out for GOPATH; a go.mod lets their own paths have versions in them.
  const folder = join(dir, 'src/peer');
  mkdirSync(folder, { recursive: true });
  for (const source of sources) cpSync(source, join(folder, basename(source)));
  writeFileSync(join(folder, 'go.mod'), 'module peer\n');
  await run('go', ['build', '-ldflags', `-X main.version=${version}`, '-o', join(dir, 'peer')], {
    cwd: folder,
    env: { GO111MODULE: 'off', GOPATH: `${dir}:/usr/share/gocode`, GOFLAGS: '' },
  });
}
