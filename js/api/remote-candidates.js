// RTCIceTransport.getRemoteCandidates(): the candidates of the remote description, which
// addIceCandidate() adds to as well, by transport.

import { candidatesOf } from './description-parameters.js';
import { interfaceNamed } from './webidl/interface.js';

/** @typedef {import('./engine-snapshot.js').Snapshot} Snapshot */

export class RemoteCandidates {
  #remoteSdp;
  /** Transport ids by the mids of their sections. @type {Map<string, number>} */
  #transportIds = new Map();
  /** The objects that script has been given, by what they say. @type {Map<string, any>} */
  #objects = new Map();

  /** @param {() => string} remoteSdp */
  constructor(remoteSdp) {
    this.#remoteSdp = remoteSdp;
  }

  /** @param {Snapshot} snapshot */
  adopt({ transceivers, sctp }) {
    this.#transportIds.clear();
    for (const { mid, transportId } of transceivers) {
      if (mid !== null && transportId !== null) this.#transportIds.set(mid, transportId);
    }
    if (sctp) this.#transportIds.set(sctp.transportMid, sctp.transportId);
  }

  /**
   * @param {number} transportId
   * @returns {any[]} RTCIceCandidate, the same objects each time
   */
  of(transportId) {
    /** @type {Map<string, any>} */
    const current = new Map();
    /** @type {Map<string, any>} by candidate: bundled sections may repeat each other's */
    const found = new Map();
    for (const init of candidatesOf(this.#remoteSdp())) {
      const key = JSON.stringify(init);
      const known = this.#objects.get(key);
      const object = known ?? new (interfaceNamed('RTCIceCandidate'))(init);
      current.set(key, object);
      if (this.#isOn(init, transportId) && !found.has(init.candidate)) {
        found.set(init.candidate, object);
      }
    }
    this.#objects = current;
    return [...found.values()];
  }

  /**
   * @param {{sdpMid: string | null}} candidate
   * @param {number} transportId
   */
  #isOn({ sdpMid }, transportId) {
    // Without a mid there is no BUNDLE, and without that a peer has but one section.
    if (sdpMid === null) return true;
    return this.#transportIds.get(sdpMid) === transportId;
  }
}
