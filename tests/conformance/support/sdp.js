// A reader of session descriptions, for tests to look at.

/**
 * @typedef {object} Section
 * @property {string} kind  audio, video or application
 * @property {number} port
 * @property {string} protocol
 * @property {string[]} formats
 * @property {string | undefined} mid
 * @property {string} direction  sendrecv when the section has none
 * @property {string[]} lines
 * @property {(name: string) => string | undefined} value  of the first such attribute ('' for a flag)
 * @property {(name: string) => string[]} values
 * @property {() => Codec[]} codecs  of the m= line's formats, in its order
 *
 * @typedef {{ payloadType: number, name: string, clockRate: number, channels: number, fmtp: string | undefined }} Codec
 */

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** @param {string[]} lines */
function attributesOf(lines) {
  const values = (name) =>
    lines
      .filter((line) => line === `a=${name}` || line.startsWith(`a=${name}:`))
      .map((line) => line.slice(name.length + 3));
  return { lines, values, value: (name) => values(name)[0] };
}

/**
 * @param {string[]} lines
 * @returns {Section}
 */
function readSection(lines) {
  const [kind, port, protocol, ...formats] = lines[0].slice(2).split(' ');
  const attributes = attributesOf(lines);
  const formatLines = (name) =>
    new Map(
      attributes.values(name).map((line) => [line.split(' ', 1)[0], line.replace(/^\S+ /, '')]),
    );
  return {
    ...attributes,
    kind,
    port: Number(port),
    protocol,
    formats,
    mid: attributes.value('mid'),
    direction: directions.find((name) => attributes.value(name) !== undefined) ?? 'sendrecv',
    codecs() {
      const rtpmaps = formatLines('rtpmap');
      const fmtps = formatLines('fmtp');
      return formats.map((format) => {
        const [name, clockRate, channels = '1'] = (rtpmaps.get(format) ?? '').split('/');
        return {
          payloadType: Number(format),
          name,
          clockRate: Number(clockRate),
          channels: Number(channels),
          fmtp: fmtps.get(format),
        };
      });
    },
  };
}

/** @param {{sdp: string} | string} description */
export function parse(description) {
  const text = typeof description === 'string' ? description : description.sdp;
  expect(text.endsWith('\r\n')).toBe(true);
  /** @type {string[][]} */
  const parts = [[]];
  for (const line of text.slice(0, -2).split('\r\n')) {
    if (line.startsWith('m=')) parts.push([]);
    parts.at(-1).push(line);
  }
  const [session, ...sections] = parts;
  const { value, values } = attributesOf(session);
  return {
    lines: session,
    value,
    values,
    /** `<username> <sess-id> <sess-version> …` */
    origin: session
      .find((line) => line.startsWith('o='))
      .slice(2)
      .split(' '),
    /** mids of each BUNDLE group */
    bundles: values('group')
      .filter((group) => group.startsWith('BUNDLE'))
      .map((group) => group.split(' ').slice(1)),
    sections: sections.map(readSection),
  };
}

/** @param {{sdp: string} | string} description */
export const sectionsOf = (description) => parse(description).sections;

/**
 * The ICE credentials of the first section that is not rejected.
 * @param {{sdp: string} | string} description
 */
export function credentialsOf(description) {
  const { sections, value } = parse(description);
  const section = sections.find(({ port, value }) => port !== 0 || value('bundle-only') === '');
  const of = (name) => section.value(name) ?? value(name);
  return { usernameFragment: of('ice-ufrag'), password: of('ice-pwd') };
}

/**
 * The description with lines changed: `replace` gives what stands in a line's place, or null.
 * @param {{type: string, sdp: string}} description
 * @param {(line: string) => string | null} replace
 */
export function munge({ type, sdp }, replace) {
  const lines = sdp
    .slice(0, -2)
    .split('\r\n')
    .map(replace)
    .filter((line) => line !== null);
  return { type, sdp: `${lines.join('\r\n')}\r\n` };
}
