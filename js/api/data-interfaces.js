// Behaviour of the interfaces that a connection without audio and video has.

import { RTCCertificateImpl } from './certificate.js';
import { RTCDataChannelImpl } from './data-channel.js';
import { RTCErrorImpl } from './errors.js';
import {
  RTCDataChannelEventImpl,
  RTCErrorEventImpl,
  RTCPeerConnectionIceErrorEventImpl,
  RTCPeerConnectionIceEventImpl,
} from './events.js';
import * as surface from './generated/surface.js';
import { RTCIceCandidateImpl } from './ice-candidate.js';
import { RTCPeerConnectionImpl } from './peer-connection.js';
import { RTCSessionDescriptionImpl } from './session-description.js';
import { RTCStatsReportImpl } from './stats-report.js';
import {
  RTCDtlsTransportImpl,
  RTCIceCandidatePairImpl,
  RTCIceTransportImpl,
  RTCSctpTransportImpl,
} from './transports.js';
import { defineInterface } from './webidl/interface.js';

/** Behaviour by interface. */
export const dataBehaviours = {
  RTCPeerConnection: RTCPeerConnectionImpl,
  RTCSessionDescription: RTCSessionDescriptionImpl,
  RTCIceCandidate: RTCIceCandidateImpl,
  RTCPeerConnectionIceEvent: RTCPeerConnectionIceEventImpl,
  RTCPeerConnectionIceErrorEvent: RTCPeerConnectionIceErrorEventImpl,
  RTCCertificate: RTCCertificateImpl,
  RTCDtlsTransport: RTCDtlsTransportImpl,
  RTCIceTransport: RTCIceTransportImpl,
  RTCIceCandidatePair: RTCIceCandidatePairImpl,
  RTCSctpTransport: RTCSctpTransportImpl,
  RTCDataChannel: RTCDataChannelImpl,
  RTCDataChannelEvent: RTCDataChannelEventImpl,
  RTCStatsReport: RTCStatsReportImpl,
  RTCError: RTCErrorImpl,
  RTCErrorEvent: RTCErrorEventImpl,
};

/**
 * The classes that script sees.
 * @param {Record<string, any>} behaviours by interface
 * @returns {Record<string, any>}
 */
export const defineInterfaces = (behaviours) =>
  Object.fromEntries(
    Object.entries(surface.interfaces)
      .filter(([name]) => behaviours[name])
      .map(([name, table]) => [name, defineInterface(name, table, behaviours[name])]),
  );
