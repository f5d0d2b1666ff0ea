// Messages that tell what was lost, doubled, reordered or damaged: a number, a time, and bytes that
// follow from the number.

const kHeader = 16;

/** @param {number} number @param {number} size */
function message(number, size) {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number);
  view.setFloat64(4, performance.now());
  for (let i = kHeader; i < size; i++) bytes[i] = (number * 31 + i * 7) & 0xff;
  return bytes;
}

/** @param {ArrayBuffer} data */
function read(data) {
  const bytes = new Uint8Array(data);
  const view = new DataView(data);
  const number = view.getUint32(0);
  for (let i = kHeader; i < bytes.length; i++) {
    if (bytes[i] !== ((number * 31 + i * 7) & 0xff)) return { number, isWhole: false, time: 0 };
  }
  return { number, isWhole: true, time: view.getFloat64(4) };
}

export class Sender {
  #channel;
  #bytesPerSecond;
  #most;
  #size;
  #debt = 0;
  #number = 0;
  sent = 0;
  /** Rounds in which the path took no more. */
  held = 0;

  /**
   * @param {RTCDataChannel} channel
   * @param {{ bytesPerSecond: number, size: () => number, most: number }} options  `most` may wait
   */
  constructor(channel, { bytesPerSecond, size, most }) {
    this.#channel = channel;
    this.#bytesPerSecond = bytesPerSecond;
    this.#size = size;
    this.#most = most;
  }

  get count() {
    return this.#number;
  }

  get waiting() {
    return this.#channel.bufferedAmount;
  }

  /** @param {number} ms since the last time */
  run(ms) {
    this.#debt += (this.#bytesPerSecond * ms) / 1000;
    while (this.#debt > 0) {
      if (this.#channel.bufferedAmount >= this.#most) {
        this.held++;
        this.#debt = 0;
        return;
      }
      const bytes = message(this.#number++, Math.max(kHeader, this.#size()));
      this.#channel.send(bytes);
      this.sent += bytes.length;
      this.#debt -= bytes.length;
    }
  }
}

export class Receiver {
  #isReliable;
  #next = 0;
  /** Of the last ones, those that came: an unordered message may be late. @type {Set<number>} */
  #seen = new Set();
  received = 0;
  count = 0;
  /** Of the messages since the last look, the longest that one took. */
  slowest = 0;

  /**
   * @param {RTCDataChannel} channel
   * @param {{ isReliable: boolean, onProblem: (problem: string) => void }} options
   */
  constructor(channel, { isReliable, onProblem }) {
    this.#isReliable = isReliable;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => {
      const { number, isWhole, time } = read(data);
      if (!isWhole) onProblem(`message ${number} of “${channel.label}” is damaged`);
      const problem = this.#isReliable ? this.#inOrder(number) : this.#once(number);
      if (problem) onProblem(`message ${number} of “${channel.label}” ${problem}`);
      this.received += data.byteLength;
      this.count++;
      this.slowest = Math.max(this.slowest, performance.now() - time);
    };
  }

  /** @param {number} number */
  #inOrder(number) {
    const expected = this.#next;
    this.#next = number + 1;
    return number === expected ? undefined : `came where ${expected} was next`;
  }

  /** @param {number} number */
  #once(number) {
    if (this.#seen.has(number)) return 'came twice';
    this.#seen.add(number);
    if (this.#seen.size > 10_000) this.#seen.delete(this.#seen.values().next().value ?? 0);
    return undefined;
  }
}
