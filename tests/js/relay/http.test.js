import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { onCleanup, startRelay, startUpstream } from './support/harness.js';

async function startBridge(options) {
  const upstream = await startUpstream();
  return startRelay({ upstreams: [upstream.address], ...options });
}

/** Plain HTTP with exactly these headers and path, which `fetch` would tidy up. */
async function ask(relay, path, headers = {}, method = 'GET') {
  const { port } = new URL(relay.httpUrl);
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
  request.end();
  const [response] = await once(request, 'response');
  const pieces = await response.toArray();
  return {
    status: response.statusCode,
    headers: response.headers,
    text: `${Buffer.concat(pieces)}`,
  };
}

/** The HTTP status of an upgrade; 101 when it went through. */
function upgrade(url, headers = {}) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, ['binary'], { headers });
    onCleanup(() => socket.terminate());
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('error', () => {});
  });
}

describe('GET /credentials', () => {
  const options = { issueCredentials: true, secrets: ['s1', 's2'], credentialsTtl: 600 };

  it('issues a username that expires and the matching HMAC, by the first secret', async () => {
    const relay = await startBridge(options);
    const before = Math.floor(Date.now() / 1000);
    const { status, headers, text } = await ask(relay, '/credentials');
    const { username, password, ttl, uris } = JSON.parse(text);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(ttl).toBe(600);
    expect(Number(username.split(':')[0])).toBeGreaterThanOrEqual(before + 600);
    expect(password).toBe(createHmac('sha1', 's1').update(username).digest('base64'));
    expect(uris[0]).toBe(relay.url);
    expect(JSON.parse((await ask(relay, '/credentials')).text).username).not.toBe(username);
  });

  it('brings no fresh quota to who asks again', async () => {
    const relay = await startBridge({
      ...options,
      trustedProxies: ['127.0.0.1'],
      limits: { maxConnectionsPerAddress: 150, maxAllocationsPerUser: 50 },
    });
    const usersOf = async (address) => {
      const users = new Set();
      for (let i = 0; i < 12; i++) {
        const { text } = await ask(relay, '/credentials', { 'X-Forwarded-For': address });
        users.add(JSON.parse(text).username.split(':')[1]);
      }
      return [...users].sort();
    };
    const users = await usersOf('198.51.100.1');
    // Of 50 allocations each, as many as there may be connections.
    expect(users).toHaveLength(3);
    expect(await usersOf('198.51.100.1')).toEqual(users);
    const others = await usersOf('2001:db8::1');
    expect(others.filter((user) => users.includes(user))).toEqual([]);
    expect(await usersOf('2001:db8::2')).toEqual(others);
  });

  it('does not exist unless it was asked for', async () => {
    const relay = await startBridge({ secrets: ['s'] });
    expect((await ask(relay, '/credentials')).status).toBe(404);
  });

  it("is open to the relay's own pages and closed to others, by default", async () => {
    const relay = await startBridge(options);
    const host = new URL(relay.httpUrl).host;
    const status = async (headers) => (await ask(relay, '/credentials', headers)).status;
    expect(await status({ Origin: `http://${host}` })).toBe(200);
    expect(await status({ 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
    expect(await status({ Origin: 'https://evil.example' })).toBe(403);
    expect(await status({ Origin: 'null' })).toBe(403);
    expect(await status({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
  });

  it('does not fall for a name that was rebound to it', async () => {
    const relay = await startBridge(options);
    const rebound = { Host: 'evil.example:80', Origin: 'http://evil.example:80' };
    expect((await ask(relay, '/credentials', rebound)).status).toBe(403);
    expect((await ask(relay, '/credentials', { Host: 'evil.example' })).status).toBe(403);
  });

  it('is open to listed origins alone when there is a list', async () => {
    const relay = await startBridge({ ...options, allowOrigins: ['https://app.example'] });
    const listed = await ask(relay, '/credentials', { Origin: 'https://app.example' });
    expect(listed.status).toBe(200);
    expect(listed.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(listed.headers.vary).toBe('Origin');
    expect((await ask(relay, '/credentials', { Origin: 'https://app.example.org' })).status).toBe(
      403,
    );
    expect((await ask(relay, '/credentials')).status).toBe(403);
  });

  it('answers preflights and refuses other methods', async () => {
    const relay = await startBridge(options);
    const own = { Origin: relay.httpUrl.slice(0, -1) };
    expect((await ask(relay, '/credentials', own, 'OPTIONS')).status).toBe(204);
    expect((await ask(relay, '/credentials', own, 'POST')).status).toBe(405);
  });

  it('limits how often one address may ask', async () => {
    const relay = await startBridge(options);
    const statuses = [];
    for (let i = 0; i < 80; i++) statuses.push((await ask(relay, '/credentials')).status);
    expect(statuses[0]).toBe(200);
    expect(statuses).toContain(429);
  });
});

describe('static files', () => {
  async function startWithFiles() {
    const folder = await mkdtemp(join(tmpdir(), 'static-'));
    onCleanup(() => rm(folder, { recursive: true }));
    const site = join(folder, 'site');
    await mkdir(join(site, 'sub'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(site, 'index.html'), '<h1>hi</h1>');
    await writeFile(join(site, 'sub', 'index.html'), 'sub');
    await writeFile(join(site, 'a b.wasm'), 'wasm');
    await writeFile(join(site, '.env'), 'secret');
    await symlink(join(folder, 'secret.txt'), join(site, 'link.txt'));
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'x.js'), 'js');
    return startBridge({
      mounts: [
        { prefix: '/', directory: site },
        { prefix: '/lib/', directory: join(folder, 'other') },
      ],
    });
  }

  it('serves files with their types, and index.html for directories', async () => {
    const relay = await startWithFiles();
    const page = await ask(relay, '/');
    expect(page).toMatchObject({ status: 200, text: '<h1>hi</h1>' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(await ask(relay, '/sub/?q=1')).toMatchObject({ status: 200, text: 'sub' });
    const wasm = await ask(relay, '/a%20b.wasm');
    expect(wasm.headers['content-type']).toBe('application/wasm');
    expect(await ask(relay, '/lib/x.js')).toMatchObject({ status: 200, text: 'js' });
    expect(await ask(relay, '/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/sub/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/lib/../../secret.txt',
    '/.env',
    '/link.txt',
    '/%00',
    '/%',
    '//etc/passwd',
    '/sub',
    '/nothing',
  ])('does not serve %s', async (path) => {
    const relay = await startWithFiles();
    expect(await ask(relay, path)).toMatchObject({ status: 404 });
  });

  it('knows no other methods', async () => {
    const relay = await startWithFiles();
    expect((await ask(relay, '/', {}, 'PUT')).status).toBe(405);
  });
});

describe('WebSocket upgrades', () => {
  it('are served at /relay and at the root, nowhere else', async () => {
    const relay = await startBridge({ signaling: false });
    const base = relay.url.replace('/relay', '');
    expect(await upgrade(relay.url)).toBe(101);
    expect(await upgrade(`${base}/`)).toBe(101);
    expect(await upgrade(`${base}/other`)).toBe(404);
    expect(await upgrade(`${base}/signal?room=a`)).toBe(404);
  });

  it('are refused to pages of other origins', async () => {
    const relay = await startBridge();
    expect(await upgrade(relay.url, { Origin: 'https://evil.example' })).toBe(403);
    expect(await upgrade(relay.url, { Origin: relay.httpUrl.slice(0, -1) })).toBe(101);
    const open = await startBridge({ allowOrigins: ['*'] });
    expect(await upgrade(open.url, { Origin: 'https://anybody.example' })).toBe(101);
  });

  it('are bounded per address, and places come back', async () => {
    const relay = await startBridge({ limits: { maxConnectionsPerAddress: 2 } });
    const first = new WebSocket(relay.url);
    await once(first, 'open');
    expect(await upgrade(relay.url)).toBe(101);
    expect(await upgrade(relay.url)).toBe(503);
    first.terminate();
    while (relay.stats().connections > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await upgrade(relay.url)).toBe(101);
  });
});

describe('logs', () => {
  it('never hold a password, a secret or a username', async () => {
    const relay = await startBridge({ issueCredentials: true, secrets: ['very-secret'] });
    const { username, password } = JSON.parse((await ask(relay, '/credentials')).text);
    await ask(relay, '/credentials', { Origin: 'https://evil.example' });
    await upgrade(relay.url);
    const text = JSON.stringify(relay.log.lines);
    expect(text).toContain('credentials-refused');
    for (const word of ['very-secret', username, password]) expect(text).not.toContain(word);
  });
});
