// Programs on pion/webrtc (WebRTC in Go), built from Debian's source packages.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache } from '../lib/paths.mjs';
import { run, step } from '../lib/run.mjs';
import { ensurePackages, upstreamVersion } from './debian.mjs';

const kPackage = 'golang-github-pion-webrtc.v3-dev';

/** The version of pion that programs are built with; undefined before its package is installed. */
export const pionVersion = () => upstreamVersion(kPackage);

/**
 * Installs what is missing, and builds a program of one file unless the cache has it.
 * @param {string} purpose for the message
 * @param {string} source path of its main.go; a `version` in it becomes pion's
 * @returns {Promise<string>} path of the program
 */
export async function buildPionProgram(purpose, source) {
  await ensurePackages(purpose, { 'golang-go': 'go', [kPackage]: '' });
  const version = pionVersion() ?? '';
  const program = inCache('pion', keyOf([version, process.arch], [source]));
  mkdirSync(inCache('pion'), { recursive: true });
  await makeDirOnce(program, (dir) =>
    step(`building a program with pion ${version}`, () => build(source, version, dir)),
  );
  return join(program, 'peer');
}

/**
 * @param {string} source
 * @param {string} version
 * @param {string} dir
 */
async function build(source, version, dir) {
  // The packages are laid out for GOPATH; a go.mod lets their own paths have versions in them.
  const folder = join(dir, 'src/peer');
  mkdirSync(folder, { recursive: true });
  cpSync(source, join(folder, 'main.go'));
  writeFileSync(join(folder, 'go.mod'), 'module peer\n');
  await run('go', ['build', '-ldflags', `-X main.version=${version}`, '-o', join(dir, 'peer')], {
    cwd: folder,
    env: { GO111MODULE: 'off', GOPATH: `${dir}:/usr/share/gocode`, GOFLAGS: '' },
  });
}
