import { checkCpp, checkJs, checkLayers, readComponents } from '../../../tools/check-layers.mjs';
import { root } from '../../../tools/lib/paths.mjs';

const components = readComponents(`
webrtc_component(base)
webrtc_component(stun DEPS base LIBS mbedtls)
webrtc_component(ice DEPS base stun)
`);

/** @param {string} component @param {string} source */
const cpp = (component, source) => checkCpp(component, source, components).map((v) => v.text);

test('the components and their arrows are read from CMakeLists.txt', () => {
  expect([...components.keys()]).toEqual(['base', 'stun', 'ice']);
  expect([...(components.get('ice')?.deps ?? [])]).toEqual(['base', 'stun']);
  expect([...(components.get('stun')?.libs ?? [])]).toEqual(['mbedtls']);
});

test('an include along an arrow is accepted', () => {
  expect(cpp('ice', '#include "cpp/stun/message.h"\n#include "cpp/ice/agent.h"')).toEqual([]);
  expect(cpp('stun', '#include <mbedtls/md.h>')).toEqual([]);
});

test('an include against an arrow is refused with its line', () => {
  const found = checkCpp('stun', '#pragma once\n#include "cpp/ice/agent.h"', components);
  expect(found).toEqual([{ line: 2, text: 'cpp/stun must not include cpp/ice' }]);
});

test('a third party that a component does not link is refused', () => {
  expect(cpp('ice', '#include <mbedtls/md.h>')).toHaveLength(1);
});

test.each([
  'auto t = std::chrono::steady_clock::now();',
  'auto t = time(nullptr);',
  'auto t = ::time(&now);',
  'gettimeofday(&tv, nullptr);',
  'std::random_device device;',
  'getentropy(buffer, 16);',
  'int x = rand();',
  'const char* home = getenv("HOME");',
  '#include <sys/socket.h>',
  '#include <thread>',
  '#include <emscripten/bind.h>',
  'thread_local int x;',
])('the engine may not say: %s', (line) => {
  expect(cpp('base', line)).not.toEqual([]);
});

test.each([
  '// std::random_device would be a mistake here',
  '/* time(nullptr) */ int x;',
  'const Timestamp at = event.time();',
  'Duration timeout(5);',
  'uint64_t operand(int x);',
])('the engine may say: %s', (line) => {
  expect(cpp('base', line)).toEqual([]);
});

test('a JavaScript layer may not import one above it', () => {
  expect(checkJs('js/net/relay.js', "import { x } from '../api/x.js';")).toEqual([
    { line: 1, text: 'js/net must not import js/api' },
  ]);
  expect(checkJs('js/api/x.js', "export * from '../net/index.js';")).toEqual([]);
  expect(checkJs('js/api/x.js', "const m = await import('../index.js');")).toHaveLength(1);
});

test('a folder inside of a layer may be a layer of its own', () => {
  expect(checkJs('js/media/x.js', "import { x } from '../api/webidl/x.js';")).toEqual([]);
  expect(checkJs('js/api/webidl/x.js', "import { x } from '../events.js';")).toEqual([
    { line: 1, text: 'js/api/webidl must not import js/api' },
  ]);
});

test('code made from strings is refused', () => {
  expect(checkJs('js/net/x.js', "new Function('return 1')")).toHaveLength(1);
  expect(checkJs('js/net/x.js', "// eval('1') is refused")).toEqual([]);
});

test("time and tasks of connections are their surroundings'", () => {
  for (const code of ['performance.now()', 'Date.now()', 'queueMicrotask(work)']) {
    expect(checkJs('js/api/receiver-media.js', `const x = ${code};`)).toHaveLength(1);
    expect(checkJs('js/api/surroundings.js', `const x = ${code};`)).toEqual([]);
    expect(checkJs('js/net/network.js', `const x = ${code};`)).toEqual([]);
  }
});

test('this checkout keeps its layers', () => {
  const { violations, files } = checkLayers(root);
  expect(files).toBeGreaterThan(0);
  expect(violations).toEqual([]);
});
