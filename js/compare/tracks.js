// Tracks to send, by whatever the realm has: a tone and a picture in pages, tracks of the implementation's
// own elsewhere.

/** @type {AudioContext | undefined} */
let audio;

/** @returns {MediaStreamTrack} a tone */
function tone() {
  audio ??= new AudioContext();
  const oscillator = audio.createOscillator();
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}

/** @returns {MediaStreamTrack} a picture that changes now and then */
function picture() {
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 90;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const [track] = canvas.captureStream().getVideoTracks();
  const paint = () => {
    context.fillStyle = `hsl(${performance.now() % 360}, 80%, 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (track.readyState === 'live') setTimeout(paint, 50);
  };
  paint();
  return track;
}

/**
 * A new track that is live.
 * @param {any} implementation
 * @param {'audio' | 'video'} kind
 * @returns {any}
 * @throws {Error} when neither the realm nor the implementation has any
 */
export function makeTrack(implementation, kind) {
  if (typeof document === 'object') return kind === 'audio' ? tone() : picture();
  if (implementation.createLocalTrack) return implementation.createLocalTrack(kind);
  const { RTCAudioSource, RTCVideoSource } = implementation.nonstandard ?? {};
  const Source = kind === 'audio' ? RTCAudioSource : RTCVideoSource;
  if (Source) return new Source().createTrack();
  if (implementation.MediaStreamTrack) return new implementation.MediaStreamTrack({ kind });
  throw new Error(`there is no ${kind} track to be had here`);
}
