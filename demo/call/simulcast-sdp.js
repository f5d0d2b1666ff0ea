// Simulcast without a server in the middle. Browsers send layers of a picture and never receive them:
// who takes them apart is a selective forwarding unit. Here the receiver takes that part: the one
// section with three RIDs (RFC 8853) is told to it as three sections, one a layer, whose MIDs are the
// RIDs, and whose MID header extension is the sender's RID extension. So each layer comes as a track
// of its own. The answer is put together again for the sender.

const kMid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const kRid = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
const kRepairedRid = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';

/** @param {string} sdp @returns {string[][]} the session's lines, then those of each section */
function parse(sdp) {
  /** @type {string[][]} */
  const parts = [[]];
  for (const line of sdp.trim().split(/\r?\n/)) {
    if (line.startsWith('m=')) parts.push([]);
    parts[parts.length - 1].push(line);
  }
  return parts;
}

/** @param {string[][]} parts */
const serialize = (parts) => `${parts.flat().join('\r\n')}\r\n`;

/** @param {string[]} section */
const midOf = (section) =>
  section.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length) ?? '';

/** @param {string[]} section @returns {string[]} the RIDs that it sends */
const ridsOf = (section) =>
  section.flatMap((line) => /^a=rid:(\S+) send/.exec(line)?.slice(1, 2) ?? []);

/** @param {string} uri */
const isExtension = (uri) => (/** @type {string} */ line) =>
  new RegExp(`^a=extmap:\\d+(/\\w+)? ${uri}$`).test(line);

/**
 * @param {string[]} session
 * @param {(mid: string) => string[]} replace  one MID by others
 */
const regroup = (session, replace) =>
  session.map((line) => {
    if (!line.startsWith('a=group:BUNDLE ')) return line;
    const mids = line.split(' ').slice(1).flatMap(replace);
    return `a=group:BUNDLE ${[...new Set(mids)].join(' ')}`;
  });

/**
 * The offer as the receiver gets it.
 * @param {string} offer
 * @returns {string} unchanged when it has no simulcast
 */
export function takeApart(offer) {
  const [session, ...sections] = parse(offer);
  const simulcast = sections.find((section) => ridsOf(section).length > 1);
  if (!simulcast) return offer;
  const mid = midOf(simulcast);
  const rids = ridsOf(simulcast);
  // All sections of a bundle share their extension ids, so the MID's own goes out of each of them.
  const withoutMid = (/** @type {string[]} */ section) =>
    section.filter((line) => !isExtension(kMid)(line) && !isExtension(kRepairedRid)(line));
  const layer = (/** @type {string} */ rid) =>
    withoutMid(simulcast).flatMap((line) => {
      if (/^a=(rid|simulcast|ssrc|ssrc-group):/.test(line)) return [];
      if (isExtension(kRid)(line)) return [line.replace(kRid, kMid)];
      if (line.startsWith('a=mid:')) return [`a=mid:${rid}`];
      // Tracks of one stream, but not the same track.
      if (line.startsWith('a=msid:')) return [`${line.split(' ')[0]} layer-${rid}`];
      return [line];
    });
  const other = (/** @type {string[]} */ section) =>
    withoutMid(section).filter((line) => !isExtension(kRid)(line));
  return serialize([
    regroup(session, (one) => (one === mid ? rids : [one])),
    ...sections.flatMap((section) => (section === simulcast ? rids.map(layer) : [other(section)])),
  ]);
}

/**
 * The answer as the sender of `offer` gets it.
 * @param {string} answer  to `takeApart(offer)`
 * @param {string} offer
 * @returns {string}
 */
export function putTogether(answer, offer) {
  const [, ...offered] = parse(offer);
  const simulcast = offered.find((section) => ridsOf(section).length > 1);
  if (!simulcast) return answer;
  const mid = midOf(simulcast);
  const rids = ridsOf(simulcast);
  const [session, ...sections] = parse(answer);
  const layers = sections.filter((section) => rids.includes(midOf(section)));
  const taken = layers.filter((section) => !/^m=\w+ 0 /.test(section[0])).map(midOf);
  const first = layers[0].flatMap((line) => {
    if (line.startsWith('a=mid:')) return [`a=mid:${mid}`];
    if (!isExtension(kMid)(line)) return [line];
    return [line.replace(kMid, kRid), ...simulcast.filter(isExtension(kMid))];
  });
  const whole = [
    ...first,
    ...taken.map((rid) => `a=rid:${rid} recv`),
    `a=simulcast:recv ${taken.join(';')}`,
  ];
  return serialize([
    regroup(session, (one) => (rids.includes(one) ? [mid] : [one])),
    ...sections.flatMap((section) => {
      if (section === layers[0]) return [whole];
      return layers.includes(section) ? [] : [section];
    }),
  ]);
}
