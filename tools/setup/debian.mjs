// The package system: installing what is missing, and reading other suites of the mirror that this
// system already uses through apt trees of our own, with the system's own signing keys. Nothing in
// /etc is changed.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCache } from '../lib/paths.mjs';
import { UserError, capture, has, run, say, step } from '../lib/run.mjs';

const FALLBACK_MIRROR = 'http://deb.debian.org/debian';
const FALLBACK_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @returns {Record<string, string>} */
function osRelease() {
  if (!existsSync('/etc/os-release')) return {};
  const entries = readFileSync('/etc/os-release', 'utf8')
    .split('\n')
    .map((line) => /^(\w+)="?(.*?)"?$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => [match[1], match[2]]);
  return Object.fromEntries(entries);
}

/** Whether this is Debian itself, whose mirrors carry every suite that we read from. */
export const isDebian = () => osRelease().ID === 'debian' && has('apt-get');

/** The suite's name, `bookworm` for Debian 12. */
export const codename = () => osRelease().VERSION_CODENAME ?? 'sid';

/** The system as a message names it. */
export const systemName = () => osRelease().PRETTY_NAME ?? `${process.platform} ${process.arch}`;

/**
 * Names of packages out of `names` that are not installed.
 * @param {readonly string[]} names
 */
export function missingPackages(names) {
  // dpkg-query fails as a whole when one name is unknown to it, but still prints the others.
  const out = capture('sh', [
    '-c',
    'dpkg-query -W -f \'${db:Status-Status} ${Package}\\n\' "$@" 2>/dev/null; true',
    'sh',
    ...names,
  ]);
  const installed = new Set(
    (out ?? '')
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * The version that the authors of an installed package gave it; undefined when it is not installed.
 * @param {string} name
 */
export function upstreamVersion(name) {
  const version = capture('dpkg-query', ['-W', '-f', '${Version}', name]) ?? '';
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '') || undefined;
}

/**
 * Installs the Debian packages that are missing; elsewhere says which programs are missing.
 * @param {string} purpose what they are for, for the message
 * @param {Record<string, string>} needs Debian package -> a program it brings, a `/file`, `python:module`, or '' when only Debian needs it
 */
export async function ensurePackages(purpose, needs) {
  if (!isDebian()) {
    const missing = Object.entries(needs).filter(([, probe]) => probe && !isThere(probe));
    if (missing.length === 0) return;
    const list = missing
      .map(([name, probe]) => `  ${probe.replace(/^python:/, 'Python module ')} (Debian: ${name})`)
      .join('\n');
    throw new UserError(
      `${purpose}: on ${systemName()} these have to be installed by hand first:\n${list}`,
    );
  }
  const missing = missingPackages(Object.keys(needs));
  if (missing.length === 0) return;
  await step(`installing Debian packages for ${purpose}: ${missing.join(' ')}`, () =>
    aptInstall(missing),
  );
}

/** @param {string} probe */
function isThere(probe) {
  if (probe.startsWith('/')) return existsSync(probe);
  if (probe.startsWith('python:')) {
    return capture('python3', ['-c', `import ${probe.slice('python:'.length)}`]) !== undefined;
  }
  return has(probe);
}

/** @param {readonly string[]} names */
async function aptInstall(names) {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && !has('sudo')) {
    throw new UserError(
      `these Debian packages are missing and this user is not root:\n  apt-get install ${names.join(' ')}`,
    );
  }
  if (asRoot.length > 0 && capture('sudo', ['-n', 'true']) === undefined) {
    if (!process.stdin.isTTY) {
      throw new UserError(
        `sudo wants a password; install these first:\n  sudo apt-get install ${names.join(' ')}`,
      );
    }
    asRoot.pop();
  }
  const command = [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    '-o',
    'Dpkg::Use-Pty=0',
    '-o',
    'DPkg::Lock::Timeout=300',
  ];
  const install = [...command, 'install', '-y', '--no-install-recommends', ...names];
  const options = { log: inCache('log', 'apt.log') };
  await withoutServiceStarts(asRoot, async () => {
    const first = await run(install[0], install.slice(1), { ...options, allowFailure: true });
    if (first === 0) return;
    say('  refreshing the package lists');
    const update = [...command, 'update'];
    await run(update[0], update.slice(1), { ...options, allowFailure: true });
    await run(install[0], install.slice(1), options);
  });
}

/**
 * Keeps packages such as coturn from starting their service while they are installed.
 * @param {readonly string[]} asRoot
 * @param {() => Promise<void>} work
 */
async function withoutServiceStarts(asRoot, work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours =
    '#!/bin/sh\n# webrtc-wasm set-up: start no service during this installation\nexit 101\n';
  const stale = existsSync(policy) && readFileSync(policy, 'utf8') === ours;
  if (existsSync(policy) && !stale) return work();
  const temporary = inCache('policy-rc.d');
  mkdirSync(inCache(), { recursive: true });
  writeFileSync(temporary, ours);
  chmodSync(temporary, 0o755);
  const asUser = [...asRoot, 'install', '-m', '755', temporary, policy];
  await run(asUser[0], asUser.slice(1));
  try {
    await work();
  } finally {
    const remove = [...asRoot, 'rm', '-f', policy];
    await run(remove[0], remove.slice(1));
    rmSync(temporary, { force: true });
  }
}

