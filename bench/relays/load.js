// Clients and a peer that load a relay: allocations, and datagrams as fast as they come through.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
// Written from the RFC alone, it measures a server without the code that this is made of.
import { TurnClient, Transports } from '../../tests/js/relay/support/turn-client.js';
import { cpuSeconds, residentBytes } from './processes.js';

const kPayload = 1200;
const kChannel = 0x4000;
const kFrame = 4 + kPayload;
/** Datagrams that are under way, of all clients: as many as fit into a socket of the peer's. */
const kWindow = 60;
/** What has not come by then is lost. */
const kLostMs = 250;
const kBuffer = 4 * 1024 * 1024;

/**
 * How the client with that number opens a transport. Over UDP each has an address of its own, since a
 * server may not answer many strangers who seem to be one.
 */
const open = {
  udp: (port, i) => Transports.udp('127.0.0.1', port, { localAddress: loopbackAddress(i) }),
  tcp: (port) => Transports.tcp('127.0.0.1', port),
  websocket: (url) => Transports.websocket(url, { perMessageDeflate: false }),
};

/** @param {number} i */
function loopbackAddress(i) {
  return `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`;
}

/**
 * @param {Awaited<ReturnType<typeof import('./ours.js').start>>} relay
 * @param {'udp' | 'tcp' | 'websocket'} transport
 * @param {number} count
 * @param {number} atOnce
 */
export async function allocate(relay, transport, count, atOnce = 50) {
  const before = residentBytes(relay.pids);
  const begin = performance.now();
  const clients = [];
  let next = 0;
  const one = async () => {
    const opened = await open[transport](relay.transports[transport], next++);
    const client = new TurnClient(opened, relay.user());
    clients.push(client);
    const { ok, code } = await client.allocate();
    if (!ok) throw new Error(`the relay refused an allocation with ${code}`);
  };
  for (let left = count; left > 0; left -= atOnce) {
    await Promise.all(Array.from({ length: Math.min(left, atOnce) }, one));
  }
  const milliseconds = performance.now() - begin;
  const bytes = residentBytes(relay.pids) - before;
  return { clients, msEach: milliseconds / count, bytesEach: bytes / count };
}

/**
 * Datagrams of 1200 bytes in one direction for a while.
 * @param {Awaited<ReturnType<typeof import('./ours.js').start>>} relay
 * @param {TurnClient[]} clients  with allocations
 * @param {'out' | 'in'} direction  from the clients, or to them
 * @param {number} seconds
 * @returns {Promise<{mbits: number, cpuPerGbit: number}>} of payload that arrived
 */
export async function flood(relay, clients, direction, seconds) {
  const peer = createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  peer.setRecvBufferSize(kBuffer);
  peer.setSendBufferSize(kBuffer);
  const { port } = peer.address();
  const flows = clients.map((client) => ({ client, underWay: 0, queued: 0, movedAt: 0, bytes: 0 }));
  const byPort = new Map(flows.map((flow) => [flow.client.relayed.port, flow]));
  for (const { client } of flows) {
    const { ok, code } = await client.bindChannel(kChannel, '127.0.0.1', port);
    if (!ok) throw new Error(`the relay refused a channel with ${code}`);
  }

  const frame = Buffer.alloc(kFrame);
  frame.writeUInt16BE(kChannel, 0);
  frame.writeUInt16BE(kPayload, 2);
  const payload = frame.subarray(4);
  let arrived = 0;
  let running = true;
  // On a stream what is sent in one turn leaves together, as real clients do it.
  const flush = (flow) => {
    flow.client.transport.send(Buffer.concat(Array(flow.queued).fill(frame)));
    flow.queued = 0;
  };
  const send = (flow) => {
    const { transport, relayed } = flow.client;
    flow.underWay++;
    if (direction === 'in') peer.send(payload, relayed.port, '127.0.0.1');
    else if (!transport.stream) transport.send(frame);
    else if (flow.queued++ === 0) setImmediate(flush, flow);
  };
  const window = Math.max(1, Math.floor(kWindow / flows.length));
  const fill = (flow) => {
    while (running && flow.underWay < window) send(flow);
  };
  const came = (flow) => {
    arrived++;
    flow.underWay--;
    flow.movedAt = performance.now();
    fill(flow);
  };
  peer.on('message', (data, from) => {
    const flow = byPort.get(from.port);
    if (flow && direction === 'out') came(flow);
  });
  for (const flow of flows) {
    flow.client.transport.onData = (data) => {
      flow.bytes += data.length;
      for (; flow.bytes >= kFrame; flow.bytes -= kFrame) came(flow);
    };
  }
  const lost = setInterval(() => {
    const now = performance.now();
    for (const flow of flows) {
      if (now - flow.movedAt < kLostMs) continue;
      flow.underWay = 0;
      flow.movedAt = now;
      fill(flow);
    }
  }, kLostMs);

  for (const flow of flows) fill(flow);
  // The first part warms up.
  await later(seconds / 4);
  const [cpu, begin, first] = [cpuSeconds(relay.pids), performance.now(), arrived];
  await later(seconds);
  const used = cpuSeconds(relay.pids) - cpu;
  const gbits = ((arrived - first) * kPayload * 8) / 1e9;
  const took = (performance.now() - begin) / 1000;
  running = false;
  clearInterval(lost);
  await later(0.1);
  for (const { client } of flows) client.transport.onData = (data) => client.feed(data);
  peer.close();
  if (gbits === 0) throw new Error('nothing came through');
  return { mbits: (gbits * 1000) / took, cpuPerGbit: used / gbits };
}

/** @param {number} seconds */
function later(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
