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
/** @typedef {import('./engine-snapshot.js').EngineTransceiver} EngineTransceiver */
/** @typedef {import('./transceiver-set.js').TransceiverSet} TransceiverSet */
/** @typedef {import('./transports.js').RTCDtlsTransportImpl} RTCDtlsTransportImpl */
/** @typedef {import('./no-media.js').AppliedDescription} AppliedDescription */
/** @typedef {import('./no-media.js').TransportLookup} TransportLookup */

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
  dropForgotten(set, states);
  if (type === 'answer' || type === 'rollback') {
    for (const transceiver of set) {
      transceiver.rtpSender.parameters.dropLostCodecs(() => transceiver.engineParameters('send'));
    }
  }
  return changes;
}

/**
 * What was stopped leaves the set once its section is rejected in both descriptions, what a remote
 * offer brought when that is rolled back.
 * @param {TransceiverSet} set
 * @param {EngineTransceiver[]} states
 */
function dropForgotten(set, states) {
  const handles = new Set(states.map(({ handle }) => handle));
  set.removeIf((transceiver) => {
    if (handles.has(transceiver.handle)) return false;
    transceiver.setStopped();
    return true;
  });
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
  for (const state of states) {
    const transceiver = set.get(state.handle);
    if (!transceiver || transceiver.isStopped) continue;
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
  const inSections = states.filter(({ mid, mLineIndex }) => mid !== null && mLineIndex !== null);
  inSections.sort((one, other) => Number(one.mLineIndex) - Number(other.mLineIndex));
  for (const state of inSections) {
    const transceiver = set.get(state.handle) ?? addProposed(set, state);
    if (transceiver.isStopped) continue;
    if (type === 'offer') adoptProposal(transceiver, state.sendRids);
    else pruneEncodings(transceiver, state.sendRids);
    transceiver.adopt(state);
    // Whether we send is of no interest to what we receive.
    const direction = state.remoteSends ? 'recvonly' : 'inactive';
    changes.process(transceiver, direction, state.remoteSends ? state.remoteStreams : []);
    if (isAnswer(type)) setTransport(transceiver, transportOf(state.transportId));
    if (state.stopped) transceiver.setStopped();
  }
  // The section of an answer that rejects it is its end at once.
  const handles = new Set(states.map(({ handle }) => handle));
  for (const transceiver of set) {
    if (!transceiver.isStopped && !handles.has(transceiver.handle)) {
      changes.process(transceiver, 'inactive', []);
    }
  }
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
  const byHandle = new Map(states.map((state) => [state.handle, state]));
  for (const transceiver of set) {
    if (transceiver.isStopped) continue;
    const { rtpSender, rtpReceiver } = transceiver;
    const state = byHandle.get(transceiver.handle);
    if (state) {
      transceiver.adopt(state);
      setTransport(transceiver, transportOf(state.transportId));
    } else transceiver.mid = null;
    const { parameters, lastStableRidless } = rtpSender;
    if (lastStableRidless && parameters.encodings.some(({ rid }) => rid !== undefined)) {
      parameters.replaceEncodings(lastStableRidless);
    }
    if (stateBefore === 'have-remote-offer') {
      const streamIds = rtpReceiver.lastStableStreams.map(({ id }) => id);
      changes.process(transceiver, state?.currentDirection ?? null, streamIds);
    }
  }
}
