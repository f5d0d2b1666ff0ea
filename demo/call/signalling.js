// The classic signalling of WebRTC examples: JSON over one WebSocket, in rooms of the demo's server
// (js/relay/signaling.js).
//
//   {"type": "video-offer",       "to": "…", "sdp": {"type": "offer", "sdp": "v=0…"}}
//   {"type": "video-answer",      "to": "…", "sdp": {"type": "answer", "sdp": "v=0…"}}
//   {"type": "new-ice-candidate", "to": "…", "candidate": {"candidate": "candidate:…", …}}
//   {"type": "hang-up",           "to": "…"}

/**
 * @typedef {{type: 'video-offer' | 'video-answer', sdp: RTCSessionDescriptionInit} |
 *   {type: 'new-ice-candidate', candidate: RTCIceCandidateInit} | {type: 'hang-up'}} Message
 */

/**
 * @typedef {object} RoomEvents
 * @property {(members: string[]) => void} members  the others in the room; again whenever they change
 * @property {(from: string, message: Message) => void} message
 * @property {(why: string) => void} closed  by the server or the network, not by `close()`
 */

/** A name that nobody guesses. */
export function newRoom() {
  return [...crypto.getRandomValues(new Uint8Array(9))]
    .map((byte) => (byte % 36).toString(36))
    .join('');
}

/** @param {string} name */
export const isRoom = (name) => /^[\w.~-]{1,64}$/.test(name);

export class Room {
  #socket;
  #events;
  /** @type {Set<string>} */
  #members = new Set();
  #isClosed = false;

  /**
   * @param {WebSocket} socket  that is open
   * @param {RoomEvents} events
   */
  constructor(socket, events) {
    this.#socket = socket;
    this.#events = events;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ reason }) => {
      if (!this.#isClosed) events.closed(reason || 'the signalling server is gone');
    };
  }

  /**
   * @param {string} name
   * @param {RoomEvents} events
   * @returns {Promise<Room>}
   */
  static join(name, events) {
    const url = new URL('/signal', location.href.replace(/^http/, 'ws'));
    url.searchParams.set('room', name);
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.onopen = () => resolve(new Room(socket, events));
      socket.onclose = () => reject(new Error('the signalling server does not take us in'));
    });
  }

  get members() {
    return [...this.#members];
  }

  /** Settles when somebody else is in the room. @returns {Promise<string>} the first of them */
  async other() {
    while (this.#members.size === 0) await new Promise((resolve) => (this.#wake = resolve));
    return this.members[0];
  }

  /** @type {(value?: unknown) => void} */
  #wake = () => {};

  /**
   * @param {string} to
   * @param {Message} message
   */
  send(to, message) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ ...message, to }));
    }
  }

  close() {
    this.#isClosed = true;
    this.#socket.close();
  }

  /** @param {string} text */
  #receive(text) {
    const envelope = JSON.parse(text);
    switch (envelope.type) {
      case 'welcome':
        this.#members = new Set(envelope.members);
        break;
      case 'join':
        this.#members.add(envelope.id);
        break;
      case 'leave':
        this.#members.delete(envelope.id);
        break;
      case 'message': {
        // Anybody who knows the room's name may have written this.
        const message = understand(envelope.data);
        if (message && this.#members.has(envelope.from)) {
          this.#events.message(envelope.from, message);
        }
        return;
      }
      default:
        return;
    }
    this.#wake();
    this.#events.members(this.members);
  }
}

/**
 * @param {any} data  a JSON object of somebody else's
 * @returns {Message | undefined} undefined when it is none of the four
 */
function understand(data) {
  switch (data?.type) {
    case 'video-offer':
    case 'video-answer': {
      const type = data.type === 'video-offer' ? 'offer' : 'answer';
      if (data.sdp?.type !== type || typeof data.sdp.sdp !== 'string') return undefined;
      return { type: data.type, sdp: { type, sdp: data.sdp.sdp } };
    }
    case 'new-ice-candidate':
      if (typeof data.candidate?.candidate !== 'string') return undefined;
      return { type: data.type, candidate: data.candidate };
    case 'hang-up':
      return { type: data.type };
    default:
      return undefined;
  }
}
