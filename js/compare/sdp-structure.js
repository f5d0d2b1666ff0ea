// A session description as structure, by meaning: what is random is a token, what is inherited stands where
// it holds, codecs go by name instead of payload type, and what carries no meaning for the peer is gone.

import { codecIdentity, parametersOf } from './codec-identity.js';

/** @typedef {import('./tokens.js').Tokens} Tokens */

/** Attributes that say nothing that script or the peer could rely on, or that the network decides. */
const kMeaningless = new Set([
  'candidate',
  'end-of-candidates',
  'rtcp',
  // Extended reports are sent to who asks for them (RFC 3611 section 5.1), which nobody has to.
  'rtcp-xr',
  'msid-semantic',
  'ssrc',
  'ssrc-group',
  'ice-ufrag',
  'ice-pwd',
  'fingerprint',
  'setup',
  'ice-options',
  'mid',
  'rtpmap',
  'fmtp',
  'rtcp-fb',
  'extmap',
  'msid',
  'group',
  'bundle-only',
  'extmap-allow-mixed',
]);

const kDirections = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/**
 * @typedef {object} Section
 * @property {string} kind
 * @property {string} port
 * @property {string} protocol
 * @property {string[]} formats
 * @property {string[]} bandwidths
 * @property {[string, string][]} attributes
 */

/**
 * @param {string} sdp
 * @returns {{ session: Section, media: Section[] }}
 */
export function parseSdp(sdp) {
  const session = section('session', '', '', []);
  /** @type {Section[]} */
  const media = [];
  let current = session;
  for (const line of sdp.split(/\r\n|\n/)) {
    const value = line.slice(2);
    if (line.startsWith('m=')) {
      const [kind, port, protocol, ...formats] = value.split(' ');
      current = section(kind, port, protocol, formats);
      media.push(current);
    } else if (line.startsWith('b=')) {
      current.bandwidths.push(value);
    } else if (line.startsWith('a=')) {
      const [, name, rest = ''] = /^([^:]+):?(.*)$/.exec(value) ?? [];
      if (name) current.attributes.push([name, rest]);
    }
  }
  return { session, media };
}

/**
 * @param {string} kind
 * @param {string} port
 * @param {string} protocol
 * @param {string[]} formats
 * @returns {Section}
 */
const section = (kind, port, protocol, formats) => ({
  kind,
  port,
  protocol,
  formats,
  bandwidths: [],
  attributes: [],
});

/** @param {Section} from @param {string} name */
const valuesOf = (from, name) =>
  from.attributes.filter(([one]) => one === name).map(([, value]) => value);

/** @param {Section} from @param {string} name @returns {string | undefined} */
const valueOf = (from, name) => valuesOf(from, name)[0];

/**
 * @param {string} sdp
 * @param {{ tokens: Tokens, common: (entry: string) => boolean, ordered?: boolean }} options  `common` says of an entry of
 *   profile.js whether both implementations have it; `ordered` when the order of codecs was chosen
 * @returns {any} JSON
 */
export function sdpStructure(sdp, { tokens, common, ordered = false }) {
  if (!/^v=0/.test(sdp)) return sdp === '' ? '' : 'text that is no description';
  const { session, media } = parseSdp(sdp);
  const mid = (/** @type {string} */ text) => tokens.of('mid', text);
  const groups = valuesOf(session, 'group').flatMap((group) => {
    const [semantics, ...mids] = group.split(' ');
    // A group of nobody says nothing.
    return mids.length > 0 ? [`${semantics} ${mids.map(mid).join(' ')}`] : [];
  });
  const tagged = taggedSections(session, media);
  return {
    groups,
    session: others(session),
    media: media.map((one) => {
      const name = valueOf(one, 'mid');
      const bundled = name === undefined ? undefined : tagged.get(name);
      return mediaStructure(one, { session, bundled, tokens, common, ordered });
    }),
  };
}

/**
 * The section that speaks for each bundled one: transport attributes may stand there alone.
 * @param {Section} session
 * @param {Section[]} media
 */
function taggedSections(session, media) {
  /** @type {Map<string, Section>} */
  const tagged = new Map();
  for (const group of valuesOf(session, 'group')) {
    const [semantics, ...mids] = group.split(' ');
    if (semantics !== 'BUNDLE') continue;
    const first = media.find((one) => valueOf(one, 'mid') === mids[0]);
    if (first) for (const mid of mids) tagged.set(mid, first);
  }
  return tagged;
}

/**
 * @param {Section} media
 * @param {{ session: Section, bundled?: Section, tokens: Tokens, common: (entry: string) => boolean, ordered?: boolean }} around
 */
