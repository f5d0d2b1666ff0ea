// What the interop matrix has: who takes part, over which socket of ours, who offers, and how. Plain
// data, for the tests that run the cells and for the tool that prints them.

/**
 * @typedef {object} Dimension a word of the command line -> what it means, as tests are named
 * @typedef {object} MatrixPeer
 * @property {string} id
 * @property {string} title
 * @property {Record<string, string>} [lacks] modes, or "<offerer> <mode>", that it cannot do, and why
 * @property {Record<string, string>} [notes] the same for what passes otherwise than the mode says
 */

export const kOfferers = { 'they-offer': 'they offer', 'we-offer': 'we offer' };

/** Our socket. */
export const kSockets = { relay: 'over the relay', udp: 'over UDP' };

export const kModes = {
  trickle: 'candidates trickle',
  complete: 'candidates in the descriptions',
  restart: 'ICE restarts',
  channels: 'every size, kind and closing, and 1,000 channels',
  media: 'sound and pictures both ways',
};

const kBrowserMedia = 'calls with browsers are in tests/browser';

/** @type {MatrixPeer[]} */
export const kPeers = [
  { id: 'chromium', title: 'Chromium', lacks: { media: kBrowserMedia } },
  { id: 'firefox', title: 'Firefox ESR', lacks: { media: kBrowserMedia } },
  {
    id: 'aiortc',
    title: 'aiortc',
    notes: {
      trickle: 'aiortc describes itself once it has gathered; our candidates trickle',
    },
    lacks: { restart: 'aiortc has no ICE restart' },
  },
  { id: 'pion', title: 'pion' },
  { id: 'werift', title: 'werift' },
  { id: 'wrtc', title: '@roamhq/wrtc' },
  {
    id: 'node-datachannel',
    title: 'node-datachannel',
    lacks: {
      restart: 'libdatachannel has no ICE restart',
      media: 'libdatachannel leaves RTP to the application',
    },
  },
  {
    id: 'gstreamer',
    title: 'GStreamer webrtcbin',
    notes: {
      'we-offer restart':
        'webrtcbin cannot ask for a restart, and answers ours with the credentials that it has',
    },
    lacks: {
      'they-offer restart':
        'webrtcbin cannot ask for a restart, and where it controls ICE it nominates no pair after ours',
    },
  },
];

/**
 * @typedef {object} Cell
 * @property {MatrixPeer} peer
 * @property {keyof typeof kSockets} socket
 * @property {keyof typeof kOfferers} offerer
 * @property {keyof typeof kModes} mode
 * @property {string} name of its test
 * @property {string} [lack] why it cannot be run
 * @property {string} [note]
 */

const keys = (/** @type {object} */ dimension) => /** @type {any[]} */ (Object.keys(dimension));

/** Every word that chooses cells. */
export const kWords = [
  ...kPeers.map(({ id }) => id),
  ...[kSockets, kOfferers, kModes].flatMap(keys),
];

/**
 * The cells that words choose: of each dimension what is named, or all of it.
 * @param {string[]} [words] of kWords
 * @returns {Cell[]}
 */
export function chooseCells(words = []) {
  const chosen = (/** @type {any[]} */ all, id = (/** @type {any} */ one) => one) => {
    const named = all.filter((one) => words.includes(id(one)));
    return named.length > 0 ? named : all;
  };
  return chosen(kPeers, ({ id }) => id).flatMap((peer) =>
    chosen(keys(kSockets)).flatMap((socket) =>
      chosen(keys(kOfferers)).flatMap((offerer) =>
        chosen(keys(kModes)).map((mode) => makeCell(peer, socket, offerer, mode)),
      ),
    ),
  );
}

/**
 * @param {MatrixPeer} peer
 * @param {keyof typeof kSockets} socket
 * @param {keyof typeof kOfferers} offerer
 * @param {keyof typeof kModes} mode
 * @returns {Cell}
 */
function makeCell(peer, socket, offerer, mode) {
  const said = (/** @type {Record<string, string> | undefined} */ of) =>
    of?.[`${offerer} ${mode}`] ?? of?.[mode];
  return {
    peer,
    socket,
    offerer,
    mode,
    name: `${peer.title}: ${kOfferers[offerer]}, ${kSockets[socket]}, ${kModes[mode]}`,
    lack: said(peer.lacks),
    note: said(peer.notes),
  };
}
