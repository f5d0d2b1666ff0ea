// The byte streams of one connection to its TURN servers and relays: what they are called, why they
// ended, with which credentials they are opened again, and what is told of it (`onrelay`).

import { adviceFor } from './advice.js';

/** @typedef {import('../net/network.js').Network} Network */
/** @typedef {import('../net/network.js').EngineIceServer} EngineIceServer */
/** @typedef {import('../net/network.js').StreamRequest} StreamRequest */

/**
 * What `configure({ onrelay })` is called with.
 * - `connecting`, `open`: a stream to `url` is being opened, and is open;
 * - `closed`: it ended, for `reason` (`cannot-reach`, `refused`, `lost`, or `released`, which is from
 *   our side), with `detail` where there is more to say;
 * - `retrying`: an allocation at `url` was lost; `attempt` begins in `delay` milliseconds;
 * - `failed`: no attempt follows; `reason` has the server's words and `errorCode` its code, or 701.
 * `attempt` is 0 for the first and grows until one succeeds.
 * @typedef {object} RelayReport
 * @property {'connecting' | 'open' | 'closed' | 'retrying' | 'failed'} type
 * @property {string} url
 * @property {number} attempt
 * @property {string} [reason]
 * @property {string} [detail]
 * @property {number} [delay] milliseconds
 * @property {number} [errorCode]
 */

/** @typedef {(report: RelayReport) => void} RelayListener must not throw, nor run script at once */

/** @typedef {{ url: string, attempt: number }} Stream */

export class ServerStreams {
  /** Streams that were opened again after a loss. */
  reopened = 0;
  #network;
  #onRelay;
  /** @type {Map<number, Stream>} */
  #streams = new Map();
  /** Why the last stream to a server ended, by its URL. @type {Map<string, string>} */
  #problems = new Map();

  /**
   * @param {Network} network
   * @param {RelayListener} [onRelay]
   */
  constructor(network, onRelay = () => {}) {
    this.#network = network;
    this.#onRelay = onRelay;
  }

  /**
   * @param {StreamRequest & {attempt?: number}} request the engine's
   * @param {object} then
   * @param {(request: StreamRequest) => void} then.open
   * @param {(server: EngineIceServer) => void} then.renewed before it is opened; comes later
   * @param {(reason: string) => void} then.refused there is nothing to open it with; comes later
   */
  begin(request, { open, renewed, refused }) {
    const { streamId, url, attempt = 0 } = request;
    const stream = { url, attempt };
    this.#streams.set(streamId, stream);
    this.#onRelay({ type: 'connecting', url, attempt });
    if (attempt === 0 || request.transport !== 'relay') {
      open(request);
      return;
    }
    // Credentials expire, and what a loss brings up is later than they were given.
    this.#serverFor(url).then(
      (server) => {
        if (this.#streams.get(streamId) !== stream) return;
        if (server) renewed(server);
        // The engine may have let it go on that occasion.
        if (this.#streams.get(streamId) !== stream) return;
        const { url, host, port } = server ?? request;
        open({ ...request, url, host, port });
      },
      (error) => {
        if (this.#streams.get(streamId) === stream) refused(error?.message ?? `${error}`);
      },
    );
  }

  /**
   * The network's own server of that URL as it is today, or the only one there is in its place.
   * @param {string} url
   * @returns {Promise<EngineIceServer | undefined>}
   */
  async #serverFor(url) {
    if (!this.#network.iceServers) return undefined;
    const servers = await this.#network.iceServers();
    const relays = servers.filter(({ transport }) => transport === 'relay');
    const server =
      relays.find((relay) => relay.url === url) ?? (relays.length === 1 ? relays[0] : undefined);
    if (!server) throw new Error('the relay is not configured any more');
    return server;
  }

  /** @param {number} streamId */
  opened(streamId) {
    const stream = this.#streams.get(streamId);
    if (!stream) return;
    this.#problems.delete(stream.url);
    if (stream.attempt > 0) this.reopened++;
    this.#onRelay({ type: 'open', url: stream.url, attempt: stream.attempt });
  }

  /**
   * From the other side.
   * @param {number} streamId
   * @param {string} reason
   * @param {string} [detail]
   */
  closed(streamId, reason, detail) {
    const stream = this.#streams.get(streamId);
    if (!stream) return;
    const { url, attempt } = stream;
    this.#streams.delete(streamId);
    this.#problems.set(url, detail ? `${reason}: ${detail}` : reason);
    this.#onRelay({ type: 'closed', url, attempt, reason, ...(detail ? { detail } : {}) });
  }

  /**
   * From our side.
   * @param {number} streamId
   */
  release(streamId) {
    const stream = this.#streams.get(streamId);
    if (!stream) return;
    this.#streams.delete(streamId);
    const { url, attempt } = stream;
    this.#onRelay({ type: 'closed', url, attempt, reason: 'released' });
  }

  /**
   * The engine's `relay-retrying` and `relay-failed`.
   * @param {any} event
   */
  recovery({ type, url, attempt, delay, errorCode, errorText }) {
    const reason = this.#withProblem(url, errorText);
    if (type === 'relay-retrying') {
      this.#onRelay({ type: 'retrying', url, attempt, delay, reason, errorCode });
    } else {
      this.#onRelay({ type: 'failed', url, attempt, reason, errorCode });
    }
  }

  /**
   * The engine knows that a server was not reached, the socket knows why.
   * @param {any} event
   */
  explained(event) {
    if (event.type !== 'candidate-error') return event;
    const { url, errorCode, errorText } = event;
    const advice = adviceFor({
      errorCode,
      problem: this.#problems.get(url),
      isRelay: /^wss?:/.test(url),
    });
    const text = this.#withProblem(url, errorText);
    return { ...event, errorText: advice ? `${text}. ${advice}` : text };
  }

  /**
   * @param {string} url
   * @param {string} text
   */
  #withProblem(url, text) {
    const why = this.#problems.get(url);
    return why ? `${text} (${why})` : text;
  }
}
