// What clients do that mean harm, over the wire: the relay bounds what they cost and serves others.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  ann,
  connectClient as client,
  onCleanup,
  open,
  startEchoPeer,
  startTurnRelay,
} from './support/harness.js';
import { Transports } from './support/turn-client.js';

const loopback = { allowPeers: ['127.0.0.0/8'] };
const turn = () => new Promise((resolve) => setImmediate(resolve));
const floodScript = fileURLToPath(new URL('./support/flood.mjs', import.meta.url));
const cli = fileURLToPath(new URL('../../../js/relay/cli.js', import.meta.url));

async function allocated(relay, kind, wish) {
  const one = await client(relay, kind);
  expect(await one.allocate(wish)).toMatchObject({ ok: true });
  return one;
}

describe('a peer that the relay must not reach', () => {
  const inside4 = {
    loopback: '127.8.9.1',
    'this network': '0.0.0.0',
    'a private network': '10.20.30.40',
    'carrier-grade NAT': '100.64.1.1',
    'a metadata service in CGNAT': '100.100.100.200',
    'the metadata service': '169.254.169.254',
    'a metadata service in 192.0.0.0/24': '192.0.0.192',
    'a host agent': '168.63.129.16',
    'a 6to4 relay': '192.88.99.1',
    broadcast: '255.255.255.255',
    multicast: '224.0.0.251',
  };
  const inside6 = {
    unspecified: '::',
    loopback: '::1',
    'link-local': 'fe80::1',
    'site-local': 'fec0::1',
    'unique local, a metadata service': 'fd00:ec2::254',
    'the local NAT64': '64:ff9b:1::10.0.0.1',
    Teredo: '2001:0:102:304::1',
    multicast: 'ff02::fb',
  };
  const disguises = {
    'IPv4-mapped': (v4) => `::ffff:${v4}`,
    'IPv4-compatible': (v4) => `::${v4}`,
    'IPv4-translated': (v4) => `::ffff:0:${v4}`,
    NAT64: (v4) => `64:ff9b::${v4}`,
    '6to4': (v4) => {
      const [a, b, c, d] = v4.split('.').map(Number);
      return `2002:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}::1`;
    },
    ISATAP: (v4) => `2001:db8::5efe:${v4}`,
  };

  async function expectRefused(one, addresses) {
    for (const [name, address] of addresses) {
      const refused = expect.objectContaining({ ok: false, code: 403 });
      expect([name, await one.permit(address)]).toEqual([name, refused]);
      expect([name, await one.bindChannel(0x4000, address, 80)]).toEqual([name, refused]);
      one.sendTo(address, 80, 'all the same');
    }
    // An answer to what comes later: all of that has been looked at.
    await one.binding();
  }

  it('is refused by permission and by channel, and gets no Send indication', async () => {
    const relay = await startTurnRelay();
    const one = await allocated(relay, 'tcp');
    await expectRefused(one, Object.entries(inside4));
    const { turn: stats } = relay.stats();
    expect(stats.peersRefused).toBe(2 * Object.keys(inside4).length);
    expect(stats).toMatchObject({ datagramsToPeers: 0, permissions: 0, channels: 0 });
    expect(stats.droppedNoPermission).toBe(Object.keys(inside4).length);
  });

  it('is refused as IPv6, and in every form that has an IPv4 address in it', async () => {
    const relay = await startTurnRelay({ relayAddresses: ['127.0.0.1', '::1'] });
    const one = await allocated(relay, 'tcp', { family: 6 });
    const dressed = Object.entries(disguises).flatMap(([form, dress]) =>
      Object.entries(inside4).map(([name, address]) => [`${name}, ${form}`, dress(address)]),
    );
    await expectRefused(one, [...Object.entries(inside6), ...dressed]);
    expect(relay.stats().turn).toMatchObject({ datagramsToPeers: 0, permissions: 0 });
  });

  it('is refused in a disguise on an allocation of both families', async () => {
    const relay = await startTurnRelay({ relayAddresses: ['127.0.0.1', '::1'] });
    const one = await allocated(relay, 'websocket', { additional: true });
    await expectRefused(one, [
      ['IPv4', '169.254.169.254'],
      ['mapped', '::ffff:169.254.169.254'],
      ['NAT64', '64:ff9b::169.254.169.254'],
    ]);
  });

  it('takes all others of one request with it', async () => {
    const relay = await startTurnRelay();
    const one = await allocated(relay, 'tcp');
    expect(await one.permit('198.51.100.1', '169.254.169.254')).toMatchObject({ code: 403 });
    expect(relay.stats().turn.permissions).toBe(0);
  });

  it('is the relay itself by its public address, but not another allocation there', async () => {
    // The public address of a machine behind a 1:1 NAT.
    const relay = await startTurnRelay({ externalAddresses: ['203.0.113.5'] });
    const [one, two] = [await allocated(relay, 'tcp'), await allocated(relay, 'udp')];
    expect(two.relayed.address).toBe('203.0.113.5');
    for (const port of [relay.ports.turnTcp, relay.ports.http, 22, 53]) {
      expect(await one.bindChannel(0x4000, '203.0.113.5', port)).toMatchObject({ code: 403 });
    }
    expect(await one.permit('203.0.113.5')).toMatchObject({ ok: true });
    expect(await two.permit('203.0.113.5')).toMatchObject({ ok: true });
    one.sendTo('203.0.113.5', 53, 'to a resolver of the machine');
    one.sendTo('203.0.113.5', two.relayed.port, 'to the other client');
    const got = await two.datagram();
    expect(`${got.data}`).toBe('to the other client');
    expect(got.peer).toEqual(one.relayed);
    expect(relay.stats().turn).toMatchObject({ droppedOwnAddress: 1 });
  });
});

