// Inputs that fuzzing has found, many in one file: each behind its length, four bytes, the most
// significant first. tests/fuzz/replay_main.cpp reads them as well.

/**
 * @param {readonly Uint8Array[]} inputs
 * @returns {Buffer}
 */
export function packInputs(inputs) {
  return Buffer.concat(
    inputs.flatMap((input) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(input.length);
      return [length, input];
    }),
  );
}

/**
 * @param {Buffer} packed
 * @returns {Buffer[]}
 * @throws {RangeError} when it does not end with an input
 */
export function unpackInputs(packed) {
  const inputs = [];
  for (let at = 0; at < packed.length;) {
    const begin = at + 4;
    const end = begin <= packed.length ? begin + packed.readUInt32BE(at) : Infinity;
    if (end > packed.length) throw new RangeError('an input is cut off');
    inputs.push(packed.subarray(begin, end));
    at = end;
  }
  return inputs;
}
