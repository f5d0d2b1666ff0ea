// The source code of third parties: pinned by version and checksum in sources.json, fetched through
// the package system on Debian and from the projects' release archives elsewhere.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirOnce, sha256, sha256File } from '../lib/files.mjs';
import { inCache } from '../lib/paths.mjs';
import { UserError, run, say, step } from '../lib/run.mjs';
import { PrivateApt, ensurePackages, isDebian } from './debian.mjs';

/**
 * @typedef {object} SourcePin
 * @property {string} version
 * @property {string} minimum
 * @property {{ suites: string[], source: string, version: string, sha256: Record<string, string> }} debian
 * @property {{ url: string, sha256: string }} archive
 */

export const pins = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'sources.json'), 'utf8'),
);

/**
 * The unpacked source tree of `name`, from the cache or freshly fetched.
 * @param {'mbedtls' | 'libsrtp' | 'opus' | 'libvpx'} name
 * @returns {Promise<{ dir: string, version: string }>}
 */
export async function sourceTree(name) {
  /** @type {SourcePin} */
  const pin = pins[name];
  const debian = isDebian();
  const version = debian ? pin.debian.version : pin.version;
  const dir = inCache('src', `${name}-${version}`);
  if (existsSync(dir)) return { dir, version };

  // A replacement that an earlier run had to take stands in for the pin it replaced.
  const note = `${dir}.replaced-by`;
  if (existsSync(note)) {
    const newer = readFileSync(note, 'utf8').trim();
    const replacement = inCache('src', `${name}-${newer}`);
    if (existsSync(replacement)) return { dir: replacement, version: newer };
  }

  mkdirSync(inCache('src'), { recursive: true });
  if (!debian) {
    say(`  note: ${withoutPatches(name, pin)}`);
    await step(`fetching ${name} ${version} from its release archive`, () =>
      makeDirOnce(dir, (temporary) => unpackArchive(name, pin, temporary)),
    );
    return { dir, version };
  }

  await ensurePackages('unpacking source packages', {
    'dpkg-dev': 'dpkg-source',
    'xz-utils': 'xz',
    bzip2: 'bzip2',
    patch: 'patch',
    'debian-archive-keyring': '',
  });
  const { apt, version: taken } = await findSource(name, pin);
  const target = inCache('src', `${name}-${taken}`);
  await step(`fetching ${name} ${taken} (Debian source package)`, () =>
    makeDirOnce(target, (temporary) => unpackDebian(pin, apt, taken, temporary)),
  );
  // An older one is for this run alone: the next looks again.
  if (taken !== version && compareNumbers(upstream(taken), pin.version) >= 0) {
    writeFileSync(note, `${taken}\n`);
  }
  return { dir: target, version: taken };
}

/**
 * Looks through the suites of the pin, until one has it.
 * @param {string} name
 * @param {SourcePin} pin
 * @returns {Promise<{ apt: PrivateApt, version: string }>}
 */
async function findSource(name, pin) {
  /** @type {{ apt: PrivateApt, versions: string[] }[]} */
  const read = [];
  let problem;
  for (const suite of pin.debian.suites) {
    const apt = new PrivateApt(`src-${suite}`, [suite], 'deb-src');
    try {
      await apt.update();
    } catch (error) {
      say(`  note: the package index of ${suite} cannot be read`);
      problem = error;
      continue;
    }
    const versions = apt.versions(pin.debian.source);
    if (versions.includes(pin.debian.version)) return { apt, version: pin.debian.version };
    read.push({ apt, versions });
  }
  if (read.length === 0) throw problem;
  const all = read.flatMap(({ versions }) => versions);
  const version = chooseVersion(name, pin, all);
  const at = read.findIndex(({ versions }) => versions.includes(version));
  return { apt: read[at].apt, version };
}

/**
 * What a release archive lacks.
 * @param {string} name
 * @param {SourcePin} pin
 */
export function withoutPatches(name, pin) {
  return (
    `${name} ${pin.version} comes as it was released, without what Debian has mended in ` +
    `${pin.debian.version}, security fixes among them: this build is for development, not for release`
  );
}

