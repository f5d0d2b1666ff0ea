// Node only: which of the machine's addresses are worth a socket.

/**
 * @typedef {object} LocalAddress
 * @property {string} address
 * @property {4 | 6} family
 * @property {boolean} internal  loopback
 * @property {string} name       of the interface, as the system has it
 */

/** So long what the system said is not asked again: a burst of connections would ask for each. */
const kFreshMs = 100;
/** A link's size does not change while it is up, or hardly. */
const kMtuFreshMs = 2000;
const kMostNames = 64;

/** @typedef {ReturnType<typeof import('node:os').networkInterfaces>} Interfaces */

/** @type {{ at: number, interfaces: Interfaces } | undefined} */
let latest;
/** @type {Map<string, { at: number, mtu: number | undefined }>} */
const mtus = new Map();

/** @returns {Interfaces} */
function systemInterfaces() {
  const now = performance.now();
  if (!latest || now - latest.at > kFreshMs) {
    const { networkInterfaces } = process.getBuiltinModule('node:os');
    latest = { at: now, interfaces: networkInterfaces() };
  }
  return latest.interfaces;
}

/**
 * Global and private addresses in the system's order, IPv4 and IPv6. Link-local ones are left out
 * (RFC 8445 §5.1.1.1 excludes site-local and IPv4-mapped; a link-local IPv6 address needs a scope
 * that SDP cannot carry). Loopback comes only when asked for, or when there is nothing else.
 * @param {{family?: 4 | 6, includeLoopback?: boolean, interfaces?: typeof import('node:os').networkInterfaces}} [options]
 * @returns {LocalAddress[]}
 */
export function localAddresses({ family, includeLoopback = false, interfaces } = {}) {
  const list = interfaces ?? systemInterfaces;
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
  const list = interfaces ?? systemInterfaces;
  return new Set(Object.values(list()).flatMap((some) => (some ?? []).map((one) => one.address)));
}

/**
 * Whether an IPv4 address is in the network of one of the machine's interfaces.
 * @param {string} address
 * @param {typeof import('node:os').networkInterfaces} [interfaces]
 */
export function isOnLink(address, interfaces = systemInterfaces) {
  const number = ipv4Number(address);
  if (number === undefined) return false;
  return Object.values(interfaces())
    .flatMap((entries) => entries ?? [])
    .some((entry) => {
      const own = ipv4Number(entry.address);
      const mask = ipv4Number(entry.netmask);
      return own !== undefined && mask !== undefined && ((own ^ number) & mask) === 0;
    });
}

/**
 * The largest IP packet of an interface's link, in bytes. Only Linux tells without a native add-on.
 * @param {string} name
 * @returns {number | undefined}
 */
export function linkMtu(name) {
  if (process.platform !== 'linux') return undefined;
  const now = performance.now();
  const known = mtus.get(name);
  if (known && now - known.at <= kMtuFreshMs) return known.mtu;
  const mtu = readMtu(name);
  // Names of containers' interfaces come and go.
  if (mtus.size >= kMostNames) mtus.clear();
  mtus.set(name, { at: now, mtu });
  return mtu;
}

/** @param {string} name */
function readMtu(name) {
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(`/sys/class/net/${name}/mtu`);
    return Number(text) || undefined;
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} address */
function ipv4Number(address) {
  const parts = (address ?? '').split('.');
  if (parts.length !== 4) return undefined;
  return parts.reduce((number, part) => (number << 8) | Number(part), 0);
}

/** @param {string} address */
function isLinkLocal(address) {
  return /^fe[89ab][0-9a-f]:/i.test(address) || address.startsWith('169.254.');
}
