// What mediasoup-client talks to, made of this package's own connections: mediasoup's worker is a native
// program that no npm package has. It speaks mediasoup's parameters (ICE, DTLS, SCTP, RTP), never
// SDP, with the clients; towards its own connections it writes the descriptions that a client keeps to itself.
// Unlike mediasoup it is no ICE-lite agent, so that it is told the client's ICE credentials as well.

import { once } from 'node:events';
import * as sdpTransform from 'sdp-transform';
import { WebSocketServer } from 'ws';
import {
  MediaStream,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCPeerConnection,
  RTCRtpSender,
} from '../../../dist/webrtc-wasm.node.mjs';

const kMime = { audio: 'audio/opus', video: 'video/VP8' };
const kMidExtension = 'urn:ietf:params:rtp-hdrext:sdes:mid';
/** What carries the association of a connection that has no other channel; no client has it. */
const kProbe = { negotiated: true, id: 1000 };

/** fmtp's parameters as mediasoup has them. @param {string} config */
const parametersOf = (config = '') => sdpTransform.parseParams(config);

/** A media section of ours as mediasoup's RTP parameters or capabilities. */
function rtpOf(media, preferred) {
  const pt = preferred ? 'preferredPayloadType' : 'payloadType';
  const codecs = media.rtp.map(({ payload, codec, rate, encoding }) => ({
    ...(preferred && { kind: media.type }),
    mimeType: `${media.type}/${codec}`,
    [pt]: payload,
    clockRate: rate,
    ...(media.type === 'audio' && { channels: Number(encoding ?? 1) }),
    parameters: parametersOf(media.fmtp.find((fmtp) => fmtp.payload === payload)?.config),
    rtcpFeedback: (media.rtcpFb ?? [])
      .filter((feedback) => Number(feedback.payload) === payload)
      .map(({ type, subtype }) => ({ type, parameter: subtype })),
  }));
  const headerExtensions = (media.ext ?? []).map(({ value, uri }) =>
    preferred
      ? { kind: media.type, uri, preferredId: value, direction: 'sendrecv' }
      : { uri, id: value },
  );
  return { codecs, headerExtensions };
}

/** Lets a transceiver have the codec that mediasoup's would, and its retransmissions. */
function preferCodec(transceiver, kind) {
  const { codecs } = RTCRtpSender.getCapabilities(kind);
  const wanted = codecs.filter(({ mimeType }) => [kMime[kind], `${kind}/rtx`].includes(mimeType));
  transceiver.setCodecPreferences(wanted);
}

/** What a mediasoup router calls its capabilities, out of an offer of ours: payload types agree. */
async function routerCapabilities() {
  const pc = new RTCPeerConnection();
  for (const kind of ['audio', 'video']) preferCodec(pc.addTransceiver(kind), kind);
  const { sdp } = await pc.createOffer();
  pc.close();
  const all = sdpTransform.parse(sdp).media.map((media) => rtpOf(media, true));
  return {
    codecs: all.flatMap(({ codecs }) => codecs),
    headerExtensions: all.flatMap(({ headerExtensions }) => headerExtensions),
  };
}

class Transport {
  #pc = new RTCPeerConnection();
  #client;
  /** What a client would offer us, by section. */
  #produced = [];
  /** Of our connection, the client's work is one after the other. */
  #work = Promise.resolve();
  #streams = 0;

