// The event interfaces, which hold what their init dictionary said, and firing.

import { interfaceNamed } from './webidl/interface.js';
import { observation } from './webidl/observation.js';

/** Behaviour common to all events: the attributes are the members of the dictionary. */
class EventImpl {
  /**
   * @param {string} _type
   * @param {Record<string, any>} init
   */
  constructor(_type, init) {
    Object.assign(this, init);
  }

  /**
   * @param {string} type
   * @param {EventInit} init
   */
  static superArguments(type, init) {
    return [type, init];
  }
}

export class RTCPeerConnectionIceEventImpl extends EventImpl {
  candidate = null;
  url = null;

  /** @param {string} type @param {Record<string, any>} init */
  constructor(type, init) {
    super(type, init);
    this.candidate = init.candidate ?? null;
    this.url = init.url ?? null;
  }
}

export class RTCPeerConnectionIceErrorEventImpl extends EventImpl {
  /** @param {string} type @param {Record<string, any>} init */
  constructor(type, init) {
    super(type, init);
    this.address = init.address ?? null;
    this.port = init.port ?? null;
    this.url = init.url ?? '';
    this.errorText = init.errorText ?? '';
  }
}

export class RTCDataChannelEventImpl extends EventImpl {}

export class RTCErrorEventImpl extends EventImpl {}

export class RTCTrackEventImpl extends EventImpl {
  /** @param {string} type @param {Record<string, any>} init */
  constructor(type, init) {
    super(type, init);
    this.streams = Object.freeze([...init.streams]);
  }
}

export class RTCDTMFToneChangeEventImpl extends EventImpl {}

const { dispatchEvent } = EventTarget.prototype;

/**
 * @param {any} impl the target; one without a wrapper has no listeners
 * @param {string} type
 */
export function fire(impl, type) {
  if (!impl.wrapper) return;
  observation.observer?.event(impl, type);
  dispatchEvent.call(impl.wrapper, new Event(type));
}

/**
 * @param {any} impl
 * @param {string} interfaceName
 * @param {string} type
 * @param {object} init
 */
export function fireAs(impl, interfaceName, type, init) {
  if (!impl.wrapper) return;
  observation.observer?.event(impl, type, init);
  dispatchEvent.call(impl.wrapper, new (interfaceNamed(interfaceName))(type, init));
}

/**
 * @param {any} impl
 * @param {unknown} data
 */
export function fireMessage(impl, data) {
  if (!impl.wrapper) return;
  observation.observer?.event(impl, 'message', { data });
  const { origin } = globalThis;
  dispatchEvent.call(
    impl.wrapper,
    new MessageEvent('message', { data, origin: typeof origin === 'string' ? origin : '' }),
  );
}
