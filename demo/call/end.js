// One end of a call: a connection of either implementation, its signalling and what it sends.

import { putTogether, takeApart } from './simulcast-sdp.js';

/** @typedef {import('./counter-code.js').Author} Author */
/** @typedef {import('./sources.js').Source} Source */
/** @typedef {import('./signalling.js').Message} Message */

/** From small to large: what stands first is kept longest when there is no room. */
export const kLayers = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];

/**
 * @typedef {object} EndEvents
 * @property {(what: string) => void} log
 * @property {(state: RTCPeerConnectionState) => void} state
 * @property {(type: 'offer' | 'answer', sdp: string) => void} described
 * @property {(source: Source) => void} sends
 * @property {(track: MediaStreamTrack, mid: string | null) => void} receives
 * @property {(event: RTCPeerConnectionIceErrorEvent) => void} candidateError
 * @property {() => void} hungUp   by the other end
 * @property {(error: Error) => void} failed
 */

/**
 * @typedef {object} EndOptions
 * @property {Author} name
 * @property {typeof RTCPeerConnection} Implementation
 * @property {(kind: string) => RTCRtpCodec[]} capabilities  codecs of the implementation
 * @property {import('./signalling.js').Room} room
 * @property {() => Promise<Source>} openSource
 * @property {() => Promise<void>} [accept]  settles when an offer may be answered
 * @property {EndEvents} events
 */

/**
 * What the caller asks for.
 * @typedef {object} Plan
 * @property {'sendonly' | 'sendrecv' | 'recvonly'} direction
 * @property {string} videoCodec  such as 'video/VP8'
 * @property {string} audioCodec
 * @property {boolean} layers     three of them
 */

export class CallEnd {
  /** @type {string | undefined} */
  #other;
  /** What is to be done, in the order in which it came. */
  #chain = Promise.resolve();
  #options;
  #isClosed = false;
  /** As it was made, before the layers were taken apart. */
  #offer = '';
  /** @type {Source | undefined} */
  source;
  /** Of the layers. @type {RTCRtpSender | undefined} */
  layered;

