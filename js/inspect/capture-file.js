// Captures as a pcapng file: an interface for each socket, and one for what each relay and each TCP connection
// to a peer carried, as the datagrams that the peer sees.

import { addressBytes } from './addresses.js';
import { DtlsReader, isDtls } from './dtls.js';
import { TcpFlag, tcpPacket, udpPacket } from './ip-packets.js';
import { LinkType, PcapngWriter } from './pcapng.js';
import { SrtpReader, kindOf } from './srtp.js';
import { FrameReader, TurnSession, peerFrameLength, turnFrameLength } from './turn-frames.js';
import { upperPdu } from './upper-pdu.js';

/** @typedef {import('./capture.js').Capture} Capture */
/** @typedef {import('./capture.js').CaptureInterface} CaptureInterface */
/** @typedef {import('./capture.js').CapturedPacket} CapturedPacket */
/** @typedef {import('./turn-frames.js').End} End */
/** @typedef {import('../api/connection-driver.js').DtlsSecrets} DtlsSecrets */

/**
 * @typedef {object} CaptureSource
 * @property {number} id of the connection
 * @property {Capture} capture
 * @property {DtlsSecrets[]} secrets
 */

/**
 * A packet on its way into the file.
 * @typedef {object} Row
 * @property {number} time
 * @property {string} via  key of an interface
 * @property {boolean} isOut
 * @property {Uint8Array} bytes
 */

/** The most that goes into one made-up TCP segment. */
const kSegment = 16384;
/** Where TURN lives, and dissectors look for it: streams are recorded above TLS and WebSocket. */
const kTurnPort = 3478;
/** RFC 5737: addresses of nobody, for ends that only a name is known of. */
const kNobody = [192, 0, 2];

/**
 * @param {CaptureSource[]} sources
 * @param {object} options
 * @param {string} options.application
 * @param {boolean} options.decrypt  secrets, and RTP in the clear, go into the file
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function captureFile(sources, { application, decrypt }) {
  const file = new CaptureFile(application);
  for (const source of sources) await file.add(source, decrypt);
  return file.finish();
}

/**
 * @param {DtlsSecrets[]} secrets
 * @returns {string} lines as in an SSLKEYLOGFILE
 */
export function keyLog(secrets) {
  return secrets
    .map(
      ({ clientRandom, masterSecret }) =>
        `CLIENT_RANDOM ${hex(clientRandom)} ${hex(masterSecret)}\n`,
    )
    .join('');
}

class CaptureFile {
  #writer;
  /** @type {Map<string, { linkType: number, name: string, description: string }>} */
  #interfaces = new Map();
  /** @type {Row[]} */
  #rows = [];
  /** @type {string[]} */
  #keyLogs = [];
  /** Stand-ins by name. @type {Map<string, Uint8Array>} */
  #standIns = new Map();
  /** @type {Map<string, number>} */
  #dropped = new Map();

  /** @param {string} application */
  constructor(application) {
    this.#writer = new PcapngWriter(application);
  }

  /**
   * @param {CaptureSource} source
   * @param {boolean} decrypt
   */
  async add({ id, capture, secrets }, decrypt) {
    const packets = capture.packets();
    const inner = this.#addPackets(id, capture, packets);
    if (capture.dropped > 0 && capture.interfaces.length > 0) {
      this.#dropped.set(`${id}/0`, capture.dropped);
    }
    if (!decrypt) return;
    this.#keyLogs.push(keyLog(secrets));
    await this.#addDecrypted(id, inner, secrets);
  }

