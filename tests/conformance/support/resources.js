// What a test makes and does not have to end itself.

/** @type {(() => unknown)[]} */
const releases = [];
let certificates = 0;

/** @param {() => unknown} release called when the test is over */
export function whenOver(release) {
  releases.push(release);
}

/**
 * A connection that is closed when the test is over.
 * @param {RTCConfiguration} [configuration]
 * @param {typeof RTCPeerConnection} [Implementation]
 */
export function connection(configuration, Implementation = RTCPeerConnection) {
  const pc = new Implementation(configuration);
  whenOver(() => pc.close());
  return pc;
}

/** @param {AlgorithmIdentifier} algorithm */
export async function certificate(algorithm = { name: 'ECDSA', namedCurve: 'P-256' }) {
  const made = await RTCPeerConnection.generateCertificate(algorithm);
  // They go when the garbage collector finds them, not when a test ends.
  certificates++;
  return made;
}

/** A local track that ends with the test. */
export function audioTrack() {
  return stopped(realm.audioTrack());
}

export function videoTrack() {
  return stopped(realm.videoTrack());
}

/** @param {'audio' | 'video'} kind */
export const trackOf = (kind) => (kind === 'audio' ? audioTrack() : videoTrack());

function stopped(track) {
  whenOver(() => track.stop());
  return track;
}

/** @returns {Promise<number>} how many certificates were made */
export async function releaseAll() {
  for (const release of releases.splice(0).reverse()) await release();
  const made = certificates;
  certificates = 0;
  return made;
}
