/**
 * @typedef {object} InstallOptions
 * @property {boolean} [force]  replace native implementations too
 * @property {any} [target]     where the globals go; `globalThis` by default
 */

/**
 * Makes the `install()` of an entry.
 * @param {Record<string, any>} interfaces
 * @param {Record<string, any>} [companions]  installed where they are missing, and never replaced
 * @returns {(options?: InstallOptions) => () => void} what it gives puts back what was there
 */
export function makeInstall(interfaces, companions = {}) {
  return function install({ force = false, target = globalThis } = {}) {
    if (!force && typeof target.RTCPeerConnection === 'function') return () => {};
    const missing = Object.entries(companions).filter(([name]) => !(name in target));
    /** @type {Record<string, any>} */
    const values = { ...interfaces, ...Object.fromEntries(missing) };
    /** @type {Map<string, PropertyDescriptor | undefined>} */
    const before = new Map();
    for (const [name, value] of Object.entries(values)) {
      before.set(name, Object.getOwnPropertyDescriptor(target, name));
      Object.defineProperty(target, name, {
        value,
        writable: true,
        enumerable: false,
        configurable: true,
      });
    }
    return () => {
      for (const [name, descriptor] of before) {
        // What somebody else has installed since is not ours to take away.
        if (target[name] !== values[name]) continue;
        if (descriptor) Object.defineProperty(target, name, descriptor);
        else delete target[name];
      }
      before.clear();
    };
  };
}
