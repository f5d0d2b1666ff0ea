import { mediaInterfaces } from '../media/index.js';
import { interfaces } from './interfaces.js';

/**
 * @typedef {object} InstallOptions
 * @property {boolean} [force]  replace native implementations too
 * @property {any} [target]     where the globals go; `globalThis` by default
 */

/**
 * Installs the interfaces as globals. By default only where there is no RTCPeerConnection at all:
 * the interfaces of two implementations do not mix. MediaStream and MediaStreamTrack come along
 * where they are missing, and never replace the host's: devices and elements deal in those.
 * @param {InstallOptions} [options]
 * @returns {() => void} puts back what was there
 */
export function install({ force = false, target = globalThis } = {}) {
  if (!force && typeof target.RTCPeerConnection === 'function') return () => {};
  const missing = Object.entries(mediaInterfaces).filter(([name]) => !(name in target));
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
}
