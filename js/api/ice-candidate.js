import { parseCandidateLine } from './candidate-line.js';

/** Behaviour of RTCIceCandidate (webrtc-pc section 4.8.1). */
export class RTCIceCandidateImpl {
  foundation = null;
  component = null;
  priority = null;
  address = null;
  protocol = null;
  port = null;
  type = null;
  tcpType = null;
  relatedAddress = null;
  relatedPort = null;

  /** @param {any} init RTCLocalIceCandidateInit */
  constructor(init) {
    if (init.sdpMid === null && init.sdpMLineIndex === null) {
      throw new TypeError('RTCIceCandidate: sdpMid and sdpMLineIndex are both null');
    }
    this.candidate = init.candidate;
    this.sdpMid = init.sdpMid;
    this.sdpMLineIndex = init.sdpMLineIndex;
    this.usernameFragment = init.usernameFragment;
    this.relayProtocol = init.relayProtocol;
    this.url = init.url;
    Object.assign(this, parseCandidateLine(this.candidate));
  }

  toJSON() {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
}
