import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import multicastDns from 'multicast-dns';
import { WebSocketServer } from 'ws';
import { linkMtu, linksOf, localAddresses } from '../../../js/net/local-addresses.js';
import { MulticastResolver } from '../../../js/net/multicast-resolver.js';
import { createCounters } from '../../../js/net/network.js';
import { TcpStream } from '../../../js/net/tcp-stream.js';
import { UdpNetwork } from '../../../js/net/udp-network.js';
import { RecordingSink, stunMessage } from './support/recording-sink.js';

const run = promisify(execFile);
const cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function attach(options = { addresses: ['127.0.0.1'] }) {
  const sink = new RecordingSink();
  const network = new UdpNetwork(options);
  const attachment = network.attach(sink);
  cleanups.push(() => {
    attachment.close();
    network.close();
  });
  return { sink, network, attachment };
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return server.address().port;
}

/** With stream 1 to a WebSocket server that does so with its end. */
async function attachToRelay(onConnection) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', onConnection);
  const attached = attach();
  const url = `ws://127.0.0.1:${server.address().port}/`;
  attached.attachment.openStream({ streamId: 1, url, transport: 'relay', host: '', port: 0 });
  return attached;
}

describe('UdpNetwork', () => {
  it('exchanges datagrams between two attachments', async () => {
    const a = attach();
    const b = attach();
    a.attachment.gather();
    b.attachment.gather();
    const ia = await a.sink.next('interface');
    const ib = await b.sink.next('interface');
    await a.sink.next('complete');
    expect(ia).toMatchObject({ kind: 'udp', address: '127.0.0.1' });
    a.attachment.send(ia.id, ib.address, ib.port, new TextEncoder().encode('hello'));
    const got = await b.sink.next('datagram');
    expect(got).toMatchObject({ id: ib.id, address: '127.0.0.1', port: ia.port });
    expect(Buffer.from(got.data).toString()).toBe('hello');
    expect(b.attachment.counters()).toMatchObject({
      datagramsReceived: 1,
      datagramBytesReceived: 5,
    });
  });

  it('gives every connection sockets of its own and keeps them when it gathers again', async () => {
    const a = attach();
    const b = attach();
    a.attachment.gather();
    b.attachment.gather();
    const first = await a.sink.next('interface');
    expect((await b.sink.next('interface')).port).not.toBe(first.port);
    a.attachment.gather();
    await a.sink.next('complete', 2);
    expect(a.sink.of('interface')).toHaveLength(1);
  });

  it('counts what the system refuses to send and goes on', async () => {
    const { sink, attachment } = attach();
    const echo = createSocket('udp4');
    echo.bind(0, '127.0.0.1');
    await once(echo, 'listening');
    cleanups.push(() => echo.close());
    attachment.gather();
    const { id } = await sink.next('interface');
    attachment.send(id, '127.0.0.1', echo.address().port, new Uint8Array(70_000));
    attachment.send(id, '::1', echo.address().port, new Uint8Array(1));
    const received = once(echo, 'message');
    attachment.send(id, '127.0.0.1', echo.address().port, Buffer.from('still here'));
    expect(`${(await received)[0]}`).toBe('still here');
    expect(attachment.counters().sendErrors).toEqual({ EMSGSIZE: 1, EAFNOSUPPORT: 1 });
  });

  it('survives a destination where nothing listens', async () => {
    const { sink, attachment } = attach();
    attachment.gather();
    const { id, port } = await sink.next('interface');
    const nobody = createSocket('udp4');
    nobody.bind(0, '127.0.0.1');
    await once(nobody, 'listening');
    const dead = nobody.address().port;
    await new Promise((resolve) => nobody.close(resolve));
    attachment.send(id, '127.0.0.1', dead, Buffer.from('x'));
    attachment.send(id, '127.0.0.1', port, Buffer.from('to myself'));
    expect(`${(await sink.next('datagram')).data}`).toBe('to myself');
  });

  it("leaves out an address that is not the machine's and still completes", async () => {
    const { sink, attachment } = attach({ addresses: ['203.0.113.77', '127.0.0.1'] });
    attachment.gather();
    await sink.next('complete');
    expect(sink.of('interface').map(({ address }) => address)).toEqual(['127.0.0.1']);
  });

  it('refuses addresses that are none when it is made', () => {
    expect(() => new UdpNetwork({ addresses: ['localhost'] })).toThrow(TypeError);
  });

  it('carries a TCP stream', async () => {
    const server = createServer((socket) => socket.pipe(socket));
    const port = await listen(server);
    const { sink, attachment } = attach();
    attachment.openStream({
      streamId: 3,
      url: 'turn:x',
      transport: 'tcp',
      host: '127.0.0.1',
      port,
    });
    attachment.sendStream(3, stunMessage(0x0003));
    await sink.next('data');
    expect(sink.events[0]).toEqual({ type: 'opened', id: 3 });
    expect(sink.bytes()).toEqual(Buffer.from(stunMessage(0x0003)));
    attachment.closeStream(3);
  });

  it('tells an unreachable TCP server from one that went away', async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await listen(server);
    const { sink, attachment } = attach();
    const request = { url: 'turn:x', transport: 'tcp', host: '127.0.0.1', port };
    attachment.openStream({ streamId: 1, ...request });
    expect((await sink.next('closed')).reason).toBe('lost');
    await cleanups.splice(0, 1)[0]();
    attachment.openStream({ streamId: 2, ...request });
    const closed = await sink.next('closed', 2);
    expect(closed).toMatchObject({ id: 2, reason: 'cannot-reach' });
    expect(closed.detail).toContain('ECONNREFUSED');
  });

  it('connects from an interface to a TCP candidate of a peer', async () => {
    const server = createServer((socket) => socket.pipe(socket));
    const port = await listen(server);
    const addresses = ['127.0.0.1', '127.0.0.2'];
    const { sink, network, attachment } = attach({ addresses });
    expect(network.connectsTcp).toBe(true);
    attachment.gather();
    await sink.next('complete');
    const { id } = sink.of('interface').find(({ address }) => address === '127.0.0.2');
    const accepted = once(server, 'connection');
    attachment.openPeerStream({ streamId: 9, interfaceId: id, host: '127.0.0.1', port });
    const [socket] = await accepted;
    expect(socket.remoteAddress).toBe('127.0.0.2');
    await sink.next('opened');
    attachment.sendStream(9, new Uint8Array([0, 1, 42]));
    const got = await sink.next('data');
    expect([...got.data]).toEqual([0, 1, 42]);
    socket.destroy();
    expect(await sink.next('closed')).toMatchObject({ id: 9, reason: 'lost' });
  });

  it('leaves TCP candidates alone when it is told to', () => {
    expect(attach({ tcp: false }).network.connectsTcp).toBe(false);
  });

  it('carries a TLS stream and refuses a certificate that nobody vouches for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-days', '2', '-keyout', key, '-out', cert],
    ]);
    const pems = { key: await readFile(key), cert: await readFile(cert) };
    const server = createTlsServer(pems, (socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    const port = await listen(server);
    const request = { url: 'turns:x', transport: 'tls', host: '127.0.0.1', port };

    const stranger = attach();
    stranger.attachment.openStream({ streamId: 1, ...request });
    expect((await stranger.sink.next('closed')).reason).toBe('refused');

    const friend = attach({ addresses: ['127.0.0.1'], tls: { ca: pems.cert } });
    friend.attachment.openStream({ streamId: 1, ...request });
    friend.attachment.sendStream(1, stunMessage(0x0003));
    await friend.sink.next('data');
    expect(friend.sink.bytes()).toEqual(Buffer.from(stunMessage(0x0003)));

    // After a redirection the certificate is for a name, the address is another matter.
    friend.attachment.openStream({ streamId: 2, ...request, tlsName: 'localhost' });
    await friend.sink.next('opened', 2);
    friend.attachment.openStream({ streamId: 3, ...request, tlsName: 'elsewhere.example' });
    const refused = await friend.sink.next('closed');
    expect(refused).toMatchObject({ id: 3, reason: 'refused' });
    expect(refused.detail).toContain('elsewhere.example');
  });

  it('reaches relays over WebSocket as well', async () => {
    const { sink, attachment } = await attachToRelay((ws) =>
      ws.on('message', (data) => ws.send(data)),
    );
    attachment.sendStream(1, stunMessage(0x0003));
    await sink.next('data');
    expect(sink.bytes()).toEqual(Buffer.from(stunMessage(0x0003)));
  });

  it('takes no message of a relay that is larger than any should be', async () => {
    const { sink } = await attachToRelay((ws) => {
      ws.on('error', () => {});
      ws.send(new Uint8Array(2 ** 22 + 1));
    });
    expect(await sink.next('closed')).toMatchObject({
      id: 1,
      reason: 'lost',
      detail: expect.stringContaining('Max payload size exceeded'),
    });
    expect(sink.bytes()).toEqual(Buffer.alloc(0));
  });

  it('looks up ordinary names, and answers nothing for those that do not exist', async () => {
    const { sink, attachment } = attach();
    attachment.resolve(1, 'localhost');
    expect((await sink.next('resolved')).addresses).toContain('127.0.0.1');
    attachment.resolve(2, '192.0.2.1');
    expect((await sink.next('resolved', 2)).addresses).toEqual(['192.0.2.1']);
  });

  it('lets a process end once its connections are closed', async () => {
    const module = new URL('../../../js/net/udp-network.js', import.meta.url).href;
    const script = `
      import { UdpNetwork } from ${JSON.stringify(module)};
      const nothing = () => {};
      const sink = { interfaceAdded: nothing, streamClosed: nothing, interfacesComplete() {
        attachment.close();
        console.log('closed');
      } };
      const attachment = new UdpNetwork({ addresses: ['127.0.0.1'] }).attach(sink);
      attachment.gather();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe('closed\n');
  });
});

describe('linksOf', () => {
  const interfaces = () => ({
    a: [
      { address: '10.1.2.3', netmask: '255.255.254.0' },
      { address: 'fd00::1', netmask: 'ffff::' },
    ],
    b: undefined,
    // As of a runtime that does not tell.
    c: [{ address: '192.0.2.5' }],
  });

  it('goes by the networks of the interfaces', () => {
    const isOnLink = linksOf(interfaces);
    for (const address of ['10.1.2.3', '10.1.3.255', '10.1.2.0'])
      expect(isOnLink(address)).toBe(true);
    for (const address of ['10.1.4.0', '138.1.2.3', '192.0.2.5', 'fd00::1', '', '10.1.2'])
      expect(isOnLink(address)).toBe(false);
  });
});

describe('localAddresses', () => {
  const entry = (address, family, internal = false) => ({ address, family, internal });
  const interfaces = () => ({
    lo: [entry('127.0.0.1', 'IPv4', true), entry('::1', 'IPv6', true)],
    eth0: [
      entry('192.0.2.5', 'IPv4'),
      entry('fe80::1', 'IPv6'),
      entry('2001:db8::5', 'IPv6'),
      entry('169.254.3.4', 'IPv4'),
      entry('192.0.2.5', 'IPv4'),
    ],
  });
  const list = (options) => localAddresses(options).map(({ address }) => address);

  it('skips loopback and link-local addresses and doubles', () => {
    expect(list({ interfaces })).toEqual(['192.0.2.5', '2001:db8::5']);
    expect(list({ interfaces, family: 4 })).toEqual(['192.0.2.5']);
  });

  it('takes loopback when asked to, or when there is nothing else', () => {
    expect(list({ interfaces, includeLoopback: true })).toContain('::1');
    expect(list({ interfaces: () => ({ lo: interfaces().lo }) })).toEqual(['127.0.0.1', '::1']);
  });
});

describe('linkMtu', () => {
  // No other system tells it without a native add-on.
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('tells what the system says of an interface', async () => {
    const text = await readFile('/sys/class/net/lo/mtu', 'utf8');
    expect(linkMtu('lo')).toBe(Number(text));
  });

  it('tells nothing of an interface that is not there', () => {
    expect(linkMtu('no-such-interface')).toBeUndefined();
  });
});

describe('TcpStream', () => {
  it('does not wait for ever for somebody who does not read', async () => {
    const server = createServer({ pauseOnConnect: true });
    const port = await listen(server);
    const accepted = once(server, 'connection');
    const options = { secure: false, counters: createCounters(), farewellMs: 1 };
    const ignore = () => {};
    const stream = await new Promise((resolve) => {
      const opened = () => resolve(made);
      const made = new TcpStream('127.0.0.1', port, options, {
        opened,
        data: ignore,
        closed: ignore,
      });
    });
    const [other] = await accepted;
    cleanups.push(() => other.destroy());
    // Until the system takes no more.
    const socket = stream.socket_;
    let taken = 0;
    for (let turns = 0; turns < 1000; turns++) {
      for (let i = 0; i < 100; i++) stream.send(stunMessage(0x0016, 1000));
      await new Promise((resolve) => setImmediate(resolve));
      if (socket.bytesWritten - socket.writableLength === taken) continue;
      taken = socket.bytesWritten - socket.writableLength;
      turns = 0;
    }
    const ended = once(socket, 'close');
    stream.close();
    await ended;
    expect(stream.bufferedAmount()).toBe(0);
  });
});

describe('MulticastResolver', () => {
  class FakeSocket extends EventEmitter {
    queries = [];
    destroyed = false;
    query(questions) {
      this.queries.push(questions);
      this.emit('asked', questions[0].name);
    }
    respond(packet) {
      this.emit('response', packet);
    }
    destroy() {
      this.destroyed = true;
    }
  }

  function create(options) {
    const socket = new FakeSocket();
    const resolver = new MulticastResolver({ openSockets: async () => [socket], ...options });
    cleanups.push(() => resolver.close());
    return { socket, resolver };
  }

  it('takes A and AAAA records for the name that was asked, from one query for two callers', async () => {
    const { socket, resolver } = create();
    socket.once('asked', () => {
      socket.respond({ answers: [{ name: 'other.local', type: 'A', data: '192.0.2.9' }] });
      socket.respond({
        answers: [{ name: 'Peer.local', type: 'A', data: '192.0.2.1' }],
        additionals: [
          { name: 'peer.local', type: 'AAAA', data: '2001:db8::1' },
          { name: 'peer.local', type: 'TXT', data: 'x' },
        ],
      });
    });
    const both = await Promise.all([
      resolver.resolve('peer.local'),
      resolver.resolve('PEER.local.'),
    ]);
    expect(both).toEqual([
      ['192.0.2.1', '2001:db8::1'],
      ['192.0.2.1', '2001:db8::1'],
    ]);
    expect(socket.queries).toHaveLength(2);
  });

  it('finds a responder by real multicast, on loopback', async () => {
    // Not port 5353: the machine's own responder shall hear nothing of this.
    const port = 15_353;
    const open = () => multicastDns({ interface: '127.0.0.1', bind: '0.0.0.0', port });
    const responder = open();
    cleanups.push(() => new Promise((resolve) => responder.destroy(resolve)));
    responder.on('query', ({ questions }) => {
      const answers = questions
        .filter(({ name, type }) => name === 'real-peer.local' && type === 'A')
        .map(({ name }) => ({ name, type: 'A', ttl: 120, data: '127.0.0.7' }));
      if (answers.length > 0) responder.respond({ answers });
    });
    await once(responder, 'ready');
    const resolver = new MulticastResolver({ openSockets: async () => [open()] });
    cleanups.push(() => resolver.close());
    expect(await resolver.resolve('real-peer.local')).toEqual(['127.0.0.7']);
  });

  it('asks one question in a query, since Chromium answers no query with several', async () => {
    const { socket, resolver } = create();
    const answers = Promise.all(['a.local', 'b.local'].map((name) => resolver.resolve(name)));
    while (socket.queries.length < 4) await once(socket, 'asked');
    expect(socket.queries).toEqual([
      [{ name: 'a.local', type: 'A' }],
      [{ name: 'a.local', type: 'AAAA' }],
      [{ name: 'b.local', type: 'A' }],
      [{ name: 'b.local', type: 'AAAA' }],
    ]);
    for (const name of ['a.local', 'b.local']) {
      socket.respond({ answers: [{ name, type: 'A', ttl: 120, data: '192.0.2.1' }] });
    }
    expect(await answers).toEqual([['192.0.2.1'], ['192.0.2.1']]);
  });

  it('asks again after one second, then after two and four, and gives up after eight', async () => {
    jest.useFakeTimers();
    cleanups.push(() => jest.useRealTimers());
    const { socket, resolver } = create();
    const answer = resolver.resolve('nobody.local');
    const counts = [];
    for (let second = 0; second < 8; second++) {
      await jest.advanceTimersByTimeAsync(second === 0 ? 500 : 1000);
      counts.push(socket.queries.length / 2);
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 3, 3, 4]);
    await jest.advanceTimersByTimeAsync(1000);
    expect(await answer).toEqual([]);
  });

  it('remembers what it heard, unasked too, for as long as the record lives', async () => {
    let now = 0;
    const { socket, resolver } = create({ now: () => now, timeoutMs: 5 });
    resolver.listen();
    while (socket.listenerCount('response') === 0) await null;
    const announce = (ttl, data) =>
      socket.respond({ answers: [{ name: 'peer.local', type: 'A', ttl, data }] });
    announce(4500, '192.0.2.1');
    announce(4500, '192.0.2.2');
    const asked = socket.queries.length;
    expect(await resolver.resolve('peer.local')).toEqual(['192.0.2.2']);
    now = 119_999;
    expect(await resolver.resolve('peer.local')).toEqual(['192.0.2.2']);
    expect(socket.queries).toHaveLength(asked);
    now = 120_000;
    expect(await resolver.resolve('peer.local')).toEqual([]);
    announce(120, '192.0.2.3');
    announce(0, '192.0.2.3');
    expect(await resolver.resolve('peer.local')).toEqual([]);
  });

  it('listens when questions are to be expected, and asks nothing', async () => {
    const { socket, resolver } = create();
    resolver.listen();
    while (socket.listenerCount('response') === 0) await null;
    socket.respond({ answers: [{ name: 'peer.local', type: 'A', data: '192.0.2.1' }] });
    expect(await resolver.resolve('peer.local')).toEqual(['192.0.2.1']);
    expect(socket.queries).toEqual([]);
  });

  it('has a question that nobody has answered give way where too many are under way', async () => {
    let now = 0;
    const { socket, resolver } = create({ now: () => now });
    const ended = [];
    for (let i = 0; i < 64; i++) {
      void resolver.resolve(`elsewhere-${i}.local`).then(() => ended.push(i));
    }
    now = 1999;
    expect(await resolver.resolve('peer.local')).toEqual([]);
    expect(ended).toEqual([]);
    now = 2000;
    const answer = resolver.resolve('peer.local');
    while (!socket.queries.some(([{ name }]) => name === 'peer.local')) await once(socket, 'asked');
    socket.respond({ answers: [{ name: 'peer.local', type: 'A', ttl: 120, data: '192.0.2.1' }] });
    expect(await answer).toEqual(['192.0.2.1']);
    expect(ended).toEqual([0]);
  });

  it('ends with nothing when nobody answers in time, or no socket opens', async () => {
    const { resolver } = create({ timeoutMs: 5 });
    expect(await resolver.resolve('nobody.local')).toEqual([]);
    const broken = create({ timeoutMs: 5, openSockets: () => Promise.reject(new Error('no')) });
    expect(await broken.resolver.resolve('nobody.local')).toEqual([]);
  });

  it('asks for nothing but .local names', async () => {
    const { socket, resolver } = create();
    for (const name of ['example.com', 'a.b.local', '.local', 'x_y.local', '-x.local', 'local']) {
      expect(await resolver.resolve(name)).toEqual([]);
    }
    expect(socket.queries).toEqual([]);
  });

  it('answers what is under way and closes its sockets when it is closed', async () => {
    const { socket, resolver } = create();
    const answer = resolver.resolve('peer.local');
    await once(socket, 'asked');
    resolver.close();
    expect(await answer).toEqual([]);
    await null;
    expect(socket.destroyed).toBe(true);
  });
});

describe('UdpNetwork when the machine changes networks', () => {
  const entry = (address) => ({ address, family: 'IPv4', internal: false });

  /** A machine whose addresses a test sets: all of 127.0.0.0/8 can be bound. */
  function machine(...addresses) {
    const interfaces = () => ({ eth0: interfaces.addresses.map(entry) });
    interfaces.addresses = addresses;
    return interfaces;
  }

  it('opens what is new before it closes what is gone', async () => {
    const interfaces = machine('127.0.0.2');
    const { sink, attachment } = attach({ interfaces, watchIntervalMs: 5 });
    attachment.gather();
    const first = await sink.next('interface');
    await sink.next('complete');
    interfaces.addresses = ['127.0.0.3'];
    const gone = await sink.next('removed');
    expect(sink.events.map(({ type }) => type)).toEqual([
      'interface',
      'complete',
      'interface',
      'removed',
    ]);
    expect(gone.id).toBe(first.id);
    expect((await sink.next('interface', 2)).address).toBe('127.0.0.3');
  });

  it('carries on through an address that stays', async () => {
    const interfaces = machine('127.0.0.2');
    const a = attach({ interfaces, watchIntervalMs: 5 });
    const b = attach();
    a.attachment.gather();
    b.attachment.gather();
    const ia = await a.sink.next('interface');
    const ib = await b.sink.next('interface');
    interfaces.addresses = ['127.0.0.2', '127.0.0.3'];
    await a.sink.next('interface', 2);
    a.attachment.send(ia.id, ib.address, ib.port, new Uint8Array([7]));
    expect((await b.sink.next('datagram')).port).toBe(ia.port);
    expect(a.sink.of('removed')).toEqual([]);
  });

  it('loses a stream whose own address is gone, and no other', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {})));
    const interfaces = machine('127.0.0.2', '127.0.0.1');
    const { sink, attachment } = attach({ interfaces, watchIntervalMs: 5 });
    attachment.gather();
    const request = { url: '', transport: 'tcp', host: '127.0.0.1', port };
    attachment.openStream({ ...request, streamId: 1 });
    await sink.next('opened');
    interfaces.addresses = ['127.0.0.3', '127.0.0.1'];
    await sink.next('removed', 1);
    expect(sink.of('closed')).toEqual([]);
    interfaces.addresses = ['127.0.0.3'];
    const closed = await sink.next('closed');
    expect(closed).toMatchObject({ id: 1, reason: 'lost' });
    expect(closed.detail).toContain('its own address is gone');
  });

  it('loses one in an attachment that has streams alone, and opens no socket there', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {})));
    const interfaces = machine('127.0.0.1');
    const { sink, attachment } = attach({ interfaces, watchIntervalMs: 5 });
    attachment.openStream({ url: '', transport: 'tcp', host: '127.0.0.1', port, streamId: 1 });
    await sink.next('opened');
    interfaces.addresses = ['127.0.0.3'];
    expect(await sink.next('closed')).toMatchObject({ id: 1, reason: 'lost' });
    expect(sink.of('interface')).toEqual([]);
  });

  it('leaves no timer behind when it is closed, and watches nothing it was told not to', async () => {
    const set = jest.spyOn(globalThis, 'setInterval');
    const clear = jest.spyOn(globalThis, 'clearInterval');
    cleanups.push(() => jest.restoreAllMocks());
    for (const options of [{ addresses: ['127.0.0.1'] }, { watchIntervalMs: 0 }]) {
      const { sink, attachment } = attach({ interfaces: machine('127.0.0.2'), ...options });
      attachment.gather();
      await sink.next('complete');
    }
    expect(set).not.toHaveBeenCalled();
    const { sink, attachment } = attach({ interfaces: machine('127.0.0.2') });
    attachment.gather();
    await sink.next('complete');
    expect(set).toHaveBeenCalledTimes(1);
    attachment.close();
    expect(clear).toHaveBeenCalledWith(set.mock.results[0].value);
  });
});
