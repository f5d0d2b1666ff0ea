// The call: two ends in one page, or this one and another tab; signalling over the demo's server.

import { CallEnd } from './end.js';
import { Dashboard, caption } from './dashboard.js';
import { Descriptions } from '../descriptions.js';
import { Hurt } from './hurt.js';
import { ImpairedNetwork } from './impaired-network.js';
import { Layers } from './layers.js';
import { Room, isRoom, newRoom } from './signalling.js';
import { Screen } from './screen.js';
import { audioContext, openSource } from './sources.js';
import { explainCandidateError } from '../trouble.js';
import { fetchCredentials, kRelayUrl, watchRelay } from '../relay.js';
import { snapshot } from './measures.js';

/** @typedef {import('./counter-code.js').Author} Author */

const kSampleInterval = 500;
const kVideoCodecs = ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1'];
const kAudioCodecs = ['audio/opus', 'audio/G722', 'audio/PCMU', 'audio/PCMA'];

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ ($('controls'));
const callButton = /** @type {HTMLButtonElement} */ ($('call'));
const hangUpButton = /** @type {HTMLButtonElement} */ ($('hangup'));
const screens = { A: new Screen($('end-a'), 'A'), B: new Screen($('end-b'), 'B') };
const descriptions = new Descriptions();
const dashboard = new Dashboard($('graphs'), /** @type {HTMLTableElement} */ ($('numbers')));

const NativePeerConnection = globalThis.RTCPeerConnection;
/** @type {typeof import('../../js/index.js') | undefined} */
let wasm;
/** Between the one webrtc-wasm end that is hurt and the relay. @type {ImpairedNetwork | undefined} */
let impaired;
/** @type {Call | undefined} */
let call;

const roomInLink = new URLSearchParams(location.search).get('room');
const isGuest = roomInLink !== null && isRoom(roomInLink);
/** Of the page when the other end is elsewhere. @type {Room | undefined} */
let sharedRoom;

const hurt = new Hurt($('hurt'), (impairment) => impaired?.hurt(impairment));
const layers = new Layers($('layers'), {
  active: (rid, active) =>
    call?.ends.A?.setLayer(rid, active).catch((error) =>
      notify('That did not work.', error.message),
    ),
  look: () => call?.showReceived('B'),
});

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

// --- choices ---------------------------------------------------------------------------------------

const choice = (/** @type {string} */ name) => {
  const control = /** @type {RadioNodeList | HTMLSelectElement} */ (form.elements.namedItem(name));
  return control.value;
};
const isElsewhere = () => !isGuest && choice('where') === 'elsewhere';
/** The ends in this page. @returns {Author[]} */
const endsHere = () => (isGuest ? ['B'] : isElsewhere() ? ['A'] : ['A', 'B']);
const isNative = (/** @type {Author} */ name) =>
  choice(name.toLowerCase()) === 'native' || wasm === undefined;

/** @param {Author} name @returns {typeof RTCPeerConnection | undefined} */
const implementation = (name) => (isNative(name) ? NativePeerConnection : wasm?.RTCPeerConnection);

/** @param {Author} name @param {string} kind @returns {RTCRtpCodec[]} */
function capabilities(name, kind) {
  const Receiver = isNative(name) ? globalThis.RTCRtpReceiver : wasm?.RTCRtpReceiver;
  return Receiver?.getCapabilities(kind)?.codecs ?? [];
}

/** The end that the network card acts on: one of them, so that a figure means what it says. */
const hurtEnd = () => endsHere().find((name) => !isNative(name));

/** Offers the codecs that both ends here have. */
function showCodecs() {
  for (const [name, kind, all] of /** @type {const} */ ([
    ['videoCodec', 'video', kVideoCodecs],
    ['audioCodec', 'audio', kAudioCodecs],
  ])) {
    const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem(name));
    const before = select.value;
    const common = all.filter((mimeType) =>
      endsHere().every((end) =>
        capabilities(end, kind).some(
          (codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase(),
        ),
      ),
    );
    select.replaceChildren(
      ...common.map((mimeType) => new Option(mimeType.split('/')[1], mimeType)),
    );
    select.value = common.includes(/** @type {any} */ (before)) ? before : (common[0] ?? '');
  }
}