describe('a client that proves nothing', () => {
  it('gets no more than 128 bytes for a datagram, and soon nothing', async () => {
    const relay = await startTurnRelay({ realm: 'a-realm-of-thirty-two-characters' });
    const { socket } = await Transports.udp('127.0.0.1', relay.ports.turnUdp);
    onCleanup(() => socket.close());
    const sizes = [];
    socket.on('message', (data) => sizes.push(data.length));
    // An Allocate request of nothing but a header, from what might be a forged source.
    const request = Buffer.from('000300002112a442000000000000000000000000', 'hex');
    const sent = 2000;
    for (let i = 0; i < sent; i++) {
      socket.send(request);
      if (i % 50 === 0) await turn();
    }
    while (relay.stats().turn.challenges + relay.stats().turn.challengesSuppressed < sent)
      await turn();
    while (sizes.length < relay.stats().turn.challenges) await turn();
    expect(Math.max(...sizes)).toBeLessThanOrEqual(128);
    const answered = sizes.reduce((sum, size) => sum + size, 0);
    // Of many datagrams less comes back than was sent: no amplifier.
    expect(answered).toBeLessThan(sent * request.length);
    expect(relay.stats().turn.challengesSuppressed).toBeGreaterThan(sent / 2);
  });

  it('that guesses passwords is not listened to any more, and others are', async () => {
    const relay = await startTurnRelay();
    const guesser = await client(relay, 'udp', { ...ann, password: 'guess' });
    let code;
    let tries = 0;
    await guesser.allocate();
    do {
      const next = guesser.request(3, []).then((response) => response.code);
      const ignored = async () => {
        while (relay.stats().turn.authenticationsSuppressed === 0) await turn();
        return undefined;
      };
      code = await Promise.race([next, ignored()]);
      tries++;
    } while (code === 401);
    expect(code).toBeUndefined();
    expect(tries).toBeLessThan(20);
    // A stream that guesses loses its connection.
    const stream = await client(relay, 'tcp', { ...ann, password: 'guess' });
    const closed = once(stream.transport.socket, 'close');
    void stream.allocate();
    await closed;
  });
});

