// Fails when an arrow of docs/ARCHITECTURE.md points up, or when the engine reads the outside world.
//
//   cpp/    an #include of another component must follow the DEPS that CMakeLists.txt gives it, and
//           nothing may touch a clock, a random device, a socket, a thread, a file or the environment
//   js/     an import must follow JS_LAYERS below
//
//   node tools/check-layers.mjs [directory of a checkout]

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib/paths.mjs';

/** @typedef {{ file: string, line: number, text: string }} Violation */

/**
 * What each folder of js/ may import from, besides itself; a folder inside of another one may be a
 * layer of its own. Files directly in js/ may import anything.
 */
const JS_LAYERS = {
  net: [],
  relay: ['net', 'engine'],
  engine: [],
  'api/generated': [],
  'api/webidl': ['api/generated'],
  media: ['net', 'engine', 'api/generated', 'api/webidl'],
  // Traces any implementation, and knows none.
  compare: [],
  api: ['net', 'media', 'engine', 'api/generated', 'api/webidl'],
  // Gets what it needs of the inside from the entry that the application uses.
  inspect: [],
  // Nothing may import it but its own entries.
  testing: ['net', 'media', 'relay', 'compare', 'api'],
};

/**
 * In js/api, time and the queueing of work come from surroundings.js and tasks.js, so that a simulation has them
 * in its hands; these may ask the realm.
 */
const ASK_THE_REALM = new Set([
  'js/api/surroundings.js',
  'js/api/tasks.js',
  'js/api/certificate-preparation.js',
  // Frames live where a transform does.
  'js/api/encoded-frame.js',
  'js/api/unconfigured-network.js',
]);

