import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import {
  connectClient as client,
  startEchoPeer,
  startRelay,
  startTurnRelay,
  startUpstream,
} from './support/harness.js';
import { Transports } from './support/turn-client.js';

const health = async (relay) => {
  const response = await fetch(`${relay.httpUrl}health`);
  return { status: response.status, ...(await response.json()) };
};

describe('a relay that is drained', () => {
  it('serves those that are there, takes nobody new, and ends with the last of them', async () => {
    const relay = await startTurnRelay({ allowPeers: ['127.0.0.0/8'], drainTimeoutMs: 600_000 });
    const peer = await startEchoPeer();
    const [ws, udp] = [await client(relay, 'websocket'), await client(relay, 'udp')];
    const idle = await client(relay, 'tcp');
    expect(await ws.allocate()).toMatchObject({ ok: true });
    expect(await udp.allocate()).toMatchObject({ ok: true });
    await idle.binding();

    let ended = false;
    const drained = relay.drain().then(() => (ended = true));
    expect(await health(relay)).toEqual({ status: 503, healthy: true, draining: true });
    // Connected, but without an allocation until now.
    expect(await idle.allocate()).toMatchObject({ ok: false, code: 508 });
    expect(await (await client(relay, 'udp')).allocate()).toMatchObject({ ok: false, code: 508 });
    const refused = new WebSocket(relay.url, ['binary']);
    refused.on('error', () => {});
    const [, response] = await once(refused, 'unexpected-response');
    expect(response.statusCode).toBe(503);
    const late = connect(relay.ports.turnTcp, '127.0.0.1');
    expect((await once(late, 'error'))[0].code).toBe('ECONNREFUSED');

    // Old sessions go on as if nothing were.
    for (const one of [ws, udp]) {
      expect(await one.bindChannel(0x4000, peer.address, peer.port)).toMatchObject({ ok: true });
      one.sendOnChannel(0x4000, 'still here');
      expect(`${(await one.datagram()).data}`).toBe('still here');
      expect(await one.refresh(600)).toMatchObject({ ok: true });
    }
    ws.close();
    await relay.log.next('turn-deallocated');
    expect(ended).toBe(false);
    expect(await udp.refresh(0)).toMatchObject({ ok: true });
    await drained;
    expect(relay.log.lines).toContainEqual(expect.objectContaining({ event: 'drained', left: 0 }));
    await expect(fetch(relay.httpUrl)).rejects.toThrow();
  });

  it('ends at once when nobody has an allocation', async () => {
    const relay = await startTurnRelay({ drainTimeoutMs: 600_000 });
    const idle = await client(relay, 'websocket');
    const closed = once(idle.transport.socket, 'close');
    await relay.drain();
    expect((await closed)[0]).toBe(1001);
  });

  it('waits no longer than it was told', async () => {
    const relay = await startTurnRelay({ drainTimeoutMs: 20 });
    const one = await client(relay, 'websocket');
    await one.allocate();
    const closed = once(one.transport.socket, 'close');
    await relay.drain();
    expect((await closed)[0]).toBe(1001);
    expect(relay.log.lines).toContainEqual(expect.objectContaining({ event: 'drained', left: 1 }));
  });

  it('can be closed all the same', async () => {
    const relay = await startTurnRelay({ drainTimeoutMs: 600_000 });
    const one = await client(relay, 'tcp');
    await one.allocate();
    const drained = relay.drain();
    await relay.close();
    await drained;
  });

  it('as a bridge keeps its WebSockets until they end', async () => {
    const upstream = await startUpstream({ serve: (socket, first) => socket.write(first) });
    const relay = await startRelay({ upstreams: [upstream.address], drainTimeoutMs: 600_000 });
    const { socket } = await Transports.websocket(relay.url);
    const drained = relay.drain();
    const echoed = once(socket, 'message');
    socket.send(Buffer.alloc(20, 3));
    await echoed;
    await expect(Transports.websocket(relay.url)).rejects.toThrow(/503/);
    socket.close();
    await drained;
  });
});
