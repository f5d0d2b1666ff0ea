// What is recorded of one connection. It does not keep the connection alive.

import { Capture } from './capture.js';
import { describe, describeError } from './describe.js';
import { addTap, removeTap } from './hub.js';
import { StatsHistory } from './stats-history.js';
import { Timeline } from './timeline.js';

/** @typedef {import('../api/connection-driver.js').DtlsSecrets} DtlsSecrets */
/** @typedef {import('./timeline.js').Entry} Entry */
/** @typedef {import('./inspector.js').Settings} Settings */

/** What objects are called, by interface. @type {Record<string, string>} */
const kPrefixes = {
  RTCPeerConnection: 'pc',
  RTCDataChannel: 'channel',
  RTCRtpTransceiver: 'transceiver',
  RTCRtpSender: 'sender',
  RTCRtpReceiver: 'receiver',
  RTCDTMFSender: 'dtmf',
  RTCSctpTransport: 'sctp',
  RTCDtlsTransport: 'dtls',
  RTCIceTransport: 'ice',
};

/** States that script sees; those of transports come from the engine. @type {Record<string, string[]>} */
const kStates = {
  RTCPeerConnection: [
    'signalingState',
    'iceGatheringState',
    'iceConnectionState',
    'connectionState',
  ],
  RTCDataChannel: ['readyState'],
};

/** What tells objects of one kind apart. @type {Record<string, string[]>} */
const kDetails = {
  RTCDataChannel: ['label', 'id', 'protocol', 'ordered', 'maxRetransmits', 'maxPacketLifeTime'],
  RTCRtpTransceiver: ['mid', 'direction', 'currentDirection'],
};

/** Members of events' dictionaries that say something. */
const kEventMembers = [
  'candidate',
  'url',
  'address',
  'port',
  'errorCode',
  'errorText',
  'channel',
  'track',
  'receiver',
  'transceiver',
  'streams',
  'error',
  'tone',
];

/** The engine's events that have a place in the timeline. @type {Record<string, (event: any) => any>} */
const kEngineStates = {
  'ice-state': ({ state }) => ({ name: 'ice', value: state }),
  'ice-role': ({ role }) => ({ name: 'iceRole', value: role }),
  'gathering-state': ({ state }) => ({ name: 'gathering', value: state }),
  'dtls-state': ({ state }) => ({ name: 'dtls', value: state }),
  'transport-closed': () => ({ name: 'transport', value: 'closed' }),
};

export class ConnectionLog {
  /** @type {number | null} */
  closed = null;
  messages = { sent: 0, received: 0 };
  /** @type {DtlsSecrets[]} */
  secrets = [];
  /** @type {Capture | undefined} */
  capture;
  #impl;
  #settings;
  #changed;
  #timeline;
  #stats;
  #calls = 0;
  /** @type {WeakMap<object, string>} */
  #names = new WeakMap();
  /** @type {Map<string, number>} */
  #counts = new Map();
  /** @type {Record<string, Record<string, any>>} */
  #objects = {};
  /** Those with states of their own. @type {Map<string, { object: WeakRef<any>, seen: Record<string, any> }>} */
  #stateful = new Map();
  /** @type {Map<string, string>} */
  #engineStates = new Map();
  isDetached = false;
  /** @type {any} */
  #timer;
  #clock;

  /**
   * @param {object} parts
   * @param {number} parts.id
   * @param {string} parts.label
   * @param {any} parts.impl of the connection
   * @param {Settings} parts.settings
   * @param {() => void} parts.changed told that there is more to see; not to run script
   */
  constructor({ id, label, impl, settings, changed }) {
    this.id = id;
    this.label = label;
    this.#impl = new WeakRef(impl);
    this.#clock = impl.clock;
    this.#settings = settings;
    this.#changed = changed;
    this.#timeline = new Timeline(settings);
    this.#stats = new StatsHistory(settings.maxSamples);
    this.created = impl.wallTime();
    this.configuration = describe(impl.getConfiguration());
    this.nameOf(impl.wrapper);
    if (settings.packets) {
      const clock = this.#clock;
      const now = () => clock.timeOrigin() + clock.now();
      this.capture = new Capture({ maxBytes: settings.maxPacketBytes, now });
      addTap(impl, this.capture);
    }
    if (settings.secrets) this.#takeSecrets();
    if (settings.statsInterval > 0) this.#scheduleSample();
  }

  /** Undefined when the connection is gone. */
  get wrapper() {
    return this.#impl.deref()?.wrapper;
  }