describe('behind a proxy that is trusted', () => {
  const from = (address) => ({ headers: { 'X-Forwarded-For': address } });

  it('each client has limits of its own', async () => {
    const relay = await startTurnRelay({
      trustedProxies: ['127.0.0.1'],
      limits: { maxConnectionsPerAddress: 1 },
    });
    const one = await client(relay, 'websocket', ann, from('198.51.100.1'));
    expect(await one.binding()).toMatchObject({ address: '198.51.100.1' });
    await expect(open.websocket(relay, from('198.51.100.1'))).rejects.toThrow(/503/);
    const two = await client(relay, 'websocket', ann, from('198.51.100.2'));
    expect(await two.allocate()).toMatchObject({ ok: true });
  });

  it('one that guesses passwords does not shut others out', async () => {
    const relay = await startTurnRelay({ trustedProxies: ['127.0.0.1'] });
    const wrong = { ...ann, password: 'guess' };
    while (relay.stats().turn.authenticationsSuppressed === 0) {
      const guesser = await client(relay, 'websocket', wrong, from('198.51.100.1'));
      const closed = once(guesser.transport.socket, 'close');
      await Promise.race([guesser.allocate(), closed]);
      guesser.close();
    }
    const other = await client(relay, 'websocket', ann, from('198.51.100.2'));
    expect(await other.allocate()).toMatchObject({ ok: true });
  });

  it('nobody else may name a client', async () => {
    const relay = await startTurnRelay({ limits: { maxConnectionsPerAddress: 1 } });
    const one = await client(relay, 'websocket', ann, from('198.51.100.1'));
    expect(await one.binding()).toMatchObject({ address: '127.0.0.1' });
    await expect(open.websocket(relay, from('198.51.100.2'))).rejects.toThrow(/503/);
  });
});

describe('a client that is slow on purpose', () => {
  it.each(['websocket', 'tcp'])('and drips bytes over %s is cut off in time', async (kind) => {
    const relay = await startTurnRelay({ limits: { handshakeTimeoutMs: 50 } });
    const { socket } = await open[kind](relay);
    onCleanup(() => (socket.terminate ? socket.terminate() : socket.destroy()));
    socket.resume();
    let closed = false;
    socket.once('close', () => (closed = true));
    const request = Buffer.alloc(65_535);
    request.writeUInt16BE(3);
    request.writeUInt16BE(1024, 2);
    request.writeUInt32BE(0x2112a442, 4);
    for (let at = 0; !closed; at++) {
      if (kind === 'tcp') socket.write(request.subarray(at, at + 1));
      else if (socket.readyState === socket.OPEN) socket.send(request.subarray(at, at + 1));
      await turn();
      // Never a whole message.
      if (at === 1000) at--;
    }
    while (relay.stats().turn.clients > 0) await turn();
  });

  it('and drips an HTTP header is cut off in time', async () => {
    const relay = await startTurnRelay({ limits: { handshakeTimeoutMs: 50 } });
    const socket = connect(relay.ports.http, '127.0.0.1');
    onCleanup(() => socket.destroy());
    socket.on('error', () => {});
    socket.resume();
    let closed = false;
    socket.once('close', () => (closed = true));
    socket.write('GET /relay HTTP/1.1\r\nHost: x\r\nX-Drip: ');
    while (!closed) {
      socket.write('a');
      await turn();
    }
  });

  it('and reads nothing over TCP costs a bounded number of bytes, and others are served', async () => {
    const relay = await startTurnRelay({ ...loopback, limits: { maxPendingBytes: 64 * 1024 } });
    const peer = await startEchoPeer();
    const slow = await allocated(relay, 'tcp');
    await slow.bindChannel(0x4000, peer.address, peer.port);
    slow.transport.socket.pause();
    const other = await allocated(relay, 'tcp');
    await other.bindChannel(0x4000, peer.address, peer.port);
    const flood = Buffer.alloc(8000);
    let most = 0;
    for (let i = 0; relay.stats().dropped.slowClients < 300; i++) {
      peer.socket.send(flood, slow.relayed.port, '127.0.0.1');
      most = Math.max(most, relay.stats().pendingBytes);
      if (i % 20 === 0) await turn();
    }
    // The queue, and what the socket holds beyond it.
    expect(most).toBeLessThan(64 * 1024 + 512 * 1024);
    other.sendOnChannel(0x4000, 'served');
    expect(`${(await other.datagram()).data}`).toBe('served');
  });

  it('and asks without reading the answers loses its connection', async () => {
    const relay = await startTurnRelay();
    const { socket } = await open.tcp(relay);
    onCleanup(() => socket.destroy());
    socket.pause();
    const request = Buffer.alloc(20 * 500);
    for (let i = 0; i < 500; i++) {
      request.write('000100002112a442', 20 * i, 'hex');
      request.writeUInt32BE(i, 20 * i + 8);
    }
    let most = 0;
    while (relay.stats().tcpClients > 0) {
      if (socket.writable && socket.writableLength < 1e6) socket.write(request);
      most = Math.max(most, relay.stats().pendingBytes);
      await turn();
    }
    expect(most).toBeLessThan(1024 * 1024);
  });
});

