// Drives a page's own connections for a parent elsewhere; support/remote.js says how they speak.

/** Runs in the page, which has `tellParent()` for lists of messages. */
export function installPagePeer() {
  const connections = new Map();

  const kStates = ['connectionState', 'iceConnectionState', 'iceGatheringState', 'signalingState'];
  const kEvents = kStates.map((name) => `${name.toLowerCase()}change`);

  // All that a task has to tell goes in one call.
  const waiting = [];
  const tell = (message) => {
    if (waiting.push(message) > 1) return;
    setTimeout(() => globalThis.tellParent(waiting.splice(0)));
  };

  const plain = (description) => description && { type: description.type, sdp: description.sdp };

  function encode(data) {
    if (typeof data === 'string') return { text: data };
    let text = '';
    for (const byte of new Uint8Array(data)) text += String.fromCharCode(byte);
    return { base64: btoa(text) };
  }

  const decode = ({ text, base64 }) =>
    text ?? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

  class Connection {
    #channels = new Map();
    #usable = new Map();

    constructor(number, configuration) {
      this.number = number;
      const pc = new RTCPeerConnection(configuration);
      this.pc = pc;
      for (const name of kEvents) pc.addEventListener(name, () => this.emit(name));
      pc.onicecandidate = ({ candidate }) =>
        this.emit('icecandidate', { candidate: candidate && candidate.toJSON() });
      pc.ondatachannel = ({ channel }) => this.#announce(channel);
    }

    tell(message) {
      const states = Object.fromEntries(kStates.map((name) => [name, this.pc[name]]));
      // Firefox does not tell it after the end.
      const isClosed = this.pc.signalingState === 'closed';
      if (!isClosed) states.localDescription = plain(this.pc.localDescription);
      tell({ pc: this.number, states, ...message });
    }

    emit(event, details) {
      this.tell({ event, ...details });
    }

    #announce(channel) {
      const key = `remote-${this.#channels.size}`;
      const { label, readyState, protocol, ordered, maxRetransmits, maxPacketLifeTime } = channel;
      const properties = {
        label,
        readyState,
        protocol,
        ordered,
        maxRetransmits,
        maxPacketLifeTime,
      };
      this.emit('datachannel', { channel: key, ...properties });
      this.#watch(channel, key);
      // Chromium announces it before it is open, and loses what it is given meanwhile; statistics
      // take the way through all of its threads.
      this.#usable.set(
        key,
        this.pc.getStats().catch(() => {}),
      );
    }

    #watch(channel, key) {
      this.#channels.set(key, channel);
      channel.binaryType = 'arraybuffer';
      channel.onopen = () => this.emit('open', { channel: key });
      channel.onclose = () => this.emit('close', { channel: key });
      channel.onmessage = ({ data }) => this.emit('message', { channel: key, ...encode(data) });
    }

    async createOffer({ options }) {
      return plain(await this.pc.createOffer(options));
    }

    async createAnswer() {
      return plain(await this.pc.createAnswer());
    }

    setLocalDescription({ description }) {
      return this.pc.setLocalDescription(description);
    }

    setRemoteDescription({ description }) {
      return this.pc.setRemoteDescription(description);
    }

    addIceCandidate({ candidate }) {
      return this.pc.addIceCandidate(candidate);
    }

    createDataChannel({ channel, label, options }) {
      this.#watch(this.pc.createDataChannel(label, options), channel);
    }

    async send({ channel, ...data }) {
      await this.#usable.get(channel);
      this.#channels.get(channel).send(decode(data));
    }

    async closeChannel({ channel }) {
      await this.#usable.get(channel);
      this.#channels.get(channel).close();
    }

    close() {
      this.pc.close();
      connections.delete(this.number);
    }
  }

  globalThis.pagePeer = {
    async handle({ id, pc, method, ...parameters }) {
      if (method === 'create') connections.set(pc, new Connection(pc, parameters.configuration));
      const connection = connections.get(pc);
      try {
        const result = method === 'create' ? null : await connection[method](parameters);
        connection.tell({ id, result: result ?? null });
      } catch (error) {
        connection.tell({ id, error: String(error) });
      }
    },
  };
}
