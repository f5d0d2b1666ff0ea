import { ImpairedNetwork } from '../../../demo/call/impaired-network.js';
import { seededRandom } from '../../../js/net/virtual-link.js';

/** A network in virtual time whose one attachment notes what is asked of it. */
function fakeNetwork() {
  let now = 0;
  const timers = new Set();
  const network = {
    now: () => now,
    setTimer(callback, at) {
      const timer = { callback, at };
      timers.add(timer);
      return timer;
    },
    clearTimer: (timer) => timers.delete(timer),
    iceServers: () => [{ url: 'ws://relay.example/' }],
    written: [],
    sent: [],
    closedStreams: [],
    attach(sink) {
      network.sink = sink;
      return {
        gather: () => sink.interfacesComplete(),
        send: (...datagram) => network.sent.push([now, ...datagram]),
        openStream: ({ streamId }) => sink.streamOpened(streamId),
        sendStream: (streamId, data) =>
          network.written.push({ at: now, streamId, data: [...data] }),
        closeStream: (streamId) => network.closedStreams.push(streamId),
        resolve: (id) => sink.resolved(id, ['192.0.2.1']),
        bufferedAmount: () => 17,
        counters: () => ({ datagramsSent: 3 }),
        close: () => (network.isClosed = true),
      };
    },
    /** Lets time pass, timer by timer. */
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.callback();
      }
      now = end;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
  return network;
}

function open(impairment = {}, random = () => 0.999) {
  const inner = fakeNetwork();
  const network = new ImpairedNetwork(inner, { random });
  network.hurt(impairment);
  const seen = [];
  const attachment = network.attach({
    interfaceAdded: (info) => seen.push(['interfaceAdded', info]),
    interfaceRemoved: (id) => seen.push(['interfaceRemoved', id]),
    interfacesComplete: () => seen.push(['interfacesComplete']),
    datagram: (...args) => seen.push(['datagram', inner.now(), ...args]),
    streamOpened: (id) => seen.push(['streamOpened', id]),
    streamData: (id, data) => seen.push(['streamData', inner.now(), id, [...data]]),
    streamClosed: (...args) => seen.push(['streamClosed', ...args]),
    resolved: (...args) => seen.push(['resolved', ...args]),
  });
  return { inner, network, attachment, seen };
}

/** ChannelData with so many bytes in it, the first of which is `mark`. */
function channelData(mark, length = 8) {
  const frame = new Uint8Array(4 + ((length + 3) & ~3));
  frame.set([0x40, 0x01, length >> 8, length & 0xff]);
  if (length > 0) frame[4] = mark;
  return frame;
}

/** A Binding request, which a TURN stream must not lose. */
const control = () => new Uint8Array([0x00, 0x01, 0, 0, ...new Array(16).fill(7)]);
const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));

