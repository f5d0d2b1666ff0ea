// The chat: one channel, one message a line.

export class ChatChannel {
  /** @param {import('./panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.abort = new AbortController();
    panel.find('.say').addEventListener('submit', (event) => this.#submit(event), {
      signal: this.abort.signal,
    });
  }

  /** @param {RTCDataChannel} channel */
  attach(channel) {
    this.channel = channel;
    channel.addEventListener('open', () => this.panel.enableChat(true));
    channel.addEventListener('close', () => this.panel.enableChat(false));
    channel.addEventListener('message', ({ data }) => this.panel.message(String(data), false));
    if (channel.readyState === 'open') this.panel.enableChat(true);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (this.panel.find('.say input'));
    if (!input.value || this.channel?.readyState !== 'open') return;
    this.channel.send(input.value);
    this.panel.message(input.value, true);
    input.value = '';
  }

  detach() {
    this.abort.abort();
    this.panel.enableChat(false);
  }
}
