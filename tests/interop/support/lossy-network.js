// A network on which media get lost, the same ones in every run.

import { UdpNetwork } from '../../../js/index.node.js';

/** Every tenth packet each way. */
export const kLosses = { arriving: 10, leaving: 10 };

/** Loses every so many-th RTP packet, none by default; STUN, DTLS and RTCP all pass. */
export class LossyNetwork extends UdpNetwork {
  #intervals;

  /** @param {{ arriving?: number, leaving?: number }} intervals */
  constructor({ arriving = Infinity, leaving = Infinity }) {
    super();
    this.#intervals = { arriving, leaving };
  }

  /** @param {import('../../../js/net/network.js').NetworkSink} sink */
  attach(sink) {
    const arrives = everyBut(this.#intervals.arriving);
    const leaves = everyBut(this.#intervals.leaving);
    const attachment = super.attach({
      ...boundMethods(sink),
      datagram(id, address, port, data) {
        if (arrives(data)) sink.datagram(id, address, port, data);
      },
    });
    const send = attachment.send.bind(attachment);
    attachment.send = (id, address, port, data) => {
      if (leaves(data)) send(id, address, port, data);
    };
    return attachment;
  }
}

/** @param {number} interval */
function everyBut(interval) {
  let count = 0;
  return (data) => !isRtp(data) || ++count % interval !== 0;
}

/** RFC 7983 section 7 and RFC 5761 section 4. */
const isRtp = (data) =>
  data[0] >= 128 && data[0] <= 191 && !((data[1] & 0x7f) >= 64 && (data[1] & 0x7f) <= 95);

/** @param {any} object of a class or a literal */
function boundMethods(object) {
  const bound = {};
  for (
    let level = object;
    level && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name !== 'constructor' && typeof object[name] === 'function') {
        bound[name] ??= object[name].bind(object);
      }
    }
  }
  return bound;
}
