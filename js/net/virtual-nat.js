// A simulated NAT in the terms of RFC 4787: how it maps (§4.1) and whom it lets in (§5).

/** @typedef {'endpoint' | 'address' | 'address-port'} NatDependence */

/**
 * @typedef {object} NatOptions
 * @property {string} address            the external address
 * @property {NatDependence} [mapping]   'endpoint': one external port per internal endpoint
 * @property {NatDependence} [filtering] 'endpoint': lets anybody in who hits a mapping
 * @property {boolean} [hairpin]         inside hosts reach each other by external endpoints
 * @property {boolean} [isolatesHosts]  inside hosts reach each other by hairpins alone
 * @property {number} [lifetime]         ms after which a mapping that nothing left by is forgotten
 *   (RFC 4787 §4.3); default: never
 * @property {number} [firstPort]
 * @property {boolean} [blocksUdp]       nothing passes in either direction
 */

/** The four kinds by their old names (RFC 3489 §5). */
export const NatKind = Object.freeze({
  fullCone: {
    mapping: /** @type {const} */ ('endpoint'),
    filtering: /** @type {const} */ ('endpoint'),
  },
  restricted: {
    mapping: /** @type {const} */ ('endpoint'),
    filtering: /** @type {const} */ ('address'),
  },
  portRestricted: {
    mapping: /** @type {const} */ ('endpoint'),
    filtering: /** @type {const} */ ('address-port'),
  },
  symmetric: {
    mapping: /** @type {const} */ ('address-port'),
    filtering: /** @type {const} */ ('address-port'),
  },
});

/** @typedef {{address: string, port: number}} Endpoint */
/** @typedef {{source: Endpoint, destination: Endpoint, data: Uint8Array}} Packet */
/** @typedef {{inside: Endpoint, port: number, admitted: Set<string>, usedAt: number}} Mapping */

export class VirtualNat {
  /** @param {NatOptions} options */
  constructor(options) {
    this.options_ = {
      mapping: /** @type {NatDependence} */ ('endpoint'),
      filtering: /** @type {NatDependence} */ ('address-port'),
      hairpin: false,
      blocksUdp: false,
      isolatesHosts: false,
      lifetime: Infinity,
      ...options,
    };
    this.address = options.address;
    this.nextPort_ = options.firstPort ?? 40_000;
    /** @type {Map<string, Mapping>} */
    this.byInside_ = new Map();
    /** @type {Map<number, Mapping>} */
    this.byPort_ = new Map();
  }

  get isolatesHosts() {
    return this.options_.isolatesHosts;
  }

  /** Forgets all mappings, as a NAT does that lost power. */
  reset() {
    this.byInside_.clear();
    this.byPort_.clear();
  }

  /**
   * @param {Packet} packet  from an inside host to somewhere else
   * @param {number} now
   * @returns {Packet | undefined}
   */
  outbound(packet, now) {
    const { mapping, filtering, hairpin, blocksUdp } = this.options_;
    if (blocksUdp) return undefined;
    if (packet.destination.address === this.address && !hairpin) return undefined;
    const key = `${keyOf(packet.source, 'address-port')}>${keyOf(packet.destination, mapping)}`;
    let entry = this.byInside_.get(key);
    if (entry && !this.isAlive_(entry, now)) {
      this.byPort_.delete(entry.port);
      entry = undefined;
    }
    if (!entry) {
      entry = { inside: packet.source, port: this.nextPort_++, admitted: new Set(), usedAt: now };
      this.byInside_.set(key, entry);
      this.byPort_.set(entry.port, entry);
    }
    entry.usedAt = now;
    entry.admitted.add(keyOf(packet.destination, filtering));
    return { ...packet, source: { address: this.address, port: entry.port } };
  }

  /**
   * @param {Packet} packet  to the external address
   * @param {number} now
   * @returns {Packet | undefined}
   */
  inbound(packet, now) {
    const { filtering, blocksUdp } = this.options_;
    const entry = this.byPort_.get(packet.destination.port);
    if (blocksUdp || !entry || !this.isAlive_(entry, now)) return undefined;
    if (!entry.admitted.has(keyOf(packet.source, filtering))) return undefined;
    return { ...packet, destination: entry.inside };
  }

  /**
   * @param {Mapping} mapping
   * @param {number} now
   */
  isAlive_({ usedAt }, now) {
    return now - usedAt <= this.options_.lifetime;
  }
}

/**
 * @param {Endpoint} endpoint
 * @param {NatDependence} dependence
 */
function keyOf({ address, port }, dependence) {
  if (dependence === 'endpoint') return '*';
  return dependence === 'address' ? address : `${address}|${port}`;
}
