// What fake devices have in common: a clock, tracks, and something to take in a rhythm until the last
// track is stopped.

/** @typedef {import('./peer.js').SimulatedPeer} SimulatedPeer */

export class FakeDevice {
  #peer;
  #source;
  #rate;
  #startedAt = 0;
  #ticks = 0;
  #isRunning = false;
  /** @type {any} */
  #timer;
  /** @type {Set<MediaStreamTrack>} */
  #tracks = new Set();

  /**
   * @param {SimulatedPeer} peer
   * @param {{ createTrack: () => MediaStreamTrack }} source
   * @param {number} rate  so often a second is something taken
   */
  constructor(peer, source, rate) {
    this.#peer = peer;
    this.#rate = rate;
    this.#source = source;
    peer.mediaDevices.opened(this);
  }

  /** A new track that shows what comes from now on. */
  createTrack() {
    const track = this.#peer.withId(this.#source.createTrack());
    this.#tracks.add(track);
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#startedAt = this.#peer.host.now();
      this.#ticks = 0;
      this.#arm();
    }
    return track;
  }

  /** Tracks that are not stopped. */
  get live() {
    for (const track of this.#tracks) if (track.readyState === 'ended') this.#tracks.delete(track);
    return this.#tracks.size;
  }

  /** Ends the device and its tracks. */
  stop() {
    this.#isRunning = false;
    this.#peer.host.clearTimer(this.#timer);
    for (const track of this.#tracks) track.stop();
    this.#tracks.clear();
  }

  #arm() {
    // Counted from the beginning, so that fractions do not add up.
    const at = this.#startedAt + (1000 * ++this.#ticks) / this.#rate;
    this.#timer = this.#peer.host.setTimer(() => this.#tick(), at);
  }

  #tick() {
    if (!this.#isRunning) return;
    if (this.live === 0) {
      this.#isRunning = false;
      return;
    }
    const now = this.#peer.host.now();
    // A device that was suspended does not make up for it.
    const due = Math.floor(((now - this.#startedAt) * this.#rate) / 1000);
    this.#ticks = Math.max(this.#ticks, due);
    this.take(now);
    this.#peer.simulation.noteWork();
    this.#arm();
  }

  /** @param {number} _captureTime  ms */
  take(_captureTime) {}
}
