import { TrustedProxies } from '../../../js/relay/client-address.js';
import { ClientQueue } from '../../../js/relay/client-queue.js';
import {
  ConnectionLimits,
  PendingBudget,
  RateLimit,
  RateLimits,
  subscriberOf,
} from '../../../js/relay/limits.js';
import { createLogger } from '../../../js/relay/log.js';
import { NameChannel } from '../../../js/relay/mdns.js';
import { RelaySockets, chooseRelayAddresses } from '../../../js/relay/relay-sockets.js';
import { normalizeOptions } from '../../../js/relay/options.js';
import { Sweeper } from '../../../js/relay/sweeper.js';
import { issueCredentials } from '../../../js/relay/credentials.js';
import { onCleanup, recordLog } from './support/harness.js';

describe('issueCredentials', () => {
  it('matches what openssl says about the same secret and username', () => {
    // printf 1700003600:alice | openssl dgst -sha1 -hmac north -binary | base64
    const issued = issueCredentials({
      secret: 'north',
      ttlSeconds: 3600,
      nowMs: 1_700_000_000_999,
      user: 'alice',
    });
    expect(issued).toEqual({
      username: '1700003600:alice',
      password: 'wjwSXO2ch1B6VaLTLMy2Avn5O9o=',
      ttl: 3600,
    });
  });
});

describe('subscriberOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:DB8:1::', '2001:db8:1:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('counts %j as %j', (address, subscriber) => {
    expect(subscriberOf(address)).toBe(subscriber);
  });
});

describe('TrustedProxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8::1']);
  const request = (remoteAddress, forwarded) => ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  });

  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.1', '192.0.2.1'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['2001:db8::1', '2001:db8::2', '2001:db8::2'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['10.0.0.1', '203.0.113.9, nonsense, 10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['10.0.0.1', '[2001:db8::2]:4711', '2001:db8::2'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', undefined, '10.0.0.1'],
  ])('takes a request from %s for %j as from %s', (from, forwarded, client) => {
    expect(proxies.clientOf(request(from, forwarded))).toBe(client);
  });
});

describe('PendingBudget', () => {
  it('holds everybody to a share once all together have too much', () => {
    const budget = new PendingBudget({ total: 1000, share: 100 });
    const [greedy, other] = [budget.open(), budget.open()];
    expect(budget.allowance(5000)).toBe(5000);
    greedy.add(900);
    expect(budget.allowance(5000)).toBe(5000);
    other.add(100);
    expect(budget.allowance(5000)).toBe(100);
    expect(budget.allowance(50)).toBe(50);
    greedy.release(500);
    expect([greedy.pending, other.pending, budget.pending]).toEqual([400, 100, 500]);
    expect(budget.allowance(5000)).toBe(5000);
  });

  it('takes an account back once, whatever is released after that', () => {
    const budget = new PendingBudget({ total: 1000 });
    const account = budget.open();
    account.add(300);
    account.close();
    account.release(300);
    account.close();
    expect(budget.pending).toBe(0);
  });
});

