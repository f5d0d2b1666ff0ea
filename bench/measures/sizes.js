import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPeer, peerNames } from '../peers/index.js';

export const title = 'Sizes';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifestOf = (dir) => JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));

const kWhat = {
  'webrtc.wasm': 'engine, webrtc.wasm',
  js: 'JavaScript for a page, bundled and minified',
  total: 'both: what a page loads',
  'webrtc-wasm.classic.js': 'classic script, engine inside',
};

/**
 * What the build weighed in dist/sizes.json, and what each package takes on disk with what it
 * depends on.
 * @returns {Promise<{ what: string, raw: number, brotli?: number }[]>} bytes
 */
export async function inspect() {
  const sizes = JSON.parse(readFileSync(join(root, 'dist/sizes.json'), 'utf8'));
  const rows = Object.entries(kWhat)
    .filter(([name]) => name in sizes)
    .map(([name, what]) => ({ what, ...sizes[name] }));
  for (const name of peerNames) {
    const { packageName } = await loadPeer(name);
    rows.push({ what: `installed: ${packageName}`, raw: installedSize(packageName) });
  }
  return rows;
}

/** @param {string} name */
function installedSize(name) {
  const own = manifestOf(root);
  if (name !== own.name) return closure(name, root, new Set());
  const told = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  const files = Object.values(JSON.parse(told))[0].unpackedSize;
  const seen = new Set();
  return Object.keys(own.dependencies).reduce((sum, dep) => sum + closure(dep, root, seen), files);
}

/** A package and all that it needs, each counted once; optional ones where they are installed. */
function closure(name, from, seen) {
  const dir = locate(name, from);
  if (!dir || seen.has(dir)) return 0;
  seen.add(dir);
  const { dependencies = {}, optionalDependencies = {} } = manifestOf(dir);
  const names = Object.keys({ ...dependencies, ...optionalDependencies });
  return names.reduce((sum, dep) => sum + closure(dep, dir, seen), sizeOf(dir));
}

function locate(name, from) {
  for (let dir = from; dir.startsWith(root.slice(0, -1)); dir = join(dir, '..')) {
    const candidate = join(dir, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

/** Packages inside a package are counted by whoever depends on them. */
function sizeOf(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