function showChoices() {
  document.body.dataset.role = isGuest ? 'guest' : 'host';
  document.body.dataset.mode = isElsewhere() ? 'elsewhere' : 'page';
  $('invite').hidden = !isElsewhere();
  const withLayers = !isGuest && choice('layers') === '3';
  const receiveOnly = /** @type {HTMLInputElement} */ (
    form.querySelector('[name=direction][value=recvonly]')
  );
  receiveOnly.disabled = withLayers;
  if (withLayers && receiveOnly.checked) {
    /** @type {HTMLInputElement} */ (form.querySelector('[value=sendrecv]')).checked = true;
  }
  layers.show(withLayers);
  for (const name of /** @type {const} */ (['A', 'B'])) {
    screens[name].show('badge', isNative(name) ? 'native browser' : 'webrtc-wasm');
  }
  hurt.setEnd(hurtEnd());
  showCodecs();
  showButtons();
}

function showButtons() {
  const canBegin = isGuest
    ? ringing !== undefined
    : !call && (!isElsewhere() || (sharedRoom?.members.length ?? 0) > 0);
  callButton.disabled = !canBegin || document.documentElement.dataset.ready === undefined;
  callButton.textContent = isGuest ? 'Answer' : 'Call';
  hangUpButton.disabled = !call;
  /** @type {HTMLFieldSetElement} */ ($('choices')).disabled = call !== undefined;
}

// --- a call ----------------------------------------------------------------------------------------

class Call {
  /** @type {Partial<Record<Author, CallEnd>>} */
  ends = {};
  /** Rooms that end with the call. @type {Room[]} */
  #rooms = [];
  /** By end, the tracks that arrive. @type {Record<Author, {track: MediaStreamTrack, mid: string | null}[]>} */
  #received = { A: [], B: [] };
  #timer = setInterval(() => this.#sample(), kSampleInterval);
  #hasLayers = !isGuest && choice('layers') === '3';

  /**
   * @param {Author} name
   * @param {Room} room
   * @param {() => Promise<void>} [accept]
   */
  open(name, room, accept) {
    const Implementation = implementation(name);
    if (!Implementation) throw new Error('There is no WebRTC in this browser.');
    if (!isNative(name)) useNetwork(name === hurtEnd());
    const screen = screens[name];
    const log = (/** @type {string} */ what) => descriptions.log(name, what);
    const end = new CallEnd({
      name,
      Implementation,
      capabilities: (kind) => capabilities(name, kind),
      room,
      accept,
      openSource: () =>
        openSource(/** @type {'card'} */ (choice('source')), name, Number(choice('height'))),
      events: {
        log,
        state: (state) => {
          screen.show('state', state);
          if (state === 'failed') this.#explainFailure(name);
        },
        described: (type, sdp) => descriptions.set(type, sdp),
        sends: ({ stream, card }) => {
          screen.showSent(stream);
          if (card) screens[name === 'A' ? 'B' : 'A'].clock = (counter) => age(card, counter);
        },
        receives: (track, mid) => {
          this.#received[name].push({ track, mid });
          this.showReceived(name);
        },
        candidateError: (error) => {
          log(`icecandidateerror ${error.errorCode} ${error.errorText}`);
          // The browser's own complaints about its interfaces say nothing about this call.
          if (isNative(name)) return;
          const { title, text } = explainCandidateError(error);
          notify(title, text);
        },
        hungUp: () => {
          if (call === this) endCall();
        },
        failed: (error) => this.fail(error),
      },
    });
    screen.show('state', name === 'A' ? 'calling' : 'ready');
    this.ends[name] = end;
    return end;
  }