describe('ClientQueue', () => {
  const frame = (/** @type {number} */ size) => {
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint16(0, 0x4000);
    new DataView(bytes.buffer).setUint16(2, size - 4);
    return bytes;
  };
  const stuck = { bufferedAmount: () => 1e9, write: () => {} };

  it('drops datagrams beyond its share while others fill the budget, and keeps control', () => {
    const budget = new PendingBudget({ total: 10_000, share: 2000 });
    const other = budget.open();
    let dropped = 0;
    const queue = new ClientQueue(stuck, {
      budget,
      maxPendingBytes: 1e6,
      onDropped: () => dropped++,
      onOverrun: () => {},
    });
    for (let i = 0; i < 4; i++) queue.push(frame(1000));
    expect(dropped).toBe(0);
    other.add(10_000);
    queue.push(frame(1000));
    expect(dropped).toBe(1);
    queue.push(Uint8Array.of(1, 1, 0, 0, ...new Uint8Array(16)));
    expect(budget.pending).toBe(14_256);
    queue.close();
    expect(budget.pending).toBe(10_000);
    queue.push(frame(1000));
    expect(budget.pending).toBe(10_000);
  });

  // Datagrams of no bytes are frames of four.
  it('counts what a frame takes, however short it is', () => {
    const budget = new PendingBudget({ total: 1e9 });
    let dropped = 0;
    const written = [];
    const queue = new ClientQueue(
      {
        // A socket that says what it was given, and never sends it.
        bufferedAmount: () => written.reduce((sum, [length]) => sum + length, 0),
        write: (bytes, done) => written.push([bytes.length, done]),
      },
      { budget, maxPendingBytes: 1024 * 1024, onDropped: () => dropped++, onOverrun: () => {} },
    );
    queue.start();
    const pushed = 10_000;
    for (let i = 0; i < pushed; i++) {
      queue.push(frame(4));
      // One in each turn.
      queue.flush();
    }
    // A quarter of a MiB in the socket, one MiB behind it.
    expect(written.length).toBeLessThanOrEqual(1024);
    expect(pushed - dropped - written.length).toBeLessThanOrEqual(4096);
    expect(budget.pending).toBeGreaterThan(1024 * 1024);
    expect(budget.pending).toBeLessThanOrEqual(1.25 * 1024 * 1024);
    while (written.length > 0) written.shift()[1]();
    expect(budget.pending).toBe(0);
  });

  it('gives back what was written or dropped', () => {
    const budget = new PendingBudget({ total: 1e6 });
    const written = [];
    let full = false;
    const queue = new ClientQueue(
      {
        bufferedAmount: () => (full ? 1e9 : 0),
        write: (bytes, done) => written.push([bytes.length, done]),
      },
      { budget, maxPendingBytes: 2000, onDropped: () => {}, onOverrun: () => {} },
    );
    queue.start();
    queue.push(frame(800));
    queue.flush();
    expect(budget.pending).toBe(800);
    full = true;
    for (let i = 0; i < 9; i++) queue.push(frame(800));
    queue.flush();
    expect(budget.pending).toBeLessThanOrEqual(800 + 2000);
    full = false;
    written[0][1]();
    for (const [, done] of written.slice(1)) done();
    expect(budget.pending).toBe(0);
  });
});

describe('ConnectionLimits', () => {
  it('counts per address and in total, and takes a place back once', () => {
    const limits = new ConnectionLimits({ total: 3, perAddress: 2 });
    const first = limits.acquire('a');
    expect(limits.acquire('a')).toBeDefined();
    expect(limits.acquire('a')).toBeUndefined();
    expect(limits.acquire('b')).toBeDefined();
    expect(limits.acquire('c')).toBeUndefined();
    first();
    first();
    expect(limits.open).toBe(2);
    expect(limits.acquire('a')).toBeDefined();
    expect(limits.acquire('a')).toBeUndefined();
  });
});

describe('RateLimit', () => {
  it('allows a burst, then the rate', () => {
    let time = 0;
    const limit = new RateLimit({ perSecond: 2, burst: 3, now: () => time });
    const takeAll = () => [1, 2, 3, 4].filter(() => limit.take()).length;
    expect(takeAll()).toBe(3);
    time = 1000;
    expect(takeAll()).toBe(2);
    time = 100_000;
    expect(takeAll()).toBe(3);
  });

  it('goes on when the clock is set back', () => {
    let time = 3_600_000;
    const limit = new RateLimit({ perSecond: 1, burst: 2, now: () => time });
    expect(limit.take()).toBe(true);
    time = 0;
    expect([limit.take(), limit.take()]).toEqual([true, false]);
    time = 1000;
    expect(limit.take()).toBe(true);
  });

  it('remembers a bounded number of keys and forgets those that rest', () => {
    let time = 0;
    const limits = new RateLimits({ perSecond: 1, burst: 1, maxKeys: 2, now: () => time });
    expect([limits.take('a'), limits.take('b'), limits.take('c')]).toEqual([true, true, false]);
    time = 5000;
    expect(limits.take('c')).toBe(true);
  });
});

describe('createLogger', () => {
  it('writes one JSON object a line, from its level up', () => {
    const lines = [];
    const log = createLogger({
      level: 'warn',
      write: (line) => lines.push(line),
      clock: () => new Date(0),
    });
    log.info('quiet');
    log.warn('loud', { text: 'two\nlines' });
    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"loud","text":"two\\nlines"}\n',
    ]);
  });
});

