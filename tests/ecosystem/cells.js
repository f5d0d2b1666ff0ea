// What the ecosystem suite has: libraries that others wrote on top of this package, where their two ends
// run, and what has to pass between these. Plain data, for the test and for tools/ecosystem.mjs.

/**
 * @typedef {'node' | 'page' | 'worker' | 'native' | 'firefox' | 'nativefirefox'} Realm
 *
 * @typedef {object} Library
 * @property {string} id  the name of its scenario, and the word of the command line that chooses it
 * @property {string[]} packages  from npm, whose versions are told; the first one is the library
 * @property {string} [server]  the file in servers/ that both ends need
 * @property {string} how  what stands between the ends
 * @property {string[]} carries  what goes through both ways, keys of `kCargo`
 * @property {[Realm, Realm][]} places
 * @property {Record<string, string>} [alias]  the file of a package that is published for pages
 * @property {boolean} [nodeAsBrowser]  its Node.js build insists on a native add-on: Node.js gets the one for browsers
 */

/** Where an end can be. */
export const kRealms = {
  node: 'Node.js',
  page: 'a page',
  worker: 'a worker',
  native: 'a page with native WebRTC',
  firefox: 'a page of Firefox',
  nativefirefox: 'Firefox with native WebRTC',
};

/** What can pass. */
export const kCargo = {
  messages: 'messages',
  file: 'a file',
  sound: 'sound',
  pictures: 'pictures',
};

const kMedia = ['sound', 'pictures'];

const kData = ['messages', 'file'];

/** @type {[Realm, Realm][]} */
const kOurs = [
  ['node', 'node'],
  ['node', 'page'],
  ['page', 'page'],
];

/** @type {[Realm, Realm][]} */
const kWithNative = [
  ['node', 'native'],
  ['native', 'node'],
  ['page', 'native'],
  ['native', 'page'],
];

/** @type {[Realm, Realm][]} */
const kWithFirefox = [
  ['firefox', 'native'],
  ['node', 'nativefirefox'],
];

/** @type {[Realm, Realm][]} */
const kWorkers = [
  ['worker', 'worker'],
  ['worker', 'native'],
];

/** @type {Library[]} */
export const kLibraries = [
  {
    id: 'simple-peer',
    packages: ['simple-peer'],
    how: 'signalling by the test',
    carries: [...kData, ...kMedia],
    places: [...kOurs, ...kWithNative, ...kWithFirefox, ...kWorkers],
    alias: { 'simple-peer': 'simple-peer/simplepeer.min.js' },
  },
  {
    id: 'peerjs',
    packages: ['peerjs', 'peer'],
    server: 'peerjs',
    how: 'its own server, peer',
    carries: [...kData, ...kMedia],
    places: [...kOurs, ...kWithNative, ...kWithFirefox],
  },
  {
    id: 'y-webrtc',
    packages: ['y-webrtc', 'yjs'],
    server: 'y-webrtc',
    how: 'its own signalling server',
    carries: kData,
    places: [...kOurs, ['page', 'native'], ...kWithFirefox],
  },
  {
    id: 'trystero',
    packages: ['@trystero-p2p/torrent', 'bittorrent-tracker'],
    server: 'tracker',
    how: 'a tracker, bittorrent-tracker',
    carries: [...kData, ...kMedia],
    places: [...kOurs, ['page', 'native'], ...kWithFirefox],
  },
  {
    id: 'webtorrent',
    packages: ['webtorrent', 'bittorrent-tracker'],
    server: 'tracker',
    how: 'a tracker, bittorrent-tracker',
    carries: ['file'],
    places: [...kOurs, ...kWithNative, ...kWithFirefox],
    nodeAsBrowser: true,
  },
  {
    id: 'libp2p',
    packages: ['@libp2p/webrtc', 'libp2p'],
    server: 'libp2p',
    how: 'a circuit relay',
    carries: kData,
    places: [...kOurs, ['page', 'native'], ...kWithFirefox, ...kWorkers],
    nodeAsBrowser: true,
  },
  {
    id: 'libp2p-direct',
    packages: ['@libp2p/webrtc', 'node-datachannel', 'libp2p'],
    server: 'libp2p-direct',
    how: 'WebRTC Direct to a node on node-datachannel',
    carries: kData,
    // Native Firefox sends nothing to loopback addresses, where the node listens.
    places: [...kOurs, ['page', 'native'], ['firefox', 'native'], ['worker', 'worker']],
    nodeAsBrowser: true,
  },
  {
    id: 'jssip',
    packages: ['jssip'],
    server: 'sip',
    how: 'a SIP proxy of the test',
    carries: kMedia,
    places: [...kOurs, ['page', 'native'], ...kWithFirefox],
  },
  {
    id: 'sipjs',
    packages: ['sip.js'],
    server: 'sip',
    how: 'a SIP proxy of the test',
    carries: [...kData, ...kMedia],
    places: [...kOurs, ['page', 'native'], ...kWithFirefox],
  },
  {
    id: 'mediasoup',
    packages: ['mediasoup-client', 'mediasoup'],
    server: 'mediasoup',
    how: 'its own server, mediasoup',
    carries: [...kData, ...kMedia],
    places: [...kOurs, ...kWithNative, ...kWithFirefox],
  },
  {
    id: 'livekit',
    packages: ['livekit-client', '@livekit/protocol'],
    server: 'livekit',
    how: 'signalling and forwarding by the test',
    carries: [...kData, ...kMedia],
    places: [...kOurs, ['page', 'native'], ...kWithFirefox],
  },
  {
    id: 'webrtc-adapter',
    packages: ['webrtc-adapter'],
    how: 'signalling by the test',
    carries: [...kData, ...kMedia],
    places: [
      ['page', 'page'],
      ['page', 'native'],
      ['firefox', 'native'],
    ],
  },
];

/**
 * @typedef {object} Cell
 * @property {Library} library
 * @property {[Realm, Realm]} places
 * @property {string[]} carries
 * @property {string} name  of its test
 */

const kPairs = Object.keys(kRealms).flatMap((from) =>
  Object.keys(kRealms).map((to) => `${from}-${to}`),
);

/** Every word that chooses cells. */
export const kWords = [...kLibraries.map(({ id }) => id), ...Object.keys(kRealms), ...kPairs];

/**
 * The cells that words choose: of the libraries that are named, with both ends in the realms that are, or
 * one in each of a pair (`node-page`), or all.
 * @param {string[]} [words] of kWords
 * @returns {Cell[]}
 */
export function chooseCells(words = []) {
  const named = kLibraries.filter(({ id }) => words.includes(id));
  const isAnywhere = ![...Object.keys(kRealms), ...kPairs].some((word) => words.includes(word));
  const isWanted = (/** @type {[Realm, Realm]} */ places) =>
    isAnywhere ||
    words.includes(places.join('-')) ||
    places.every((realm) => words.includes(realm));
  return (named.length > 0 ? named : kLibraries).flatMap((library) =>
    library.places.filter(isWanted).map((places) => {
      // Workers have no tracks.
      const carries = library.carries.filter(
        (cargo) => !places.includes('worker') || !kMedia.includes(cargo),
      );
      const what = listOf(carries.map((cargo) => kCargo[/** @type {keyof kCargo} */ (cargo)]));
      const [from, to] = places.map((realm) => kRealms[realm]);
      const name = `${library.id} carries ${what} between ${from} and ${to}`;
      return { library, places, carries, name };
    }),
  );
}

/** @param {string[]} items */
export function listOf(items) {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