  finish() {
    const writer = this.#writer;
    const { raw } = LinkType;
    if (this.#interfaces.size === 0) {
      this.#interfaces.set('', { linkType: raw, name: 'none', description: 'nothing was sent' });
    }
    /** @type {Map<string, number>} */
    const ids = new Map();
    for (const [key, description] of this.#interfaces)
      ids.set(key, writer.addInterface(description));
    if (this.#standIns.size > 0) {
      writer.addNames([...this.#standIns].map(([name, address]) => ({ address, name })));
    }
    const secrets = this.#keyLogs.join('');
    if (secrets) writer.addSecrets(secrets);
    // Connections follow one another in the file's making, not in time.
    this.#rows.sort((a, b) => a.time - b.time);
    for (const { time, via, isOut, bytes } of this.#rows) {
      writer.addPacket({ via: /** @type {number} */ (ids.get(via)), time, isOut }, bytes);
    }
    const end = this.#rows.at(-1)?.time ?? 0;
    for (const [key, dropped] of this.#dropped) {
      writer.addDropped(/** @type {number} */ (ids.get(key)), end, dropped);
    }
    return writer.finish();
  }

  /**
   * @param {number} id
   * @param {Capture} capture
   * @param {CapturedPacket[]} packets
   * @returns {Datagram[]} what ICE saw
   */
  #addPackets(id, capture, packets) {
    /** @type {Datagram[]} */
    const datagrams = [];
    const carried = new CarriedDatagrams();
    for (const [index, entry] of capture.interfaces.entries()) {
      const isStream = entry.host !== '';
      this.#interfaces.set(`${id}/${index}`, {
        linkType: LinkType.raw,
        name: isStream ? `${entry.kind}-${id}.${index}` : `udp-${id}.${index}`,
        description: isStream
          ? `connection ${id}, ${entry.url}, bytes of the stream`
          : `connection ${id}, socket ${entry.address}:${entry.port}`,
      });
    }
    for (const packet of packets) {
      const entry = capture.interfaces[packet.via];
      const via = `${id}/${packet.via}`;
      const { time, isOut } = packet;
      if (entry.host !== '') this.#addStreamPacket(via, entry, packet);
      else {
        const ends = this.#datagramEnds(entry, packet);
        if (!ends) continue;
        this.#addDatagram(via, { time, isOut, ...ends, data: packet.data });
        datagrams.push({ time, isOut, ...ends, data: packet.data });
      }
      for (const { peer, local, data } of carried.read(packet, entry)) {
        const key = `${via}/inner`;
        this.#interfaces.set(key, {
          linkType: LinkType.raw,
          name: `in-${entry.host ? entry.kind : 'udp'}-${id}.${packet.via}`,
          description: `connection ${id}, datagrams inside of ${entry.url || 'TURN over UDP'}`,
        });
        const own = local ?? { address: this.#standIn('our-end', peer.address.length), port: 9 };
        const datagram = { time, isOut, local: own, remote: peer, data };
        this.#addDatagram(key, datagram);
        datagrams.push(datagram);
      }
    }
    return datagrams;
  }

  /**
   * @param {string} via
   * @param {Datagram} datagram
   */
  #addDatagram(via, { time, isOut, local, remote, data }) {
    const bytes = isOut ? udpPacket(local, remote, data) : udpPacket(remote, local, data);
    this.#rows.push({ time, via, isOut, bytes });
  }

  /**
   * @param {CaptureInterface} entry
   * @param {CapturedPacket} packet
   */
  #datagramEnds(entry, packet) {
    const remote = addressBytes(packet.address);
    if (!remote) return undefined;
    const own = addressBytes(entry.address);
    const address = own?.length === remote.length ? own : this.#standIn('our-end', remote.length);
    return { local: { address, port: entry.port }, remote: { address: remote, port: packet.port } };
  }

  /**
   * @param {string} via
   * @param {CaptureInterface} entry
   * @param {CapturedPacket} packet
   */
  #addStreamPacket(via, entry, packet) {
    const { time, isOut, data, offset = 0, mark } = packet;
    const remoteAddress = addressBytes(entry.host) ?? this.#standIn(entry.host, 4);
    const own = addressBytes(entry.address);
    const local = {
      address:
        own?.length === remoteAddress.length ? own : this.#standIn('our-end', remoteAddress.length),
      port: 49152 + (Number(via.split('/')[1]) % 16384),
    };
    const isPlain = entry.kind === 'tcp' || entry.kind === 'peer';
    const remote = { address: remoteAddress, port: isPlain ? entry.remotePort : kTurnPort };
    const counts = this.#counts(via);
    const push = (
      /** @type {boolean} */ out,
      /** @type {number} */ sequence,
      /** @type {number} */ flags,
      /** @type {Uint8Array} */ bytes,
    ) => {
      const acknowledged = flags === TcpFlag.syn ? 0 : 1 + (out ? counts.in : counts.out);
      const header = { sequence, acknowledged, flags };
      const whole = out
        ? tcpPacket(local, remote, header, bytes)
        : tcpPacket(remote, local, header, bytes);
      this.#rows.push({ time, via, isOut: out, bytes: whole });
    };
    const none = new Uint8Array();
    if (mark === 'open') {
      push(true, 0, TcpFlag.syn, none);
      push(false, 0, TcpFlag.syn | TcpFlag.ack, none);
      push(true, 1, TcpFlag.ack, none);
    } else if (mark === 'closed') push(true, 1 + counts.out, TcpFlag.fin | TcpFlag.ack, none);
    else {
      for (let at = 0; at < data.length; at += kSegment) {
        push(isOut, 1 + offset + at, TcpFlag.psh | TcpFlag.ack, data.subarray(at, at + kSegment));
      }
      if (isOut) counts.out = offset + data.length;
      else counts.in = offset + data.length;
    }
  }

  /** Bytes that went each way so far. @type {Map<string, { out: number, in: number }>} */
  #streamCounts = new Map();

  /** @param {string} via */
  #counts(via) {
    let counts = this.#streamCounts.get(via);
    if (!counts) this.#streamCounts.set(via, (counts = { out: 0, in: 0 }));
    return counts;
  }

  /**
   * @param {string} name
   * @param {number} length of the address
   */
  #standIn(name, length) {
    const key = length === 4 ? name : `${name}-v6`;
    let address = this.#standIns.get(key);
    if (!address) {
      const last = this.#standIns.size + 1;
      if (length === 4) address = Uint8Array.from([...kNobody, last]);
      else {
        // RFC 3849: 2001:db8::
        address = new Uint8Array(16);
        address.set([0x20, 0x01, 0x0d, 0xb8]);
        address[15] = last;
      }
      this.#standIns.set(key, address);
    }
    return address;
  }

  /**
   * @param {number} id
   * @param {Datagram[]} datagrams
   * @param {DtlsSecrets[]} secrets
   */
  async #addDecrypted(id, datagrams, secrets) {
    if (secrets.length === 0) return;
    const { subtle } = globalThis.crypto ?? {};
    if (!subtle) {
      throw new Error(
        'nothing can be decrypted: this realm has no crypto.subtle, which browsers give to secure contexts ' +
          'alone. Serve the page over https or from localhost, or leave `decrypt` out and use `keyLog()`',
      );
    }
    const dtls = new DtlsReader(subtle, secrets);
    /** @type {SrtpReader[]} */
    const srtp = [];
    for (const { srtpKeyingMaterial, isClient } of secrets) {
      if (!srtpKeyingMaterial) continue;
      srtp.push(await new SrtpReader(subtle).open(srtpKeyingMaterial, isClient));
    }
    for (const datagram of datagrams) {
      const { data, isOut, local, remote } = datagram;
      if (isDtls(data)) {
        const path = [local, remote].map(({ address, port }) => `${address}:${port}`).join(' ');
        for (const packet of await dtls.read(data, isOut, path)) {
          this.#addPlain(id, datagram, 'sctp', packet);
        }
      } else if (kindOf(data)) {
        for (const reader of srtp) {
          const plain = await reader.read(data, isOut);
          if (!plain) continue;
          this.#addPlain(id, datagram, plain.kind, plain.data);
          break;
        }
      }
    }
  }

  /**
   * @param {number} id
   * @param {Datagram} datagram that it was in
   * @param {'sctp' | 'rtp' | 'rtcp'} dissector
   * @param {Uint8Array} data
   */
  #addPlain(id, { time, isOut, local, remote }, dissector, data) {
    const via = `${id}/decrypted`;
    this.#interfaces.set(via, {
      linkType: LinkType.wiresharkUpperPdu,
      name: `decrypted-${id}`,
      description: `connection ${id}, SCTP, RTP and RTCP in the clear`,
    });
    const [from, to] = isOut ? [local, remote] : [remote, local];
    this.#rows.push({ time, via, isOut, bytes: upperPdu(dissector, from, to, data) });
  }
}

