// The demo: two peers in one page, signalling by function call, datagrams through the relay.

import { DemoPeer } from './connection.js';
import { Descriptions } from './descriptions.js';
import { Panel } from './panel.js';
import { Path } from './path.js';
import { fetchCredentials, kRelayUrl, watchRelay } from './relay.js';
import { showStats } from './stats.js';
import { explainCandidateError, explainFailure } from './trouble.js';

const kStatsInterval = 500;

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ ($('controls'));
const panels = { a: new Panel($('peer-a'), 'A'), b: new Panel($('peer-b'), 'B') };
const descriptions = new Descriptions();
const path = new Path();

const NativePeerConnection = globalThis.RTCPeerConnection;
/** @type {typeof import('../js/index.js') | undefined} */
let wasm;
/** @type {Session | undefined} */
let session;

/**
 * @param {string} title
 * @param {string} text
 */
function notify(title, text) {
  const strong = document.createElement('strong');
  strong.textContent = title;
  $('notice').replaceChildren(strong, ` ${text}`);
  $('notice').hidden = false;
}

// --- the relay -----------------------------------------------------------------------------------

/** Credentials from the demo's server, spoilt when the user asked for a fault. */
async function relayConfiguration() {
  const fault = form.elements.namedItem('fault');
  const kind = /** @type {HTMLSelectElement} */ (fault).value;
  if (kind === 'relay-down')
    return { url: 'ws://127.0.0.1:9/relay', username: 'x', credential: 'x' };
  const { username, password } = await fetchCredentials();
  return { url: kRelayUrl, username, credential: kind === 'bad-credentials' ? 'wrong' : password };
}

// --- a session -----------------------------------------------------------------------------------

class Session {
  /** @param {FormData} choices */
  constructor(choices) {
    this.trickle = choices.get('trickle') === 'yes';
    this.fault = choices.get('fault');
    const engine = /** @type {any} */ (wasm);
    const native = choices.get('peer-b') === 'native' && NativePeerConnection;
    /** @type {Record<'a' | 'b', DemoPeer>} */
    this.peers = {
      a: this.#peer('a', engine.RTCPeerConnection),
      b: this.#peer('b', native || engine.RTCPeerConnection),
    };
    const from = choices.get('offerer') === 'b' ? 'b' : 'a';
    this.offerer = this.peers[from];
    this.answerer = this.peers[from === 'a' ? 'b' : 'a'];
    this.channelKind = /** @type {'ordered'} */ (choices.get('channel'));
    this.timer = setInterval(() => this.refresh(), kStatsInterval);
  }

