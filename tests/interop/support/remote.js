// A peer that runs elsewhere, in another process or in a page, behind RTCPeerConnection's shape.
//
// Both sides tell each other objects. To the peer: {id, pc, method, ...parameters}, where `pc` is a
// number of ours. From the peer: {id, pc, result} or {id, pc, error}, and events as {pc, event, ...}
// with the number of a channel where it is a channel's. All that come from the peer carry `states`,
// as they were when it spoke: the attributes of its connection.
//
// Tracks have names as channels do. A peer that sends them takes addTrack {track, kind, source}, showPicture
// {track, width, height, base64} with I420, and playSound {track, sampleRate, base64} with 16-bit
// samples of one channel. It says {event: 'track', track, kind} of one that it receives, and after
// watch {track} tells {event: 'media', track, …} with all that it decodes, in the same shape.
//
// A peer that knows RTP alone takes startEcho {kind, mimeType}, says {event: 'rtp', echo: kind,
// sequenceNumber} of each packet that it sends back and {event: 'keyframerequest', echo: kind} of
// what it is asked for, and asks for a key frame itself on requestKeyFrame {kind}.

import { RemoteEcho, RemoteReceivedTrack } from './remote-media.js';
import { deferred, within } from './waiting.js';

/** The way to a peer, and the calls that wait for its answers. */
export class Link {
  #name;
  #tell;
  #calls = new Map();
  #lastCall = 0;
  #problem;
  /** @type {Map<number, RemoteConnection>} */
  connections = new Map();

  /**
   * @param {string} name of the peer, for messages
   * @param {(message: object) => void} tell
   */
  constructor(name, tell) {
    this.#name = name;
    this.#tell = tell;
  }

  /**
   * @param {number} pc
   * @param {string} method
   * @param {object} [parameters]
   */
  call(pc, method, parameters = {}) {
    if (this.#problem) return Promise.reject(this.#problem);
    const id = ++this.#lastCall;
    const outcome = deferred();
    this.#calls.set(id, outcome);
    this.#tell({ id, pc, method, ...parameters });
    return within(`${this.#name} to ${method}`, outcome.promise);
  }

  /** What the peer says. */
  receive({ id, result, error, pc, states, ...event }) {
    const connection = this.connections.get(pc);
    if (states) Object.assign(connection ?? {}, states);
    if (id === undefined) {
      connection?.handle(event);
      return;
    }
    const outcome = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) outcome.resolve(result);
    else outcome.reject(new Error(`${this.#name}: ${error}`));
  }

  /**
   * The peer is gone: calls that wait and later ones reject.
   * @param {Error} problem
   */
  end(problem) {
    this.#problem = problem;
    for (const { reject } of this.#calls.values()) reject(problem);
    this.#calls.clear();
  }
}

let lastConnection = 0;

export class RemoteConnection {
  connectionState = 'new';
  iceConnectionState = 'new';
  iceGatheringState = 'new';
  signalingState = 'stable';
  localDescription = null;
  #number = ++lastConnection;
  /** @type {Promise<Link>} */
  #link;
  /** @type {Map<string, RemoteChannel>} */
  #channels = new Map();
  /** @type {Promise<any>[]} */
  #additions = [];
  /** @type {Map<string, RemoteReceivedTrack>} */
  #receivedTracks = new Map();
  /** @type {Map<string, RemoteEcho>} */
  #echoes = new Map();

  /**
   * @param {Promise<Link>} link
   * @param {object} configuration RTCConfiguration
   */
  constructor(link, configuration) {
    this.#link = link;
    this.#tell('create', { configuration });
  }

