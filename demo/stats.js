// The wire in numbers, from getStats() of either implementation.

import { formatBytes } from './panel.js';

/**
 * @param {RTCPeerConnection} pc
 * @param {import('./panel.js').Panel} panel
 * @returns {Promise<{bytesSent: number, bytesReceived: number} | undefined>}
 */
export async function showStats(pc, panel) {
  if (pc.connectionState === 'closed') return undefined;
  const report = await pc.getStats();
  /** @type {Record<string, any>[]} */
  const records = [...report.values()];
  const transport = records.find(({ type }) => type === 'transport');
  const pairs = records.filter(({ type }) => type === 'candidate-pair');
  const pair =
    pairs.find(({ id }) => id === transport?.selectedCandidatePairId) ??
    pairs.find(({ nominated, state }) => nominated && state === 'succeeded');

  panel.show('dtlsState', pc.sctp?.transport?.state ?? transport?.dtlsState ?? '–');
  panel.show('sctpState', pc.sctp?.state ?? '–');
  const wire = transport?.packetsSent === undefined ? (pair ?? transport) : transport;
  if (wire) {
    panel.show('sent', amount(wire.packetsSent, wire.bytesSent));
    panel.show('received', amount(wire.packetsReceived, wire.bytesReceived));
  }
  if (!pair) return wire;
  const roundTrip = pair.currentRoundTripTime;
  panel.show('roundTrip', roundTrip === undefined ? '–' : `${(roundTrip * 1000).toFixed(1)} ms`);
  panel.show(
    'pair',
    `${describe(report.get(pair.localCandidateId))} ⇄ ${describe(report.get(pair.remoteCandidateId))}`,
  );
  return wire;
}

/**
 * @param {number | undefined} packets
 * @param {number} bytes
 */
function amount(packets, bytes) {
  return packets === undefined
    ? formatBytes(bytes)
    : `${packets.toLocaleString('en')} datagram${packets === 1 ? '' : 's'} · ${formatBytes(bytes)}`;
}

/** @param {any} candidate */
function describe(candidate) {
  if (!candidate) return '?';
  // Browsers do not tell the address behind an mDNS name.
  const host = candidate.address || '(mDNS name)';
  const where = host.includes(':') ? `[${host}]` : host;
  return `${candidate.candidateType} ${where}:${candidate.port}`;
}