  /**
   * @param {'a' | 'b'} key
   * @param {typeof RTCPeerConnection} Implementation
   */
  #peer(key, Implementation) {
    const panel = panels[key];
    const name = panel.name;
    return new DemoPeer(Implementation, panel, {
      log: (what) => descriptions.log(name, what),
      show: (field, value) => panel.show(field, value),
      candidate: (candidate) => this.#relayCandidate(key, candidate),
      candidateError: (error) => {
        descriptions.log(name, `icecandidateerror ${error.errorCode} ${error.errorText}`);
        // The browser's own complaints about its interfaces say nothing about this session.
        if (Implementation === NativePeerConnection) return;
        const { title, text } = explainCandidateError(error);
        notify(title, text);
      },
      state: (state) => {
        if (key === 'a') path.state(state);
        if (state === 'connected') $('notice').hidden = true;
        // What came first is the cause; failing is what follows from it.
        if (state === 'failed' && $('notice').hidden) {
          const { title, text } = explainFailure(this.peers[key], name);
          notify(title, text);
        }
        this.refresh();
      },
      error: (error) => notify('That did not work.', error.message),
    });
  }

  /**
   * @param {'a' | 'b'} from
   * @param {RTCIceCandidate | null} candidate
   */
  #relayCandidate(from, candidate) {
    if (!this.trickle || !candidate) return;
    const to = this.peers[from === 'a' ? 'b' : 'a'];
    // Candidates may be there before the description that they belong to.
    this.ready = (this.ready ?? Promise.resolve()).then(async () => {
      await this.described;
      if (to.pc.signalingState !== 'closed') await to.pc.addIceCandidate(candidate);
    });
    this.ready.catch((error) =>
      descriptions.log(to.panel.name, `addIceCandidate: ${error.message}`),
    );
  }

  async connect() {
    this.offerer.openChannels(this.channelKind);
    await this.negotiate();
  }

  /** @param {RTCOfferOptions} [options] */
  negotiate(options) {
    this.described = this.#negotiate(options);
    return this.described;
  }

  /** @param {RTCOfferOptions} [options] */
  async #negotiate(options) {
    const { offerer, answerer } = this;
    await offerer.pc.setLocalDescription(await offerer.pc.createOffer(options));
    if (!this.trickle) await gathered(offerer.pc);
    await answerer.pc.setRemoteDescription(this.#spoil(offerer.pc.localDescription));
    await answerer.pc.setLocalDescription();
    if (!this.trickle) await gathered(answerer.pc);
    await offerer.pc.setRemoteDescription(
      /** @type {RTCSessionDescription} */ (answerer.pc.localDescription),
    );
    this.refresh();
  }

  /**
   * The offer as it arrives; with another fingerprint when the user wants to see that refused.
   * @param {RTCSessionDescription | null} description
   * @returns {RTCSessionDescriptionInit}
   */
  #spoil(description) {
    const { type, sdp } = /** @type {RTCSessionDescription} */ (description);
    if (this.fault !== 'bad-fingerprint') return { type, sdp };
    return { type, sdp: sdp.replace(/(a=fingerprint:sha-256 )(..:){4}/, '$100:00:00:00:') };
  }

  refresh() {
    descriptions.set('offer', this.offerer.pc.localDescription?.sdp ?? '');
    descriptions.set('answer', this.answerer.pc.localDescription?.sdp ?? '');
    for (const [key, { pc, panel }] of Object.entries(this.peers)) {
      showStats(pc, panel)
        .then((wire) => {
          if (key === 'a' && wire) path.count(wire.bytesSent, wire.bytesReceived);
        })
        .catch(() => {});
    }
  }

  close() {
    clearInterval(this.timer);
    this.refresh();
    for (const peer of Object.values(this.peers)) peer.close();
  }
}

/**
 * @param {RTCPeerConnection} pc
 * @returns {Promise<void>}
 */
function gathered(pc) {
  return new Promise((resolve) => {
    const check = () => {
      if (pc.iceGatheringState !== 'complete') return;
      pc.removeEventListener('icegatheringstatechange', check);
      resolve();
    };
    pc.addEventListener('icegatheringstatechange', check);
    check();
  });
}

// --- the form ------------------------------------------------------------------------------------

function showImplementations() {
  const native = new FormData(form).get('peer-b') === 'native' && NativePeerConnection;
  panels.a.badge('webrtc-wasm');
  panels.b.badge(native ? 'native browser' : 'webrtc-wasm');
  path.setPeers(Boolean(native));
}

/** @param {boolean} active */
function setActive(active) {
  for (const id of ['restart', 'hangup']) {
    /** @type {HTMLButtonElement} */ ($(id)).disabled = !active;
  }
  $('connect').textContent = active ? 'Reconnect' : 'Connect';
}

function hangUp() {
  session?.close();
  session = undefined;
  path.reset();
  setActive(false);
}

form.addEventListener('change', showImplementations);
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  hangUp();
  $('notice').hidden = true;
  descriptions.clear();
  for (const panel of Object.values(panels)) panel.reset();
  try {
    session = new Session(new FormData(form));
    setActive(true);
    await session.connect();
  } catch (error) {
    notify('The session could not be set up.', /** @type {Error} */ (error).message);
  }
});
$('hangup').addEventListener('click', hangUp);
$('restart').addEventListener('click', async () => {
  try {
    await session?.negotiate({ iceRestart: true });
  } catch (error) {
    notify('The restart did not work.', /** @type {Error} */ (error).message);
  }
});

showImplementations();
await watchRelay();
if (!NativePeerConnection) {
  const native = /** @type {HTMLInputElement} */ (form.querySelector('[value="native"]'));
  native.disabled = true;
  /** @type {HTMLInputElement} */ (form.querySelector('[value="wasm"]')).checked = true;
  showImplementations();
}
try {
  wasm = await import('../js/index.js');
  wasm.configure({ relay: relayConfiguration });
  document.documentElement.dataset.ready = 'true';
} catch (error) {
  notify(
    'The engine could not be loaded.',
    `${/** @type {Error} */ (error).message} (npm run build)`,
  );
}
