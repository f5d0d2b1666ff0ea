// The longest common subsequence of two lists of keys.

/**
 * Pairs of indexes; -1 where a side has nothing that corresponds.
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {[number, number][]}
 */
export function align(left, right) {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        left[i] === right[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  /** @type {[number, number][]} */
  const pairs = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      pairs.push([i++, j++]);
    } else if (
      j >= right.length ||
      (i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
    ) {
      pairs.push([i++, -1]);
    } else {
      pairs.push([-1, j++]);
    }
  }
  return pairs;
}
