// What every network has in common: the shapes that the connection driver codes against, the
// reasons for which a stream ends, the counters, and the real clock.
//
// A *network* hands out one *attachment* per peer connection. An attachment owns sockets and
// reports to its *sink*; it holds no protocol. All callbacks into a sink come from a task or a
// microtask of the attachment's own, never from within a call into the attachment, so that a
// driver may call `send` while it drains its engine.

/**
 * A datagram interface that has just become usable.
 * @typedef {object} InterfaceInfo
 * @property {number} id          unique within the attachment
 * @property {'udp' | 'virtual'} kind
 * @property {string} address     IPv4 or IPv6 literal, without a scope
 * @property {number} port
 * @property {number} [mtu]       the largest IP packet of its link, in bytes, where that is known
 */

/**
 * What an attachment reports. None of these may throw.
 * @typedef {object} NetworkSink
 * @property {(info: InterfaceInfo) => void} interfaceAdded
 * @property {(id: number) => void} interfaceRemoved
 * @property {() => void} interfacesComplete  no more interfaces follow for this `gather()`
 * @property {(interfaceId: number, address: string, port: number, data: Uint8Array) => void} datagram
 * @property {(streamId: number) => void} streamOpened
 * @property {(streamId: number, data: Uint8Array) => void} streamData
 * @property {(streamId: number, reason: StreamCloseReason, detail?: string) => void} streamClosed
 *           comes exactly once per opened stream, unless the attachment or the stream was closed
 *           from this side
 * @property {(resolveId: number, addresses: string[]) => void} resolved  empty when there is none
 */

/**
 * A stream that the engine asks for: a byte pipe to a TURN server.
 * @typedef {object} StreamRequest
 * @property {number} streamId
 * @property {string} url         for transport 'relay' the `ws:`/`wss:` address of the relay
 * @property {'tcp' | 'tls' | 'relay'} transport
 * @property {string} host
 * @property {number} port
 * @property {string} [tlsName]   what the certificate has to be for, when that is not `host`
 */

/**
 * A TCP connection that the engine asks for, from an interface to a passive candidate of the peer's
 * (RFC 6544). It is a stream like others, of frames as RFC 4571 has them.
 * @typedef {object} PeerStreamRequest
 * @property {number} streamId
 * @property {number} interfaceId
 * @property {string} host        an IP literal
 * @property {number} port
 */

/**
 * @typedef {object} NetworkAttachment
 * @property {() => void} gather  opens the interfaces; ends in `interfacesComplete`
 * @property {(interfaceId: number, address: string, port: number, data: Uint8Array) => void} send
 * @property {(request: StreamRequest) => void} openStream
 * @property {(request: PeerStreamRequest) => void} [openPeerStream]  there when the network
 *           `connectsTcp`
 * @property {(streamId: number, data: Uint8Array) => void} sendStream
 *           `data` is one or more whole frames; may be kept, so the caller gives it away
 * @property {(streamId: number) => void} closeStream  no `streamClosed` follows
 * @property {(resolveId: number, hostname: string) => void} resolve
 * @property {() => number} bufferedAmount  bytes accepted and not yet handed to the system
 * @property {() => Counters} counters
 * @property {(isKept: boolean) => void} [keepProcess]  whether what is open keeps a process of Node.js
 *           alive, as it does at first
 * @property {() => void} close  idempotent; nothing is reported afterwards
 */

/**
 * A STUN or TURN server as the engine takes it.
 * @typedef {object} EngineIceServer
 * @property {'stun' | 'turn'} kind
 * @property {'udp' | 'tcp' | 'tls' | 'relay'} transport
 * @property {string} host
 * @property {number} port
 * @property {string} username
 * @property {string} credential
 * @property {string} url
 */

/**
 * Times are milliseconds of the network's own monotonic clock.
 * @typedef {object} Network
 * @property {(sink: NetworkSink) => NetworkAttachment} attach
 * @property {() => number} now
 * @property {(callback: () => void, atMs: number) => unknown} setTimer
 * @property {(handle: any) => void} clearTimer
 * @property {() => EngineIceServer[] | Promise<EngineIceServer[]>} [iceServers]
 *           servers that come with the network (the relay); a promise when they are fetched
 * @property {boolean} [connectsTcp]  peers' TCP candidates can be connected to
 * @property {() => void} [close]
 */

/**
 * Why a stream ended:
 * - `cannot-reach`: it never opened (no route, nothing listening, name unknown, timed out);
 * - `refused`: the other side said no (HTTP status, TLS verification, policy close code);
 * - `lost`: it was open, and then it was not.
 * @typedef {'cannot-reach' | 'refused' | 'lost'} StreamCloseReason
 */
