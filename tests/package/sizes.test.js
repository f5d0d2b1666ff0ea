// What a page loads stays within tools/size-budget.json.

import { readFileSync, statSync } from 'node:fs';
import { componentOf, dataSymbols } from '../../tools/sizes.mjs';
import { readWasm } from '../../tools/lib/wasm-file.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
const sizes = JSON.parse(read('dist/sizes.json').toString());
const { loaded: budget } = JSON.parse(read('tools/size-budget.json').toString());

test.each(budget)('$name: brotli gives no more than $limit bytes', ({ files, limit }) => {
  const total = files.reduce((sum, name) => sum + sizes[name].brotli, 0);
  expect(total).toBeLessThanOrEqual(limit);
});

test.each(budget)(
  '$name: the limit is not so wide that nobody would notice',
  ({ files, limit }) => {
    const total = files.reduce((sum, name) => sum + sizes[name].brotli, 0);
    expect(total).toBeGreaterThan(0.9 * limit);
  },
);

test('The figures are those of the files that are there', () => {
  for (const name of budget.flatMap(({ files }) => files).filter((file) => file.includes('.'))) {
    expect([name, sizes[name].raw]).toEqual([
      name,
      statSync(new URL(`../../dist/${name}`, import.meta.url)).size,
    ]);
  }
});

test('Nothing of the engine that ships is there for people to read', () => {
  for (const name of ['webrtc', 'webrtc-relay', 'webrtc-opus', 'webrtc-vp8']) {
    const { sections, functions } = readWasm(read(`dist/${name}.wasm`));
    expect(functions.length).toBeGreaterThan(50);
    expect(sections.get('code')).toBeGreaterThan(50_000);
    const custom = [...sections.keys()].filter((section) =>
      ['name', 'producers', 'sourceMappingURL', 'external_debug_info'].includes(section),
    );
    expect([name, custom]).toEqual([name, []]);
  }
});

test('The engine without media knows no codecs, though it rejects what has them', () => {
  const knows = (name, text) => read(`dist/${name}.wasm`).includes(text);
  for (const text of ['telephone-event', 'flexfec', 'urn:ietf:params:rtp-hdrext:toffset']) {
    expect([text, knows('webrtc', text), knows('webrtc-data', text)]).toEqual([text, true, false]);
  }
  for (const name of ['webrtc', 'webrtc-data'])
    expect(knows(name, 'webrtc-datachannel')).toBe(true);
});

test('A function is told apart by its namespace, its arguments or its library', () => {
  const libraries = new Map([['mbedtls_gcm_update', 'mbedTLS']]);
  const of = (name) => componentOf(name, libraries);
  expect(of('rtc::sctp::Association::poll()')).toBe('cpp/sctp');
  expect(of('std::__2::vector<rtc::jsep::Codec>::push_back(rtc::jsep::Codec&&)')).toBe('cpp/jsep');
  expect(of('rtc::Bytes::append(unsigned char)')).toBe('cpp/base');
  expect(of('rtc::wasm::PeerConnection::close()')).toBe('wasm (binding)');
  expect(of('emscripten::val::call()')).toBe('Embind');
  expect(of('mbedtls_gcm_update.2')).toBe('mbedTLS');
  expect(of('std::__2::__throw_length_error()')).toBe('libc++');
  expect(of('memchr')).toBe('C library, compiler-rt, allocator');
});

test("Data is read off the linker's map", () => {
  const map = [
    '    Addr      Off     Size Out     In      Symbol',
    '     400    d0120      2a0 .rodata',
    '     400    d0120       20         lto.o:(.rodata._ZN3rtc4jsep7kCodecsE)',
    '     420    d0140       0f         lto.o:(.rodata..L.str.3)',
  ].join('\n');
  expect(dataSymbols(map)).toEqual([
    ['_ZN3rtc4jsep7kCodecsE', 32],
    ['.L.str.3', 15],
  ]);
});
