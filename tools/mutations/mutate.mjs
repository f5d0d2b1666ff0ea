// A source file with a bug in it.

import { UserError } from '../lib/run.mjs';

/**
 * @param {import('../../tests/mutations/mutations.js').Mutation} mutation
 * @param {string} text of its file
 * @returns {string}
 * @throws {UserError} when the text to be replaced is not there, or not once
 */
export function mutated({ id, file, find, replace }, text) {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new UserError(
      `mutation ${id}: its text stands ${parts.length - 1} times in ${file}, and once is wanted`,
    );
  }
  return parts.join(replace);
}