/**
 * @typedef {object} Mirror
 * @property {string} uri
 * @property {string} keyring
 */

/**
 * The mirrors that this system's apt reads Debian from: the main archive, and its security archive
 * if it has one.
 * @returns {{ main: Mirror, security?: Mirror }}
 */
function systemMirrors() {
  const name = codename();
  const out = capture('apt-get', [
    'indextargets',
    '--format',
    '$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)|$(SIGNED_BY)',
  ]);
  const rows = (out ?? '')
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([kind, component]) => kind === 'Packages' && component === 'main');
  /** @param {readonly string[]} releases */
  const find = (releases) => {
    const row = rows.find(([, , release]) => releases.includes(release));
    if (!row) return undefined;
    return {
      uri: row[3].replace(/\/$/, ''),
      keyring: row[4]?.startsWith('/') ? row[4] : FALLBACK_KEYRING,
    };
  };
  return {
    main: find([name, 'stable', 'testing', 'unstable', 'sid']) ?? {
      uri: FALLBACK_MIRROR,
      keyring: FALLBACK_KEYRING,
    },
    security: find([`${name}-security`, `${name}-security/updates`, 'stable-security']),
  };
}

/** An apt tree inside the cache that knows only the suites it is told. */
export class PrivateApt {
  #dir;
  #suites;
  #types;
  #updated = false;

  /**
   * @param {string} name of the tree
   * @param {readonly string[]} suites
   * @param {'deb' | 'deb-src'} type
   */
  constructor(name, suites, type) {
    this.#dir = inCache('apt', name);
    this.#suites = suites;
    this.#types = type;
  }

  get #options() {
    const options = {
      'Dir::Etc::sourcelist': join(this.#dir, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'Dir::State': join(this.#dir, 'state'),
      'Dir::State::Lists': join(this.#dir, 'lists'),
      'Dir::State::status': join(this.#dir, 'status'),
      'Dir::Cache': join(this.#dir, 'cache'),
      'APT::Sandbox::User': 'root',
      'APT::Get::List-Cleanup': 'false',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '3',
      'Debug::NoLocking': 'true',
    };
    return Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  }

  /** Reads the suites' signed indexes, once per process. */
  async update() {
    if (this.#updated) return;
    for (const sub of ['lists/partial', 'cache/archives/partial', 'state']) {
      mkdirSync(join(this.#dir, sub), { recursive: true });
    }
    writeFileSync(join(this.#dir, 'status'), '');
    const { main, security } = systemMirrors();
    /** @param {Mirror} mirror @param {string} suite */
    const line = (mirror, suite) =>
      `${this.#types} [signed-by=${mirror.keyring}] ${mirror.uri} ${suite} main`;
    const lines = this.#suites.flatMap((suite) => [
      line(main, suite),
      ...(security ? [line(security, `${suite}-security`)] : []),
    ]);
    writeFileSync(join(this.#dir, 'sources.list'), `${lines.join('\n')}\n`);
    await step(`reading the package index of ${this.#suites.join(', ')}`, () =>
      run('apt-get', ['-q', ...this.#options, 'update'], { log: inCache('log', 'apt-update.log') }),
    );
    this.#updated = true;
  }

  /**
   * Versions of a source or binary package that the signed index vouches for, newest first.
   * @param {string} name
   * @returns {string[]}
   */
  versions(name) {
    const verb = this.#types === 'deb-src' ? 'showsrc' : 'show';
    const out = capture('apt-cache', [...this.#options, verb, name]) ?? '';
    const versions = out
      .split('\n\n')
      .map((entry) => Object.fromEntries(entry.split('\n').map((l) => l.split(/:\s*(.*)/))))
      .filter((entry) => entry.Package === name)
      .map((entry) => entry.Version);
    return versions.sort((a, b) =>
      capture('dpkg', ['--compare-versions', a, 'gt', b]) === undefined ? 1 : -1,
    );
  }

  /**
   * Downloads a source package (unpacked nowhere) into `dir`.
   * @param {string} name
   * @param {string} version
   * @param {string} dir
   */
  async downloadSource(name, version, dir) {
    await run(
      'apt-get',
      ['-q', ...this.#options, 'source', '--only-source', '--download-only', `${name}=${version}`],
      { cwd: dir, log: inCache('log', `apt-source-${name}.log`) },
    );
  }

  /**
   * Downloads binary packages into `dir`.
   * @param {readonly string[]} packages `name` or `name=version`
   * @param {string} dir
   */
  async download(packages, dir) {
    await run('apt-get', ['-q', ...this.#options, 'download', ...packages], {
      cwd: dir,
      log: inCache('log', 'apt-download.log'),
    });
  }
}
