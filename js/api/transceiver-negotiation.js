// What a description does to the transceivers: the part of "set a session description" (webrtc-pc
// section 4.4.1.5) that is about media, on top of what the engine has done already.

import { RemoteTrackChanges, receives } from './remote-tracks.js';
import {
  defaultEncodings,
  isRidless,
  proposedEncodings,
  prunedEncodings,
} from './send-encodings.js';

/** @typedef {import('./rtp-transceiver.js').RTCRtpTransceiverImpl} RTCRtpTransceiverImpl */
/** @typedef {import('./rtp-transceiver.js').EngineTransceiver} EngineTransceiver */
/** @typedef {import('./transceiver-set.js').TransceiverSet} TransceiverSet */
/** @typedef {import('./transports.js').RTCDtlsTransportImpl} RTCDtlsTransportImpl */

/**
 * A description that the engine has applied.
 * @typedef {object} AppliedDescription
 * @property {RTCSdpType} type
 * @property {boolean} isRemote
 * @property {RTCSignalingState} stateBefore
 */

/** @typedef {(transportId: number | null) => RTCDtlsTransportImpl | null} TransportLookup */

/**
 * @param {TransceiverSet} set
 * @param {EngineTransceiver[]} states those that the engine has now
 * @param {AppliedDescription} description
 * @param {TransportLookup} transportOf
 * @returns {RemoteTrackChanges} to be told once all state is visible
 */
export function negotiateTransceivers(set, states, description, transportOf) {
  const changes = new RemoteTrackChanges(set.streams);
  const { type, isRemote, stateBefore } = description;
  if (type === 'offer' && stateBefore === 'stable') rememberStableState(set);
  if (type === 'rollback') rollBack(set, states, stateBefore, changes, transportOf);
  else if (isRemote) applyRemote(set, states, type, changes, transportOf);
  else applyLocal(set, states, type, changes, transportOf);
  if (type === 'answer') {
    // The section of what was stopped is rejected by now, or there never was one.
    for (const transceiver of set) if (transceiver.handle === null) transceiver.setStopped();
    set.removeIf(({ isStopped }) => isStopped);
  }
  if (type === 'answer' || type === 'rollback') {
    for (const transceiver of set) {
      transceiver.rtpSender.parameters.dropLostCodecs(() => transceiver.engineParameters('send'));
    }
  }
  return changes;
}

/** @param {TransceiverSet} set */
function rememberStableState(set) {
  for (const { rtpSender, rtpReceiver } of set) {
    const { encodings } = rtpSender.parameters;
    rtpSender.lastStableRidless = isRidless(encodings) ? encodings : null;
    rtpReceiver.lastStableStreams = rtpReceiver.streams;
  }
}

/**
 * Those that the engine had until now and has no more: rejected, or rolled back.
 * @param {TransceiverSet} set
 * @param {EngineTransceiver[]} states
 */
function lostSince(set, states) {
  const handles = new Set(states.map(({ handle }) => handle));
  return [...set].filter(({ handle }) => handle !== null && !handles.has(handle));
}

/**
 * @param {RTCRtpTransceiverImpl} transceiver
 * @param {RTCDtlsTransportImpl | null} dtls
 */
function setTransport({ rtpSender, rtpReceiver }, dtls) {
  rtpSender.dtls = dtls;
  rtpReceiver.dtls = dtls;
}

/**
 * @param {RTCRtpTransceiverImpl} transceiver
 * @param {string[]} rids
 */
function pruneEncodings({ rtpSender: { parameters } }, rids) {
  const encodings = prunedEncodings(parameters.encodings, rids);
  if (encodings !== parameters.encodings) parameters.replaceEncodings(encodings);
}

/** @param {RTCSdpType} type */
const isAnswer = (type) => type === 'answer' || type === 'pranswer';

/**
 * @param {TransceiverSet} set
 * @param {EngineTransceiver[]} states
 * @param {RTCSdpType} type
 * @param {RemoteTrackChanges} changes
 * @param {TransportLookup} transportOf
 */
