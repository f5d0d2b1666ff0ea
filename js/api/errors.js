// The errors of webrtc-pc: DOMException by name, RTCError, and what the engine reports as plain
// objects turned into either.

import { interfaceNamed } from './webidl/interface.js';

/**
 * @typedef {object} EngineError
 * @property {string} [name]
 * @property {string} [message]
 * @property {string} [errorDetail]
 * @property {number | null} [sdpLineNumber]
 * @property {number | null} [sctpCauseCode]
 * @property {number | null} [receivedAlert]
 * @property {number | null} [sentAlert]
 */

/**
 * @param {string} name
 * @param {string} message
 */
export const exception = (name, message) => new DOMException(message, name);

/**
 * @param {EngineError} error
 * @returns {any} an RTCError
 */
export function rtcError({ errorDetail, message = '', ...rest }) {
  /** @type {Record<string, any>} */
  const init = { errorDetail };
  for (const key of ['sdpLineNumber', 'sctpCauseCode', 'receivedAlert', 'sentAlert']) {
    const value = /** @type {any} */ (rest)[key];
    if (value != null) init[key] = value;
  }
  return new (interfaceNamed('RTCError'))(init, message);
}

/**
 * What the application gets for a failure of the engine.
 * @param {any} error
 * @returns {Error}
 */
export function exceptionFrom(error) {
  if (error instanceof Error || error instanceof DOMException) return error;
  const { name = 'OperationError', message = '' } = error ?? {};
  if (error?.errorDetail) return rtcError(error);
  if (name === 'TypeError') return new TypeError(message);
  if (name === 'RangeError') return new RangeError(message);
  return exception(name, message);
}

/** Behaviour of RTCError, a DOMException named OperationError. */
export class RTCErrorImpl {
  /**
   * @param {any} init
   * @param {string} _message
   */
  constructor(init, _message) {
    this.errorDetail = init.errorDetail;
    this.sdpLineNumber = init.sdpLineNumber ?? null;
    this.sctpCauseCode = init.sctpCauseCode ?? null;
    this.receivedAlert = init.receivedAlert ?? null;
    this.sentAlert = init.sentAlert ?? null;
  }

  /**
   * @param {any} _init
   * @param {string} message
   */
  static superArguments(_init, message) {
    return [message, 'OperationError'];
  }
}

/**
 * Reports an exception that no caller can catch, as the platform does for callbacks.
 * @param {unknown} error
 */
export function reportException(error) {
  if (typeof reportError === 'function') reportError(error);
  else {
    setTimeout(() => {
      throw error;
    }, 0);
  }
}