  /** Both ends in this page, each with a socket of its own. */
  async beginHere() {
    const name = newRoom();
    const [roomA, roomB] = [await this.#join(name, 'A'), await this.#join(name, 'B')];
    this.open('B', roomB);
    const a = this.open('A', roomA);
    await a.call(await roomA.other(), this.#plan());
  }

  /** @param {string} name @param {Author} end */
  async #join(name, end) {
    const room = await Room.join(name, {
      members: () => {},
      message: (from, message) => this.ends[end]?.receive(from, message),
      closed: (why) => this.fail(new Error(why)),
    });
    this.#rooms.push(room);
    return room;
  }

  /** @param {Room} room with the other end in it */
  async beginElsewhere(room) {
    await this.open('A', room).call(room.members[0], this.#plan());
  }

  /** @returns {import('./end.js').Plan} */
  #plan() {
    return {
      direction: /** @type {'sendrecv'} */ (choice('direction')),
      videoCodec: choice('videoCodec'),
      audioCodec: choice('audioCodec'),
      layers: this.#hasLayers,
    };
  }

  /** Puts what arrives on the screen. @param {Author} name */
  showReceived(name) {
    const received = this.#received[name];
    const videos = received.filter(({ track }) => track.kind === 'video');
    for (const { track, mid } of videos) if (mid) layers.receives(mid, track);
    const chosen = videos.find(({ mid }) => mid === layers.chosen) ?? videos[0];
    const audio = received.find(({ track }) => track.kind === 'audio');
    screens[name].showReceived(chosen?.track, audio?.track);
  }

  async #sample() {
    const snapshots = { A: await take(this.ends.A), B: await take(this.ends.B) };
    if (call !== this) return;
    dashboard.add(snapshots, screens);
    if (this.#hasLayers) layers.refresh(snapshots.A, snapshots.B);
    if (impaired) hurt.count(impaired.counts);
    for (const name of /** @type {const} */ (['A', 'B'])) {
      screens[name].refresh(caption(snapshots[name], screens[name].video.videoWidth));
    }
  }

  /** @param {Author} name */
  #explainFailure(name) {
    if (!$('notice').hidden) return;
    notify(
      `${name} cannot reach the other end.`,
      'No pair of candidates works (any more). Is the relay up, and is the network not hurt too much?',
    );
  }

  /** @param {Error} error */
  fail(error) {
    if (call !== this) return;
    endCall();
    notify('The call could not be set up.', error.message);
  }