function applyLocal(set, states, type, changes, transportOf) {
  for (const transceiver of lostSince(set, states)) transceiver.setStopped();
  for (const state of states) {
    const transceiver = set.get(state.handle);
    if (!transceiver) continue;
    transceiver.adopt(state);
    if (state.mid === null) continue;
    setTransport(transceiver, transportOf(state.transportId));
    if (!isAnswer(type)) continue;
    pruneEncodings(transceiver, state.sendRids);
    transceiver.rtpSender.parameters.expire();
    const direction = state.currentDirection;
    if (!receives(direction) && receives(transceiver.firedDirection)) {
      changes.associate(transceiver.rtpReceiver, []);
      changes.depart(transceiver.rtpReceiver);
    }
    transceiver.firedDirection = direction;
  }
}

/**
 * @param {TransceiverSet} set
 * @param {EngineTransceiver[]} states
 * @param {RTCSdpType} type
 * @param {RemoteTrackChanges} changes
 * @param {TransportLookup} transportOf
 */
function applyRemote(set, states, type, changes, transportOf) {
  /** In the order of the sections. @type {{mLineIndex: number, apply: () => void}[]} */
  const sections = lostSince(set, states).map((transceiver) => ({
    mLineIndex: transceiver.mLineIndex,
    apply() {
      changes.process(transceiver, 'inactive', []);
      transceiver.setStopped();
    },
  }));
  for (const state of states) {
    if (state.mid === null || state.mLineIndex === null) continue;
    sections.push({
      mLineIndex: state.mLineIndex,
      apply() {
        const transceiver = set.get(state.handle) ?? addProposed(set, state);
        if (type === 'offer') adoptProposal(transceiver, state.sendRids);
        else pruneEncodings(transceiver, state.sendRids);
        transceiver.adopt(state);
        // Whether we send is of no interest to what we receive.
        const direction = state.remoteSends ? 'recvonly' : 'inactive';
        changes.process(transceiver, direction, state.remoteSends ? state.remoteStreams : []);
        if (isAnswer(type)) setTransport(transceiver, transportOf(state.transportId));
      },
    });
  }
  sections.sort((one, other) => one.mLineIndex - other.mLineIndex);
  for (const { apply } of sections) apply();
}

/**
 * A transceiver that the description brought.
 * @param {TransceiverSet} set
 * @param {EngineTransceiver} state
 */
const addProposed = (set, state) =>
  set.add(
    state,
    null,
    state.sendRids.length > 0 ? proposedEncodings(state.sendRids) : defaultEncodings(state.kind),
  );

/**
 * An offer to receive simulcast.
 * @param {RTCRtpTransceiverImpl} transceiver
 * @param {string[]} rids
 */
function adoptProposal({ rtpSender: { parameters } }, rids) {
  if (rids.length === 0 || !isRidless(parameters.encodings)) return;
  parameters.replaceEncodings(proposedEncodings(rids));
}

/**
 * @param {TransceiverSet} set
 * @param {EngineTransceiver[]} states
 * @param {RTCSignalingState} stateBefore
 * @param {RemoteTrackChanges} changes
 * @param {TransportLookup} transportOf
 */
function rollBack(set, states, stateBefore, changes, transportOf) {
  const lost = lostSince(set, states);
  const byHandle = new Map(states.map((state) => [state.handle, state]));
  for (const transceiver of set) {
    const { handle, rtpSender, rtpReceiver } = transceiver;
    if (handle === null) continue;
    const state = byHandle.get(handle);
    if (state) {
      transceiver.adopt(state);
      setTransport(transceiver, transportOf(state.transportId));
    }
    const { parameters, lastStableRidless } = rtpSender;
    if (lastStableRidless && parameters.encodings.some(({ rid }) => rid !== undefined)) {
      parameters.replaceEncodings(lastStableRidless);
    }
    if (stateBefore === 'have-remote-offer') {
      const streamIds = rtpReceiver.lastStableStreams.map(({ id }) => id);
      changes.process(transceiver, state?.currentDirection ?? null, streamIds);
    }
  }
  for (const transceiver of lost) {
    transceiver.mid = null;
    transceiver.setStopped();
  }
  set.removeIf((transceiver) => lost.includes(transceiver));
}
