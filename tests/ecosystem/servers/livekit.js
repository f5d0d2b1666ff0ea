// As much of a LiveKit server as two participants need: its signalling (@livekit/protocol over WebSocket), and
// a forwarding unit made of this package's own connections. LiveKit's own is no npm package.

import { once } from 'node:events';
import {
  DataPacket,
  JoinResponse,
  ParticipantInfo,
  ParticipantInfo_State,
  Room,
  SignalRequest,
  SignalResponse,
  SignalTarget,
  TrackInfo,
  TrackType,
} from '@livekit/protocol';
import { WebSocketServer } from 'ws';
import {
  MediaStream,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCPeerConnection,
  RTCRtpSender,
} from '../../../dist/webrtc-wasm.node.mjs';

const kChannels = { _reliable: {}, _lossy: { ordered: false, maxRetransmits: 0 } };

/** @type {Set<Participant>} */
const participants = new Set();

/** One that has joined: a connection that it publishes on, and one on which it gets what others publish. */
class Participant {
  #socket;
  #publisher = new RTCPeerConnection();
  #subscriber = new RTCPeerConnection();
  /** @type {Record<string, RTCDataChannel>} */
  #channels = {};
  /** What it has announced and not sent yet, by the track's id at its end. @type {Map<string, TrackInfo>} */
  #announced = new Map();
  /** @type {{ source: any, mimeType: string, info: TrackInfo }[]} */
  #published = [];
  /** Ids of streams in our descriptions -> what LiveKit's clients read there. @type {Map<string, string>} */
  #names = new Map();
  #isThere = () => {};
  /** A client drops an offer that comes before it has made its connections; its first ping comes after. */
  #offers = new Promise((resolve) => (this.#isThere = resolve));
  #answered = () => {};

