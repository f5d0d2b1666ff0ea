// What the relay reads of whoever reaches it, on texts of fast-check's making. The same every time;
// FAST_CHECK_SEED=<number> tries others.

import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { TrustedProxies } from '../../../js/relay/client-address.js';
import { subscriberOf } from '../../../js/relay/limits.js';
import { NameChannel } from '../../../js/relay/mdns.js';
import { createStaticFiles } from '../../../js/relay/static-files.js';
import { onCleanup } from './support/harness.js';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

const address = fc.oneof(fc.ipV4(), fc.ipV6());

describe('Questions about names', () => {
  const question = fc.record({
    resolve: fc.oneof(
      fc.stringMatching(/^[a-z0-9-]{1,10}\.local$/),
      fc.constantFrom('example.org', 'local', '.local', 'a.local.', 'x\0.local'),
      fc.anything(),
    ),
    id: fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, 2 ** 60, '7', null)),
  });
  const text = fc.oneof(
    { weight: 6, arbitrary: question.map((one) => toJson(one)) },
    fc.json(),
    fc.string(),
    fc.constant(`{"resolve":"${'a'.repeat(2000)}.local","id":1}`),
  );
  const toJson = (value) => {
    try {
      return JSON.stringify(value);
    } catch (error) {
      return '';
    }
  };

  it('are answered once each, be they answered or refused, and nothing else is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 40 }),
        fc.nat({ max: 40 }),
        async (texts, allocatedAt) => {
          const answers = [];
          const asked = [];
          const channel = new NameChannel({
            resolve: async (hostname) => {
              asked.push(hostname);
              if (hostname.length % 3 === 0) throw new Error('not to be found');
              return ['192.0.2.1'];
            },
            send: (message) => answers.push(message),
          });
          const taken = [];
          texts.forEach((one, at) => {
            if (at === allocatedAt) channel.allocated();
            if (channel.receive(one)) taken.push(JSON.parse(one).id);
          });
          channel.allocated();
          await new Promise((resolve) => setImmediate(resolve));
          expect(answers.map(({ id }) => id).sort()).toEqual(taken.sort());
          for (const hostname of asked) expect(hostname).toMatch(/.\.local\.?$/i);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('Addresses of clients', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8:1::/48']);
  const proxy = fc.constantFrom('10.1.2.3', '::ffff:10.9.9.9', '2001:db8:1::5');
  const entry = fc.oneof(
    address,
    proxy,
    fc.ipV4().map((one) => `${one}:1234`),
    fc.ipV6().map((one) => `[${one}]:1234`),
    fc.string({ maxLength: 8 }),
  );
  const request = (remoteAddress, header) => ({
    socket: { remoteAddress },
    headers: { 'x-forwarded-for': header },
  });

  it('are addresses, and no proxy of ours as long as one names another', () => {
    fc.assert(
      fc.property(proxy, fc.array(entry, { maxLength: 5 }), (remote, entries) => {
        const client = proxies.clientOf(request(remote, entries.join(', ')));
        expect(isIP(client)).not.toBe(0);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(proxy, address, fc.array(proxy, { maxLength: 3 }), (remote, client, others) => {
        // A mapped address is told as the one that it maps.
        fc.pre(!proxies.includes(client) && !/:.*\./.test(client));
        const found = proxies.clientOf(request(remote, ['hearsay', client, ...others].join(',')));
        expect(found).toBe(client);
      }),
    );
  });

  it('are those who connected where no proxy did, whatever they say', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.array(entry, { maxLength: 5 }), (remote, entries) => {
        fc.pre(!proxies.includes(remote));
        expect(proxies.clientOf(request(remote, entries.join(',')))).toBe(remote);
      }),
    );
  });

  it('of one IPv6 network count as one subscriber, however they are written', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const groups = fc.array(group, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(groups, groups, groups, (network, one, other) => {
        const full = [...network, ...one].map((part) => part.toString(16).padStart(4, '0'));
        const short = new URL(
          `http://[${[...network, ...other].map((p) => p.toString(16)).join(':')}]`,
        );
        // Those that map IPv4 addresses are no networks.
        fc.pre(network.some((part) => part !== 0));
        expect(subscriberOf(full.join(':'))).toBe(subscriberOf(short.hostname.slice(1, -1)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('Paths', () => {
  it('lead to files of the directory alone', async () => {
    const root = mkdtempSync(join(tmpdir(), 'relay-files-'));
    onCleanup(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'public/sub'), { recursive: true });
    writeFileSync(join(root, 'secret.txt'), 'secret');
    writeFileSync(join(root, 'public/.hidden'), 'secret');
    writeFileSync(join(root, 'public/index.html'), 'public');
    writeFileSync(join(root, 'public/sub/page.html'), 'public');
    symlinkSync(join(root, 'secret.txt'), join(root, 'public/sub/link.txt'));
    const serve = createStaticFiles([{ prefix: '/', directory: join(root, 'public') }]);
    const part = fc.constantFrom(
      ...['..', '.', '%2e%2e', '%2E.', 'sub', 'page.html', 'link.txt', 'secret.txt', '.hidden'],
      ...['%2f', '%5c', '\\', '%00', '%', '', 'index.html', '%252e%252e', 'public'],
    );
    let served = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const body = [];
        const response = new Writable({
          write: (chunk, _, done) => done(body.push(chunk) && undefined),
        });
        response.writeHead = () => {};
        response.req = { socket: Object.assign(new Writable(), { destroyed: false }) };
        const done = new Promise((resolve) => response.on('finish', resolve));
        if (!(await serve(`/${parts.join('/')}`, 'GET', response))) return;
        await done;
        expect(String(Buffer.concat(body))).toBe('public');
        served++;
      }),
      { numRuns: 600 },
    );
    expect(served).toBeGreaterThan(20);
  });
});
