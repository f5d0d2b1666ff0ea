// Node only: which of the machine's addresses are worth a socket.

/**
 * @typedef {object} LocalAddress
 * @property {string} address
 * @property {4 | 6} family
 * @property {boolean} internal  loopback
 * @property {string} name       of the interface, as the system has it
 */

/**
 * Global and private addresses in the system's order, IPv4 and IPv6. Link-local ones are left out
 * (RFC 8445 §5.1.1.1 excludes site-local and IPv4-mapped; a link-local IPv6 address needs a scope
 * that SDP cannot carry). Loopback comes only when asked for, or when there is nothing else.
 * @param {{family?: 4 | 6, includeLoopback?: boolean, interfaces?: typeof import('node:os').networkInterfaces}} [options]
 * @returns {LocalAddress[]}
 */
export function localAddresses({ family, includeLoopback = false, interfaces } = {}) {
  const list = interfaces ?? process.getBuiltinModule('node:os').networkInterfaces;
  /** @type {LocalAddress[]} */
  const all = [];
  const seen = new Set();
  for (const [name, entries] of Object.entries(list())) {
    for (const entry of entries ?? []) {
      // Node 18.0 to 18.3 gave numbers.
      const entryFamily = String(entry.family).endsWith('6') ? 6 : 4;
      const { address, internal } = entry;
      if (isLinkLocal(address) || seen.has(address)) continue;
      if (family !== undefined && family !== entryFamily) continue;
      seen.add(address);
      all.push({ address, family: entryFamily, internal, name });
    }
  }
  const outside = all.filter(({ internal }) => !internal);
  return includeLoopback || outside.length === 0 ? all : outside;
}

/**
 * Every address of the machine, whatever it is good for.
 * @param {typeof import('node:os').networkInterfaces} [interfaces]
 * @returns {Set<string>}
 */
export function allAddresses(interfaces) {
  const list = interfaces ?? process.getBuiltinModule('node:os').networkInterfaces;
  return new Set(Object.values(list()).flatMap((some) => (some ?? []).map((one) => one.address)));
}

/**
 * The largest IP packet of an interface's link, in bytes. Only Linux tells without a native add-on.
 * @param {string} name
 * @returns {number | undefined}
 */
export function linkMtu(name) {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(`/sys/class/net/${name}/mtu`);
    return Number(text) || undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} address */
function isLinkLocal(address) {
  return /^fe[89ab][0-9a-f]:/i.test(address) || address.startsWith('169.254.');
}
