// What one page of the call measure does: it is one end of a call, or codes the same pictures and sound
// without any connection. bench/measures/call.js says which, and takes the processor time.

import { CounterReader } from '/demo/call/counter-code.js';
import { TestCard } from '/demo/call/test-card.js';

const kHeight = 360;
const kWidth = 640;
const kFramesPerSecond = 30;

/** A clock that is the same in all pages of a machine, in ms. */
const clock = () => performance.timeOrigin + performance.now();
const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What `stop()` ends. @type {(() => void)[]} */
const running = [];
/** @type {RTCPeerConnection | undefined} */
let connection;
/** @type {TestCard | undefined} */
let card;

function openCard() {
  const audio = new AudioContext({ sampleRate: 48_000 });
  const opened = (card = new TestCard('A', kHeight, audio));
  running.push(() => {
    opened.stop();
    void audio.close();
  });
  return opened.stream;
}

/** Reads a track to its end. @param {MediaStreamTrack} track @param {(data: any) => void} take */
function readTrack(track, take) {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      take(value);
      value.close();
    }
  };
  void read();
  running.push(() => void reader.cancel());
}

/** @param {number} bitrate  bits per second */
const encoderConfiguration = (bitrate) => ({
  codec: 'vp8',
  width: kWidth,
  height: kHeight,
  bitrate,
  framerate: kFramesPerSecond,
  latencyMode: 'realtime',
  bitrateMode: 'constant',
  contentHint: 'motion',
});

/** What `encode` made last. @type {{ video: EncodedVideoChunk[], audio: EncodedAudioChunk[] }} */
let encoded = { video: [], audio: [] };

/**
 * Draws the card, reads it, and encodes it if a bitrate is given.
 * @param {{ bitrate?: number }} options  bits per second
 */
function encode({ bitrate }) {
  const stream = openCard();
  const [video] = stream.getVideoTracks();
  const [audio] = stream.getAudioTracks();
  if (!bitrate) {
    readTrack(video, () => {});
    readTrack(audio, () => {});
    return;
  }
  const made = (encoded = { video: [], audio: [] });
  const error = (problem) => problems.push(problem.message);
  const videoEncoder = new VideoEncoder({ output: (chunk) => made.video.push(chunk), error });
  videoEncoder.configure(encoderConfiguration(bitrate));
  readTrack(video, (frame) => videoEncoder.encode(frame));
  const audioEncoder = new AudioEncoder({ output: (chunk) => made.audio.push(chunk), error });
  audioEncoder.configure({
    codec: 'opus',
    sampleRate: 48_000,
    numberOfChannels: 1,
    bitrate: 32_000,
    opus: { application: 'voip', frameDuration: 20_000 },
  });
  readTrack(audio, (data) => audioEncoder.encode(data));
  running.push(
    () => videoEncoder.close(),
    () => audioEncoder.close(),
  );
}

/**
 * Decodes what `encode` made last, over and over, or only waits in the same way.
 * @param {{ decodes: boolean }} options
 */
function decode({ decodes }) {
  const error = (problem) => problems.push(problem.message);
  const output = (data) => data.close();
  const videoDecoder = new VideoDecoder({ output, error });
  videoDecoder.configure({ codec: 'vp8', optimizeForLatency: true });
  const audioDecoder = new AudioDecoder({ output, error });
  audioDecoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 });
  const turn = (chunks, decoder, interval) => {
    let next = 0;
    const timer = setInterval(() => {
      if (!decodes) return;
      decoder.decode(chunks[next]);
      next = (next + 1) % chunks.length;
    }, interval);
    running.push(() => clearInterval(timer));
  };
  turn(encoded.video, videoDecoder, 1000 / kFramesPerSecond);
  turn(encoded.audio, audioDecoder, 20);
  running.push(
    () => videoDecoder.close(),
    () => audioDecoder.close(),
  );
}

/**
 * Becomes an end of a call.
 * @param {{ isOurs: boolean, relay: object, sends: boolean, bitrate: number }} options
 */