describe('the text format of the log', () => {
  it('has a line for people, in which nobody can fake another', () => {
    const lines = [];
    const log = createLogger({
      format: 'text',
      write: (line) => lines.push(line),
      clock: () => new Date(0),
    });
    log.warn('refused', { origin: 'evil\n1970 fake', port: 80, address: '::1', gone: undefined });
    expect(lines).toEqual([
      '1970-01-01T00:00:00.000Z warn  refused origin="evil\\n1970 fake" port=80 address=::1\n',
    ]);
  });
});

describe('the log in either format', () => {
  it.each(['json', 'text'])('%s: has nothing in it that a terminal obeys', (format) => {
    const lines = [];
    const log = createLogger({ format, write: (line) => lines.push(line) });
    // CSI and NEL of ISO 6429, DEL, and what script takes for the end of a line.
    log.warn('refused', { origin: '\x1b[2J\x9b2J\x85\x7f\u2028\u2029é' });
    expect(lines[0]).toContain('\\u001b[2J\\u009b2J\\u0085\\u007f\\u2028\\u2029é');
    expect(lines[0].slice(0, -1)).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029]/);
  });
});

describe('a limited log', () => {
  it('says how many lines of an event it left out, and leaves out no error', () => {
    const lines = [];
    let ms = 0;
    const log = createLogger({
      limited: true,
      write: (line) => lines.push(JSON.parse(line)),
      clock: () => new Date(ms),
    });
    for (let i = 0; i < 1000; i++) log.warn('refused');
    log.warn('other');
    for (let i = 0; i < 300; i++) log.error('broken');
    const count = (event) => lines.filter((line) => line.event === event).length;
    expect([count('refused'), count('other'), count('broken')]).toEqual([200, 1, 300]);
    ms = 1000;
    log.warn('refused');
    log.warn('refused');
    expect(lines.at(-2)).toMatchObject({ event: 'refused', suppressed: 800 });
    expect(lines.at(-1)).not.toHaveProperty('suppressed');
  });
});

describe('NameChannel', () => {
  function create(options) {
    const sent = [];
    const asked = [];
    const channel = new NameChannel({
      resolve: async (name) => {
        asked.push(name);
        return ['192.0.2.1'];
      },
      send: (message) => sent.push(message),
      ...options,
    });
    return { channel, sent, asked };
  }
  const question = (id, resolve = 'a.local') => JSON.stringify({ id, resolve });

  it('keeps questions until there is an allocation', async () => {
    const { channel, sent, asked } = create();
    channel.receive(question(1));
    await null;
    expect(asked).toEqual([]);
    channel.allocated();
    await null;
    await null;
    expect(sent).toEqual([{ id: 1, addresses: ['192.0.2.1'] }]);
  });

  it('looks nothing up that is not one label before .local', async () => {
    const { channel, sent, asked } = create();
    channel.allocated();
    for (const name of [
      'example.com',
      'x.y.local',
      'local',
      'a.local.example.com',
      'é.local',
      '',
    ]) {
      expect(channel.receive(question(1, name))).toBe(true);
    }
    await null;
    expect(asked).toEqual([]);
    expect(sent.every(({ addresses, error }) => addresses.length === 0 && error)).toBe(true);
  });

  it('says no to what no client of ours would send', () => {
    const { channel } = create();
    const wrong = ['', '{', '[]', 'null', '{"id":1}', '{"id":"1","resolve":"a.local"}'];
    for (const text of wrong) expect(channel.receive(text)).toBe(false);
    expect(channel.receive(`{"id":1,"resolve":"a.local","x":"${'x'.repeat(2000)}"}`)).toBe(false);
  });

  it('answers with nothing where the look-up fails', async () => {
    const resolve = async () => {
      throw new Error('ENOTFOUND');
    };
    const { channel, sent } = create({ resolve });
    channel.allocated();
    channel.receive(question(1));
    while (sent.length === 0) await null;
    expect(sent).toEqual([{ id: 1, addresses: [] }]);
  });

  it('bounds the questions that wait and the rate of all', () => {
    const { channel, sent } = create({ rate: new RateLimit({ perSecond: 0, burst: 18 }) });
    for (let id = 0; id < 20; id++) channel.receive(question(id));
    expect(sent.map(({ error }) => error)).toEqual([
      'busy',
      'busy',
      'too many questions',
      'too many questions',
    ]);
  });

  it('sends nothing once it is closed', async () => {
    const { channel, sent } = create();
    channel.allocated();
    channel.receive(question(1));
    channel.close();
    await null;
    await null;
    expect(sent).toEqual([]);
  });
});

