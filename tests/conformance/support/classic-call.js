// The call that tutorials teach: negotiationneeded, createOffer(), setLocalDescription(), and messages
// of JSON over a WebSocket: video-offer, video-answer and new-ice-candidate.

import { audioTrack, connection, videoTrack, whenOver } from './resources.js';
import { soon } from './waiting.js';

export class Call {
  /** The types of the messages, sent and received. */
  sent = [];
  received = [];
  /** What the other side sends: kinds of tracks by the id of their stream. */
  remote = {};
  #socket;

  /** @param {string} url of a room */
  constructor(url) {
    this.#socket = realm.webSocket(url);
    whenOver(() => this.#socket.close());
    this.opened = soon(
      new Promise((resolve, reject) => {
        this.#socket.onopen = resolve;
        this.#socket.onerror = reject;
      }),
      'the WebSocket is open',
    );
    let queue = Promise.resolve();
    this.failed = new Promise((_, reject) => {
      this.#socket.onmessage = ({ data }) => {
        queue = queue.then(() => this.#receive(JSON.parse(data))).catch(reject);
      };
    });
    this.failed.catch(() => {});
    this.pc = connection();
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.#send({ type: 'new-ice-candidate', candidate });
    };
    this.pc.onnegotiationneeded = () => this.#offer();
    this.pc.ontrack = ({ track, streams }) => {
      for (const { id } of streams)
        this.remote[id] = [...(this.remote[id] ?? []), track.kind].sort();
    };
  }

  /** Shows what a camera and a microphone would. */
  addTracks() {
    this.stream = new MediaStream([audioTrack(), videoTrack()]);
    for (const track of this.stream.getTracks()) this.pc.addTrack(track, this.stream);
  }

  #send(message) {
    this.sent.push(message.type);
    this.#socket.send(JSON.stringify(message));
  }

  async #offer() {
    const { pc } = this;
    const offer = await pc.createOffer();
    await pc.setLocalDescription(offer);
    this.#send({ type: 'video-offer', sdp: pc.localDescription });
  }

  async #receive(message) {
    const { pc } = this;
    this.received.push(message.type);
    switch (message.type) {
      case 'video-offer':
        await pc.setRemoteDescription(new RTCSessionDescription(message.sdp));
        this.addTracks();
        await pc.setLocalDescription(await pc.createAnswer());
        this.#send({ type: 'video-answer', sdp: pc.localDescription });
        break;
      case 'video-answer':
        await pc.setRemoteDescription(new RTCSessionDescription(message.sdp));
        break;
      case 'new-ice-candidate':
        await pc.addIceCandidate(new RTCIceCandidate(message.candidate));
        break;
    }
  }
}

/**
 * The other end of a call: says over the data channel what it has seen, and sends back what it hears.
 * @param {{ url: string, role: 'caller' | 'callee' }} options
 */
export default async function takePart({ url, role }) {
  const call = new Call(url);
  await call.opened;
  const serve = (channel) => {
    channel.onmessage = ({ data }) => {
      const { remote, sent } = call;
      channel.send(JSON.stringify({ heard: data, remote, sent, stream: call.stream.id }));
    };
  };
  if (role === 'callee') {
    call.pc.ondatachannel = ({ channel }) => serve(channel);
  } else {
    call.addTracks();
    serve(call.pc.createDataChannel('chat'));
  }
}
