// aiortc behind RTCPeerConnection's shape: a child process runs it, lines of JSON carry the calls.

import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { startProcess } from './processes.js';
import { deferred, within } from './waiting.js';

// Debian's own interpreter: other Pythons on PATH do not see python3-aiortc.
const kPython = '/usr/bin/python3';
const kScript = fileURLToPath(new URL('../peers/aiortc_peer.py', import.meta.url));

/** The child: one for all connections of a test file. */
class AiortcProcess {
  #calls = new Map();
  #nextCall = 1;
  connections = new Map();

  constructor() {
    this.process = startProcess(kPython, [kScript]);
    createInterface({ input: this.process.child.stdout }).on('line', (line) => {
      this.#handle(JSON.parse(line));
    });
    this.process.exited.then(() => {
      for (const { reject } of this.#calls.values()) {
        reject(new Error(`aiortc has ended: ${this.process.complaints}`));
      }
    });
  }

  call(pc, method, parameters = {}) {
    const id = this.#nextCall++;
    const outcome = deferred();
    this.#calls.set(id, outcome);
    this.process.child.stdin.write(`${JSON.stringify({ id, pc, method, ...parameters })}\n`);
    return within(`aiortc to ${method}`, outcome.promise);
  }

  /** It ends by itself when its input does. */
  async stop() {
    this.process.child.stdin.end();
    await this.process.ended();
  }

  #handle({ id, result, error, pc, ...event }) {
    if (id === undefined) {
      this.connections.get(pc)?.handle(event);
      return;
    }
    const outcome = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) outcome.resolve(result);
    else outcome.reject(new Error(error));
  }
}

/** @type {AiortcProcess | undefined} */
let running;

afterAll(async () => {
  await running?.stop();
  running = undefined;
});

let nextConnection = 1;

export class AiortcConnection {
  connectionState = 'new';
  iceConnectionState = 'new';
  iceGatheringState = 'new';
  signalingState = 'stable';
  localDescription = null;
  #number = nextConnection++;
  #process;
  /** @type {Map<string, AiortcChannel>} */
  #channels = new Map();
  #created;

  constructor({ iceServers, iceTransportPolicy }) {
    running ??= new AiortcProcess();
    this.#process = running;
    this.#process.connections.set(this.#number, this);
    this.#created = this.#call('create', {
      ice_servers: iceServers,
      relay_only: iceTransportPolicy === 'relay',
    });
    this.#created.catch(() => {});
  }

  async createOffer() {
    await this.#created;
    return this.#call('create_offer');
  }

  createAnswer() {
    return this.#call('create_answer');
  }

  async setLocalDescription({ type, sdp }) {
    this.localDescription = await this.#call('set_local_description', { type, sdp });
  }

  setRemoteDescription({ type, sdp }) {
    return this.#call('set_remote_description', { type, sdp });
  }

  async addIceCandidate({ candidate, sdpMid, sdpMLineIndex }) {
    // It has no call for the end of candidates that comes one by one.
    if (candidate === '') return;
    await this.#call('add_ice_candidate', { candidate, sdpMid, sdpMLineIndex });
  }

  addTransceiver(kind) {
    this.#tell('add_transceiver', { kind });
  }

  createDataChannel(label, options = {}) {
    const key = `local-${this.#channels.size}`;
    this.#tell('create_data_channel', { channel: key, label, options });
    return this.#addChannel(key, { label });
  }

  async close() {
    await this.#call('close');
    this.#process.connections.delete(this.#number);
  }

  /** @param {{event: string, states: object, channel?: string}} event */
  handle({ event, states, channel, ...details }) {
    Object.assign(this, states);
    if (event === 'datachannel') {
      this.ondatachannel?.({ channel: this.#addChannel(channel, details) });
    } else if (channel !== undefined) {
      this.#channels.get(channel).handle(event, details);
    } else {
      this[`on${event}`]?.();
    }
  }

  #call(method, parameters) {
    return this.#process.call(this.#number, method, parameters);
  }

  /** For calls that are not asynchronous in the W3C's shape: nobody waits for the answer. */
  #tell(method, parameters) {
    this.#call(method, parameters).catch((error) => this.#channels.forEach((c) => c.fail(error)));
  }

  #addChannel(key, properties) {
    const channel = new AiortcChannel(properties, (method, parameters) =>
      this.#tell(method, { channel: key, ...parameters }),
    );
    this.#channels.set(key, channel);
    return channel;
  }
}

class AiortcChannel {
  readyState = 'connecting';
  bufferedAmount = 0;
  #tell;

  constructor(properties, tell) {
    Object.assign(this, properties);
    this.#tell = tell;
  }

  send(data) {
    if (typeof data === 'string') this.#tell('send', { text: data });
    else this.#tell('send', { base64: data.toString('base64') });
  }

  close() {
    this.#tell('close_channel');
  }

  fail(error) {
    this.onerror?.({ error });
  }

  handle(event, { text, base64 }) {
    if (event === 'message') {
      this.onmessage?.({ data: text ?? Buffer.from(base64, 'base64') });
      return;
    }
    this.readyState = event === 'open' ? 'open' : 'closed';
    this[`on${event}`]?.();
  }
}
