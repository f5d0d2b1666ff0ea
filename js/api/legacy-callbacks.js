import { reportException } from './errors.js';

/**
 * The legacy forms of asynchronous methods (webrtc-pc section 4.4.3): the promise says nothing,
 * exactly one callback is called.
 * @param {Promise<any>} promise of the form without callbacks
 * @param {(value: any) => void} success
 * @param {(error: any) => void} failure
 * @returns {Promise<any>}
 */
export function withCallbacks(promise, success, failure) {
  const invoke = (/** @type {Function} */ callback, /** @type {any[]} */ args) => {
    try {
      Reflect.apply(callback, undefined, args);
    } catch (error) {
      reportException(error);
    }
  };
  promise.then(
    (value) => invoke(success, value === undefined ? [] : [value]),
    (error) => invoke(failure, [error]),
  );
  return Promise.resolve(undefined);
}