  async createOffer(options = {}) {
    await Promise.all(this.#additions);
    return this.#call('createOffer', { options });
  }

  async createAnswer() {
    await Promise.all(this.#additions);
    return this.#call('createAnswer');
  }

  setLocalDescription({ type, sdp }) {
    return this.#call('setLocalDescription', { description: { type, sdp } });
  }

  setRemoteDescription({ type, sdp }) {
    return this.#call('setRemoteDescription', { description: { type, sdp } });
  }

  addIceCandidate(candidate) {
    return this.#call('addIceCandidate', { candidate });
  }

  createDataChannel(label, options = {}) {
    const key = `local-${this.#channels.size}`;
    this.#tell('createDataChannel', { channel: key, label, options });
    return this.#addChannel(key, { label });
  }

  /** @param {any} track of remote-media.js; what goes wrong is told by the next description */
  addTrack(track) {
    const key = `local-${this.#additions.length}`;
    const { kind, source } = track;
    track.attach((method, parameters) => this.#tell(method, { track: key, ...parameters }));
    this.#add('addTrack', { track: key, kind, source });
  }

  /** @param {{ kind: 'audio' | 'video', mimeType: string }} codec */
  startEcho({ kind, mimeType }) {
    const echo = new RemoteEcho(() => this.#tell('requestKeyFrame', { kind }));
    this.#echoes.set(kind, echo);
    this.#add('startEcho', { kind, mimeType });
    return echo;
  }

  #add(method, parameters) {
    const added = this.#call(method, parameters);
    added.catch(() => {});
    this.#additions.push(added);
  }

  async close() {
    await this.#call('close');
    (await this.#link).connections.delete(this.#number);
  }

  /** @param {{event: string, channel?: string, track?: string, echo?: string}} event */
  handle({ event, channel, track, echo, ...details }) {
    if (event === 'track') {
      this.ontrack?.({ track: this.#announceTrack(track, details.kind) });
    } else if (echo !== undefined) {
      this.#echoes.get(echo).handle(event, details);
    } else if (track !== undefined) {
      this.#receivedTracks.get(track).take?.(details);
    } else if (event === 'datachannel') {
      this.ondatachannel?.({ channel: this.#addChannel(channel, details) });
    } else if (channel !== undefined) {
      this.#channels.get(channel).handle(event, details);
    } else {
      this[`on${event}`]?.(details);
    }
  }

  async #call(method, parameters) {
    const link = await this.#link;
    link.connections.set(this.#number, this);
    return link.call(this.#number, method, parameters);
  }

  /** For calls that are not asynchronous in the W3C's shape: nobody waits for the answer. */
  #tell(method, parameters) {
    this.#call(method, parameters).catch((error) => this.#channels.forEach((c) => c.fail(error)));
  }

  #announceTrack(key, kind) {
    const track = new RemoteReceivedTrack(kind, (method) => this.#tell(method, { track: key }));
    this.#receivedTracks.set(key, track);
    return track;
  }

  #addChannel(key, properties) {
    const channel = new RemoteChannel(properties, (method, parameters) =>
      this.#tell(method, { channel: key, ...parameters }),
    );
    this.#channels.set(key, channel);
    return channel;
  }
}

class RemoteChannel {
  readyState = 'connecting';
  bufferedAmount = 0;
  #tell;

  constructor(properties, tell) {
    Object.assign(this, properties);
    this.#tell = tell;
  }

  send(data) {
    if (typeof data === 'string') this.#tell('send', { text: data });
    else this.#tell('send', { base64: data.toString('base64') });
  }

  close() {
    this.#tell('closeChannel');
  }

  fail(error) {
    this.onerror?.({ error });
  }

  handle(event, { text, base64 }) {
    if (event === 'message') {
      this.onmessage?.({ data: text ?? Buffer.from(base64, 'base64') });
      return;
    }
    this.readyState = event === 'open' ? 'open' : 'closed';
    this[`on${event}`]?.();
  }
}

/** Ends what was opened in a test file. */
const endings = [];

afterAll(async () => {
  for (const ending of endings.splice(0)) await ending();
});

/**
 * What makes connections of a peer that is started for the first of them, once in a test file, and
 * ended after its last test.
 * @param {() => Promise<{ link: Link, stop: () => Promise<void> }>} open
 */
export function remotePeer(open) {
  let opened;
  const start = () => {
    if (opened) return opened;
    const running = open();
    opened = running.then(({ link }) => link);
    opened.catch(() => {});
    endings.push(async () => {
      opened = undefined;
      // One that did not start has told those who waited for it.
      await running.then(
        ({ stop }) => stop(),
        () => {},
      );
    });
    return opened;
  };
  return {
    start,
    create: (configuration) => new RemoteConnection(start(), configuration),
  };
}