  /** @param {EndOptions} options */
  constructor(options) {
    this.#options = options;
    const { Implementation, events } = options;
    const pc = (this.pc = new Implementation({ iceServers: [], bundlePolicy: 'max-bundle' }));
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) this.#send({ type: 'new-ice-candidate', candidate: candidate.toJSON() });
    });
    pc.addEventListener('icecandidateerror', (event) =>
      events.candidateError(/** @type {RTCPeerConnectionIceErrorEvent} */ (event)),
    );
    pc.addEventListener('connectionstatechange', () => {
      events.log(`connectionState → ${pc.connectionState}`);
      events.state(pc.connectionState);
    });
    pc.addEventListener('track', ({ track, transceiver }) =>
      events.receives(track, transceiver.mid),
    );
  }

  get name() {
    return this.#options.name;
  }

  /** Whom the call is with. */
  get other() {
    return this.#other;
  }

  /**
   * @param {string} other  a member of the room
   * @param {Plan} plan
   */
  async call(other, plan) {
    this.#other = other;
    const { pc } = this;
    const { direction, layers } = plan;
    if (direction !== 'recvonly') await this.#openSource();
    const stream = this.source?.stream;
    const [audio] = stream?.getAudioTracks() ?? [];
    const [video] = stream?.getVideoTracks() ?? [];
    const streams = stream ? [stream] : [];
    const { capabilities } = this.#options;
    prefer(
      pc.addTransceiver(audio ?? 'audio', { direction, streams }),
      capabilities('audio'),
      plan.audioCodec,
    );
    const videos = layers
      ? [
          pc.addTransceiver(video, { direction: 'sendonly', streams, sendEncodings: kLayers }),
          ...(direction === 'sendrecv'
            ? [pc.addTransceiver('video', { direction: 'recvonly' })]
            : []),
        ]
      : [pc.addTransceiver(video ?? 'video', { direction, streams })];
    if (layers) this.layered = videos[0].sender;
    // A packet sent again in a stream of its own could not be told to a layer (simulcast-sdp.js).
    const servants = layers ? [] : ['video/rtx'];
    for (const transceiver of videos) {
      prefer(transceiver, capabilities('video'), plan.videoCodec, servants);
    }
    await pc.setLocalDescription();
    this.#offer = pc.localDescription?.sdp ?? '';
    const sdp = layers ? takeApart(this.#offer) : this.#offer;
    this.#options.events.described('offer', sdp);
    this.#send({ type: 'video-offer', sdp: { type: 'offer', sdp } });
  }

  /**
   * A message of the room's.
   * @param {string} from
   * @param {Message} message
   */
  receive(from, message) {
    const { events, room } = this.#options;
    if (this.#isClosed) return;
    if (message.type === 'video-offer' && this.#other === undefined) this.#other = from;
    else if (message.type === 'video-offer') {
      // Engaged.
      room.send(from, { type: 'hang-up' });
      return;
    }
    if (from !== this.#other) return;
    events.log(`← ${message.type}${detail(message)}`);
    if (message.type === 'hang-up') {
      events.hungUp();
      return;
    }
    this.#chain = this.#chain
      .then(() => (this.#isClosed ? undefined : this.#take(message)))
      .catch((error) => {
        if (!this.#isClosed) events.failed(error);
      });
  }

  /** @param {Message} message */
  async #take(message) {
    const { pc } = this;
    switch (message.type) {
      case 'video-offer':
        await this.#answer(message.sdp);
        break;
      case 'video-answer': {
        const { sdp = '' } = message.sdp;
        this.#options.events.described('answer', sdp);
        await pc.setRemoteDescription({
          type: 'answer',
          sdp: this.layered ? putTogether(sdp, this.#offer) : sdp,
        });
        break;
      }
      case 'new-ice-candidate':
        await pc.addIceCandidate(message.candidate);
        break;
    }
  }

  /** @param {RTCSessionDescriptionInit} offer */
  async #answer(offer) {
    const { pc } = this;
    const { accept, events } = this.#options;
    events.described('offer', offer.sdp ?? '');
    await accept?.();
    if (this.#isClosed) return;
    await pc.setRemoteDescription(offer);
    const wanted = directions(offer.sdp ?? '');
    const wants = (/** @type {RTCRtpTransceiver} */ { mid }) =>
      ['sendrecv', 'recvonly'].includes(wanted.get(mid ?? '') ?? '');
    const transceivers = pc.getTransceivers().filter(wants);
    if (transceivers.length > 0) await this.#openSource();
    for (const transceiver of transceivers) {
      const { kind } = transceiver.receiver.track;
      const stream = /** @type {Source} */ (this.source).stream;
      const track = stream.getTracks().find((one) => one.kind === kind);
      if (!track) continue;
      await transceiver.sender.replaceTrack(track);
      transceiver.sender.setStreams?.(stream);
      transceiver.direction =
        wanted.get(transceiver.mid ?? '') === 'recvonly' ? 'sendonly' : 'sendrecv';
    }
    await pc.setLocalDescription();
    const sdp = pc.localDescription?.sdp ?? '';
    events.described('answer', sdp);
    this.#send({ type: 'video-answer', sdp: { type: 'answer', sdp } });
  }

  async #openSource() {
    const source = await this.#options.openSource();
    // Permission may take longer than patience.
    if (this.#isClosed) {
      source.stop();
      throw new Error('the call has ended');
    }
    this.source = source;
    this.#options.events.sends(source);
  }

  /** @param {Message} message */
  #send(message) {
    if (this.#other === undefined || this.#isClosed) return;
    this.#options.events.log(`→ ${message.type}${detail(message)}`);
    this.#options.room.send(this.#other, message);
  }

  /**
   * Sends a layer or leaves it out.
   * @param {string} rid
   * @param {boolean} active
   */
  async setLayer(rid, active) {
    if (!this.layered) return;
    const parameters = this.layered.getParameters();
    for (const encoding of parameters.encodings) {
      if (encoding.rid === rid) encoding.active = active;
    }
    await this.layered.setParameters(parameters);
  }

  /** Ends the call, and tells the other end. */
  hangUp() {
    this.#send({ type: 'hang-up' });
    this.close();
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.source?.stop();
    this.pc.close();
  }
}

/**
 * @param {RTCRtpTransceiver} transceiver
 * @param {RTCRtpCodec[]} codecs
 * @param {string} mimeType
 * @param {string[]} [servants]  what else is to be negotiated
 */
function prefer(transceiver, codecs, mimeType, servants = []) {
  const wanted = [mimeType, ...servants].map((name) => name.toLowerCase());
  const list = codecs.filter((one) => wanted.includes(one.mimeType.toLowerCase()));
  // The wanted one first.
  list.sort(
    (a, b) => wanted.indexOf(a.mimeType.toLowerCase()) - wanted.indexOf(b.mimeType.toLowerCase()),
  );
  transceiver.setCodecPreferences(list);
}

/** @param {Message} message */
function detail(message) {
  if (message.type === 'new-ice-candidate') return ` ${message.candidate.candidate || '(end)'}`;
  return 'sdp' in message ? ` ${message.sdp.sdp?.length} characters` : '';
}

/** @param {string} sdp @returns {Map<string, string>} by MID */
function directions(sdp) {
  return new Map(
    sdp
      .split(/^m=/m)
      .slice(1)
      .map((section) => [
        /^a=mid:(\S+)/m.exec(section)?.[1] ?? '',
        /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(section)?.[1] ?? 'sendrecv',
      ]),
  );
}