function mediaStructure(media, { session, bundled, tokens, common, ordered }) {
  const { kind, protocol } = media;
  const name = valueOf(media, 'mid');
  const mid = name === undefined ? undefined : tokens.of('mid', name);
  const isBundleOnly = valueOf(media, 'bundle-only') !== undefined;
  if (media.port === '0' && !isBundleOnly) return { kind, port: 'zero', mid };
  const inherited = (/** @type {string} */ attribute) =>
    valueOf(media, attribute) ??
    valueOf(session, attribute) ??
    (bundled && valueOf(bundled, attribute));
  const direction = kDirections.find((one) => valueOf(media, one) !== undefined);
  const token = (/** @type {string} */ of, /** @type {string | undefined} */ text) =>
    text === undefined ? undefined : tokens.of(of, text);
  return {
    kind,
    protocol,
    mid,
    ...(isBundleOnly ? { 'bundle-only': true } : {}),
    ...(kind === 'application' ? {} : { direction: direction ?? 'sendrecv' }),
    transport: {
      ufrag: token('ufrag', inherited('ice-ufrag')),
      pwd: token('pwd', inherited('ice-pwd')),
      options: (inherited('ice-options') ?? '').split(' ').filter(Boolean).sort(),
      fingerprint: inherited('fingerprint')?.replace(/^(\S+) (.*)$/, (_, hash, print) => {
        return `${hash.toLowerCase()} ${tokens.of('fingerprint', print.toUpperCase())}`;
      }),
      setup: inherited('setup'),
    },
    ...(kind === 'application' ? {} : mediaParts(media, { session, tokens, common, ordered })),
    other: others(media),
  };
}

/**
 * @param {Section} media
 * @param {{ session: Section, tokens: Tokens, common: (entry: string) => boolean, ordered?: boolean }} around
 */
function mediaParts(media, { session, tokens, common, ordered }) {
  const { kind } = media;
  const extensions = [...valuesOf(session, 'extmap'), ...valuesOf(media, 'extmap')]
    .map((line) => /^\d+(?:\/(\w+))? (\S+)/.exec(line) ?? [])
    .filter(([, , uri]) => common(`extension ${kind} ${uri}`))
    .map(([, direction, uri]) => (direction ? `${uri} ${direction}` : uri));
  const codecs = codecsOf(media).filter(({ identity }) => common(`codec ${kind}/${identity}`));
  return {
    codecs: ordered
      ? codecs
      : codecs.sort((a, b) => Number(a.identity > b.identity) - Number(a.identity < b.identity)),
    extensions: [...new Set(extensions)].sort(),
    mixed: [session, media].some((one) => valueOf(one, 'extmap-allow-mixed') !== undefined),
    msid: valuesOf(media, 'msid').map((msid) => {
      const [stream] = msid.split(' ');
      return stream === '-' ? '-' : tokens.of('stream id', stream);
    }),
  };
}

/** Codecs that belong to others; whether they are there is said with those. */
const kRepair = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03']);

/**
 * @param {Section} media
 * @returns {{ identity: string, name: string, parameters: Record<string, string>, feedback: string[], rtx: boolean }[]}
 */
function codecsOf(media) {
  const byType = new Map(
    valuesOf(media, 'rtpmap').map((line) => {
      const [type, name] = line.split(' ');
      return [type, name];
    }),
  );
  for (const [type, name] of [
    ['0', 'PCMU/8000'],
    ['8', 'PCMA/8000'],
    ['9', 'G722/8000'],
  ]) {
    if (!byType.has(type)) byType.set(type, name);
  }
  const fmtp = new Map(
    valuesOf(media, 'fmtp').map((line) => {
      const [type, ...rest] = line.split(' ');
      return [type, rest.join(' ')];
    }),
  );
  const repaired = new Set(
    media.formats
      .filter((type) => /^rtx\//i.test(byType.get(type) ?? ''))
      .map((type) => /apt=(\d+)/.exec(fmtp.get(type) ?? '')?.[1]),
  );
  return media.formats
    .filter((type) => byType.has(type))
    .filter((type) => !kRepair.has(codecName(byType.get(type)).split('/')[0].toLowerCase()))
    .map((type) => ({
      ...identify(codecName(byType.get(type)), parametersOf(fmtp.get(type) ?? '')),
      feedback: valuesOf(media, 'rtcp-fb')
        .filter((line) => line.startsWith(`${type} `) || line.startsWith('* '))
        .map((line) => line.slice(line.indexOf(' ') + 1))
        // Congestion control of sound is an implementation's choice.
        .filter((what) => media.kind === 'video' || what !== 'transport-cc')
        .sort(),
      rtx: repaired.has(type),
    }));
}

/** A name with its clock; one channel is what is meant when none is said. @param {string | undefined} text */
const codecName = (text) => (text ?? '').replace(/^((?!opus).*\/\d+)\/1$/i, '$1');

/** What else of a codec both sides have to agree on; the rest tells what an end would like to receive. */
const kAgreed = new Set(['useinbandfec', 'level-asymmetry-allowed', 'apt']);

/**
 * @param {string} name with its clock
 * @param {Record<string, string>} parameters
 */
function identify(name, parameters) {
  const [short, clock] = name.split('/');
  const agreed = Object.entries(parameters).filter(([parameter]) => kAgreed.has(parameter));
  return {
    identity: codecIdentity(short, parameters, clock),
    name,
    parameters: Object.fromEntries(agreed),
  };
}

/**
 * Attributes that nothing above has looked at.
 * @param {Section} from
 */
function others(from) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [name, text] of [...from.attributes].sort()) {
    if (kMeaningless.has(name) || kDirections.includes(name)) continue;
    // How much an end takes is its own business.
    const value = name === 'max-message-size' && Number(text) > 0 ? 'a number of bytes' : text;
    found[name] = name in found ? `${found[name]}, ${value}` : value;
  }
  for (const line of from.bandwidths) found[`b=${line.split(':')[0]}`] = line.split(':')[1];
  return found;
}
