// Ties an impl object (behaviour and state) to its wrapper (what script sees) through a private
// field: unforgeable, invisible to script, and collected together with the wrapper.

/** Returns the object it is given, so that a derived class can put fields on any object. */
class Identity {
  /** @param {object} target */
  constructor(target) {
    return target;
  }
}

class Brand extends Identity {
  /** @type {object} */
  #impl;

  /**
   * @param {object} wrapper
   * @param {object} impl
   */
  constructor(wrapper, impl) {
    super(wrapper);
    this.#impl = impl;
  }

  /**
   * @param {unknown} value
   * @returns {any}
   */
  static implOf(value) {
    return typeof value === 'object' && value !== null && #impl in value ? value.#impl : undefined;
  }
}

/**
 * @param {object} wrapper
 * @param {object} impl
 */
export function attach(wrapper, impl) {
  new Brand(wrapper, impl);
}

/** The impl behind a wrapper, undefined for every other value. */
export const implOf = Brand.implOf;