export const StreamCloseReason = Object.freeze({
  cannotReach: /** @type {const} */ ('cannot-reach'),
  refused: /** @type {const} */ ('refused'),
  lost: /** @type {const} */ ('lost'),
});

/**
 * @typedef {object} Counters
 * @property {number} datagramsSent
 * @property {number} datagramsReceived
 * @property {number} datagramBytesSent
 * @property {number} datagramBytesReceived
 * @property {number} streamBytesSent
 * @property {number} streamBytesReceived
 * @property {number} streamFramesSent
 * @property {number} streamFramesCoalesced   frames that left in one write with another before them
 * @property {number} streamMessagesSent      writes to a socket, after coalescing
 * @property {number} streamMessagesReceived
 * @property {number} streamFramesDropped     stale data frames dropped from a full queue
 * @property {number} streamBytesDropped
 * @property {number} streamsOpened
 * @property {number} streamsClosed           by the other side or by an error
 * @property {number} bufferedAmountHighWater  bytes; the most that waited at one socket for its peer
 * @property {number} datagramsDropped        the socket's own queue was full
 * @property {Record<string, number>} sendErrors  by code: EMSGSIZE, ENETUNREACH, …
 */

/** @returns {Counters} */
export function createCounters() {
  return {
    datagramsSent: 0,
    datagramsReceived: 0,
    datagramBytesSent: 0,
    datagramBytesReceived: 0,
    streamBytesSent: 0,
    streamBytesReceived: 0,
    streamFramesSent: 0,
    streamFramesCoalesced: 0,
    streamMessagesSent: 0,
    streamMessagesReceived: 0,
    streamFramesDropped: 0,
    streamBytesDropped: 0,
    streamsOpened: 0,
    streamsClosed: 0,
    bufferedAmountHighWater: 0,
    datagramsDropped: 0,
    sendErrors: {},
  };
}

/**
 * A copy that the caller may keep.
 * @param {Counters} counters
 * @returns {Counters}
 */
export function copyCounters(counters) {
  return { ...counters, sendErrors: { ...counters.sendErrors } };
}

/**
 * Notes how much waits at a socket.
 * @param {Counters} counters
 * @param {number} bytes
 */
export function countBuffered(counters, bytes) {
  if (bytes > counters.bufferedAmountHighWater) counters.bufferedAmountHighWater = bytes;
}

/**
 * What a frame queue's `onWritten` and `onDropped` count.
 * @param {Counters} counters
 */
export function countFrames(counters) {
  return {
    /** @param {Uint8Array} bytes */
    onDropped(bytes) {
      counters.streamFramesDropped++;
      counters.streamBytesDropped += bytes.length;
    },
    /**
     * @param {number} bytes
     * @param {number} frames
     */
    onWritten(bytes, frames) {
      counters.streamBytesSent += bytes;
      counters.streamFramesSent += frames;
      counters.streamFramesCoalesced += frames - 1;
      counters.streamMessagesSent++;
    },
    /** @param {number} bytes */
    onBuffered(bytes) {
      countBuffered(counters, bytes);
    },
  };
}

/**
 * @param {Counters} counters
 * @param {string | undefined} code
 */
export function countSendError(counters, code) {
  const name = code ?? 'unknown';
  counters.sendErrors[name] = (counters.sendErrors[name] ?? 0) + 1;
}

/** Longest delay that `setTimeout` keeps; more would fire at once. */
const kLongestTimeoutMs = 0x7fffffff;

/** The clock of the realm, for networks whose packets take real time. */
export const realClock = Object.freeze({
  now: () => performance.now(),
  /**
   * @param {() => void} callback
   * @param {number} atMs
   */
  setTimer(callback, atMs) {
    // A timer must not fire early: `setTimeout` cuts fractions off.
    const delay = Math.ceil(Math.max(0, atMs - performance.now()));
    return setTimeout(callback, Math.min(delay, kLongestTimeoutMs));
  },
  /** @param {any} handle */
  clearTimer(handle) {
    clearTimeout(handle);
  },
});

/**
 * True for the names that multicast DNS answers (RFC 6762 §3), as browsers make them for host
 * candidates: one label of letters, digits and hyphens in front of `.local`.
 * @param {string} hostname
 */
export function isMulticastName(hostname) {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.local\.?$/i.test(hostname);
}

/**
 * The family of an IP literal, 0 when it is none. Good enough to tell literals from names; the
 * engine does the strict parsing.
 * @param {string} host
 * @returns {0 | 4 | 6}
 */
export function literalFamily(host) {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return 4;
  if (host.includes(':') && /^[0-9a-f:.]+$/i.test(host)) return 6;
  return 0;
}

/**
 * An address as candidates have it: without a zone, and IPv4 as such.
 * @param {string | undefined} address
 */
export function withoutScope(address) {
  return address?.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}
