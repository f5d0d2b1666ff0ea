// dist/THIRD_PARTY.md: what others wrote that ships in the package or is installed with it, where it
// came from, and its licence in full. Written by `npm run build`, from the sources that were built.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './lib/paths.mjs';
import { pins } from './setup/sources.mjs';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version   that was built
 * @property {string} hash      of its source, or of its npm package
 * @property {string} origin
 * @property {string} licence   by its SPDX expression
 * @property {string} where     it ends up
 * @property {string} [text]    of the licence
 */

/** @param {string} holders who says this, with the years */
const mit = (holders) => `${holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const kLlvmException = `The LLVM Project is under the Apache License v2.0 (its text stands under mbedTLS) with LLVM Exceptions:

As an exception, if, as a result of your compiling your source code, portions of this Software are embedded into an Object form of such source code, you may redistribute such embedded portions in such Object form without complying with the conditions of Sections 4(a), 4(b) and 4(d) of the License.

In addition, if you combine or link compiled forms of this Software with software that is licensed under the GPLv2 ("Combined Software") and if a court of competent jurisdiction determines that the patent provision (Section 3), the indemnity provision (Section 9) or other Section of the License conflicts with the conditions of the GPLv2, you may retroactively and prospectively choose to deem waived or otherwise exclude such Section(s) of the License, but only in their entirety and only with respect to the Combined Software.`;

/** mbedTLS is under either of two licences; this is the one that we take. @param {string} text */
function apacheAlone(text) {
  const start = text.indexOf('Apache License\n');
  const end = text.indexOf('END OF TERMS AND CONDITIONS');
  if (start < 0 || end < start) throw new Error("mbedTLS's LICENSE is not as it was");
  return text.slice(text.lastIndexOf('\n', start) + 1, end).trimEnd();
}

const kEngine = 'webrtc.wasm, webrtc-wasm.classic.js';

/** An npm package whose code is in a bundle. @param {string} name */
function bundled(name) {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const { version, integrity, license } = packages[`node_modules/${name}`];
  return { version, hash: integrity, origin: 'npm', licence: license };
}

/**
 * What is compiled in.
 * @param {{ sources: Record<string, { dir: string, version: string }>, emscripten: string }} built
 * @returns {Part[]}
 */
export function compiledParts({ sources, emscripten }) {
  /** @param {string} name @param {string} file */
  const read = (name, file) => readFileSync(join(sources[name].dir, file), 'utf8').trim();
  /** @param {string} name */
  const origin = (name) => ({
    version: sources[name].version,
    hash: `sha256 ${pins[name].archive.sha256}`,
    origin: pins[name].archive.url,
  });
  const runtime = { version: emscripten, hash: "the compiler's own", origin: 'Emscripten' };
  const everywhere = 'every .wasm file, and the .mjs files beside them';
  return [
    {
      name: 'mbedTLS',
      ...origin('mbedtls'),
      licence: 'Apache-2.0',
      where: `${kEngine}; webrtc-relay.wasm`,
      text: apacheAlone(read('mbedtls', 'LICENSE')),
    },
    {
      name: 'libsrtp',
      ...origin('libsrtp'),
      licence: 'BSD-3-Clause',
      where: kEngine,
      text: read('libsrtp', 'LICENSE'),
    },
    {
      name: 'libopus',
      ...origin('opus'),
      licence: 'BSD-3-Clause',
      where: 'webrtc-opus.wasm',
      text: read('opus', 'COPYING'),
    },
    {
      name: 'libvpx',
      ...origin('libvpx'),
      licence: 'BSD-3-Clause',
      where: 'webrtc-vp8.wasm',
      text: read('libvpx', 'LICENSE'),
    },
    {
      name: 'fflate',
      ...bundled('fflate'),
      where: 'the classic scripts',
      text: readFileSync(inRoot('node_modules/fflate/LICENSE'), 'utf8').trim(),
    },
    {
      name: 'Emscripten runtime and Embind',
      ...runtime,
      licence: 'MIT',
      where: everywhere,
      text: mit('Copyright (c) 2010-2024 Emscripten authors, see its AUTHORS file.'),
    },
    {
      name: 'musl (C library of Emscripten)',
      ...runtime,
      licence: 'MIT',
      where: everywhere,
      text: mit('Copyright © 2005-2020 Rich Felker, et al.'),
    },
    {
      name: 'libc++, libc++abi, compiler-rt (LLVM)',
      ...runtime,
      licence: 'Apache-2.0 WITH LLVM-exception',
      where: everywhere,
      text: kLlvmException,
    },
    {
      name: 'dlmalloc, emmalloc',
      ...runtime,
      licence: 'CC0-1.0, MIT',
      where: everywhere,
      text: 'dlmalloc: written by Doug Lea and released to the public domain, as explained at http://creativecommons.org/publicdomain/zero/1.0/. emmalloc is a part of Emscripten.',
    },
  ];
}

/**
 * What npm installs along: not bundled, so that each brings its own licence.
 * @returns {Part[]}
 */
export function installedParts() {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, one]) => path !== '' && !one.dev && !one.devOptional && !one.optional)
    .map(([path, one]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version: one.version,
      hash: one.integrity,
      origin: 'npm',
      licence: one.license,
      where: 'node_modules, Node.js alone',
    }));
}

/** @param {Part[]} parts */
const table = (parts) =>
  [
    '| part | version | licence | in | origin | hash |',
    '| --- | --- | --- | --- | --- | --- |',
    ...parts.map(
      ({ name, version, licence, where, origin, hash }) =>
        `| ${name} | ${version} | ${licence} | ${where} | ${origin} | ${hash} |`,
    ),
  ].join('\n');

/** @param {Parameters<typeof compiledParts>[0]} built */
export function thirdParty(built) {
  const compiled = compiledParts(built);
  return `# Third parties

webrtc-wasm itself is under the licence in LICENSE. In files of \`dist/\` (versions with a suffix are Debian's source
packages of that release; the hash is of the release's own archive, which they contain):

${table(compiled)}

Installed beside it, and not bundled:

${table(installedParts())}

${compiled.map(({ name, licence, text }) => `## ${name} (${licence})\n\n\`\`\`text\n${text}\n\`\`\``).join('\n\n')}
`;
}
