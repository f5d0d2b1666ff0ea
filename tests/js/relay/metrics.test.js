import { once } from 'node:events';
import { renderMetrics } from '../../../js/relay/metrics.js';
import {
  ann,
  connectClient as connect,
  onCleanup,
  startEchoPeer,
  startRelay,
  startTurnRelay,
  startUpstream,
} from './support/harness.js';
import { Transports } from './support/turn-client.js';

/** The page as a map from name with labels to value; checks the format on the way. */
async function scrape(relay) {
  const response = await fetch(`http://127.0.0.1:${relay.ports.metrics}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  return parsePage(await response.text());
}

function parsePage(text) {
  expect(text.endsWith('\n')).toBe(true);
  const values = new Map();
  const typed = new Set();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line);
    if (type) {
      expect(typed).not.toContain(type[1]);
      expect(type[1].endsWith('_total')).toBe(type[2] === 'counter');
      typed.add(type[1]);
    } else if (!line.startsWith('# HELP ')) {
      const sample =
        /^webrtc_wasm_relay_(\w+)(\{(?:\w+="(?:[^"\\]|\\.)*",?)+\})? (-?[\d.e+]+)$/.exec(line);
      expect(sample && typed.has(`webrtc_wasm_relay_${sample[1]}`) ? '' : line).toBe('');
      values.set(`${sample[1]}${sample[2] ?? ''}`, Number(sample[3]));
    }
  }
  return values;
}

describe('GET /metrics', () => {
  it('counts what clients have, did and were refused', async () => {
    const relay = await startTurnRelay({
      allowPeers: ['127.0.0.0/8'],
      metricsPort: 0,
      limits: { maxChannels: 1 },
    });
    const peer = await startEchoPeer();
    const client = await connect(relay, 'websocket');
    await (await connect(relay, 'tcp')).binding();
    await (await connect(relay, 'udp')).binding();
    expect(await client.allocate()).toMatchObject({ ok: true });
    await client.bindChannel(0x4000, peer.address, peer.port);
    client.sendOnChannel(0x4000, '12345');
    await client.datagram();
    client.sendOnChannel(0x4001, 'no such channel');
    client.sendTo('127.0.0.9', 9, 'no permission');
    expect(await client.permit('10.0.0.1')).toMatchObject({ code: 403 });
    expect(await client.bindChannel(0x4001, peer.address, 9)).toMatchObject({ code: 508 });
    const guesser = await connect(relay, 'tcp', { ...ann, password: 'wrong' });
    expect(await guesser.allocate()).toMatchObject({ code: 401 });

    const values = await scrape(relay);
    expect(Object.fromEntries(values)).toMatchObject({
      healthy: 1,
      draining: 0,
      'sockets{transport="websocket"}': 1,
      'sockets{transport="tcp"}': 2,
      'sockets{transport="udp"}': 1,
      allocations: 1,
      relayed_addresses: 1,
      permissions: 1,
      channels: 1,
      allocations_made_total: 1,
      'relayed_bytes_total{direction="to_peer"}': 5,
      'relayed_bytes_total{direction="to_client"}': 5,
      'relayed_datagrams_total{direction="to_peer"}': 1,
      'dropped_datagrams_total{cause="no_channel"}': 1,
      'dropped_datagrams_total{cause="no_permission"}': 1,
      'dropped_datagrams_total{cause="slow_client"}': 0,
      authentication_failures_total: 1,
      peers_refused_total: 1,
      quota_refusals_total: 1,
      challenges_total: 3,
    });
    expect(values.get('resident_memory_bytes')).toBeGreaterThan(1e6);
    await client.refresh(0);
    const after = await scrape(relay);
    for (const gauge of ['allocations', 'permissions', 'channels', 'relayed_addresses']) {
      expect([gauge, after.get(gauge)]).toEqual([gauge, 0]);
    }
  });

  it('tells of upstreams, and of upgrades that were refused', async () => {
    const upstream = await startUpstream({ serve: (socket, first) => socket.write(first) });
    const relay = await startRelay({
      upstreams: [upstream.address],
      metricsPort: 0,
      limits: { maxConnectionsPerAddress: 1 },
    });
    const { socket } = await Transports.websocket(relay.url);
    onCleanup(() => socket.terminate());
    const echoed = once(socket, 'message');
    socket.send(Buffer.alloc(20, 3));
    await echoed;
    await expect(Transports.websocket(relay.url)).rejects.toThrow(/503/);
    await expect(Transports.websocket(`${relay.url}s`)).rejects.toThrow(/404/);
    const headers = { Origin: 'https://evil.example' };
    await expect(Transports.websocket(relay.url, { headers })).rejects.toThrow(/403/);
    const values = await scrape(relay);
    const name = `{upstream="127.0.0.1:${upstream.port}"}`;
    expect(Object.fromEntries(values)).toMatchObject({
      [`upstream_healthy${name}`]: 1,
      [`upstream_connections${name}`]: 1,
      'bridged_bytes_total{direction="to_upstream"}': 20,
      'bridged_bytes_total{direction="to_client"}': 20,
      'refused_connections_total{reason="limit"}': 1,
      'refused_connections_total{reason="origin"}': 1,
      'refused_connections_total{reason="path"}': 1,
    });
  });

  it('is not served where clients come', async () => {
    const upstream = await startUpstream();
    const relay = await startRelay({ upstreams: [upstream.address], metricsPort: 0 });
    expect((await fetch(`${relay.httpUrl}metrics`)).status).toBe(404);
    const own = `http://127.0.0.1:${relay.ports.metrics}`;
    expect((await fetch(`${own}/credentials`)).status).toBe(404);
    expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('escapes what an operator may have put into a label', () => {
    const process = { version: '1', cpuSeconds: 1, residentBytes: 1, startedAt: 1 };
    const page = renderMetrics(
      {
        healthy: true,
        draining: false,
        websockets: 0,
        tcpClients: 0,
        tlsClients: 0,
        udpClients: 0,
        signalingMembers: 0,
        refused: {},
        pendingBytes: 0,
        upstreams: [{ upstream: 'a"b\\c\n', healthy: true, connections: 0 }],
        bridged: { toUpstreams: 0, toClients: 0 },
      },
      process,
    );
    expect([...parsePage(page).keys()]).toContain('upstream_healthy{upstream="a\\"b\\\\c\\n"}');
  });
});

describe('GET /health', () => {
  it('tells everybody whether to come, and the operator everything', async () => {
    const upstream = await startUpstream();
    const relay = await startRelay({ upstreams: [upstream.address], metricsPort: 0 });
    const everybody = await fetch(`${relay.httpUrl}health`);
    expect(everybody.status).toBe(200);
    expect(await everybody.json()).toEqual({ healthy: true, draining: false });
    const operator = await fetch(`http://127.0.0.1:${relay.ports.metrics}/health`);
    expect(await operator.json()).toMatchObject({
      healthy: true,
      connections: 0,
      upstreams: [{ upstream: `127.0.0.1:${upstream.port}`, healthy: true, connections: 0 }],
    });
  });
});
