// mbedTLS and libsrtp, compiled straight from their sources (their own build systems are slow under
// Emscripten and detect the wrong machine) into prefixes in the cache:
//   native     -O2 with debug information
//   sanitized  the same, instrumented with AddressSanitizer by the compiler that builds the engine
//   wasm       -O3 what computes, -Oz the rest; link-time optimisation, no exceptions

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache, inRoot } from '../lib/paths.mjs';
import { UserError, capture, has, run, step } from '../lib/run.mjs';
import { ensurePackages } from './debian.mjs';
import { emscripten } from './emscripten.mjs';
import { sourceTree } from './sources.mjs';

/** @typedef {'native' | 'sanitized' | 'wasm'} Variant */

/** @type {Record<Variant, string[]>} */
const FLAGS = {
  native: ['-O2', '-g', '-fPIC', '-ffunction-sections', '-fdata-sections'],
  sanitized: ['-O1', '-g', '-fPIC', '-fno-omit-frame-pointer', '-fsanitize=address'],
  wasm: ['-O3', '-flto', '-fno-exceptions', '-DNDEBUG'],
};

/**
 * mbedTLS's arithmetic, which a handshake and each packet wait for. All else in it (messages of the
 * handshake, certificates, encodings) is no slower when it is compiled for size.
 */
const HOT_MBEDTLS_SOURCES = new Set([
  'aes.c',
  'bignum.c',
  'bignum_core.c',
  'bignum_mod.c',
  'bignum_mod_raw.c',
  'block_cipher.c',
  'chacha20.c',
  'chachapoly.c',
  'constant_time.c',
  'ecp.c',
  'ecp_curves.c',
  'gcm.c',
  'poly1305.c',
  'sha1.c',
  'sha256.c',
]);
/** Added for all others, for WebAssembly only. */
const SMALL = ['-Oz', '-finline-hint-functions'];

const SRTP_SOURCES = [
  'srtp/srtp.c',
  'crypto/cipher/cipher.c',
  'crypto/cipher/cipher_test_cases.c',
  'crypto/cipher/null_cipher.c',
  'crypto/cipher/aes_icm_mbedtls.c',
  'crypto/cipher/aes_gcm_mbedtls.c',
  'crypto/hash/auth.c',
  'crypto/hash/auth_test_cases.c',
  'crypto/hash/null_auth.c',
  'crypto/hash/hmac_mbedtls.c',
  'crypto/kernel/alloc.c',
  'crypto/kernel/crypto_kernel.c',
  'crypto/kernel/err.c',
  'crypto/kernel/key.c',
  'crypto/math/datatypes.c',
  'crypto/replay/rdb.c',
  'crypto/replay/rdbx.c',
];

/**
 * The prefix (include/, lib/) of the third parties for `variant`, built if the cache has none.
 * @param {Variant} variant
 * @param {string} [compiler] the C compiler; natively cc, for wasm always emcc
 */
export async function depsPrefix(variant, compiler) {
  const toolchain = await toolchainFor(variant, compiler);
  const [mbedtls, srtp] = [await sourceTree('mbedtls'), await sourceTree('libsrtp')];
  const key = keyOf(
    [
      variant,
      mbedtls.version,
      srtp.version,
      toolchain.identity,
      FLAGS[variant].join(' '),
      ...(variant === 'wasm' ? [...SMALL, ...HOT_MBEDTLS_SOURCES] : []),
      SRTP_SOURCES.join(' '),
    ],
    [inRoot('cmake/mbedtls_config.h'), inRoot('cmake/libsrtp_config.h')],
  );
  const prefix = inCache('deps', `${variant}-${key}`);
  if (existsSync(prefix)) return prefix;
  return step(`building mbedTLS ${mbedtls.version} and libsrtp ${srtp.version} (${variant})`, () =>
    makeDirOnce(prefix, (dir) => build(dir, variant, toolchain, mbedtls.dir, srtp.dir)),
  );
}

/**
 * @typedef {object} Toolchain
 * @property {string} cc
 * @property {string} ar
 * @property {string} identity what the compiled objects depend on
 */

/**
 * @param {Variant} variant
 * @param {string} [compiler]
 * @returns {Promise<Toolchain>}
 */
