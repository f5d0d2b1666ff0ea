// An application that knows nothing but the package: it is checked with lib.dom.d.ts, with
// lib.webworker.d.ts, with @types/node, and with none of them.

import {
  RTCIceCandidate,
  RTCPeerConnection,
  RTCVideoSource,
  configure,
  install,
  type RTCDataChannel,
  type RTCInboundRtpStreamStats,
  type RTCPeerConnectionState,
} from 'webrtc-wasm';

configure({
  relay: async () => ({ url: 'wss://relay.example/relay', username: 'u', credential: 'c' }),
  onrelay: ({ type, url, attempt }) => void [type, url, attempt],
});
// @ts-expect-error a relay has a url
configure({ relay: { username: 'u' } });

class Connection extends RTCPeerConnection {
  readonly made = 1;
}

export async function call(send: (message: string) => void): Promise<RTCDataChannel> {
  const pc = new Connection({ iceServers: [{ urls: 'stun:stun.example' }] });
  pc.onicecandidate = ({ candidate }) => {
    if (candidate) send(JSON.stringify(candidate.toJSON()));
  };
  pc.addEventListener('track', ({ track, streams }) => void [track.kind, streams.length]);
  pc.addEventListener('connectionstatechange', function () {
    const state: RTCPeerConnectionState = this.connectionState;
    void state;
  });
  // @ts-expect-error there is no such handler
  pc.onsomething = null;
  pc.ondatachannel = ({ channel }) => {
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => channel.send(data);
  };
  const channel = pc.createDataChannel('x', {
    ordered: false,
    maxRetransmits: 0,
    priority: 'high',
  });
  // @ts-expect-error maxRetransmits is a number
  pc.createDataChannel('y', { maxRetransmits: 'none' });
  channel.send(new Uint8Array(4));
  await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
  await pc.addIceCandidate(new RTCIceCandidate({ candidate: '', sdpMid: '0' }));
  await pc.addIceCandidate(null);
  const transceiver = pc.addTransceiver(new RTCVideoSource().createTrack(), {
    direction: 'sendonly',
    sendEncodings: [{ rid: 'h' }, { rid: 'l', scaleResolutionDownBy: 2 }],
  });
  const parameters = transceiver.sender.getParameters();
  parameters.degradationPreference = 'maintain-framerate';
  await transceiver.sender.setParameters(parameters);
  for (const [id, report] of await pc.getStats()) {
    if (report.type !== 'inbound-rtp') continue;
    const { packetsLost = 0 }: RTCInboundRtpStreamStats = report;
    void [id, packetsLost];
  }
  const certificate = await RTCPeerConnection.generateCertificate({
    name: 'ECDSA',
    namedCurve: 'P-256',
  });
  void new RTCPeerConnection({ certificates: [certificate] });
  const restore: () => void = install({ force: true });
  restore();
  return channel;
}