describe('a network that hurts', () => {
  it('passes everything on at once, as it is, as long as nothing is set', () => {
    const { inner, network, attachment, seen } = open();
    expect(network.iceServers()).toEqual([{ url: 'ws://relay.example/' }]);
    attachment.gather();
    attachment.openStream({ streamId: 1 });
    attachment.sendStream(1, join(control(), channelData(1), channelData(2)));
    attachment.send(5, '192.0.2.9', 9, channelData(3));
    attachment.resolve(4, 'x.local');
    inner.sink.streamData(1, channelData(9));
    inner.sink.datagram(5, '192.0.2.9', 9, channelData(8));
    inner.sink.streamClosed(1, 'lost', 'why');
    expect(inner.written.map(({ data }) => data).flat()).toEqual([
      ...join(control(), channelData(1), channelData(2)),
    ]);
    expect(inner.sent).toEqual([[0, 5, '192.0.2.9', 9, channelData(3)]]);
    expect(seen).toEqual([
      ['interfacesComplete'],
      ['streamOpened', 1],
      ['resolved', 4, ['192.0.2.1']],
      ['streamData', 0, 1, [...channelData(9)]],
      ['datagram', 0, 5, '192.0.2.9', 9, channelData(8)],
      ['streamClosed', 1, 'lost', 'why'],
    ]);
    expect([attachment.bufferedAmount(), attachment.counters()]).toEqual([
      17,
      { datagramsSent: 3 },
    ]);
    expect(inner.pendingTimers).toBe(0);
  });

  it('delays datagrams in both directions, in their order, and lets control frames overtake them', () => {
    const { inner, attachment, seen } = open({ delay: 100 });
    attachment.sendStream(1, join(channelData(1), control()));
    inner.advance(30);
    attachment.sendStream(1, channelData(2));
    inner.sink.streamData(1, join(channelData(3), control()));
    inner.advance(200);
    expect(inner.written.map(({ at, data }) => [at, data[0], data[4]])).toEqual([
      [0, 0x00, 7],
      [100, 0x40, 1],
      [130, 0x40, 2],
    ]);
    expect(seen.map(([, at, , data]) => [at, data[0], data[4]])).toEqual([
      [30, 0x00, 7],
      [130, 0x40, 3],
    ]);
  });

  it('loses the share of datagrams that it is told, and no control frame', () => {
    const { inner, network, attachment } = open({ loss: 0.2 }, seededRandom(1));
    for (let i = 0; i < 1000; i++) attachment.sendStream(1, join(channelData(1), control()));
    const [data, other] = [0x40, 0x00].map(
      (first) => inner.written.filter((one) => one.data[0] === first).length,
    );
    expect(other).toBe(1000);
    expect(data).toBeGreaterThan(750);
    expect(data).toBeLessThan(850);
    expect(network.counts).toEqual({ carried: data, dropped: 1000 - data });
  });

  it('holds a direction to its rate, and drops what half a second of it does not take', () => {
    const { inner, network, attachment } = open({ rate: 1_000_000 });
    // 100 datagrams of 1250 bytes are 1 Mbit: twice what the queue takes.
    for (let i = 0; i < 100; i++) attachment.sendStream(1, channelData(i, 1250 - 28 - 4));
    inner.advance(2000);
    const last = inner.written[inner.written.length - 1];
    expect(last.at).toBeGreaterThan(490);
    expect(last.at).toBeLessThan(530);
    expect(network.counts.carried).toBe(inner.written.length);
    expect(network.counts.dropped).toBe(100 - inner.written.length);
  });

  it.each([
    ['out', 1, 0],
    ['in', 0, 1],
    ['both', 1, 1],
  ])('hurts what it is told: %s', (direction, out, incoming) => {
    const { inner, attachment, seen } = open({ loss: 1, direction }, () => 0);
    attachment.sendStream(1, channelData(1));
    inner.sink.streamData(1, channelData(2));
    expect([inner.written.length, seen.length]).toEqual([1 - out, 1 - incoming]);
  });

  it('finds the frames in a stream that is cut anywhere', () => {
    const stream = join(channelData(1, 5), control(), channelData(2), channelData(3, 0));
    for (let cut = 1; cut < stream.length; cut++) {
      const { inner, seen } = open({ delay: 10 });
      inner.sink.streamData(1, stream.slice(0, cut));
      inner.sink.streamData(1, stream.slice(cut));
      inner.advance(20);
      expect(seen.map(([, at, , data]) => [at, data.length])).toEqual([
        [0, 20],
        [10, 12],
        [10, 12],
        [10, 4],
      ]);
    }
  });

  it('gives on what is no TURN at all, for others to judge', () => {
    const { inner, seen } = open({ loss: 1 }, () => 0);
    const junk = new Uint8Array([0xff, 1, 2, 3, 4]);
    inner.sink.streamData(1, junk);
    expect(seen.map(([, , , data]) => data)).toEqual([[...junk]]);
  });

  it('forgets what is under way on a stream that ends', () => {
    const { inner, attachment, seen } = open({ delay: 100 });
    inner.sink.streamData(1, channelData(1));
    inner.sink.streamData(2, channelData(2));
    attachment.sendStream(1, channelData(3));
    inner.sink.streamClosed(1, 'lost');
    attachment.sendStream(2, channelData(4));
    attachment.closeStream(2);
    inner.advance(200);
    expect(inner.written).toEqual([]);
    expect(seen).toEqual([['streamClosed', 1, 'lost', undefined]]);
    expect(inner.closedStreams).toEqual([2]);
  });

  it('leaves no timer behind when it is closed', () => {
    const { inner, attachment, network } = open({ delay: 100 });
    attachment.sendStream(1, channelData(1));
    inner.sink.streamData(1, channelData(2));
    expect(inner.pendingTimers).toBe(2);
    attachment.close();
    expect([inner.pendingTimers, inner.isClosed]).toEqual([0, true]);
    // Nobody is told of changes any more.
    network.hurt({ loss: 0.5 });
  });

  it('changes while it is in use', () => {
    const { inner, network, attachment } = open();
    network.hurt({ delay: 50 });
    attachment.sendStream(1, channelData(1));
    network.hurt({ delay: 0 });
    attachment.sendStream(1, channelData(2));
    inner.advance(100);
    // What comes later does not overtake.
    expect(inner.written.map(({ at, data }) => [at, data[4]])).toEqual([
      [50, 1],
      [50, 2],
    ]);
  });
});