async function open({ isOurs, relay, sends, bitrate }) {
  let Implementation = RTCPeerConnection;
  if (isOurs) {
    const ours = await import('/js/index.js');
    ours.configure({ relay });
    Implementation = ours.RTCPeerConnection;
  }
  const pc = (connection = new Implementation({ iceServers: [], bundlePolicy: 'max-bundle' }));
  running.push(() => pc.close());
  if (sends) {
    const stream = openCard();
    const [video] = stream.getVideoTracks();
    const [audio] = stream.getAudioTracks();
    const sendEncodings = [{ maxBitrate: bitrate }];
    const transceiver = pc.addTransceiver(video, { direction: 'sendonly', sendEncodings });
    const codecs = RTCRtpReceiver.getCapabilities('video').codecs;
    transceiver.setCodecPreferences(
      codecs.filter(({ mimeType }) => /\/(?:VP8|rtx)$/i.test(mimeType)),
    );
    pc.addTransceiver(audio, { direction: 'sendonly' });
    // Native would begin with a quarter of the pixels, and stay there for long.
    const parameters = transceiver.sender.getParameters();
    parameters.degradationPreference = 'maintain-resolution';
    await transceiver.sender.setParameters(parameters);
    return;
  }
  const video = document.querySelector('video');
  const stream = new MediaStream();
  pc.ontrack = ({ track }) => {
    stream.addTrack(track);
    if (stream.getTracks().length === 2) video.srcObject = stream;
  };
  running.push(() => {
    video.srcObject = null;
  });
}

/** Our description with all candidates. @param {RTCSessionDescriptionInit} [remote] */
async function describe(remote) {
  const pc = connection;
  if (remote) await pc.setRemoteDescription(remote);
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== 'complete') {
    await new Promise((resolve) =>
      pc.addEventListener('icegatheringstatechange', resolve, { once: true }),
    );
  }
  const { type, sdp } = pc.localDescription;
  return { type, sdp };
}

const finish = (answer) => connection.setRemoteDescription(answer);

/** Statistics of a stream. @param {'inbound-rtp' | 'outbound-rtp'} type */
async function streamStats(type, kind) {
  const records = [...(await connection.getStats()).values()];
  return records.find((record) => record.type === type && record.kind === kind);
}

/** Settles when so many pictures have come, and they are whole ones. @param {number} count */
async function flows(count) {
  for (;;) {
    const stats = await streamStats('inbound-rtp', 'video');
    if (stats?.framesDecoded >= count && stats.frameWidth === kWidth) return;
    await soon(100);
  }
}

/** What has come by now. */
async function received() {
  const video = await streamStats('inbound-rtp', 'video');
  const audio = await streamStats('inbound-rtp', 'audio');
  return {
    at: performance.now(),
    frames: video.framesDecoded,
    bytes: video.bytesReceived,
    concealed: audio.concealedSamples,
    samples: audio.totalSamplesReceived,
  };
}

/** So many counters that are shown, with the time at which each was. @param {number} count */
function watch(count) {
  const video = document.querySelector('video');
  const reader = new CounterReader();
  const seen = [];
  return new Promise((resolve) => {
    const look = () => {
      const at = clock();
      const read = reader.read(video);
      if (read && read.counter !== seen.at(-1)?.counter) seen.push({ counter: read.counter, at });
      if (seen.length >= count) resolve(seen);
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

/** How long ago, in ms, what was seen elsewhere was drawn. */
const ages = (seen) =>
  seen
    .map(({ counter, at }) => at - performance.timeOrigin - (card.drawnAt(counter) ?? NaN))
    .filter(Number.isFinite);

function stop() {
  for (const end of running.splice(0).reverse()) end();
  connection = undefined;
  card = undefined;
}

/** @type {string[]} */
const problems = [];
addEventListener('error', ({ message }) => problems.push(message));
addEventListener('unhandledrejection', ({ reason }) => problems.push(String(reason)));

/** @throws {Error} when something went wrong on the way */
function check() {
  if (problems.length > 0) throw new Error(problems[0]);
}

globalThis.bench = {
  ...{ ages, check, decode, describe, encode, finish, flows, open, received, soon, stop, watch },
};
