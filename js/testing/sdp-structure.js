// Session descriptions (RFC 8866, RFC 9429) as structure, with what is random in them replaced by
// names: two descriptions that mean the same are equal, whoever wrote them and whenever.

/** @typedef {{ type: string, value: string }} Line */

/** What differs from run to run and means nothing by itself. */
const kDropped = new Set([
  'ice-ufrag',
  'ice-pwd',
  'ssrc',
  'ssrc-group',
  'candidate',
  'end-of-candidates',
  'rtcp',
]);
/** What stands for itself, whatever its order. */
const kFlags = new Set([
  'rtcp-mux',
  'rtcp-rsize',
  'rtcp-mux-only',
  'extmap-allow-mixed',
  'bundle-only',
  'ice-lite',
]);
const kDirections = new Set(['sendrecv', 'sendonly', 'recvonly', 'inactive']);

/**
 * A description as plain data. Random parts are left out or named by their order: credentials, ports, candidates, SSRCs,
 * fingerprints, ids of streams and tracks, payload types, numbers of header extensions.
 * @param {string | { type?: string, sdp?: string }} description
 */
export function sdpStructure(description) {
  const sdp = typeof description === 'string' ? description : (description?.sdp ?? '');
  const lines = sdp
    .split(/\r\n|\n/)
    .filter(Boolean)
    .map((line) => ({ type: line.slice(0, 1), value: line.slice(2).trim() }));
  const names = new Names();
  /** @type {Line[][]} */
  const sections = [[]];
  for (const line of lines) {
    if (line.type === 'm') sections.push([]);
    sections[sections.length - 1].push(line);
  }
  const [session, ...media] = sections;
  return {
    session: sessionStructure(session),
    media: media.map((section) => mediaStructure(section, names)),
  };
}

/** Random texts by the order in which they come, so that equal ones stay equal. */
class Names {
  /** @type {Map<string, string>} */
  #known = new Map();
  /** @type {Map<string, number>} */
  #counts = new Map();

  /** @param {string} kind @param {string} text */
  of(kind, text) {
    if (text === '-' || text === '') return text;
    const key = `${kind} ${text}`;
    let name = this.#known.get(key);
    if (!name) {
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      this.#known.set(key, (name = `${kind}-${count}`));
    }
    return name;
  }
}

/** @param {string} value of an a= line */
function attribute(value) {
  const colon = value.indexOf(':');
  return colon < 0 ? [value, ''] : [value.slice(0, colon), value.slice(colon + 1)];
}

/** @param {Line[]} lines */
function sessionStructure(lines) {
  /** @type {Record<string, any>} */
  const structure = { version: '', attributes: {} };
  for (const { type, value } of lines) {
    if (type === 'v') structure.version = value;
    if (type !== 'a') continue;
    const [name, text] = attribute(value);
    if (name === 'group') structure.group = [...(structure.group ?? []), text];
    else if (name === 'fingerprint') structure.fingerprint = text.split(' ')[0].toLowerCase();
    else if (name === 'msid-semantic') structure.msidSemantic = text.trim().split(/\s+/)[0];
    else if (!kDropped.has(name)) structure.attributes[name] = text;
  }
  return structure;
}

/** @param {Line[]} lines of one m= section @param {Names} names */
function mediaStructure(lines, names) {
  const [kind, port, protocol, ...formats] = lines[0].value.split(/\s+/);
  /** @type {Record<string, any>} */
  const structure = { kind, rejected: port === '0', protocol };
  /** @type {Map<string, any>} */
  const codecs = new Map(formats.map((format) => [format, { name: format }]));
  /** @type {string[]} */
  const flags = [];
  /** @type {string[]} */
  const extensions = [];
  /** @type {Record<string, string[]>} */
  const others = {};
  let hasSsrc = false;
  for (const { type, value } of lines) {
    if (type !== 'a') continue;
    const [name, text] = attribute(value);
    const [first, ...rest] = text.split(' ');
    if (name === 'ssrc') hasSsrc = true;
    if (kDropped.has(name)) continue;
    if (kDirections.has(name)) structure.direction = name;
    else if (kFlags.has(name)) flags.push(name);
    else if (name === 'fingerprint') structure.fingerprint = first.toLowerCase();
    else if (name === 'msid') {
      const parts = [names.of('stream', first), ...rest.map((id) => names.of('track', id))];
      structure.msid = [...(structure.msid ?? []), parts.join(' ')];
    } else if (name === 'extmap') {
      // a=extmap:<number>[/<direction>] <URI>
      const [, direction] = first.split('/');
      extensions.push(direction ? `${rest.join(' ')} ${direction}` : rest.join(' '));
    } else if (name === 'rtpmap') {
      Object.assign(codecs.get(first) ?? {}, { name: rest.join(' ') });
    } else if (name === 'fmtp') {
      Object.assign(codecs.get(first) ?? {}, { parameters: rest.join(' ') });
    } else if (name === 'rtcp-fb') {
      const codec = codecs.get(first);
      if (codec) codec.feedback = [...(codec.feedback ?? []), rest.join(' ')].sort();
    } else if (name === 'sctp-port') structure.sctpPort = Number(text);
    else if (['mid', 'setup', 'ice-options', 'max-message-size'].includes(name)) {
      structure[name] = text;
    } else others[name] = [...(others[name] ?? []), text].sort();
  }
  if (flags.length > 0) structure.flags = flags.sort();
  if (extensions.length > 0) structure.extensions = extensions.sort();
  if (hasSsrc) structure.hasSsrc = true;
  if (formats.length > 0 && protocol.includes('RTP')) {
    structure.codecs = formats.map((format) => codecStructure(codecs, format));
  } else structure.formats = formats;
  if (Object.keys(others).length > 0) structure.others = others;
  return structure;
}

/** @param {Map<string, any>} codecs @param {string} format */
function codecStructure(codecs, format) {
  const codec = { ...codecs.get(format) };
  if (codec.parameters) {
    codec.parameters = codec.parameters
      .split(';')
      .map((/** @type {string} */ one) => one.trim())
      .filter(Boolean)
      // Of which codec it is a retransmission, by name.
      .map((/** @type {string} */ one) =>
        one.replace(/^apt=(\d+)$/, (_, apt) => `apt=${codecs.get(apt)?.name ?? apt}`),
      )
      // Redundancy names the payload types that it carries.
      .map((/** @type {string} */ one) =>
        /^\d+(\/\d+)+$/.test(one)
          ? one
              .split('/')
              .map((number) => codecs.get(number)?.name ?? number)
              .join(' + ')
          : one,
      )
      .sort()
      .join(';');
  }
  return codec;
}

/**
 * Where two pieces of plain data differ, in words.
 * @param {any} expected
 * @param {any} received
 * @param {string} [path]
 * @returns {string[]}
 */
export function differences(expected, received, path = '') {
  if (Object.is(expected, received)) return [];
  const isObject = (/** @type {any} */ one) => typeof one === 'object' && one !== null;
  if (!isObject(expected) || !isObject(received)) {
    return [`${path}: expected ${show(expected)}, received ${show(received)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(received)]);
  return [...keys].flatMap((key) => {
    const step = Array.isArray(expected) ? `[${key}]` : path ? `.${key}` : key;
    return differences(expected[key], received[key], `${path}${step}`);
  });
}

/** @param {any} value */
const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value));