  /** Makes the parameters that the client needs before it has any of its own. */
  async open() {
    const pc = this.#pc;
    pc.createDataChannel('', kProbe);
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== 'complete') await once(pc, 'icegatheringstatechange');
    const [section] = sdpTransform.parse(pc.localDescription.sdp).media;
    const { iceUfrag, icePwd, fingerprint, candidates } = section;
    return {
      id: `transport ${iceUfrag}`,
      iceParameters: { usernameFragment: iceUfrag, password: icePwd, iceLite: false },
      iceCandidates: candidates.map(({ foundation, priority, ip, port, type }) => ({
        ...{ foundation, priority, ip, address: ip, port, type },
        protocol: 'udp',
      })),
      dtlsParameters: {
        role: 'auto',
        fingerprints: [{ algorithm: fingerprint.type, value: fingerprint.hash }],
      },
      sctpParameters: { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 262_144 },
    };
  }

  /** @param {{ ice: { ufrag: string, pwd: string }, dtlsParameters: any }} client */
  connect(client) {
    this.#client = client;
    return this.#then(() => this.#answer());
  }

  /** What the client sends from now on, as frames. */
  produce({ kind, rtpParameters }) {
    return this.#then(async () => {
      const { codecs, encodings, headerExtensions, rtcp } = rtpParameters;
      const [{ ssrc, rtx }] = encodings;
      const description = sdpTransform.parse(this.#pc.localDescription.sdp);
      const mid = `produced-${kind}`;
      // Packets are told by their SSRC: the client's mids may be others here.
      const ext = headerExtensions.filter(({ uri }) => uri !== kMidExtension);
      this.#produced.push({
        ...{ type: kind, port: 9, protocol: 'UDP/TLS/RTP/SAVPF', mid, rtcpMux: 'rtcp-mux' },
        payloads: codecs.map(({ payloadType }) => payloadType).join(' '),
        connection: { version: 4, ip: '0.0.0.0' },
        direction: 'sendonly',
        rtp: codecs.map(({ payloadType, mimeType, clockRate, channels }) => ({
          payload: payloadType,
          codec: mimeType.split('/')[1],
          rate: clockRate,
          encoding: channels > 1 ? channels : undefined,
        })),
        fmtp: codecs
          .filter(({ parameters }) => Object.keys(parameters).length > 0)
          .map(({ payloadType, parameters }) => ({
            payload: payloadType,
            config: Object.entries(parameters)
              .map(([name, value]) => `${name}=${value}`)
              .join(';'),
          })),
        rtcpFb: codecs.flatMap(({ payloadType, rtcpFeedback }) =>
          rtcpFeedback.map(({ type, parameter }) => ({
            payload: payloadType,
            type,
            subtype: parameter || undefined,
          })),
        ),
        ext: ext.map(({ id, uri }) => ({ value: id, uri })),
        ssrcs: [ssrc, rtx?.ssrc]
          .filter(Boolean)
          .map((id) => ({ id, attribute: 'cname', value: rtcp.cname })),
        ssrcGroups: rtx ? [{ semantics: 'FID', ssrcs: `${ssrc} ${rtx.ssrc}` }] : [],
      });
      const [application] = description.media;
      const media = [application, ...this.#produced].map((section) => this.#asClient(section));
      const sdp = this.#write(media, description);
      await this.#pc.setRemoteDescription({ type: 'offer', sdp });
      await this.#pc.setLocalDescription();
      const { receiver } = this.#pc.getTransceivers().find((one) => one.mid === mid);
      const sink = new RTCEncodedSink(receiver.track);
      const source = new RTCEncodedSource({ kind, mimeType: kMime[kind] });
      sink.onframe = ({ frame }) => source.onFrame(frame);
      source.onkeyframerequest = () => sink.requestKeyFrame();
      return { kind, source };
    });
  }

  /** @param {{ kind: string, source: any }} producer @returns the client's RTP parameters */
  consume({ kind, source }) {
    return this.#then(async () => {
      const transceiver = this.#pc.addTransceiver(source.createTrack(), {
        direction: 'sendonly',
        streams: [new MediaStream()],
      });
      preferCodec(transceiver, kind);
      await this.#pc.setLocalDescription();
      const { media } = sdpTransform.parse(this.#pc.localDescription.sdp);
      const section = media.find(({ mid }) => String(mid) === transceiver.mid);
      const [ssrc, rtx] = [...new Set(section.ssrcs.map(({ id }) => id))];
      if (this.#client) await this.#answer();
      return {
        ...rtpOf(section, false),
        mid: transceiver.mid,
        encodings: [{ ssrc, ...(rtx && { rtx: { ssrc: rtx } }) }],
        rtcp: { cname: section.ssrcs[0].value, reducedSize: true },
      };
    });
  }

  /** A channel that both ends know, by its stream. @param {number} [id] */
  channel(label, id = this.#streams++) {
    const channel = this.#pc.createDataChannel(label, { negotiated: true, id });
    channel.binaryType = 'arraybuffer';
    return { channel, id };
  }

  close() {
    this.#pc.close();
  }

  /** Answers what we have offered, as the client would. */
  async #answer() {
    if (this.#pc.signalingState !== 'have-local-offer') return;
    const description = sdpTransform.parse(this.#pc.localDescription.sdp);
    const media = description.media.map((section) => this.#asClient(section, 'active'));
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: this.#write(media, description) });
  }

  #asClient(section, setup = 'actpass') {
    const { ice, dtlsParameters } = this.#client;
    const [{ algorithm, value }] = dtlsParameters.fingerprints;
    const isOurs = !this.#produced.includes(section);
    return {
      ...section,
      ...{ iceUfrag: ice.ufrag, icePwd: ice.pwd, setup, iceOptions: undefined },
      fingerprint: { type: algorithm, hash: value },
      candidates: [],
      endOfCandidates: undefined,
      ...(isOurs && { ssrcs: [], ssrcGroups: [], msid: undefined }),
      ...(isOurs && section.type !== 'application' && { direction: 'recvonly' }),
    };
  }

  #write(media, { origin }) {
    const mids = media.map(({ mid }) => mid).join(' ');
    return sdpTransform.write({
      ...{ version: 0, origin, name: '-', timing: { start: 0, stop: 0 } },
      groups: [{ type: 'BUNDLE', mids }],
      media,
    });
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #then(work) {
    const result = this.#work.then(work);
    this.#work = result.catch(() => {});
    return result;
  }
}

