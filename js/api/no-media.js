// What a connection has in the place of audio and video when it has none.

import { exception } from './errors.js';

/** @typedef {import('./engine-snapshot.js').EngineTransceiver} EngineTransceiver */
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
 * What statistics have of media beside what the engine counts.
 * @typedef {object} MediaStatistics
 * @property {(entry: any) => any} completed
 * @property {() => Iterable<any>} sources
 */

/**
 * The audio and video of one connection, as the rest of it sees them.
 * @typedef {object} ConnectionMedia
 * @property {() => Iterable<RTCDtlsTransportImpl>} transports that RTP goes over or will
 * @property {(kind: 'audio' | 'video', wanted: boolean) => void} offerToReceive webrtc-pc section 4.4.3.3
 * @property {(states: EngineTransceiver[], description: AppliedDescription, transportOf: TransportLookup) =>
 *   {fire(connection: any): void}} negotiate a description has been applied; what it gives is told once all
 *   state is visible
 * @property {() => void} update what was negotiated takes effect
 * @property {(event: any) => boolean} handleEvent whether the event of the engine was about media
 * @property {(timestamp: number) => MediaStatistics} stats
 * @property {() => void} stopAll the connection closes
 */

const kNothing = { fire() {} };

/** @implements {ConnectionMedia} */
export class NoMedia {
  transports() {
    return [];
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {boolean} wanted
   */
  offerToReceive(kind, wanted) {
    if (wanted)
      throw exception('NotSupportedError', `no ${kind} can be received by webrtc-wasm/data`);
  }

  negotiate() {
    return kNothing;
  }

  update() {}

  handleEvent() {
    return false;
  }

  stats() {
    return { completed: (/** @type {any} */ entry) => entry, sources: () => [] };
  }

  stopAll() {}
}