/** What no file under cpp/ may say: [pattern, what it is]. */
const OUTSIDE_WORLD = [
  [/\bstd::chrono::\w*_clock\b|\b(?:system|steady|high_resolution|utc|file)_clock\b/, 'a clock'],
  [
    /\b(?:gettimeofday|clock_gettime|timespec_get|localtime|gmtime|mktime|nanosleep|usleep)\b/,
    'a clock',
  ],
  [/(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:0|NULL|nullptr|&\w+)?\s*\)/, 'a clock'],
  [/(?<![\w.>:])(?:std::|::)?clock\s*\(\s*\)/, 'a clock'],
  [/\bemscripten_(?:get_now|date_now|random)\b/, 'the host'],
  [
    /\bmbedtls_(?:ms_time|time|timing_\w+|hardware_poll|platform_entropy_poll)\s*\(/,
    "mbedTLS's platform",
  ],
  [/\bstd::random_device\b|\brandom_device\b/, 'a random device'],
  [/\b(?:getentropy|getrandom|arc4random\w*|srandom|drand48)\b/, 'a random device'],
  [/(?<![\w.>:])(?:std::|::)?s?rand\s*\(\s*\w*\s*\)/, 'a random device'],
  [/"\/dev\/u?random"/, 'a random device'],
  [/\b(?:secure_)?getenv\b|\bsetenv\b|\bstd::system\b/, 'the environment'],
  [
    /#\s*include\s*<(?:sys\/(?:socket|time|random|select|epoll|types|un)|netinet\/\w+|arpa\/inet|netdb|poll|unistd|fcntl)\.h>/,
    'the operating system',
  ],
  [
    /#\s*include\s*<(?:thread|mutex|shared_mutex|condition_variable|future|atomic|semaphore|barrier|latch|stop_token)>/,
    'threads',
  ],
  [/#\s*include\s*<(?:fstream|filesystem|iostream)>/, 'files'],
  [/#\s*include\s*<(?:chrono|ctime|time\.h|random)>/, 'a clock or a random device'],
  [/#\s*include\s*<emscripten[/.]/, 'the binding'],
  [/\bthread_local\b/, 'threads'],
];

/**
 * The components and what each may include, as CMakeLists.txt declares them.
 * @param {string} text of CMakeLists.txt
 * @returns {Map<string, { deps: Set<string>, libs: Set<string> }>}
 */
export function readComponents(text) {
  const components = new Map();
  for (const [, name, rest] of text.matchAll(/^webrtc_component\((\w+)([^)]*)\)/gm)) {
    const words = rest.trim().split(/\s+/);
    const lists = { DEPS: new Set(), LIBS: new Set() };
    /** @type {'DEPS' | 'LIBS' | undefined} */
    let into;
    for (const word of words) {
      if (word === 'DEPS' || word === 'LIBS') into = word;
      else if (into && word) lists[into].add(word);
    }
    components.set(name, { deps: lists.DEPS, libs: lists.LIBS });
  }
  return components;
}

/**
 * A source text with comments (and, if asked, strings) blanked; lines stay where they are.
 * @param {string} source
 */
export function withoutComments(source) {
  return source.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g,
    (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : match),
  );
}

/**
 * @param {string} component
 * @param {string} source
 * @param {ReturnType<typeof readComponents>} components
 * @returns {{ line: number, text: string }[]}
 */
export function checkCpp(component, source, components) {
  /** @type {{ line: number, text: string }[]} */
  const found = [];
  const known = components.get(component);
  const thirdParty = { mbedtls: 'mbedtls', psa: 'mbedtls', srtp2: 'srtp', gtest: '', gmock: '' };
  for (const [index, line] of withoutComments(source).split('\n').entries()) {
    const report = (/** @type {string} */ text) => found.push({ line: index + 1, text });
    const own = /#\s*include\s*["<](?:\.\.\/)*(\w+)\/([^"/>]+)/.exec(line);
    const include = /#\s*include\s*["<]([^">]+)[">]/.exec(line)?.[1];
    if (include?.startsWith('cpp/')) {
      const other = include.split('/')[1];
      if (other !== component && !known?.deps.has(other)) {
        report(`cpp/${component} must not include cpp/${other}`);
      }
    } else if (include && /^(?:wasm|js|tests|\.\.?)\//.test(include)) {
      report(`cpp/${component} must not include ${include}`);
    } else if (own && own[1] in thirdParty) {
      const lib = thirdParty[/** @type {keyof typeof thirdParty} */ (own[1])];
      if (!known?.libs.has(lib)) report(`cpp/${component} must not include ${own[1]}`);
    }
    for (const [pattern, what] of OUTSIDE_WORLD) {
      const match = /** @type {RegExp} */ (pattern).exec(line);
      if (match) report(`reaches for ${what}: ${match[0].trim()}`);
    }
  }
  return found;
}

/**
 * @param {string} file relative to the checkout, js/…
 * @param {string} source
 * @returns {{ line: number, text: string }[]}
 */
export function checkJs(file, source) {
  const layer = layerOf(file);
  const allowed = layer && JS_LAYERS[/** @type {keyof typeof JS_LAYERS} */ (layer)];
  /** @type {{ line: number, text: string }[]} */
  const found = [];
  for (const [index, line] of withoutComments(source).split('\n').entries()) {
    const report = (/** @type {string} */ text) => found.push({ line: index + 1, text });
    const code = line.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""');
    if (/(?<![\w.$])eval\s*\(|\bnew\s+Function\s*\(/.test(code))
      report('evaluates code from a string');
    const asked = /\bperformance\.(?:now|timeOrigin)\b|\bDate\.now\s*\(|\bqueueMicrotask\b/.exec(
      code,
    );
    if (asked && file.startsWith('js/api/') && !ASK_THE_REALM.has(file)) {
      report(`asks the realm for what surroundings.js and tasks.js have: ${asked[0]}`);
    }
    for (const match of line.matchAll(
      /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\1/g,
    )) {
      const target = normalize(join(dirname(file), match[2]));
      const other = layerOf(target);
      if (!layer || other === layer) continue;
      if (target.startsWith('js/') && other === undefined) {
        report(`js/${layer} must not import the package's entry ${target}`);
      } else if (
        other !== undefined &&
        allowed &&
        !allowed.includes(/** @type {never} */ (other))
      ) {
        report(`js/${layer} must not import js/${other}`);
      }
    }
  }
  if (layer && !allowed)
    found.push({ line: 1, text: `js/${layer} has no layer in tools/check-layers.mjs` });
  return found;
}

/** @param {string} file */
function layerOf(file) {
  const [, outer, inner] = /^js\/([^/]+)\/(?:([^/]+)\/)?./.exec(file) ?? [];
  return `${outer}/${inner}` in JS_LAYERS ? `${outer}/${inner}` : outer;
}

/**
 * Files below `dir` with one of the endings.
 * @param {string} dir
 * @param {readonly string[]} endings
 * @returns {string[]}
 */
function filesBelow(dir, endings) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return filesBelow(path, endings);
    return endings.some((ending) => name.endsWith(ending)) ? [path] : [];
  });
}

/**
 * All violations in a checkout.
 * @param {string} checkout
 * @returns {{ violations: Violation[], files: number }}
 */
export function checkLayers(checkout) {
  const components = readComponents(readFileSync(join(checkout, 'CMakeLists.txt'), 'utf8'));
  /** @type {Violation[]} */
  const violations = [];
  let files = 0;
  for (const path of filesBelow(join(checkout, 'cpp'), ['.h', '.cpp'])) {
    files++;
    const file = relative(checkout, path);
    const component = file.split('/')[1];
    if (!components.has(component)) {
      violations.push({
        file,
        line: 1,
        text: `cpp/${component} is not a component of CMakeLists.txt`,
      });
    }
    for (const found of checkCpp(component, readFileSync(path, 'utf8'), components)) {
      violations.push({ file, ...found });
    }
  }
  for (const path of filesBelow(join(checkout, 'js'), ['.js', '.mjs'])) {
    files++;
    const file = relative(checkout, path);
    for (const found of checkJs(file, readFileSync(path, 'utf8')))
      violations.push({ file, ...found });
  }
  return { violations, files };
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const { violations, files } = checkLayers(process.argv[2] ?? root);
  for (const { file, line, text } of violations) console.error(`${file}:${line}: ${text}`);
  console.log(`check-layers: ${files} files, ${violations.length} violations`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
