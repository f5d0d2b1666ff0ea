import { existsSync, readFileSync } from 'node:fs';
import { scenarios } from '../../../js/compare/index.js';
import { mutated } from '../../../tools/mutations/mutate.mjs';
import { mutations } from '../../mutations/mutations.js';

const read = (file) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

test.each(mutations.map((mutation) => [mutation.id, mutation]))(
  'the mutation %s can still be planted, and changes its file',
  (_, mutation) => {
    const text = read(mutation.file);
    expect(mutated(mutation, text)).not.toBe(text);
  },
);

test.each(mutations.map(({ id, by }) => [id, by]))(
  'the tests that are to find the mutation %s are there',
  (_, { conformance = [], compare }) => {
    for (const name of conformance) {
      const file = new URL(`../../conformance/${name}.test.js`, import.meta.url);
      expect([name, existsSync(file)]).toEqual([name, true]);
    }
    const names = scenarios.map(({ group, name }) => `${group}: ${name}`);
    const found = compare && names.filter((name) => new RegExp(compare, 'i').test(name));
    expect(compare === undefined ? conformance.length : found.length).toBeGreaterThan(0);
  },
);

test('mutations have names of their own, and are spread over the engine and the API', () => {
  expect(new Set(mutations.map(({ id }) => id)).size).toBe(mutations.length);
  expect(mutations.length).toBeGreaterThanOrEqual(10);
  const folders = new Set(mutations.map(({ file }) => file.split('/').slice(0, 2).join('/')));
  for (const folder of ['jsep', 'sdp', 'ice', 'dtls', 'sctp', 'datachannel', 'media', 'call']) {
    expect(folders).toContain(`cpp/${folder}`);
  }
  expect(folders).toContain('js/api');
});

test('a mutation whose text is gone, or stands twice, is an error that says so', () => {
  const mutation = { id: 'x', file: 'a.js', find: 'one', replace: 'two', breaks: '', by: {} };
  expect(() => mutated(mutation, 'three')).toThrow('mutation x: its text stands 0 times in a.js');
  expect(() => mutated(mutation, 'one one')).toThrow('stands 2 times');
  expect(mutated(mutation, 'a one.')).toBe('a two.');
});
