// Runs in a page: mediasoup's client on the browser's RTCPeerConnection, and its server's
// negotiation code (`ortc`, outside of the page) in place of a server. Nobody is there to connect
// to, and nobody has to be: what counts is what the client makes the browser believe that the
// server said.

import { Device } from 'mediasoup-client';

const ortc = (...call) => globalThis.ortc(...call);

const kCodecs = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
    },
  },
];

const hex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0').toUpperCase(),
  );

/** What a server says of a WebRtcTransport. */
const transportOptions = () => ({
  id: hex(8).join(''),
  iceParameters: {
    usernameFragment: hex(16).join('').toLowerCase(),
    password: hex(16).join('').toLowerCase(),
    iceLite: true,
  },
  iceCandidates: [
    { protocol: 'udp', ip: '198.51.100.7', port: 40123, priority: 1076302079 },
    { protocol: 'udp', ip: '2001:db8::7', port: 40124, priority: 1076302078 },
    { protocol: 'tcp', ip: '198.51.100.7', port: 40125, priority: 1076276479, tcpType: 'passive' },
  ].map((candidate) => ({
    foundation: `${candidate.protocol}candidate`,
    address: candidate.ip,
    type: 'host',
    ...candidate,
  })),
  dtlsParameters: {
    role: 'auto',
    fingerprints: [
      { algorithm: 'sha-1', value: hex(20).join(':') },
      { algorithm: 'sha-256', value: hex(32).join(':') },
    ],
  },
  sctpParameters: { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 262144 },
});

/** The descriptions that connections were given from now on, in order. */
function listen() {
  const heard = [];
  for (const side of ['Local', 'Remote']) {
    const method = `set${side}Description`;
    const native = RTCPeerConnection.prototype[method];
    RTCPeerConnection.prototype[method] = function (description) {
      heard.push({ side, type: description.type, sdp: description.sdp });
      return native.call(this, description);
    };
  }
  return heard;
}

function track(kind) {
  if (kind === 'audio')
    return new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  return canvas.captureStream().getVideoTracks()[0];
}

globalThis.recordMediasoup = async () => {
  const heard = listen();
  const router = await ortc('generateRouterRtpCapabilities', kCodecs);
  const device = await Device.factory({ handlerName: 'Chrome111' });
  await device.load({ routerRtpCapabilities: router });

  const producers = [];
  const send = device.createSendTransport(transportOptions());
  send.on('connect', (_, done) => done());
  send.on('produce', ({ kind, rtpParameters }, done) => {
    producers.push({ id: hex(4).join(''), kind, rtpParameters });
    done({ id: producers.at(-1).id });
  });
  send.on('producedata', (_, done) => done({ id: 'data' }));
  await send.produce({ track: track('audio') });
  const camera = await send.produce({
    track: track('video'),
    encodings: [
      { rid: 'r0', maxBitrate: 100000, scalabilityMode: 'L1T3' },
      { rid: 'r1', maxBitrate: 300000, scalabilityMode: 'L1T3' },
      { rid: 'r2', maxBitrate: 900000, scalabilityMode: 'L1T3' },
    ],
  });
  await send.produceData();
  camera.close();
  await send.produce({ track: track('video') });
  await send.restartIce({ iceParameters: transportOptions().iceParameters });
  const sent = heard.splice(0);

  const receive = device.createRecvTransport(transportOptions());
  receive.on('connect', (_, done) => done());
  const consumers = [];
  for (const { id, kind, rtpParameters } of producers) {
    const mapping = await ortc('getProducerRtpParametersMapping', rtpParameters, router);
    const consumable = await ortc(
      'getConsumableRtpParameters',
      kind,
      rtpParameters,
      router,
      mapping,
    );
    const consumed = await ortc('getConsumerRtpParameters', {
      consumableRtpParameters: consumable,
      remoteRtpCapabilities: device.recvRtpCapabilities ?? device.rtpCapabilities,
      pipe: false,
      enableRtx: true,
    });
    consumed.mid = String(consumers.length);
    // Where the producer has none, the server makes one up.
    consumed.rtcp.cname ||= hex(4).join('').toLowerCase();
    consumers.push(
      await receive.consume({
        id: `consumer-${consumers.length}`,
        producerId: id,
        kind,
        rtpParameters: consumed,
      }),
    );
  }
  await receive.consumeData({
    id: 'data-consumer',
    dataProducerId: 'data',
    sctpStreamParameters: { streamId: 1, ordered: true },
  });
  consumers[1].close();
  // The queue of the transport runs to its end.
  await receive.restartIce({ iceParameters: transportOptions().iceParameters });
  const received = heard.splice(0);
  send.close();
  receive.close();
  return { sent, received };
};
