// The candidate-attribute grammar (RFC 8839 section 5.1, RFC 6544 section 4.5 for tcptype).

/**
 * @typedef {object} CandidateFields
 * @property {string} foundation
 * @property {'rtp' | 'rtcp'} component
 * @property {number} priority
 * @property {string} address
 * @property {'udp' | 'tcp'} protocol
 * @property {number} port
 * @property {'host' | 'srflx' | 'prflx' | 'relay'} type
 * @property {'active' | 'passive' | 'so' | null} tcpType
 * @property {string | null} relatedAddress
 * @property {number | null} relatedPort
 */

// candidate:foundation component transport priority address port "typ" type *(name value)
const pattern =
  /^candidate:([\w+/]{1,32}) (\d{1,5}) (\S+) (\d{1,10}) (\S+) (\d{1,5}) typ (\S+)((?: \S+ \S+)*)$/;

const components = /** @type {const} */ ({ 1: 'rtp', 2: 'rtcp' });

/** @param {string} text */
const isPort = (text) => /^\d{1,5}$/.test(text) && Number(text) <= 0xffff;

/**
 * The fields of a candidate line, null when it is malformed or holds a value that the attributes
 * of RTCIceCandidate cannot have.
 * @param {string} line
 * @returns {CandidateFields | null}
 */
export function parseCandidateLine(line) {
  const match = pattern.exec(line.trim());
  if (!match) return null;
  const [, foundation, componentId, transport, priority, address, port, type, rest] = match;
  const component = /** @type {any} */ (components)[componentId];
  const protocol = transport.toLowerCase();
  if (!component || !isPort(port) || Number(priority) > 0xffffffff) return null;
  if (protocol !== 'udp' && protocol !== 'tcp') return null;
  if (!['host', 'srflx', 'prflx', 'relay'].includes(type)) return null;
  /** @type {CandidateFields} */
  const fields = {
    foundation,
    component,
    priority: Number(priority),
    address,
    protocol,
    port: Number(port),
    type: /** @type {any} */ (type),
    tcpType: null,
    relatedAddress: null,
    relatedPort: null,
  };
  const extensions = rest.split(' ').slice(1);
  for (let i = 0; i < extensions.length; i += 2) {
    const value = extensions[i + 1];
    switch (extensions[i]) {
      case 'raddr':
        fields.relatedAddress = value;
        break;
      case 'rport':
        if (!isPort(value)) return null;
        fields.relatedPort = Number(value);
        break;
      case 'tcptype':
        if (value !== 'active' && value !== 'passive' && value !== 'so') return null;
        fields.tcpType = value;
        break;
      default: // any extension may follow
    }
  }
  return fields;
}