describe('a client that opens 10,000 sockets', () => {
  /** A relay in a process of its own, so that its memory can be read. */
  async function startProcess(...args) {
    const child = spawn(
      process.execPath,
      [
        ...[cli, '--port', '0', '--turn-port', '0', '--no-mdns', '--issue-credentials'],
        ...['--log-level', 'error'],
        ...['--user', 'ann:secret', '--allow-peer', '127.0.0.1', ...args],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'exit');
    onCleanup(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const [data] = await once(child.stdout, 'data');
    const url = new URL(`${data}`.trim());
    const residentBytes = async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
    };
    const { uris } = await (await fetch(new URL('/credentials', url))).json();
    const turnPort = Number(/:(\d+)\?transport=tcp/.exec(uris.join(' '))[1]);
    return { url: `ws://${url.host}/relay`, port: Number(url.port), turnPort, residentBytes };
  }

  async function flood(port, kind) {
    const child = spawn(process.execPath, [floodScript, `${port}`, '10000', kind], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const end = async () => {
      child.stdin.end();
      await ended;
    };
    onCleanup(end);
    const [data] = await once(child.stdout, 'data');
    return { ...JSON.parse(data), end };
  }

  it('holds no more than its share of them, and another address is served', async () => {
    const relay = await startProcess();
    const before = await relay.residentBytes();
    const { connected, failed } = await flood(relay.port, 'http');
    expect(connected + failed).toBe(10_000);
    const other = await client(relay, 'websocket', ann, { localAddress: '127.0.0.2' });
    expect(await other.allocate()).toMatchObject({ ok: true });
    expect((await relay.residentBytes()) - before).toBeLessThan(100 * 1024 * 1024);
  }, 120_000);

  it('costs a bounded amount for each where the operator lets it have them all', async () => {
    const relay = await startProcess(
      ...['--max-connections', '12000', '--max-connections-per-address', '12000'],
      ...['--handshake-timeout', '600'],
    );
    const before = await relay.residentBytes();
    const { open: held, connected, failed } = await flood(relay.turnPort, 'turn');
    // As many as there are descriptors for, in this process's children.
    expect(connected + failed).toBe(10_000);
    expect(held).toBeGreaterThan(500);
    expect(held).toBe(connected);
    const other = await client(relay, 'websocket', ann, { localAddress: '127.0.0.2' });
    expect(await other.allocate()).toMatchObject({ ok: true });
    const grown = (await relay.residentBytes()) - before;
    // What a process takes with its first hundred clients, and then so much for each.
    expect(grown).toBeLessThan(32 * 1024 * 1024 + held * 16 * 1024);
  }, 120_000);
});
