import { once } from 'node:events';
import { WebSocket } from 'ws';
import { PendingBudget } from '../../../js/relay/limits.js';
import { Signaling } from '../../../js/relay/signaling.js';
import { createServer } from 'node:http';
import { onCleanup, recordLog } from './support/harness.js';

async function startSignaling(limits, budget) {
  const signaling = new Signaling({ limits, budget, log: recordLog().log });
  const server = createServer();
  server.on('upgrade', (request, stream, head) => {
    const status = signaling.upgrade(request, stream, head, new URL(request.url, 'http://x'));
    if (status) stream.end(`HTTP/1.1 ${status} No\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    signaling.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return `ws://127.0.0.1:${server.address().port}/signal`;
}

async function join(url, room) {
  const socket = new WebSocket(`${url}?room=${room}`);
  onCleanup(() => socket.terminate());
  const queue = [];
  let wake = () => {};
  socket.on('message', (data) => {
    queue.push(JSON.parse(data));
    wake();
  });
  const next = async () => {
    while (queue.length === 0) await new Promise((resolve) => (wake = resolve));
    return queue.shift();
  };
  await once(socket, 'open');
  const welcome = await next();
  return { socket, next, welcome, id: welcome.id, send: (m) => socket.send(JSON.stringify(m)) };
}

async function refusal(url) {
  const socket = new WebSocket(url);
  const [, response] = await once(socket, 'unexpected-response');
  socket.on('error', () => {});
  socket.terminate();
  return response.statusCode;
}

describe('signalling rooms', () => {
  it('tell members of each other and relay what they say', async () => {
    const url = await startSignaling();
    const alice = await join(url, 'r');
    expect(alice.welcome).toEqual({ type: 'welcome', id: alice.id, members: [] });
    const bob = await join(url, 'r');
    expect(bob.welcome.members).toEqual([alice.id]);
    expect(await alice.next()).toEqual({ type: 'join', id: bob.id });
    alice.send({ description: { type: 'offer' } });
    expect(await bob.next()).toEqual({
      type: 'message',
      from: alice.id,
      data: { description: { type: 'offer' } },
    });
    bob.socket.close();
    expect(await alice.next()).toEqual({ type: 'leave', id: bob.id });
  });

  it('keep rooms apart, and deliver to one member when told to', async () => {
    const url = await startSignaling();
    const [a, b, c] = [await join(url, 'r'), await join(url, 'r'), await join(url, 'r')];
    const outsider = await join(url, 'other');
    await a.next();
    await a.next();
    await b.next();
    a.send({ to: c.id, text: 'only you' });
    a.send({ text: 'all' });
    outsider.send({ text: 'not for r' });
    expect(await c.next()).toMatchObject({ data: { text: 'only you' } });
    expect(await b.next()).toMatchObject({ data: { text: 'all' } });
    expect(await c.next()).toMatchObject({ data: { text: 'all' } });
    a.send({ to: 'nobody' });
    expect(await a.next()).toMatchObject({ type: 'error' });
  });

  it('take JSON objects and nothing else', async () => {
    const url = await startSignaling();
    const a = await join(url, 'r');
    const b = await join(url, 'r');
    await a.next();
    for (const text of ['not json', '[1]', 'null', '7']) {
      b.socket.send(text);
      expect(await b.next()).toMatchObject({ type: 'error' });
    }
    b.socket.send(Buffer.from('{}'));
    expect(await b.next()).toMatchObject({ type: 'error' });
    b.send({ ok: 1 });
    expect(await a.next()).toMatchObject({ data: { ok: 1 } });
  });

  it('outlive what JSON can hold and script cannot turn into text', async () => {
    const url = await startSignaling();
    const a = await join(url, 'r');
    const b = await join(url, 'r');
    await a.next();
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    for (const text of [
      '{"to":{"toString":1}}',
      '{"to":[{"toString":null,"valueOf":null}]}',
      '{"to":null}',
      `{"to":${deep}}`,
      `{"to":"${a.id}","deep":${deep}}`,
      `{"deep":${deep}}`,
    ]) {
      b.socket.send(text);
      expect(await b.next()).toMatchObject({ type: 'error' });
    }
    b.send({ to: a.id, ok: 1 });
    expect(await a.next()).toMatchObject({ data: { ok: 1 } });
  });

  it('charge what members do not read to what all clients may have waiting', async () => {
    const budget = new PendingBudget({ total: 1e9 });
    const url = await startSignaling({ burst: 1e6 }, budget);
    const slow = await join(url, 'r');
    const talker = await join(url, 'r');
    await slow.next();
    slow.socket.pause();
    const text = 'x'.repeat(60_000);
    while (budget.pending < 500_000) {
      if (talker.socket.bufferedAmount < 1e6) talker.send({ text });
      await new Promise((resolve) => setImmediate(resolve));
    }
    slow.socket.resume();
    while (budget.pending > 0) await slow.next();
    expect(slow.socket.readyState).toBe(slow.socket.OPEN);
  });

  it('are bounded in members, number, names, size and rate', async () => {
    const url = await startSignaling({
      maxMembers: 2,
      maxRooms: 2,
      maxMessageBytes: 100,
      messagesPerSecond: 1,
      burst: 5,
    });
    const a = await join(url, 'r');
    const b = await join(url, 'r');
    expect(await refusal(`${url}?room=r`)).toBe(503);
    const c = await join(url, 'r2');
    expect(await refusal(`${url}?room=r3`)).toBe(503);
    expect(await refusal(`${url}?room=`)).toBe(400);
    expect(await refusal(`${url}?room=a/b`)).toBe(400);
    expect(await refusal(url)).toBe(400);

    const tooLarge = once(a.socket, 'close');
    a.send({ text: 'x'.repeat(200) });
    expect((await tooLarge)[0]).toBe(1009);
    const tooMany = once(b.socket, 'close');
    for (let i = 0; i < 10; i++) b.send({ i });
    expect((await tooMany)[0]).toBe(1008);

    // An empty room makes place for another.
    c.socket.close();
    await once(c.socket, 'close');
    await join(url, 'r4');
  });

  it('let go of members that have nothing to say', async () => {
    const url = await startSignaling({ idleTimeoutMs: 1000, pingIntervalMs: 500 });
    const quiet = await join(url, 'r');
    const [code, reason] = await once(quiet.socket, 'close');
    expect([code, String(reason)]).toEqual([1008, 'idle for too long']);
  });

  it('ask their members for signs of life, and let go of those that give none', async () => {
    const url = await startSignaling({ pingIntervalMs: 500 });
    const asleep = await join(url, 'r');
    const awake = await join(url, 'r');
    const pinged = once(awake.socket, 'ping');
    const closed = once(asleep.socket, 'close');
    asleep.socket.pong = () => {};
    await pinged;
    expect(await awake.next()).toEqual({ type: 'leave', id: asleep.id });
    expect((await closed)[0]).toBe(1006);
  });
});
