// The two connections of a soak, in one process, over UDP of this machine: each has a network of its own
// that hurts what it sends and gets. Data both ways, sound and pictures one way.

import { ImpairedNetwork } from '../../demo/call/impaired-network.js';
import * as api from '../../js/index.node.js';
import { UdpNetwork } from '../../js/net/udp-network.js';
import { Receiver, Sender } from './channels.js';

const kReliable = { bytesPerSecond: 150_000, most: 256 * 1024 };
const kUnreliable = { bytesPerSecond: 20_000, most: 64 * 1024 };
const kVideo = { perSecond: 30, most: 600_000, least: 50_000, keyFactor: 4 };
const kAudio = { perSecond: 50, bytes: 80 };

/** @param {any} value */
const plain = (value) => JSON.parse(JSON.stringify(value));

/** @param {EventTarget} target @param {string} type */
const event = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** Pictures as large as they may be, numbered. */
class Camera {
  #bitrate = kVideo.least;
  #isHeld = false;
  #keyWanted = true;
  #number = 0;
  sent = 0;
  keyFrames = 0;

  constructor() {
    this.source = new api.RTCEncodedSource({ kind: 'video', mimeType: 'video/VP8' });
    this.source.onbitrates = ({ bitrates, held }) => {
      this.#bitrate = Math.min(Math.max(bitrates[0] ?? 0, kVideo.least), kVideo.most);
      this.#isHeld = held;
    };
    this.source.onkeyframerequest = () => (this.#keyWanted = true);
    this.track = this.source.createTrack();
  }

  take() {
    const number = this.#number++;
    if (this.#isHeld) return;
    const key = this.#keyWanted;
    this.#keyWanted = false;
    const usual = this.#bitrate / 8 / kVideo.perSecond;
    const data = new Uint8Array(Math.round(usual * (key ? kVideo.keyFactor : 0.9)));
    // VP8's payload descriptor follows from this, not from the bytes; they are only counted.
    data[0] = key ? 0x10 : 0x11;
    this.source.onFrame({
      data,
      key,
      rtpTimestamp: (number * 90_000) / kVideo.perSecond,
      width: 320,
      height: 180,
    });
    this.sent++;
    if (key) this.keyFrames++;
  }
}

class Microphone {
  #number = 0;

  constructor() {
    this.source = new api.RTCEncodedSource({ kind: 'audio', mimeType: 'audio/opus' });
    this.track = this.source.createTrack();
  }

  take() {
    const data = new Uint8Array(kAudio.bytes).fill(this.#number);
    this.source.onFrame({ data, key: true, rtpTimestamp: this.#number++ * 960 });
  }
}

export class SoakSession {
  /** @type {string[]} */
  problems = [];
  /** What was heard of each kind, in frames and bytes. */
  heard = { video: 0, videoBytes: 0, audio: 0 };
  #networks;
  #timers = /** @type {any[]} */ ([]);

  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
    this.#networks = [0, 1].map(() => new ImpairedNetwork(new UdpNetwork(), { random }));
    [this.a, this.b] = this.#networks.map((network) => {
      api.configure({ network });
      return new api.RTCPeerConnection();
    });
    this.camera = new Camera();
    this.microphone = new Microphone();
    this.#trickle(this.a, this.b);
    this.#trickle(this.b, this.a);
    for (const pc of [this.a, this.b]) {
      pc.onconnectionstatechange = () => {
        const state = pc.connectionState;
        if (state === 'failed' || state === 'closed') this.note(`a connection is ${state}`);
      };
    }
    this.b.ontrack = (/** @type {any} */ { track }) => {
      const sink = new api.RTCEncodedSink(track);
      sink.onframe = ({ frame }) => {
        if (track.kind === 'audio') this.heard.audio++;
        else {
          this.heard.video++;
          this.heard.videoBytes += frame.data.length;
        }
      };
    };
  }

  /** @param {string} problem */
  note(problem) {
    // The first ones say it all.
    if (this.problems.length < 50) this.problems.push(problem);
  }

  /** @param {any} from @param {any} to */
  #trickle(from, to) {
    from.onicecandidate = (/** @type {any} */ { candidate }) => {
      if (!candidate) return;
      const line = plain(candidate);
      const give = () => {
        to.addIceCandidate(line).catch((/** @type {Error} */ error) => this.note(error.message));
      };
      if (to.remoteDescription) give();
      else {
        const wait = () => {
          if (!to.remoteDescription) return;
          to.removeEventListener('signalingstatechange', wait);
          give();
        };
        to.addEventListener('signalingstatechange', wait);
      }
    };
  }

  /** One exchange of offer and answer, whoever begins. @param {any} [from] */
  async negotiate(from = this.a) {
    const to = from === this.a ? this.b : this.a;
    await from.setLocalDescription();
    await to.setRemoteDescription(plain(from.localDescription));
    await to.setLocalDescription();
    await from.setRemoteDescription(plain(to.localDescription));
  }

  async begin() {
    const { a, b, random } = this;
    a.addTrack(this.camera.track);
    a.addTrack(this.microphone.track);
    const channels = [
      ['reliable', {}, kReliable, () => 200 + Math.floor(random() * 30_000)],
      ['unreliable', { ordered: false, maxRetransmits: 0 }, kUnreliable, () => 400],
    ];
    this.flows = channels.flatMap(([label, init, pace, size], index) => {
      const options = { ...init, negotiated: true, id: index };
      const [near, far] = [a, b].map((pc) => pc.createDataChannel(label, options));
      return [
        [near, far],
        [far, near],
      ].map(([from, to]) => ({
        label,
        opened: event(from, 'open'),
        sender: new Sender(from, { ...pace, size }),
        receiver: new Receiver(to, {
          isReliable: label === 'reliable',
          onProblem: (problem) => this.note(problem),
        }),
      }));
    });
    await this.negotiate();
    await Promise.all(this.flows.map(({ opened }) => opened));
    let last = performance.now();
    this.#every(20, () => {
      const now = performance.now();
      for (const { sender } of this.flows) sender.run(now - last);
      last = now;
    });
    this.#every(1000 / kVideo.perSecond, () => this.camera.take());
    this.#every(1000 / kAudio.perSecond, () => this.microphone.take());
  }

  /** @param {number} ms @param {() => void} work */
  #every(ms, work) {
    this.#timers.push(setInterval(work, ms));
  }

  /** @param {import('./weather.js').Spell['impairment']} impairment */
  weather(impairment) {
    // At one end: the path is hurt once.
    this.#networks[0].hurt(impairment);
  }

  /** Nothing more is sent; what was is waited for, so long. @param {number} ms */
  async drain(ms) {
    for (const timer of this.#timers) clearInterval(timer);
    const reliable = this.flows.filter(({ label }) => label === 'reliable');
    const isThere = () => reliable.every(({ sender, receiver }) => sender.count === receiver.count);
    for (const end = performance.now() + ms; !isThere() && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const { sender, receiver } of reliable) {
      if (sender.count !== receiver.count) {
        this.note(`${sender.count - receiver.count} reliable messages never arrived`);
      }
    }
  }

  close() {
    for (const pc of [this.a, this.b]) {
      pc.onconnectionstatechange = null;
      pc.close();
    }
    this.camera.track.stop();
    this.microphone.track.stop();
    for (const network of this.#networks) network.close();
    api.configure({ network: undefined });
  }
}
