// Random text by the order in which it appears: the first ufrag of a trace is <ufrag 1> wherever it stands.

export class Tokens {
  /** @type {Map<string, string>} */
  #known = new Map();
  /** @type {Map<string, number>} */
  #counts = new Map();

  /**
   * @param {string} kind
   * @param {string} text
   * @returns {string}
   */
  of(kind, text) {
    const key = `${kind} ${text}`;
    let token = this.#known.get(key);
    if (!token) {
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      token = `<${kind} ${count}>`;
      this.#known.set(key, token);
    }
    return token;
  }
}
