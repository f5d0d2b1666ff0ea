// The transceivers of the scripted engine: what script asks for changes them as it would those of
// the real one; what negotiation does to them is for the test to say.

/** What the engine rejects with. */
const refusal = (name, message = name) => ({ name, message });

const codec = (mimeType, clockRate, rest = {}) => ({ mimeType, clockRate, ...rest });

export const fakeCapabilities = {
  audio: {
    codecs: [
      codec('audio/opus', 48000, { channels: 2, sdpFmtpLine: 'minptime=10;useinbandfec=1' }),
      codec('audio/PCMU', 8000, { channels: 1 }),
      codec('audio/telephone-event', 8000, { channels: 1, sdpFmtpLine: '0-15' }),
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' }],
  },
  video: {
    codecs: [
      codec('video/VP8', 90000),
      codec('video/VP9', 90000, { sdpFmtpLine: 'profile-id=0' }),
      codec('video/H264', 90000, {
        sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      }),
      codec('video/rtx', 90000),
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' }],
  },
};

/** @param {string} kind */
const negotiatedCodecs = (kind) =>
  fakeCapabilities[kind].codecs.map((one, i) => ({ payloadType: 96 + i, ...one }));

const copy = (value) => JSON.parse(JSON.stringify(value));

export class FakeTransceivers {
  /** As snapshots have them. */
  list = [];
  /** What the engine was called with, by method. */
  calls = [];
  /** Handles whose parameters have been negotiated. */
  negotiated = new Set();
  #handles = 0;

  find(handle) {
    return this.list.find((one) => one.handle === handle);
  }

  /** A transceiver as a call of script or a remote description makes it. */
  create(members) {
    const made = {
      handle: ++this.#handles,
      kind: 'audio',
      mid: null,
      mLineIndex: null,
      direction: 'sendrecv',
      currentDirection: null,
      stopping: false,
      stopped: false,
      transportId: null,
      sendRids: [],
      remoteSends: false,
      remoteStreams: [],
      remoteTrackId: '',
      hasTrack: false,
      ...members,
    };
    this.list.push(made);
    return made;
  }

  /** The peer rejects the sections of these. */
  reject(...handles) {
    for (const handle of handles) {
      const one = this.find(handle);
      Object.assign(one, { stopping: true, stopped: true, currentDirection: null });
      Object.assign(one, { remoteSends: false, remoteStreams: [] });
    }
  }

  remove(...handles) {
    this.list = this.list.filter(({ handle }) => !handles.includes(handle));
  }

  /** After an answer: of what is stopping, the section is rejected, or there is none. */
  removeStopped() {
    this.list = this.list.filter(({ stopping }) => !stopping);
  }

  /** An offer of ours names the sections of those that have none. */
  associate(transportId = 1) {
    this.list.forEach((one, i) => {
      if (one.stopping && one.mid === null) return;
      one.mid ??= `${i}`;
      one.mLineIndex ??= i;
      one.transportId ??= transportId;
    });
  }

  snapshot() {
    return this.list.map((one) => copy({ ...one, hasTrack: undefined }));
  }

  // ---- What script asks for

  addTransceiver({ kind, direction, hasTrack, rids, ...rest }) {
    this.calls.push(['addTransceiver', { kind, direction, hasTrack, rids, ...rest }]);
    return { handle: this.create({ kind, direction, hasTrack, sendRids: rids }).handle };
  }

  addTrack(request) {
    this.calls.push(['addTrack', request]);
    const free = this.list.find(({ kind, hasTrack }) => kind === request.kind && !hasTrack);
    if (!free)
      return { handle: this.create({ kind: request.kind, hasTrack: true }).handle, created: true };
    free.hasTrack = true;
    free.direction =
      { recvonly: 'sendrecv', inactive: 'sendonly' }[free.direction] ?? free.direction;
    return { handle: free.handle, created: false };
  }

  removeTrack(handle) {
    this.calls.push(['removeTrack', handle]);
    const one = this.find(handle);
    one.hasTrack = false;
    one.direction = { sendrecv: 'recvonly', sendonly: 'inactive' }[one.direction] ?? one.direction;
  }

  setSenderTrack(handle, hasTrack) {
    this.calls.push(['setSenderTrack', handle, hasTrack]);
    this.find(handle).hasTrack = hasTrack;
  }

  setEncodings(handle, encodings) {
    this.calls.push(['setEncodings', handle, encodings]);
  }

  sendFrame(handle, encoding, data, frame) {
    this.calls.push(['sendFrame', handle, encoding, [...data], frame]);
  }

  setJitterBufferTarget(handle, milliseconds) {
    this.calls.push(['setJitterBufferTarget', handle, milliseconds]);
  }

  requestKeyFrame(handle) {
    this.calls.push(['requestKeyFrame', handle]);
  }

  sendTone(handle, tone, milliseconds) {
    this.calls.push(['sendTone', handle, tone, milliseconds]);
    return true;
  }

  setSenderStreams(handle, ids) {
    this.calls.push(['setSenderStreams', handle, ids]);
  }

  setTransceiverDirection(handle, direction) {
    this.find(handle).direction = direction;
  }

  stopTransceiver(handle) {
    this.find(handle).stopping = true;
  }

  setCodecPreferences(handle, codecs) {
    this.calls.push(['setCodecPreferences', handle, codecs]);
    const isUnknown = codecs.some(({ mimeType }) => mimeType === 'video/unknown');
    return isUnknown ? refusal('InvalidModificationError') : undefined;
  }

  setHeaderExtensionsToNegotiate(handle, extensions) {
    this.calls.push(['setHeaderExtensionsToNegotiate', handle, extensions]);
    return extensions.length === 1 ? undefined : refusal('InvalidModificationError');
  }

  getHeaderExtensionsToNegotiate() {
    return [{ uri: 'urn:x', direction: 'sendrecv' }];
  }

  getNegotiatedHeaderExtensions() {
    return [{ uri: 'urn:x', direction: 'stopped' }];
  }

  parameters(handle) {
    const isNegotiated = this.negotiated.has(handle);
    return {
      codecs: isNegotiated ? negotiatedCodecs(this.find(handle).kind) : [],
      headerExtensions: isNegotiated ? [{ uri: 'urn:x', id: 1, encrypted: false }] : [],
      rtcp: { cname: 'cname', reducedSize: isNegotiated },
    };
  }
}
