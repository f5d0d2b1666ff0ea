// "Processing remote MediaStreamTracks" (webrtc-pc section 5.1.1): which tracks come and go with a
// description, in which streams.

import { addToStream, createRemoteStream, removeFromStream, setMuted } from '../media/index.js';
import { fireAs } from './events.js';
import { wrapperOf } from './webidl/interface.js';

/** @typedef {import('./rtp-transceiver.js').RTCRtpTransceiverImpl} RTCRtpTransceiverImpl */
/** @typedef {import('./rtp-receiver.js').RTCRtpReceiverImpl} RTCRtpReceiverImpl */
/** @typedef {{stream: MediaStream, track: MediaStreamTrack}} StreamAndTrack */

/**
 * The streams that the peer has named, each created once for a connection. One that neither a receiver nor script
 * has any more is forgotten, or a peer that names others in each description would fill the memory.
 */
export class RemoteStreams {
  /** @type {Map<string, WeakRef<MediaStream>>} */
  #byId = new Map();
  /** @type {FinalizationRegistry<string>} */
  #collected = new FinalizationRegistry((id) => {
    if (!this.#byId.get(id)?.deref()) this.#byId.delete(id);
  });

  /**
   * @param {string} id
   * @returns {MediaStream}
   */
  withId(id) {
    const known = this.#byId.get(id)?.deref();
    if (known) return known;
    const stream = createRemoteStream(id);
    this.#byId.set(id, new WeakRef(stream));
    this.#collected.register(stream, id);
    return stream;
  }

  /** How many there are, collected ones that the realm has not told of included. */
  get size() {
    return this.#byId.size;
  }
}

/** What one description changes, to be told to script when all of it is visible. */
export class RemoteTrackChanges {
  #streams;
  /** @type {RTCRtpTransceiverImpl[]} */
  #arrived = [];
  /** @type {MediaStreamTrack[]} */
  #muted = [];
  /** @type {StreamAndTrack[]} */
  #removed = [];
  /** @type {StreamAndTrack[]} */
  #added = [];

  /** @param {RemoteStreams} streams */
  constructor(streams) {
    this.#streams = streams;
  }

  /**
   * "Process remote tracks".
   * @param {RTCRtpTransceiverImpl} transceiver
   * @param {RTCRtpTransceiverDirection | null} direction that was negotiated, from our point of view
   * @param {string[]} streamIds "msids"
   */
  process(transceiver, direction, streamIds) {
    const addedBefore = this.#added.length;
    this.associate(transceiver.rtpReceiver, streamIds);
    const fires = receives(direction);
    const fired = receives(transceiver.firedDirection);
    if ((fires && !fired) || this.#added.length > addedBefore) this.#arrived.push(transceiver);
    if (direction && !fires && fired) this.depart(transceiver.rtpReceiver);
    transceiver.firedDirection = direction;
  }

  /**
   * "Set the associated remote streams".
   * @param {RTCRtpReceiverImpl} receiver
   * @param {string[]} streamIds
   */
  associate(receiver, streamIds) {
    const { track } = receiver;
    const streams = streamIds.map((id) => this.#streams.withId(id));
    for (const stream of receiver.streams) {
      if (!streams.includes(stream)) this.#removed.push({ stream, track });
    }
    for (const stream of streams) {
      if (!receiver.streams.includes(stream)) this.#added.push({ stream, track });
    }
    receiver.streams = streams;
  }

  /**
   * "Process the removal of a remote track".
   * @param {RTCRtpReceiverImpl} receiver
   */
  depart({ track }) {
    if (!track.muted) this.#muted.push(track);
  }

  /**
   * The events, after `signalingstatechange`. Whoever listens may close the connection, and nothing
   * is told any more.
   * @param {import('./connection-channels.js').ConnectionContext} connection
   */
  fire(connection) {
    const entries = this.#arrived.map((transceiver) => ({
      receiver: transceiver.receiver,
      track: transceiver.rtpReceiver.track,
      streams: transceiver.rtpReceiver.streams,
      transceiver: wrapperOf('RTCRtpTransceiver', transceiver),
    }));
    const steps = [
      ...this.#muted.map((track) => () => setMuted(track, true)),
      ...this.#removed.map(
        ({ stream, track }) =>
          () =>
            removeFromStream(stream, track),
      ),
      ...this.#added.map(
        ({ stream, track }) =>
          () =>
            addToStream(stream, track),
      ),
      ...entries.map((entry) => () => fireAs(connection, 'RTCTrackEvent', 'track', entry)),
    ];
    for (const step of steps) {
      if (connection.isClosed) return;
      step();
    }
  }
}

/** @param {string | null} direction */
export const receives = (direction) => direction === 'sendrecv' || direction === 'recvonly';
