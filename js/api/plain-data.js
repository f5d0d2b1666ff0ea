// Dictionaries as values: copies that script may change, and comparison.

/**
 * @template T
 * @param {T} value made of plain objects, arrays and primitive values
 * @returns {T}
 */
export function copyOf(value) {
  if (Array.isArray(value)) return /** @type {any} */ (value.map(copyOf));
  if (typeof value !== 'object' || value === null) return value;
  return /** @type {any} */ (
    Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)]))
  );
}

/**
 * Whether two dictionaries say the same. A member that is undefined is absent.
 * @param {any} first
 * @param {any} second
 * @returns {boolean}
 */
export function areSame(first, second) {
  if (typeof first !== 'object' || first === null) return first === second;
  if (typeof second !== 'object' || second === null) return false;
  if (Array.isArray(first) && first.length !== second.length) return false;
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...names].every((name) => areSame(first[name], second[name]));
}