/**
 * The pinned version if the index still has it, else the closest newer release of the same series, else
 * an older one that is no older than `minimum`.
 * @param {string} name
 * @param {SourcePin} pin
 * @param {readonly string[]} versions newest first, suite by suite
 */
export function chooseVersion(name, pin, versions) {
  if (versions.includes(pin.debian.version)) return pin.debian.version;
  const series = /^\d+\.\d+/.exec(pin.version)?.[0] ?? pin.version;
  /** @param {string} least */
  const from = (least) =>
    versions.filter(
      (version) =>
        version.startsWith(`${series}.`) && compareNumbers(upstream(version), least) >= 0,
    );
  const newer = from(pin.version)
    .sort((a, b) => compareNumbers(upstream(a), upstream(b)))
    .at(0);
  const taken = newer ?? from(pin.minimum).at(0);
  if (!taken) {
    throw new UserError(
      `${name} ${pin.debian.version} is not in the index of ${pin.debian.suites.join(', ')}, and no ` +
        `${series} release from ${pin.minimum} on is (found: ${versions.join(', ') || 'none'})`,
    );
  }
  say(
    `  note: ${name} ${pin.debian.version} is gone from the mirror; taking ${taken}, which the ` +
      `distribution's signed index vouches for. Update tools/setup/sources.json.` +
      (newer
        ? ''
        : ` It is OLDER, and lacks security fixes: a build for development, not for release.`),
  );
  return taken;
}

/** @param {string} version */
const upstream = (version) => version.replace(/^\d+:/, '').replace(/[-+~].*$/, '');

/**
 * @param {string} a
 * @param {string} b
 */
export function compareNumbers(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * @param {SourcePin} pin
 * @param {PrivateApt} apt
 * @param {string} version
 * @param {string} dir
 */
async function unpackDebian(pin, apt, version, dir) {
  const downloads = join(dir, '.download');
  mkdirSync(downloads);
  await apt.downloadSource(pin.debian.source, version, downloads);
  for (const [file, expected] of Object.entries(pin.debian.sha256)) {
    const path = join(downloads, file);
    // Another revision of Debian's has the same release in it.
    if (version === pin.debian.version || existsSync(path)) requireHash(path, expected);
  }
  const dsc = readdirSync(downloads).find((file) => file.endsWith('.dsc'));
  if (!dsc) throw new UserError(`apt-get source brought no .dsc for ${pin.debian.source}`);
  // apt has checked every file against the signed index; dpkg-source applies Debian's patches.
  await run('dpkg-source', ['--no-check', '-x', join(downloads, dsc), join(dir, 'unpacked')], {
    log: inCache('log', `unpack-${pin.debian.source}.log`),
  });
  await run('sh', ['-c', 'mv unpacked/* . && rm -rf unpacked .download'], { cwd: dir });
}

/**
 * @param {string} name
 * @param {SourcePin} pin
 * @param {string} dir
 */
async function unpackArchive(name, pin, dir) {
  const { url, sha256: expected } = pin.archive;
  const help =
    `This system is not Debian, so ${name} comes from its release archive:\n  ${url}\n  sha256 ${expected}\n` +
    `Put the file at ${inCache('archives', expected)} if this machine cannot fetch it.`;
  const kept = inCache('archives', expected);
  if (!existsSync(kept)) {
    let bytes;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new UserError(`${name} could not be fetched (${error}).\n${help}`);
    }
    if (sha256(bytes) !== expected) {
      throw new UserError(`${url} has sha256 ${sha256(bytes)}, expected ${expected}`);
    }
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, bytes);
  }
  requireHash(kept, expected);
  await run('tar', ['-xf', kept, '--strip-components=1', '-C', dir]);
}

/**
 * @param {string} file
 * @param {string} expected
 */
function requireHash(file, expected) {
  if (!existsSync(file)) throw new UserError(`${file} is missing after the download`);
  const actual = sha256File(file);
  if (actual !== expected) {
    rmSync(file);
    throw new UserError(`${file} has sha256 ${actual}, expected ${expected}`);
  }
}