  /** Tells the other ends, and closes everything. */
  close() {
    clearInterval(this.#timer);
    for (const end of Object.values(this.ends)) end.hangUp();
    for (const room of this.#rooms) room.close();
  }
}

/** @param {import('./test-card.js').TestCard} card @param {number} counter */
function age(card, counter) {
  const drawnAt = card.drawnAt(counter);
  return drawnAt === undefined ? undefined : performance.now() - drawnAt;
}

/** @param {CallEnd | undefined} end */
async function take(end) {
  if (!end || end.pc.connectionState === 'closed') return undefined;
  return snapshot(end.pc).catch(() => undefined);
}

/** What the next connection of the package is made on. @param {boolean} isHurt */
function useNetwork(isHurt) {
  const { RelayNetwork, configure } = /** @type {NonNullable<typeof wasm>} */ (wasm);
  const network = new RelayNetwork({ relay: relayConfiguration });
  if (isHurt) {
    impaired = new ImpairedNetwork(network);
    impaired.hurt(hurt.impairment);
  }
  configure({ network: isHurt ? impaired : network });
}

async function relayConfiguration() {
  const { username, password } = await fetchCredentials();
  return { url: kRelayUrl, username, credential: password };
}

/** @param {(call: Call) => Promise<void>} begin */
async function beginCall(begin) {
  $('notice').hidden = true;
  descriptions.clear();
  const begun = (call = new Call());
  showButtons();
  try {
    await begin(begun);
  } catch (error) {
    begun.fail(/** @type {Error} */ (error));
  }
}

function endCall() {
  call?.close();
  call = undefined;
  ringing = undefined;
  impaired = undefined;
  for (const screen of Object.values(screens)) screen.reset();
  dashboard.clear();
  layers.reset();
  hurt.count({ carried: 0, dropped: 0 });
  showButtons();
  showPresence();
}

// --- the other end is elsewhere ----------------------------------------------------------------------

/** Answers a call that is waiting. @type {(() => void) | undefined} */
let ringing;

/** @param {string} name */
async function shareRoom(name) {
  sharedRoom = await Room.join(name, {
    members: (members) => {
      const other = Object.values(call?.ends ?? {})[0]?.other;
      if (other !== undefined && !members.includes(other)) endCall();
      showPresence();
      showButtons();
    },
    message: (from, message) => {
      if (isGuest && !call && message.type === 'video-offer') ring();
      for (const end of Object.values(call?.ends ?? {})) end.receive(from, message);
    },
    closed: (why) => {
      sharedRoom = undefined;
      showPresence();
      showButtons();
      notify('The signalling is gone.', `${why}. Reload the page to come back.`);
    },
  });
  showPresence();
}

function ring() {
  const answered = new Promise((resolve) => (ringing = () => resolve(undefined)));
  void beginCall(async (begun) => {
    begun.open('B', /** @type {Room} */ (sharedRoom), () => answered);
    screens.B.show('state', 'ringing');
  });
}

function showPresence() {
  const isThere = (sharedRoom?.members.length ?? 0) > 0;
  $('presence').dataset.state = isThere ? 'there' : 'absent';
  $('presence').textContent = isThere ? 'The other end is there: call.' : 'Nobody is there yet.';
  if (isGuest && !call) screens.B.show('state', isThere ? 'ready' : 'alone');
}

async function invite() {
  if (sharedRoom) return;
  const name = newRoom();
  const link = new URL(location.pathname, location.href);
  link.searchParams.set('room', name);
  /** @type {HTMLInputElement} */ ($('link')).value = link.href;
  $('reach').textContent = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)
    ? 'The server listens on this machine alone: “npm start -- --listen 0.0.0.0” lets other devices in.'
    : '';
  await shareRoom(name);
}

// --- the page ------------------------------------------------------------------------------------

form.addEventListener('change', () => {
  showChoices();
  if (isElsewhere()) {
    invite().catch((error) => notify('There is no signalling.', error.message));
  } else if (!isGuest) {
    sharedRoom?.close();
    sharedRoom = undefined;
    showPresence();
  }
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  // In the user's own task, as browsers want it.
  audioContext();
  if (isGuest) {
    ringing?.();
    ringing = undefined;
    screens.B.show('state', 'connecting');
    showButtons();
  } else if (!call && isElsewhere() && sharedRoom) {
    const room = sharedRoom;
    void beginCall((begun) => begun.beginElsewhere(room));
  } else if (!call && !isElsewhere()) {
    void beginCall((begun) => begun.beginHere());
  }
});
hangUpButton.addEventListener('click', endCall);
addEventListener('pagehide', () => call?.close());
$('copy-link').addEventListener('click', async () => {
  await navigator.clipboard.writeText(/** @type {HTMLInputElement} */ ($('link')).value);
  $('copy-link').textContent = 'Copied';
});

/** @param {string} value @param {string} other */
function rule(value, other) {
  for (const name of ['a', 'b']) {
    const input = (/** @type {string} */ which) =>
      /** @type {HTMLInputElement} */ (form.querySelector(`[name=${name}][value=${which}]`));
    input(value).disabled = true;
    input(other).checked = true;
  }
}

void watchRelay();
try {
  wasm = await import('../../js/index.js');
} catch (error) {
  notify(
    'The engine could not be loaded.',
    `${/** @type {Error} */ (error).message} (npm run build)`,
  );
  rule('wasm', 'native');
}
if (!NativePeerConnection) rule('native', 'wasm');
document.documentElement.dataset.ready = 'true';
if (isGuest) {
  await shareRoom(roomInLink).catch((error) => notify('There is no signalling.', error.message));
}
showChoices();
