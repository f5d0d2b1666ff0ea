// Whoever looks on at what script does and is told (js/inspect), or nobody. One check where something
// happens is all that it costs while nobody does.

/**
 * None of these may throw, nor run script.
 * @typedef {object} Observer
 * @property {(impl: any) => void} connection  a connection was made: its impl, with its wrapper
 * @property {(self: any, interfaceName: string, name: string, args: any[], run: () => any) => any} call
 *   runs what script called, and returns what comes of it; `self` is what it was called on
 * @property {(impl: any, type: string, init?: any) => void} event  one is about to be fired
 * @property {(impl: any, event: any) => void} engineEvent  of a connection's engine; it is being drained
 * @property {(impl: any, report: any) => void} relay  what `onrelay` is told
 */

/** @type {{ observer: Observer | undefined }} */
export const observation = { observer: undefined };