async function toolchainFor(variant, compiler) {
  if (variant === 'wasm') {
    const sdk = await emscripten();
    return {
      cc: join(sdk.dir, 'emcc'),
      ar: join(sdk.dir, 'emar'),
      identity: `emscripten ${sdk.version}`,
    };
  }
  const cc = compiler ?? 'cc';
  if (!has(cc)) await ensurePackages('building C and C++', { 'build-essential': cc });
  const version = capture(cc, ['--version']);
  if (!version) throw new UserError(`the C compiler ${cc} does not run`);
  const target = capture(cc, ['-dumpmachine']) ?? '';
  return { cc, ar: 'ar', identity: `${version.split('\n')[0]} ${target.trim()}` };
}

/**
 * @param {string} dir
 * @param {Variant} variant
 * @param {Toolchain} toolchain
 * @param {string} mbedtls
 * @param {string} srtp
 */
async function build(dir, variant, toolchain, mbedtls, srtp) {
  const include = join(dir, 'include');
  for (const sub of ['mbedtls', 'psa']) {
    cpSync(join(mbedtls, 'include', sub), join(include, sub), { recursive: true });
  }
  cpSync(inRoot('cmake/mbedtls_config.h'), join(include, 'mbedtls/mbedtls_config.h'));
  mkdirSync(join(include, 'srtp2'));
  for (const header of ['include/srtp.h', 'crypto/include/cipher.h', 'crypto/include/auth.h']) {
    cpSync(join(srtp, header), join(include, 'srtp2', basename(header)));
  }
  cpSync(join(srtp, 'crypto/include/crypto_types.h'), join(include, 'srtp2/crypto_types.h'));

  const work = join(dir, 'work');
  const config = join(work, 'srtp-config');
  mkdirSync(config, { recursive: true });
  cpSync(inRoot('cmake/libsrtp_config.h'), join(config, 'config.h'));
  mkdirSync(join(dir, 'lib'));

  const flags = [...FLAGS[variant], '-std=c99', '-D_GNU_SOURCE', '-w', `-I${include}`];
  const library = join(mbedtls, 'library');
  await archive(toolchain, join(work, 'mbedtls'), join(dir, 'lib/libmbedtls.a'), {
    sources: readdirSync(library)
      .filter((file) => file.endsWith('.c'))
      .map((file) => join(library, file)),
    isSmall: (file) => variant === 'wasm' && !HOT_MBEDTLS_SOURCES.has(basename(file)),
    flags: [
      ...flags,
      `-I${library}`,
      `-ffile-prefix-map=${mbedtls}=mbedtls`,
      `-ffile-prefix-map=${dir}=prefix`,
    ],
  });
  await archive(toolchain, join(work, 'srtp'), join(dir, 'lib/libsrtp.a'), {
    sources: SRTP_SOURCES.map((file) => join(srtp, file)),
    flags: [
      ...flags,
      '-DHAVE_CONFIG_H',
      `-I${config}`,
      `-I${join(srtp, 'include')}`,
      `-I${join(srtp, 'crypto/include')}`,
      `-ffile-prefix-map=${srtp}=libsrtp`,
      `-ffile-prefix-map=${dir}=prefix`,
    ],
  });
  rmSync(work, { recursive: true });
  writeFileSync(join(dir, 'README'), `${variant}, ${toolchain.identity}\n`);
}

/**
 * Compiles `sources` and puts the objects into one static library.
 * @param {Toolchain} toolchain
 * @param {string} work
 * @param {string} output
 * @param {{ sources: string[], flags: string[], isSmall?: (source: string) => boolean }} what
 */
async function archive(toolchain, work, output, { sources, flags, isSmall = () => false }) {
  mkdirSync(work, { recursive: true });
  // A few files per compiler call: emcc takes most of a second to start.
  const jobs = availableParallelism();
  /** @type {string[][]} */
  const batches = [];
  for (const small of [true, false]) {
    const some = sources.filter((source) => isSmall(source) === small);
    const extra = small ? SMALL : [];
    for (let i = 0; i < some.length; i += 6) batches.push([...extra, ...some.slice(i, i + 6)]);
  }
  const log = inCache('log', `build-${basename(output)}`);
  const worker = async (/** @type {number} */ id) => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      await run(toolchain.cc, ['-c', ...flags, ...batch], { cwd: work, log: `${log}-${id}.log` });
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, id) => worker(id)));
  const objects = readdirSync(work)
    .filter((file) => file.endsWith('.o'))
    .sort();
  await run(toolchain.ar, ['rcs', output, ...objects], { cwd: work, log: `${log}-ar.log` });
}
