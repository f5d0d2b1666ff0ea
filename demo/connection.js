// One peer of the demo: a connection (ours or the browser's), its two channels and what it shows.

import { ChatChannel } from './chat.js';
import { FileChannel } from './files.js';

/** What the chat channel promises, by the choice in the form. */
const kChannelKinds = {
  ordered: {},
  unordered: { ordered: false },
  lossy: { ordered: false, maxRetransmits: 0 },
};

/**
 * @typedef {object} PeerEvents
 * @property {(what: string) => void} log
 * @property {(field: string, value: string) => void} show
 * @property {(candidate: RTCIceCandidate | null) => void} candidate
 * @property {(event: RTCPeerConnectionIceErrorEvent) => void} candidateError
 * @property {(state: RTCPeerConnectionState) => void} state
 * @property {(error: Error) => void} error
 */

export class DemoPeer {
  /**
   * @param {typeof RTCPeerConnection} Implementation
   * @param {import('./panel.js').Panel} panel
   * @param {PeerEvents} events
   */
  constructor(Implementation, panel, events) {
    this.panel = panel;
    this.events = events;
    /** @type {RTCError | undefined} */
    this.dtlsError = undefined;
    /** @type {RTCDtlsTransport | undefined} */
    this.transport = undefined;
    const pc = (this.pc = new Implementation());
    this.chat = new ChatChannel(panel);
    this.files = new FileChannel(panel);

    const mirror = (
      /** @type {'signalingState' | 'iceGatheringState' | 'iceConnectionState' | 'connectionState'} */ name,
    ) => {
      events.show(name, pc[name]);
      events.log(`${name} → ${pc[name]}`);
    };
    pc.addEventListener('signalingstatechange', () => {
      mirror('signalingState');
      this.#watchDtls();
    });
    pc.addEventListener('icegatheringstatechange', () => mirror('iceGatheringState'));
    pc.addEventListener('iceconnectionstatechange', () => mirror('iceConnectionState'));
    pc.addEventListener('connectionstatechange', () => {
      mirror('connectionState');
      events.state(pc.connectionState);
    });
    pc.addEventListener('icecandidate', (event) => {
      if (event.candidate?.candidate) events.log(event.candidate.candidate);
      events.candidate(event.candidate);
    });
    pc.addEventListener('icecandidateerror', (event) =>
      events.candidateError(/** @type {RTCPeerConnectionIceErrorEvent} */ (event)),
    );
    pc.addEventListener('datachannel', ({ channel }) => {
      events.log(`datachannel “${channel.label}”`);
      this.#adopt(channel);
    });
  }

  /** @param {keyof typeof kChannelKinds} kind */
  openChannels(kind) {
    this.#adopt(this.pc.createDataChannel('chat', kChannelKinds[kind]));
    this.#adopt(this.pc.createDataChannel('files'));
  }

  /** Remembers why DTLS failed; the transport is there from the first answer on. */
  #watchDtls() {
    const transport = this.pc.sctp?.transport;
    if (!transport || transport === this.transport) return;
    this.transport = transport;
    transport.addEventListener('error', (event) => {
      this.dtlsError = /** @type {RTCErrorEvent} */ (event).error;
      this.events.log(`DTLS: ${this.dtlsError.errorDetail} ${this.dtlsError.message}`);
    });
  }

  /** @param {RTCDataChannel} channel */
  #adopt(channel) {
    channel.addEventListener('open', () => {
      this.events.log(`channel “${channel.label}” open`);
      this.events.state(this.pc.connectionState);
    });
    channel.addEventListener('close', () => this.events.log(`channel “${channel.label}” closed`));
    channel.addEventListener('error', (event) =>
      this.events.log(
        `channel “${channel.label}”: ${/** @type {RTCErrorEvent} */ (event).error?.message}`,
      ),
    );
    (channel.label === 'files' ? this.files : this.chat).attach(channel);
  }

  close() {
    this.chat.detach();
    this.files.detach();
    this.pc.close();
    this.events.show('connectionState', 'closed');
    this.events.show('signalingState', this.pc.signalingState);
    this.events.show('iceConnectionState', this.pc.iceConnectionState);
  }
}