describe('Sweeper', () => {
  function create() {
    let time = 0;
    const limits = { handshakeTimeoutMs: 1000, idleTimeoutMs: 5000, pingIntervalMs: 2000 };
    const sweeper = new Sweeper(limits, { now: () => time });
    onCleanup(() => sweeper.close());
    const seen = [];
    const watch = sweeper.watch({
      idle: (reason) => seen.push(reason),
      ping: () => seen.push('ping'),
      dead: () => seen.push('dead'),
    });
    const at = (ms) => {
      time = ms;
      sweeper.sweep();
    };
    return { watch, at, seen };
  }

  it('ends a client that has no allocation in time, once', () => {
    const { at, seen } = create();
    at(999);
    expect(seen).toEqual([]);
    at(1000);
    at(9000);
    expect(seen).toEqual(['no allocation in time']);
  });

  it('pings, and ends a client that does not answer', () => {
    const { watch, at, seen } = create();
    watch.established();
    at(2000);
    watch.alive();
    at(3000);
    at(4000);
    at(6000);
    expect(seen).toEqual(['ping', 'ping', 'idle for too long']);
  });

  it('calls a client dead that answers no ping', () => {
    const { watch, at, seen } = create();
    watch.established();
    at(2000);
    at(4000);
    expect(seen).toEqual(['ping', 'dead']);
  });

  it('leaves active clients alone', () => {
    const { watch, at, seen } = create();
    watch.established();
    for (let ms = 0; ms < 20_000; ms += 1000) {
      at(ms);
      watch.active();
    }
    expect(seen).toEqual([]);
  });
});

describe('chooseRelayAddresses', () => {
  const list = ({ family }) =>
    family === 6 ? [] : [{ address: '192.0.2.5', family: 4, internal: false }];
  const choose = (options) =>
    chooseRelayAddresses(normalizeOptions({ secrets: ['s'], ...options }), list);

  it('opens nothing to the network for a relay on loopback', () => {
    expect(choose({})).toEqual({ 4: { bind: '127.0.0.1', advertise: '127.0.0.1' } });
  });

  it('takes all addresses when it listens on all or serves its own interfaces', () => {
    const all = { 4: { bind: '0.0.0.0', advertise: '192.0.2.5' } };
    expect(choose({ listen: ['0.0.0.0'] })).toEqual(all);
    expect(choose({ allowInterfaces: true })).toEqual(all);
  });

  it('does as the operator says', () => {
    const told = {
      relayAddresses: ['10.0.0.9', '2001:db8::9'],
      externalAddresses: ['203.0.113.9'],
    };
    expect(choose(told)).toEqual({
      4: { bind: '10.0.0.9', advertise: '203.0.113.9' },
      6: { bind: '2001:db8::9', advertise: '2001:db8::9' },
    });
  });
});

describe('RelaySockets', () => {
  // coturn CVE-2025-69217: who knows some ports of a relay that draws them with a weak generator
  // knows the next ones, and can send to them.
  it('open on ports that say nothing of each other', async () => {
    const sockets = new RelaySockets({
      addresses: { 4: { bind: '127.0.0.1', advertise: '127.0.0.1' } },
      minPort: 20_000,
      maxPort: 65_535,
      log: recordLog().log,
    });
    onCleanup(() => sockets.close());
    const ports = [];
    sockets.attach({ opened: (id, address, port) => ports.push(port), failed() {}, datagram() {} });
    for (let id = 1; id <= 64; id++) await sockets.openSocket(id, 4);
    expect(ports).toHaveLength(64);
    const steps = new Set(ports.slice(1).map((port, i) => port - ports[i]));
    // Of 63 steps, each one of 90,000, hardly two are alike.
    expect(steps.size).toBeGreaterThan(50);
  });
});