/**
 * As ICE sees it, whatever carried it.
 * @typedef {object} Datagram
 * @property {number} time
 * @property {boolean} isOut
 * @property {End} local
 * @property {End} remote
 * @property {Uint8Array} data
 */

/** Datagrams inside of TURN sessions, and of TCP connections to peers. */
class CarriedDatagrams {
  /** @type {Map<string, TurnSession>} */
  #sessions = new Map();
  /** @type {Map<string, { reader: FrameReader, next: number }>} */
  #readers = new Map();

  /**
   * @param {CapturedPacket} packet
   * @param {CaptureInterface} entry
   * @returns {{ peer: End, local: End | undefined, data: Uint8Array }[]}
   */
  read(packet, entry) {
    if (packet.mark) return [];
    const isStream = entry.host !== '';
    if (isStream && entry.kind === 'peer') return this.#fromPeer(packet, entry);
    const key = isStream ? `${packet.via}` : `${packet.via} ${packet.address} ${packet.port}`;
    let session = this.#sessions.get(key);
    if (!session) this.#sessions.set(key, (session = new TurnSession()));
    const frames = isStream ? this.#frames(packet, turnFrameLength) : [packet.data];
    const found = [];
    for (const frame of frames) {
      const datagram = session.read(frame);
      if (datagram) {
        found.push({ peer: datagram.peer, local: datagram.relayed, data: datagram.data });
      }
    }
    return found;
  }

  /**
   * @param {CapturedPacket} packet
   * @param {CaptureInterface} entry
   */
  #fromPeer(packet, entry) {
    const address = addressBytes(entry.host);
    if (!address) return [];
    const peer = { address, port: entry.remotePort };
    const own = addressBytes(entry.address);
    const local = own?.length === address.length ? { address: own, port: 9 } : undefined;
    return this.#frames(packet, peerFrameLength).map((frame) => ({
      peer,
      local,
      data: frame.subarray(2),
    }));
  }

  /**
   * @param {CapturedPacket} packet
   * @param {(bytes: Uint8Array) => number} lengthOf
   */
  #frames({ via, isOut, offset = 0, data }, lengthOf) {
    const key = `${via} ${isOut}`;
    let state = this.#readers.get(key);
    if (!state)
      this.#readers.set(key, (state = { reader: new FrameReader(lengthOf), next: offset }));
    if (state.next !== offset) state.reader.reset();
    state.next = offset + data.length;
    return state.reader.push(data);
  }
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
