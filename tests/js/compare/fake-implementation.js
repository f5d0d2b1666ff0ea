// An implementation of little more than events and promises, whose behaviour a test chooses.

import { kDataOffer } from '../../../js/compare/scenarios/sample-sdp.js';

/** @param {object} [choices] what it does differently */
export function fakeImplementation({ state = 'have-local-offer', fails, extra = false } = {}) {
  class RTCPeerConnection extends EventTarget {
    signalingState = 'stable';
    iceGatheringState = 'new';
    iceConnectionState = 'new';
    connectionState = 'new';

    async createOffer() {
      const ufrag = Math.random().toString(36).slice(2, 8).padEnd(6, 'x');
      return { type: 'offer', sdp: kDataOffer.replace('4ZcD', ufrag) };
    }

    async setLocalDescription() {
      if (fails) throw fails;
      await new Promise((resolve) => setImmediate(resolve));
      this.signalingState = state;
      this.dispatchEvent(new Event('signalingstatechange'));
      if (extra) this.dispatchEvent(new Event('negotiationneeded'));
    }

    restartIce() {}

    close() {
      this.signalingState = 'closed';
    }
  }
  return { RTCPeerConnection };
}
