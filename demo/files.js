// File transfer over a channel: {name, size} as text, the bytes, then {sha256} as text. The receiver
// hashes what arrived and says whether it is the same.

import { formatBytes } from './panel.js';

const kChunk = 16 * 1024;
const kHighWater = 1024 * 1024;
const kSampleSize = 10 * 1000 * 1000;

export class FileChannel {
  /** @param {import('./panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.abort = new AbortController();
    const { signal } = this.abort;
    const input = /** @type {HTMLInputElement} */ (panel.find('.files input'));
    input.addEventListener(
      'change',
      () => {
        for (const file of input.files ?? []) this.#enqueue(file.name, file);
        input.value = '';
      },
      { signal },
    );
    panel
      .find('.sample')
      .addEventListener('click', () => this.#enqueue('noise.bin', noise(kSampleSize)), { signal });
    /** One file after the other: they share the channel. */
    this.queue = Promise.resolve();
  }

  /** @param {RTCDataChannel} channel */
  attach(channel) {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = kHighWater / 4;
    channel.addEventListener('open', () => this.panel.enableFiles(true));
    channel.addEventListener('close', () => {
      this.panel.enableFiles(false);
      this.#interrupt();
    });
    channel.addEventListener('message', ({ data }) => this.#receive(data));
    if (channel.readyState === 'open') this.panel.enableFiles(true);
  }

  detach() {
    this.abort.abort();
    this.panel.enableFiles(false);
    this.#interrupt();
  }

  /**
   * @param {string} name
   * @param {Blob} blob
   */
  #enqueue(name, blob) {
    this.queue = this.queue.then(() => this.#send(name, blob));
  }

  /**
   * @param {string} name
   * @param {Blob} blob
   */
  async #send(name, blob) {
    const channel = /** @type {RTCDataChannel} */ (this.channel);
    const line = this.panel.transfer(name, blob.size, true);
    const started = performance.now();
    try {
      const bytes = await blob.arrayBuffer();
      const sha256 = await digest(bytes);
      channel.send(JSON.stringify({ name, size: blob.size }));
      for (let at = 0; at < bytes.byteLength; at += kChunk) {
        if (channel.bufferedAmount > kHighWater) await this.#drained(channel);
        channel.send(bytes.slice(at, at + kChunk));
        line.progress(Math.min(at + kChunk, bytes.byteLength));
      }
      channel.send(JSON.stringify({ sha256 }));
      line.finish('sent', `sent in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    } catch {
      line.finish('broken', 'interrupted');
    }
  }

  /**
   * Settles when the channel takes more; rejects when it closes.
   * @param {RTCDataChannel} channel
   * @returns {Promise<void>}
   */
  #drained(channel) {
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const end = (/** @type {() => void} */ how) => {
        stop.abort();
        how();
      };
      const options = { signal: stop.signal };
      channel.addEventListener('bufferedamountlow', () => end(resolve), options);
      channel.addEventListener('close', () => end(reject), options);
      this.abort.signal.addEventListener('abort', () => end(reject), options);
    });
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    if (typeof data !== 'string') {
      if (!this.incoming) return;
      this.incoming.chunks.push(data);
      this.incoming.bytes += data.byteLength;
      this.incoming.line.progress(this.incoming.bytes);
      return;
    }
    const message = JSON.parse(data);
    if (message.sha256) {
      this.#finish(message.sha256);
      return;
    }
    this.incoming = {
      chunks: /** @type {ArrayBuffer[]} */ ([]),
      bytes: 0,
      line: this.panel.transfer(message.name, message.size, false),
    };
  }

  /** @param {string} sha256 */
  async #finish(sha256) {
    const incoming = this.incoming;
    this.incoming = undefined;
    if (!incoming) return;
    const blob = new Blob(incoming.chunks);
    const same = (await digest(await blob.arrayBuffer())) === sha256;
    incoming.line.finish(
      same ? 'verified' : 'broken',
      same ? `${formatBytes(blob.size)} · SHA-256 verified` : 'SHA-256 differs',
      blob,
    );
  }

  #interrupt() {
    this.incoming?.line.finish('broken', 'interrupted');
    this.incoming = undefined;
  }
}

/** @param {ArrayBuffer} bytes */
async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {number} size */
function noise(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65536, size)));
  }
  return new Blob([bytes]);
}
