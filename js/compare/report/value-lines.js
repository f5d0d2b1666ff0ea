// Values as lines of text that can be laid side by side: JSON in general, and session descriptions in words
// of their own.

/** @typedef {{ text: string, depth: number, kind?: 'section' }} Line */

/**
 * @param {any} value of a normalised row
 * @returns {Line[]}
 */
export function linesOf(value) {
  /** @type {Line[]} */
  const lines = [];
  add(value, '', 0, lines);
  return lines;
}

/**
 * @param {any} value
 * @param {string} label
 * @param {number} depth
 * @param {Line[]} lines
 */
function add(value, label, depth, lines) {
  const lead = label === '' ? '' : `${label}: `;
  if (isSdp(value)) {
    if (label !== '') lines.push({ text: label, depth });
    addSdp(value, depth + (label === '' ? 0 : 1), lines);
  } else if (value === null || typeof value !== 'object') {
    lines.push({ text: `${lead}${scalar(value)}`, depth });
  } else if (
    Array.isArray(value) &&
    value.every((part) => part === null || typeof part !== 'object')
  ) {
    lines.push({ text: `${lead}[${value.map(scalar).join(', ')}]`, depth });
  } else {
    const entries = Array.isArray(value)
      ? value.map((part, index) => /** @type {[string, any]} */ ([nameOf(part, index), part]))
      : Object.entries(value);
    if (entries.length === 0) {
      lines.push({ text: `${lead}${Array.isArray(value) ? 'empty list' : '–'}`, depth });
      return;
    }
    const isWrapper = entries.length === 1 && label === '' && Array.isArray(value);
    if (label !== '') lines.push({ text: label, depth });
    for (const [name, part] of entries) {
      add(part, isWrapper ? '' : name, depth + (label === '' ? 0 : 1), lines);
    }
  }
}

/** @param {any} part @param {number} index */
const nameOf = (part, index) => String(part?.transceiver ?? part?.identity ?? part?.kind ?? index);

/** @param {any} value */
const scalar = (value) => (value === '' ? '“”' : String(value));

/** @param {any} value */
const isSdp = (value) =>
  value !== null && typeof value === 'object' && Array.isArray(value.media) && 'groups' in value;

/**
 * @param {any} sdp
 * @param {number} depth
 * @param {Line[]} lines
 */
function addSdp(sdp, depth, lines) {
  const say = (/** @type {string} */ text, deeper = 0) =>
    lines.push({ text, depth: depth + deeper });
  for (const group of sdp.groups) say(`group ${group}`);
  for (const [name, value] of Object.entries(sdp.session)) say(attribute(name, value));
  for (const section of sdp.media) {
    const { kind, mid = 'no mid', port, protocol } = section;
    lines.push({ text: `${kind} ${mid}`, depth, kind: 'section' });
    if (port === 'zero') {
      say('rejected', 1);
      continue;
    }
    say(protocol, 1);
    if (section['bundle-only']) say('bundle-only', 1);
    if (section.direction) say(section.direction, 1);
    const { ufrag, pwd, options, fingerprint, setup } = section.transport;
    say(`ICE ${ufrag} ${pwd} ${options.join(' ')}`, 1);
    say(`DTLS ${setup}, ${fingerprint}`, 1);
    for (const msid of section.msid ?? []) say(`stream ${msid}`, 1);
    for (const codec of section.codecs ?? []) say(codecText(codec), 1);
    for (const extension of section.extensions ?? []) say(`extension ${extension}`, 1);
    if (section.mixed) say('extmap-allow-mixed', 1);
    for (const [name, value] of Object.entries(section.other)) say(attribute(name, value), 1);
  }
}

/** @param {string} name @param {any} value */
const attribute = (name, value) => (value === '' ? name : `${name}: ${value}`);

/** @param {any} codec */
function codecText({ identity, name, parameters, feedback, rtx }) {
  const [short] = name.split('/');
  const extra = identity.slice(short.length).trim();
  return [
    `codec ${name}${extra ? ` (${extra})` : ''}`,
    ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`),
    feedback.length > 0 ? `feedback ${feedback.join(', ')}` : '',
    rtx ? 'rtx' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
