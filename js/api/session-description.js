/** Behaviour of RTCSessionDescription. */
export class RTCSessionDescriptionImpl {
  /** @param {{type: RTCSdpType, sdp: string}} init */
  constructor({ type, sdp }) {
    this.type = type;
    this.sdp = sdp;
  }
}
