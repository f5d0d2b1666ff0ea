// The relay's counts in Prometheus' text format, version 0.0.4. Names and label values are fixed
// here, but for those of upstreams, which the operator chose; nothing that a client sent is one.

const kPrefix = 'webrtc_wasm_relay_';

export const kMetricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** @typedef {'gauge' | 'counter'} MetricType */
/** @typedef {[labels: Record<string, string>, value: number]} Sample */

class Page {
  constructor() {
    this.text = '';
  }

  /**
   * @param {MetricType} type
   * @param {string} name  of a counter without `_total`
   * @param {string} help
   * @param {number | Sample[]} samples
   */
  add(type, name, help, samples) {
    const full = `${kPrefix}${name}${type === 'counter' ? '_total' : ''}`;
    const list = typeof samples === 'number' ? [/** @type {Sample} */ ([{}, samples])] : samples;
    if (list.length === 0) return;
    this.text += `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n`;
    for (const [labels, value] of list) {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
      this.text += `${full}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
    }
  }
}

/**
 * @param {any} stats  of the relay (server.js)
 * @param {{version: string, cpuSeconds: number, residentBytes: number, startedAt: number}} process
 * @returns {string}
 */
export function renderMetrics(stats, process) {
  const page = new Page();
  page.add('gauge', 'info', 'Version of the relay.', [[{ version: process.version }, 1]]);
  page.add('gauge', 'healthy', '1 when it can serve new clients.', Number(stats.healthy));
  page.add('gauge', 'draining', '1 while it waits for its clients to end.', Number(stats.draining));
  page.add('gauge', 'sockets', 'Clients that are connected.', [
    [{ transport: 'websocket' }, stats.websockets],
    [{ transport: 'tcp' }, stats.tcpClients],
    [{ transport: 'tls' }, stats.tlsClients],
    [{ transport: 'udp' }, stats.udpClients],
    [{ transport: 'signaling' }, stats.signalingMembers],
  ]);
  page.add(
    'counter',
    'refused_connections',
    'Connections and upgrades that were turned away.',
    labelled('reason', stats.refused),
  );
  page.add('gauge', 'pending_bytes', 'Bytes that wait for slow clients.', stats.pendingBytes);
  if (stats.turn) addTurn(page, stats);
  if (stats.upstreams) addUpstreams(page, stats);
  if (stats.tls) {
    page.add(
      'gauge',
      'tls_certificate_expiry_seconds',
      'When the certificate in use expires, seconds since 1970.',
      stats.tls.expiresAt,
    );
    page.add(
      'counter',
      'tls_reload_failures',
      'New certificates that could not be taken.',
      stats.tls.failures,
    );
  }
  page.add('counter', 'cpu_seconds', 'User and system time.', process.cpuSeconds);
  page.add('gauge', 'resident_memory_bytes', 'Memory of the process.', process.residentBytes);
  page.add('gauge', 'start_time_seconds', 'Start, seconds since 1970.', process.startedAt);
  return page.text;
}

/**
 * @param {Page} page
 * @param {any} stats
 */
function addTurn(page, { turn, dropped }) {
  page.add('gauge', 'allocations', 'Allocations that stand.', turn.allocations);
  page.add('gauge', 'relayed_addresses', 'Their relayed addresses.', turn.relayedAddresses);
  page.add('gauge', 'permissions', 'Permissions that stand.', turn.permissions);
  page.add('gauge', 'channels', 'Channels that are bound.', turn.channels);
  page.add('gauge', 'reservations', 'Ports kept for a second allocation.', turn.reservations);
  page.add('counter', 'allocations_made', 'Allocate requests granted.', turn.allocationsMade);
  page.add(
    'counter',
    'allocations_refused',
    'Allocate requests refused after authentication.',
    turn.allocationsRefused,
  );
  page.add('counter', 'relayed_datagrams', 'Datagrams relayed.', [
    [{ direction: 'to_peer' }, turn.datagramsToPeers],
    [{ direction: 'to_client' }, turn.datagramsToClients],
  ]);
  page.add('counter', 'relayed_bytes', 'Their payload.', [
    [{ direction: 'to_peer' }, turn.bytesToPeers],
    [{ direction: 'to_client' }, turn.bytesToClients],
  ]);
  page.add('counter', 'dropped_datagrams', 'Datagrams that were not relayed.', [
    [{ cause: 'no_permission' }, turn.droppedNoPermission],
    [{ cause: 'no_channel' }, turn.droppedNoChannel],
    [{ cause: 'bandwidth' }, turn.droppedBandwidth],
    [{ cause: 'own_address' }, turn.droppedOwnAddress],
    [{ cause: 'invalid' }, turn.droppedInvalid],
    [{ cause: 'slow_client' }, dropped.slowClients],
    [{ cause: 'client_socket' }, dropped.clientSockets],
    [{ cause: 'peer_socket' }, dropped.peerSockets],
    [{ cause: 'unknown_source' }, dropped.unknownSources],
  ]);
  page.add(
    'counter',
    'authentication_failures',
    'Requests with wrong credentials.',
    turn.authenticationFailures,
  );
  page.add(
    'counter',
    'authentications_suppressed',
    'Requests of sources that had failed too often.',
    turn.authenticationsSuppressed,
  );
  page.add('counter', 'challenges', 'Requests asked for credentials.', turn.challenges);
  page.add(
    'counter',
    'challenges_suppressed',
    'Datagrams not answered, for their source had many answers.',
    turn.challengesSuppressed,
  );
  page.add('counter', 'stale_nonces', 'Requests with an expired nonce (438).', turn.staleNonces);
  page.add('counter', 'peers_refused', 'Peers that the policy denies (403).', turn.peersRefused);
  page.add(
    'counter',
    'quota_refusals',
    'Requests refused by a quota (486, 508).',
    turn.quotaRefusals,
  );
}

/**
 * @param {Page} page
 * @param {any} stats
 */
function addUpstreams(page, { upstreams, bridged }) {
  /** @type {(name: string) => Sample[]} */
  const each = (name) =>
    upstreams.map((/** @type {any} */ one) => [{ upstream: one.upstream }, Number(one[name])]);
  page.add('gauge', 'upstream_healthy', '1 when it answers.', each('healthy'));
  page.add('gauge', 'upstream_connections', 'Clients pinned to it.', each('connections'));
  page.add('counter', 'bridged_bytes', 'Bytes passed, framing included.', [
    [{ direction: 'to_upstream' }, bridged.toUpstreams],
    [{ direction: 'to_client' }, bridged.toClients],
  ]);
}

/**
 * @param {string} label
 * @param {Record<string, number>} values
 * @returns {Sample[]}
 */
function labelled(label, values) {
  return Object.entries(values).map(([name, value]) => [{ [label]: name }, value]);
}

/** @param {string} text */
function escapeLabel(text) {
  return text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
}