  /** @param {import('ws').WebSocket} socket @param {string} identity */
  constructor(socket, identity) {
    this.#socket = socket;
    this.identity = identity;
    this.sid = `PA_${identity}`;
    for (const [label, options] of Object.entries(kChannels)) {
      this.#channels[label] = this.#subscriber.createDataChannel(label, options);
    }
    this.#publisher.ondatachannel = ({ channel }) => {
      channel.binaryType = 'arraybuffer';
      channel.onmessage = ({ data }) => this.#forwardData(channel.label, new Uint8Array(data));
    };
    this.#publisher.ontrack = ({ transceiver }) => this.#publish(transceiver);
    for (const [pc, target] of [
      [this.#publisher, SignalTarget.PUBLISHER],
      [this.#subscriber, SignalTarget.SUBSCRIBER],
    ]) {
      pc.onicecandidate = ({ candidate }) => {
        if (candidate) this.send('trickle', { candidateInit: JSON.stringify(candidate), target });
      };
    }
  }

  join() {
    this.send(
      'join',
      new JoinResponse({
        room: new Room({ sid: 'RM_1', name: 'ecosystem' }),
        participant: this.#info(),
        otherParticipants: [...participants].map((other) => other.#info()),
        serverVersion: '1.9.0',
        subscriberPrimary: true,
        pingInterval: 1,
        pingTimeout: 180,
      }),
    );
    for (const other of participants) {
      other.send('update', { participants: [this.#info()] });
      for (const published of other.#published) this.#subscribe(other, published);
    }
    participants.add(this);
    this.#offer();
  }

  leave() {
    participants.delete(this);
    this.#publisher.close();
    this.#subscriber.close();
    const gone = this.#info(ParticipantInfo_State.DISCONNECTED);
    for (const other of participants) other.send('update', { participants: [gone] });
  }

  /** @param {string} kind @param {any} value */
  send(kind, value) {
    this.#socket.send(new SignalResponse({ message: { case: kind, value } }).toBinary());
  }

  /** @param {SignalRequest['message']} message */
  async receive({ case: kind, value }) {
    if (kind === 'offer') {
      await this.#publisher.setRemoteDescription({ type: 'offer', sdp: value.sdp });
      await this.#publisher.setLocalDescription();
      const { type, sdp } = this.#publisher.localDescription;
      this.send('answer', { type, sdp, id: value.id });
    } else if (kind === 'answer') {
      await this.#subscriber.setRemoteDescription({ type: 'answer', sdp: value.sdp });
      this.#answered();
    } else if (kind === 'trickle') {
      const isOfSubscriber = value.target === SignalTarget.SUBSCRIBER;
      const pc = isOfSubscriber ? this.#subscriber : this.#publisher;
      await pc.addIceCandidate(JSON.parse(value.candidateInit));
    } else if (kind === 'addTrack') {
      const { cid, name, type, source, width, height } = value;
      const sid = `TR_${this.identity}_${cid}`;
      const track = new TrackInfo({ sid, name, type, source, width, height });
      this.#announced.set(cid, track);
      this.send('trackPublished', { cid, track });
    } else if (kind === 'ping') {
      this.#isThere();
      this.send('pong', BigInt(Date.now()));
    } else if (kind === 'pingReq') this.send('pongResp', { lastPingTimestamp: value.timestamp });
    else if (kind === 'leave') this.#socket.close();
  }

  #info(state = ParticipantInfo_State.ACTIVE) {
    const { sid, identity } = this;
    const tracks = this.#published.map(({ info }) => info);
    const permission = { canSubscribe: true, canPublish: true, canPublishData: true };
    return new ParticipantInfo({ sid, identity, state, tracks, permission });
  }

  /** @param {string} label @param {Uint8Array} data */
  #forwardData(label, data) {
    const packet = DataPacket.fromBinary(data);
    packet.participantSid = this.sid;
    packet.participantIdentity = this.identity;
    for (const other of participants) {
      if (other !== this) other.#channels[label].send(packet.toBinary());
    }
  }

  /** @param {RTCRtpTransceiver} transceiver */
  #publish({ mid, receiver }) {
    const { track } = receiver;
    const { sdp } = this.#publisher.remoteDescription;
    const section = sdp.split(/^(?=m=)/m).find((text) => text.includes(`a=mid:${mid}\r\n`)) ?? '';
    const id = /^a=msid:\S+ (\S+)/m.exec(section)?.[1] ?? '';
    const info = this.#takeAnnounced(id, track.kind);
    const { codecs } = receiver.getParameters();
    const [{ mimeType }] = codecs;
    const source = new RTCEncodedSource({ kind: track.kind, mimeType });
    const sink = new RTCEncodedSink(track);
    sink.onframe = ({ frame }) => source.onFrame(frame);
    source.onkeyframerequest = () => sink.requestKeyFrame();
    const published = { source, mimeType, info };
    this.#published.push(published);
    for (const other of participants) {
      if (other === this) continue;
      other.send('update', { participants: [this.#info()] });
      other.#subscribe(this, published);
      other.#offer();
    }
  }

  /**
   * By its id, or the first of that kind, as LiveKit's own does: a browser's description may have another id.
   * @param {string} id @param {string} kind
   */
  #takeAnnounced(id, kind) {
    const type = kind === 'audio' ? TrackType.AUDIO : TrackType.VIDEO;
    const [first] = [...this.#announced].find(([, info]) => info.type === type) ?? [];
    const cid = this.#announced.has(id) ? id : first;
    const info = this.#announced.get(cid);
    if (!info) throw new Error(`nobody has announced the track ${id}`);
    this.#announced.delete(cid);
    return info;
  }

  /** @param {Participant} author @param {{ source: any, mimeType: string, info: TrackInfo }} published */
  #subscribe({ sid }, { source, mimeType, info }) {
    const stream = new MediaStream();
    this.#names.set(stream.id, `${sid}|${info.sid}`);
    const transceiver = this.#subscriber.addTransceiver(source.createTrack(), {
      direction: 'sendonly',
      streams: [stream],
    });
    const { codecs } = RTCRtpSender.getCapabilities(source.kind ?? transceiver.sender.track.kind);
    const wanted = codecs.filter((codec) => codec.mimeType === mimeType);
    const repairs = codecs.filter((codec) => /\/rtx$/i.test(codec.mimeType));
    transceiver.setCodecPreferences([...wanted, ...repairs]);
  }

  #offer() {
    this.#offers = this.#offers.then(async () => {
      const answered = new Promise((resolve) => (this.#answered = resolve));
      await this.#subscriber.setLocalDescription();
      const { type, sdp: ours } = this.#subscriber.localDescription;
      let sdp = ours;
      for (const [id, name] of this.#names) sdp = sdp.replaceAll(id, name);
      this.send('offer', { type, sdp });
      await answered;
    });
  }
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (socket, { url }) => {
  const { searchParams } = new URL(url, 'ws://127.0.0.1');
  const participant = new Participant(socket, searchParams.get('access_token'));
  let work = Promise.resolve();
  socket.on('message', (data) => {
    const { message } = SignalRequest.fromBinary(new Uint8Array(data));
    work = work.then(() => participant.receive(message));
  });
  socket.on('close', () => participant.leave());
  participant.join();
});
await once(server, 'listening');
process.send({ url: `ws://127.0.0.1:${server.address().port}` });
