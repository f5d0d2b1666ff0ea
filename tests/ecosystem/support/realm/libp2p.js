// What scenarios with libp2p have in common.

export const kProtocol = '/webrtc-wasm/ecosystem/1';

/** libp2p's own bounds are meant for machines that have nothing else to do. */
export const kPatienceMs = 100_000;
export const kPatience = {
  addressDialTimeout: kPatienceMs,
  dialTimeout: kPatienceMs,
  inboundUpgradeTimeout: kPatienceMs,
  outboundUpgradeTimeout: kPatienceMs,
  protocolNegotiationTimeout: kPatienceMs,
  inboundStreamProtocolNegotiationTimeout: kPatienceMs,
  outboundStreamProtocolNegotiationTimeout: kPatienceMs,
};
