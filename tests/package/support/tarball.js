// The package as npm packs it, installed into an application outside of the checkout.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** npm, silent, with what it says in the error when it fails. */
const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe' });

/**
 * Packs the checkout.
 * @param {string} directory where the tarball goes
 * @returns {{ file: string, files: { path: string, size: number }[], size: number, unpackedSize: number }}
 */
export function pack(directory) {
  const json = npm(checkout, 'pack', '--ignore-scripts', '--json', '--pack-destination', directory);
  const told = JSON.parse(json);
  // npm 12 gives an object by names instead of a list.
  const [packed] = Object.values(told);
  return { ...packed, file: join(directory, packed.filename) };
}

/**
 * An application that has the tarball, and what that depends on, in its node_modules.
 * @returns {{ directory: string, installed: string, packed: ReturnType<typeof pack>, remove: () => void }}
 */
export function installTarball() {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'webrtc-wasm-app-')));
  const packed = pack(directory);
  const manifest = { name: 'app', version: '1.0.0', private: true, type: 'module' };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  npm(
    directory,
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    packed.file,
  );
  return {
    directory,
    installed: join(directory, 'node_modules/webrtc-wasm'),
    packed,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
