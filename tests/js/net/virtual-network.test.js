import { NatKind, VirtualNetwork } from '../../../js/net/index.js';
import { RecordingSink } from './support/recording-sink.js';

const text = (value) => new TextEncoder().encode(value);

async function connect(network, host) {
  const sink = new RecordingSink();
  const attachment = host.attach(sink);
  attachment.gather();
  await network.run(0);
  return { sink, attachment, interface: sink.of('interface')[0] };
}

async function createPair(options) {
  const network = new VirtualNetwork(options);
  const a = await connect(network, network.host({ addresses: ['192.0.2.1'] }));
  const b = await connect(network, network.host({ addresses: ['192.0.2.2'], name: 'bob.local' }));
  const send = (data) =>
    a.attachment.send(a.interface.id, '192.0.2.2', b.interface.port, text(data));
  const received = () => b.sink.of('datagram').map(({ data }) => new TextDecoder().decode(data));
  return { network, a, b, send, received };
}

describe('VirtualNetwork', () => {
  it('delivers a datagram after the latency of both links and not before', async () => {
    const { network, a, b, send, received } = await createPair({ link: { latency: 10 } });
    send('hi');
    await network.run(19);
    expect(received()).toEqual([]);
    await network.run(1);
    expect(received()).toEqual(['hi']);
    expect(network.now()).toBe(20);
    expect(b.sink.of('datagram')[0]).toMatchObject({
      address: '192.0.2.1',
      port: a.interface.port,
    });
  });

  it('gives the same packets at the same times for the same seed, and others for another', async () => {
    const trace = async (seed) => {
      const link = { latency: 5, jitter: 10, loss: 0.2, duplicate: 0.1, reorder: 0.1 };
      const { network, send } = await createPair({ seed, link });
      const seen = [];
      network.tap((packet, fate, at) => seen.push([`${packet.data}`, fate, at]));
      for (let i = 0; i < 200; i++) send(`${i}`);
      await network.run(1000);
      return seen;
    };
    expect(await trace(7)).toEqual(await trace(7));
    expect(await trace(7)).not.toEqual(await trace(8));
  });

  it('loses about the share that it is told to', async () => {
    const { network, send, received } = await createPair({ seed: 3, link: { loss: 0.1 } });
    for (let i = 0; i < 1000; i++) send('x');
    await network.run(100);
    // Two links: 0.9² arrive.
    expect(received().length).toBeGreaterThan(770);
    expect(received().length).toBeLessThan(850);
    expect(network.fates().loss + network.fates().delivered).toBe(1000);
  });

  it('keeps the order under jitter and changes it only when told to reorder', async () => {
    const order = async (link) => {
      const { network, send, received } = await createPair({ seed: 5, link });
      for (let i = 0; i < 100; i++) send(`${i}`);
      await network.run(1000);
      return received().map(Number);
    };
    const sorted = Array.from({ length: 100 }, (_, i) => i);
    expect(await order({ jitter: 50 })).toEqual(sorted);
    const shuffled = await order({ reorder: 0.2 });
    expect(shuffled).not.toEqual(sorted);
    expect(shuffled.sort((x, y) => x - y)).toEqual(sorted);
  });

  it('gives each receiver of a duplicate its own bytes', async () => {
    const { network, b, send, received } = await createPair({ link: { duplicate: 1 } });
    send('twice');
    await network.run(10);
    expect(received()).toEqual(['twice', 'twice', 'twice', 'twice']);
    const buffers = new Set(b.sink.of('datagram').map(({ data }) => data.buffer));
    expect(buffers.size).toBe(4);
  });

  it('swallows packets beyond the MTU, headers counted', async () => {
    const { network, send, received } = await createPair({ link: { mtu: 128 } });
    send('x'.repeat(101));
    send('y'.repeat(100));
    await network.run(10);
    expect(received()).toEqual(['y'.repeat(100)]);
    expect(network.fates().mtu).toBe(1);
  });

  it('spaces packets by the rate of the link and drops the tail of its queue', async () => {
    const link = { latency: 0, rate: 8000, queue: 300 };
    const { network, send, received } = await createPair({ link });
    for (let i = 0; i < 10; i++) send('x'.repeat(72));
    await network.run(199);
    expect(received()).toHaveLength(0);
    await network.run(1);
    expect(received()).toHaveLength(1);
    await network.run(5000);
    expect(received()).toHaveLength(4);
    expect(network.fates().queue).toBe(6);
  });

  it('runs timers in order of time, and of making at one instant, never a cancelled one', async () => {
    const network = new VirtualNetwork();
    const host = network.host({ addresses: ['192.0.2.1'] });
    const seen = [];
    host.setTimer(() => seen.push('late'), 20);
    host.setTimer(() => seen.push('first'), 10);
    host.setTimer(() => seen.push('second'), 10);
    host.clearTimer(host.setTimer(() => seen.push('never'), 5));
    host.setTimer(() => seen.push('past'), -1);
    host.setTimer(() => seen.push('infinity'), Infinity);
    await network.run(1_000_000);
    expect(seen).toEqual(['past', 'first', 'second', 'late']);
    expect(network.pending).toBe(0);
  });

  it('stops as soon as the condition holds, and rejects when it never does', async () => {
    const { network, send, received } = await createPair({ link: { latency: 10 } });
    send('hi');
    await network.runUntil(() => received().length > 0);
    expect(network.now()).toBe(20);
    await expect(network.runUntil(() => false, { limitMs: 500 })).rejects.toThrow('500 ms');
    expect(network.now()).toBe(520);
  });

  it('lets promises and tasks run between two events', async () => {
    const network = new VirtualNetwork();
    const host = network.host({ addresses: ['192.0.2.1'] });
    const seen = [];
    host.setTimer(async () => {
      await null;
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(host.now());
      host.setTimer(() => seen.push(host.now()), host.now() + 5);
    }, 10);
    host.setTimer(() => seen.push(host.now()), 100);
    await network.run(200);
    expect(seen).toEqual([10, 15, 100]);
  });

  it('follows addresses that come and go', async () => {
    const { network, b, send, received } = await createPair();
    const host = b.attachment.host_;
    host.removeAddress('192.0.2.2');
    await network.run(0);
    expect(b.sink.of('removed')).toHaveLength(1);
    send('lost');
    await network.run(10);
    expect(network.fates().unroutable).toBe(1);
    host.addAddress('192.0.2.3');
    await network.run(0);
    expect(b.sink.of('interface')[1]).toMatchObject({ address: '192.0.2.3' });
    expect(received()).toEqual([]);
  });

  it('resolves the names of its hosts', async () => {
    const { network, a } = await createPair();
    a.attachment.resolve(1, 'Bob.local');
    a.attachment.resolve(2, 'nobody.local');
    await network.run(0);
    expect(a.sink.of('resolved').map(({ addresses }) => addresses)).toEqual([['192.0.2.2'], []]);
  });

  it('closes the port of a closed attachment', async () => {
    const { network, b, send } = await createPair();
    b.attachment.close();
    send('x');
    await network.run(10);
    expect(network.fates()['no-socket']).toBe(1);
    expect(network.pending).toBe(0);
  });

  it('lets a filter drop, change and multiply packets, and counts what it drops', async () => {
    const { network, a, b, send, received } = await createPair();
    const end = network.filter((packet, from) => {
      expect(from.addresses).toEqual(['192.0.2.1']);
      const word = new TextDecoder().decode(packet.data);
      if (word === 'drop') return null;
      if (word === 'change') return { ...packet, data: text('changed') };
      if (word === 'twice') return [packet, { ...packet, data: packet.data.slice() }];
      return undefined;
    });
    for (const word of ['drop', 'change', 'twice', 'leave']) send(word);
    await network.run(10);
    expect(received()).toEqual(['changed', 'twice', 'twice', 'leave']);
    expect(network.fates()).toMatchObject({ filtered: 1, delivered: 4 });
    end();
    send('drop');
    await network.run(10);
    expect(received().at(-1)).toBe('drop');
    for (const { attachment } of [a, b]) attachment.close();
  });

  it('lets timers and packets wait for a host that is suspended, as far as its buffer goes', async () => {
    const network = new VirtualNetwork();
    const host = network.host({ addresses: ['192.0.2.1'] });
    const other = network.host({ addresses: ['192.0.2.2'] });
    const seen = [];
    host.bind('192.0.2.1', 9, (source, { length }) => seen.push(length));
    const socket = other.bind('192.0.2.2', 0, () => {});
    host.suspend();
    host.setTimer(() => seen.push('timer'), 5);
    const cleared = host.setTimer(() => seen.push('never'), 6);
    for (let i = 0; i < 3; i++) {
      socket.send({ address: '192.0.2.1', port: 9 }, new Uint8Array(i === 2 ? 10 : 1000));
    }
    await network.run(10);
    expect(host.isSuspended).toBe(true);
    expect(seen).toEqual([]);
    host.clearTimer(cleared);
    host.resume();
    expect(seen).toEqual([1000, 1000, 10, 'timer']);
    host.suspend();
    for (let i = 0; i < 300; i++) {
      socket.send({ address: '192.0.2.1', port: 9 }, new Uint8Array(1000));
    }
    await network.run(10);
    host.resume();
    expect(seen.length - 4).toBe(Math.floor((208 * 1024) / 1000));
    expect(network.fates().queue).toBe(300 - (seen.length - 4));
  });

  it('can run in real time', async () => {
    const network = new VirtualNetwork({ realTime: true, link: { latency: 2 } });
    const host = network.host({ addresses: ['192.0.2.1'] });
    const other = network.host({ addresses: ['192.0.2.2'] });
    const received = [];
    other.bind('192.0.2.2', 9, (source, data) => received.push([source.address, `${data}`]));
    const before = performance.now();
    host.bind('192.0.2.1', 0, () => {}).send({ address: '192.0.2.2', port: 9 }, Buffer.from('x'));
    await network.runUntil(() => received.length > 0);
    expect(received).toEqual([['192.0.2.1', 'x']]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  });
});

describe('VirtualNat', () => {
  /** An inside host, and what it takes for a stranger to reach it. */
  async function admits(kind) {
    const network = new VirtualNetwork();
    const nat = network.nat({ address: '198.51.100.1', ...kind });
    const inside = network.host({ addresses: ['10.0.0.2'], nat });
    const seen = [];
    const socket = inside.bind('10.0.0.2', 5000, (source) => seen.push(source));
    const server = network.host({ addresses: ['192.0.2.1'] });
    const stranger = network.host({ addresses: ['192.0.2.2'] });
    const observed = [];
    const one = server.bind('192.0.2.1', 1, (source) => observed.push(source));
    const two = server.bind('192.0.2.1', 2, (source) => observed.push(source));
    const three = stranger.bind('192.0.2.2', 3, () => {});
    socket.send({ address: '192.0.2.1', port: 1 }, text('out'));
    await network.run(10);
    const external = observed[0];
    expect(external.address).toBe('198.51.100.1');
    const reaches = async (from) => {
      const before = seen.length;
      from.send(external, text('in'));
      await network.run(10);
      return seen.length > before;
    };
    const result = {
      samePort: await reaches(one),
      otherPort: await reaches(two),
      stranger: await reaches(three),
    };
    socket.send({ address: '192.0.2.1', port: 2 }, text('out'));
    await network.run(10);
    return { ...result, keepsPort: observed[1].port === external.port };
  }

  it.each([
    ['full cone', NatKind.fullCone, { otherPort: true, stranger: true, keepsPort: true }],
    ['restricted', NatKind.restricted, { otherPort: true, stranger: false, keepsPort: true }],
    [
      'port restricted',
      NatKind.portRestricted,
      { otherPort: false, stranger: false, keepsPort: true },
    ],
    ['symmetric', NatKind.symmetric, { otherPort: false, stranger: false, keepsPort: false }],
  ])('lets in whom a %s NAT lets in', async (_, kind, expected) => {
    expect(await admits(kind)).toEqual({ samePort: true, ...expected });
  });

  it('turns hairpins only when told to', async () => {
    for (const hairpin of [false, true]) {
      const network = new VirtualNetwork();
      const nat = network.nat({ address: '198.51.100.1', ...NatKind.fullCone, hairpin });
      const [a, b] = ['10.0.0.2', '10.0.0.3'].map((address) => {
        const seen = [];
        const host = network.host({ addresses: [address], nat });
        return { seen, socket: host.bind(address, 5000, (source) => seen.push(source)) };
      });
      b.socket.send({ address: '192.0.2.9', port: 1 }, text('opens a mapping'));
      await network.run(10);
      a.socket.send({ address: '198.51.100.1', port: 40_000 }, text('hairpin'));
      a.socket.send({ address: '10.0.0.3', port: 5000 }, text('neighbour'));
      await network.run(10);
      expect(b.seen.map(({ address }) => address)).toEqual(
        hairpin ? ['198.51.100.1', '10.0.0.2'] : ['10.0.0.2'],
      );
    }
  });
});