const capabilities = await routerCapabilities();
/** @type {Map<string, { kind: string, source: any }>} */
const producers = new Map();
/** @type {Map<string, { label: string, channel: RTCDataChannel, consumers: Set<RTCDataChannel> }>} */
const dataProducers = new Map();

/** What clients ask for. @type {Record<string, (request: any, transports: Map<string, Transport>) => Promise<any>>} */
const requests = {
  capabilities: async () => capabilities,
  async transport(_, transports) {
    const transport = new Transport();
    const parameters = await transport.open();
    transports.set(parameters.id, transport);
    return parameters;
  },
  connect: ({ transport, ...client }, transports) => transports.get(transport).connect(client),
  async produce({ transport, id, ...what }, transports) {
    producers.set(id, await transports.get(transport).produce(what));
  },
  async consume({ transport, producer }, transports) {
    const { kind } = producers.get(producer);
    const rtpParameters = await transports.get(transport).consume(producers.get(producer));
    return { id: `${producer} consumed`, producerId: producer, kind, rtpParameters };
  },
  async produceData({ transport, id, label, streamId }, transports) {
    const { channel } = transports.get(transport).channel(label, streamId);
    const consumers = new Set();
    // What comes before anybody wants it waits.
    const early = [];
    channel.onmessage = ({ data }) => {
      if (consumers.size === 0) early.push(data);
      for (const consumer of consumers) consumer.send(data);
    };
    dataProducers.set(id, { label, channel, consumers, early });
  },
  async consumeData({ transport, producer }, transports) {
    const { label, consumers, early } = dataProducers.get(producer);
    const { channel, id } = transports.get(transport).channel(label);
    const begin = () => {
      for (const data of early.splice(0)) channel.send(data);
      consumers.add(channel);
    };
    if (channel.readyState === 'open') begin();
    else channel.onopen = begin;
    const sctpStreamParameters = { streamId: id, ordered: true };
    return { id: `${producer} consumed`, dataProducerId: producer, label, sctpStreamParameters };
  },
};

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (socket) => {
  /** @type {Map<string, Transport>} */
  const transports = new Map();
  socket.on('message', async (text) => {
    const { number, method, request } = JSON.parse(text.toString());
    const result = await requests[method](request, transports);
    socket.send(JSON.stringify({ number, result: result ?? null }));
  });
  socket.on('close', () => transports.forEach((transport) => transport.close()));
});
await once(server, 'listening');
process.send({ url: `ws://127.0.0.1:${server.address().port}` });