  /** @param {Omit<Entry, 'seq' | 'time'>} entry */
  #add(entry) {
    const clock = this.#clock;
    this.#timeline.add({ time: clock.timeOrigin() + clock.now(), ...entry });
    this.#changed();
  }

  // ---- Objects

  /**
   * @param {object} object of the connection
   * @returns {string}
   */
  nameOf(object) {
    const known = this.#names.get(object);
    if (known) return known;
    const kind = interfaceOf(object);
    const prefix = kPrefixes[kind] ?? 'object';
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    const name = prefix === 'pc' ? prefix : `${prefix}${count}`;
    this.#names.set(object, name);
    this.#objects[name] = { interface: kind, ...this.#details(object) };
    const states = kStates[kind];
    if (states) {
      const seen = Object.fromEntries(states.map((state) => [state, anyOf(object)[state]]));
      this.#stateful.set(name, { object: new WeakRef(object), seen });
    }
    return name;
  }

  /** @param {object} object */
  #details(object) {
    const names = kDetails[interfaceOf(object)] ?? [];
    return Object.fromEntries(names.map((name) => [name, anyOf(object)[name]]));
  }

  /** @param {unknown} value */
  #describe(value) {
    return describe(value, (object) =>
      interfaceOf(object) in kPrefixes ? this.nameOf(object) : undefined,
    );
  }

  /**
   * Whether an object that is neither the connection nor a channel belongs to it.
   * @param {object} object
   */
  has(object) {
    if (this.#names.has(object)) return true;
    const impl = this.#impl.deref();
    if (!impl) return false;
    for (const transceiver of impl.getTransceivers()) {
      const { sender, receiver } = transceiver;
      if ([transceiver, sender, receiver].includes(object)) return true;
      for (const transport of [sender.transport, receiver.transport]) {
        if (transport && [transport, transport.iceTransport].includes(object)) return true;
      }
      if (sender.dtmf === object) return true;
    }
    const { sctp } = impl;
    return !!sctp && [sctp, sctp.transport, sctp.transport.iceTransport].includes(object);
  }

  /** What has changed by now is told before what happens next. @param {string} [name] of one object */
  #addStates(name) {
    for (const [on, { object, seen }] of this.#stateful) {
      if (name !== undefined && on !== name && on !== 'pc') continue;
      const live = object.deref();
      for (const [state, before] of live ? Object.entries(seen) : []) {
        const value = live[state];
        if (value === before) continue;
        seen[state] = value;
        this.#add({ kind: 'state', on, name: state, value });
      }
    }
  }

  // ---- What the hub tells

  /**
   * @param {string} interfaceName
   * @param {string} name
   */
  records(interfaceName, name) {
    if (/^get[A-Z]/.test(name)) return false;
    if (interfaceName !== 'RTCDataChannel' || name !== 'send') return true;
    this.messages.sent++;
    return this.#settings.messages;
  }

  /**
   * @param {object} self
   * @param {string} name
   * @param {any[]} args
   * @param {() => any} run
   */
  call(self, name, args, run) {
    const id = ++this.#calls;
    const on = this.nameOf(self);
    const value = name === 'send' ? [sizeOf(args[0])] : this.#describe(args);
    this.#add({ kind: 'call', on, name, call: id, value });
    let result;
    try {
      result = run();
    } catch (error) {
      this.#add({ kind: 'throw', on, name, call: id, value: describeError(error) });
      throw error;
    }
    if (name === 'close' && on === 'pc') this.#end();
    this.#addStates(on);
    if (typeof result?.then !== 'function') {
      if (result !== undefined) {
        this.#add({ kind: 'return', on, name, call: id, value: this.#describe(result) });
      }
      return result;
    }
    // A promise of ours: a handler on theirs would make a rejection that nobody handles look handled.
    return result.then(
      (/** @type {any} */ fulfilled) => {
        this.#addStates(on);
        const told = fulfilled === undefined ? {} : { value: this.#describe(fulfilled) };
        const value = { how: 'fulfilled', ...told };
        this.#add({ kind: 'settle', on, name, call: id, value });
        return fulfilled;
      },
      (/** @type {any} */ error) => {
        const value = { how: 'rejected', error: describeError(error) };
        this.#add({ kind: 'settle', on, name, call: id, value });
        throw error;
      },
    );
  }

  /**
   * @param {object} object
   * @param {string} type
   * @param {any} [init]
   */
  event(object, type, init = {}) {
    const on = this.nameOf(object);
    if (type === 'message') {
      this.messages.received++;
      if (!this.#settings.messages) return;
      this.#add({ kind: 'event', on, name: type, value: sizeOf(init.data) });
      return;
    }
    this.#addStates(on);
    /** @type {Record<string, any>} */
    const value = {};
    for (const name of kEventMembers) {
      if (init[name] !== undefined) value[name] = this.#describe(init[name]);
    }
    this.#objects[on] = { ...this.#objects[on], ...this.#details(object) };
    const detail = Object.keys(value).length > 0 ? { value } : {};
    this.#add({ kind: 'event', on, name: type, ...detail });
  }

  /** @param {any} event */
  engineEvent(event) {
    const { type, transportId } = event;
    const on = `transport${transportId}`;
    const state = kEngineStates[type]?.(event);
    if (state) this.#addEngineState(on, state);
    switch (type) {
      case 'dtls-state':
        if (event.error)
          this.#add({ kind: 'note', on, name: 'dtls-error', value: describe(event.error) });
        if (event.state === 'connected' && this.#settings.secrets) this.#takeSecrets();
        break;
      case 'sctp-state':
        this.#addEngineState('sctp', { name: 'sctp', value: event.state });
        break;
      case 'selected-pair':
        this.#add({ kind: 'pair', on, value: { local: event.local, remote: event.remote } });
        break;
      case 'candidate-removed':
        this.#add({ kind: 'note', on, name: type, value: { candidate: event.candidate } });
        break;
      case 'ice-restart-needed':
        this.#add({ kind: 'note', on, name: type });
        break;
    }
  }

  /**
   * @param {string} on
   * @param {{ name: string, value: string }} state
   */
  #addEngineState(on, state) {
    const key = `${on} ${state.name}`;
    if (this.#engineStates.get(key) === state.value) return;
    this.#engineStates.set(key, state.value);
    this.#add({ kind: 'state', on, ...state });
  }

  /** @param {any} report */
  relay(report) {
    const { type, ...value } = report;
    this.#add({ kind: 'relay', name: type, value: describe(value) });
  }

  // ---- Statistics and secrets

  #scheduleSample() {
    this.#timer = this.#clock.setTimeout(() => {
      this.sample().then(
        () => this.closed ?? this.#scheduleSample(),
        () => {},
      );
    }, this.#settings.statsInterval);
    // A recording keeps no process alive.
    this.#timer?.unref?.();
  }

  /** Takes a sample of the statistics now. */
  async sample() {
    const impl = this.#impl.deref();
    if (!impl) {
      this.closed ??= this.#clock.timeOrigin() + this.#clock.now();
      return;
    }
    const report = await impl.getStats(null);
    this.#stats.add(impl.wallTime(), report.values());
    this.#changed();
  }

  #takeSecrets() {
    const impl = this.#impl.deref();
    for (const secrets of impl?.dtlsSecrets() ?? []) {
      const key = secrets.clientRandom.join();
      if (this.secrets.some(({ clientRandom }) => clientRandom.join() === key)) continue;
      this.secrets.push(secrets);
    }
  }

  #end() {
    this.closed ??= this.#clock.timeOrigin() + this.#clock.now();
    this.#clock.clearTimeout(this.#timer);
    this.#addStates();
    // The totals of the whole call.
    this.sample().catch(() => {});
  }

  /** Records no more. */
  detach() {
    this.isDetached = true;
    this.#clock.clearTimeout(this.#timer);
    const impl = this.#impl.deref();
    if (impl && this.capture) removeTap(impl, this.capture);
  }

  // ---- For who looks

  /** How much has been recorded. */
  get count() {
    return this.#timeline.count;
  }

  /**
   * As the format of docs/inspect.md has it; some of it goes on to change.
   * @returns {import('./dump.js').ConnectionDump}
   */
  view() {
    const { capture } = this;
    return {
      id: this.id,
      label: this.label,
      created: this.created,
      closed: this.closed,
      configuration: this.configuration,
      states: this.#stateful.get('pc')?.seen ?? {},
      objects: this.#objects,
      timeline: this.#timeline.entries(),
      timelineDropped: this.#timeline.dropped,
      stats: this.#stats.view(),
      messages: this.messages,
      packets: capture
        ? {
            count: capture.count,
            bytes: capture.bytes,
            dropped: capture.dropped,
            interfaces: capture.interfaces,
          }
        : null,
    };
  }
}

/** @param {object} object */
const interfaceOf = (object) => Object.prototype.toString.call(object).slice(8, -1);

/** @param {object} object @returns {any} */
const anyOf = (object) => object;

/** Contents are nobody's business. @param {any} data */
function sizeOf(data) {
  if (typeof data === 'string') return { $text: data.length };
  return { $bytes: data?.byteLength ?? data?.size ?? 0 };
}
