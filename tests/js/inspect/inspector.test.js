import { inspection, offerInspection } from '../../../js/api/inspection.js';
import { Inspector, parseDump } from '../../../js/inspect.js';
import { version } from '../../../js/version.js';
import { Pair, useEngine } from '../api/pair.js';

offerInspection(version);
await useEngine();

/** A pair with an open channel, recorded from the beginning. */
async function recorded(options = {}, pairOptions = {}) {
  const inspector = new Inspector({ all: true, statsInterval: 0, ...options });
  const pair = new Pair(pairOptions);
  const [local, remote] = await pair.openChannel('chat');
  return { inspector, pair, local, remote };
}

const lines = (connection, kind) => connection.timeline.filter((entry) => entry.kind === kind);

test('a connection is recorded from its making to its end: calls, events, states, the pair', async () => {
  const { inspector, pair } = await recorded();
  pair.close();
  const [a] = inspector.connections;
  expect(lines(a, 'call').map(({ name }) => name)).toEqual(
    expect.arrayContaining(['createDataChannel', 'setLocalDescription', 'close']),
  );
  const settled = lines(a, 'settle').find(({ name }) => name === 'setRemoteDescription');
  expect(settled.value.how).toBe('fulfilled');
  const call = lines(a, 'call').find(({ name }) => name === 'setRemoteDescription');
  expect(call.value[0]).toEqual({ type: 'answer', sdp: expect.stringContaining('v=0') });
  expect(settled.call).toBe(call.call);
  const events = lines(a, 'event');
  expect(events.find(({ name }) => name === 'icecandidate').value.candidate).toEqual(
    expect.objectContaining({ candidate: expect.stringContaining('candidate:') }),
  );
  expect(events).toContainEqual(expect.objectContaining({ on: 'channel1', name: 'open' }));
  const states = lines(a, 'state').map(({ on, name, value }) => `${on} ${name} ${value}`);
  expect(states).toEqual(
    expect.arrayContaining([
      'pc signalingState have-local-offer',
      'pc connectionState connected',
      'pc connectionState closed',
      'channel1 readyState open',
      'sctp sctp connected',
    ]),
  );
  expect(states.some((state) => /^transport\d+ dtls connected$/.test(state))).toBe(true);
  expect(lines(a, 'pair')[0].value).toEqual({
    local: expect.stringContaining('192.0.2.1'),
    remote: expect.stringContaining('192.0.2.2'),
  });
  expect(a.objects.channel1).toEqual(
    expect.objectContaining({ interface: 'RTCDataChannel', label: 'chat' }),
  );
  expect(a.closed).toBeGreaterThanOrEqual(a.created);
  inspector.close();
});

test('a state is told before the event that goes with it, and entries are in order of time', async () => {
  const { inspector, pair } = await recorded();
  const [{ timeline }] = inspector.connections;
  const at = (match) => timeline.findIndex(match);
  expect(at(({ name, value }) => name === 'connectionState' && value === 'connected')).toBeLessThan(
    timeline.findLastIndex(({ name }) => name === 'connectionstatechange'),
  );
  for (const [i, { seq, time }] of timeline.entries()) {
    expect(seq).toBe(i);
    expect(time).toBeGreaterThanOrEqual(timeline[Math.max(0, i - 1)].time);
  }
  pair.close();
  inspector.close();
});

test('only what is attached is recorded, and detaching ends it', async () => {
  const inspector = new Inspector({ statsInterval: 0 });
  const pair = new Pair();
  expect(inspector.attach(pair.a, { label: 'caller' })).toBe(1);
  expect(inspector.attach(pair.a)).toBe(1);
  const [channel] = await pair.openChannel();
  expect(inspector.connections).toHaveLength(1);
  expect(inspector.connections[0].label).toBe('caller');
  inspector.detach(pair.a);
  const before = inspector.connections[0].timeline.length;
  channel.close();
  pair.close();
  expect(inspector.connections[0].timeline).toHaveLength(before);
  inspector.close();
});

test('nothing looks on once the last inspector is closed', () => {
  const [one, two] = [new Inspector(), new Inspector()];
  expect(inspection.observation.observer).toBeDefined();
  one.close();
  expect(inspection.observation.observer).toBeDefined();
  two.close();
  expect(inspection.observation.observer).toBeUndefined();
});

test('what a call throws or rejects with reaches the application as it was, and the timeline', async () => {
  const inspector = new Inspector({ all: true, statsInterval: 0 });
  const pair = new Pair();
  await expect(pair.a.setRemoteDescription({ type: 'answer', sdp: '' })).rejects.toThrow(
    DOMException,
  );
  expect(() => pair.a.createDataChannel('x', { negotiated: true })).toThrow(TypeError);
  const [{ timeline }] = inspector.connections;
  expect(timeline.find(({ kind }) => kind === 'settle').value).toEqual({
    how: 'rejected',
    error: expect.objectContaining({ name: 'InvalidStateError' }),
  });
  expect(timeline.find(({ kind }) => kind === 'throw').value.name).toBe('TypeError');
  pair.close();
  inspector.close();
});

test('messages are counted, and told by their sizes alone when that is asked for', async () => {
  for (const messages of [false, true]) {
    const { inspector, pair, local, remote } = await recorded({ messages });
    const heard = new Promise((resolve) => (remote.onmessage = resolve));
    local.send('a secret');
    await pair.until(() => inspector.connections[1].messages.received === 1);
    await heard;
    const [a, b] = inspector.connections;
    expect(a.messages.sent).toBe(1);
    const sent = a.timeline.filter(({ name }) => name === 'send');
    expect(sent.map(({ value }) => value)).toEqual(messages ? [[{ $text: 8 }]] : []);
    const received = b.timeline.filter(({ name }) => name === 'message');
    expect(received.map(({ value }) => value)).toEqual(messages ? [{ $text: 8 }] : []);
    expect(JSON.stringify(inspector)).not.toContain('a secret');
    pair.close();
    inspector.close();
  }
});

test('credentials of servers are in no dump', () => {
  const inspector = new Inspector({ all: true, statsInterval: 0 });
  const iceServers = [{ urls: 'turn:turn.example', username: 'u', credential: 'top secret' }];
  const pair = new Pair({ a: { iceServers } });
  pair.a.setConfiguration({ iceServers });
  const json = JSON.stringify(inspector);
  expect(json).not.toContain('top secret');
  expect(json).toContain('(hidden)');
  pair.close();
  inspector.close();
});

test('statistics are kept by column, sample for sample', async () => {
  const { inspector, pair, local } = await recorded({ maxSamples: 20 });
  for (let i = 0; i < 25; i++) {
    local.send('x');
    await inspector.sample();
  }
  const [{ stats }] = inspector.connections;
  expect(stats.times.length).toBeGreaterThan(15);
  expect(stats.times.length).toBeLessThanOrEqual(20);
  const channel = Object.values(stats.stats).find(({ type }) => type === 'data-channel');
  expect(channel.last.label).toBe('chat');
  expect(channel.values.messagesSent).toHaveLength(stats.times.length);
  expect(channel.values.messagesSent.at(-1)).toBe(25);
  pair.close();
  inspector.close();
});

test('a timeline that is full keeps its beginning and its end, and says how much is missing', async () => {
  const { inspector, pair } = await recorded({ maxEntries: 40 });
  for (let i = 0; i < 100; i++) pair.a.restartIce();
  const [{ timeline, timelineDropped }] = inspector.connections;
  expect(timeline.length).toBe(40);
  expect(timeline[0].seq).toBe(0);
  expect(timeline.at(-1).seq).toBe(timeline.length + timelineDropped - 1);
  pair.close();
  inspector.close();
});

test('closed connections are forgotten when there are too many of them', () => {
  const inspector = new Inspector({ all: true, statsInterval: 0, maxConnections: 2 });
  for (let i = 0; i < 4; i++) new Pair().close();
  const ids = inspector.connections.map(({ id }) => id);
  expect(ids.at(-1)).toBe(8);
  expect(ids.length).toBeLessThanOrEqual(4);
  inspector.clear();
  expect(inspector.connections).toEqual([]);
  inspector.close();
});

test('a dump is JSON that reads back, and another version or format is refused with its reason', async () => {
  const { inspector, pair } = await recorded();
  const json = JSON.stringify(inspector);
  const dump = parseDump(json);
  expect(dump.connections).toEqual(JSON.parse(JSON.stringify(inspector.dump())).connections);
  expect(dump.version).toBe(1);
  expect(() => parseDump('nonsense')).toThrow('not JSON');
  expect(() => parseDump({ format: 'other' })).toThrow('its format is not webrtc-wasm-inspect');
  expect(() => parseDump({ ...dump, version: 2 })).toThrow('reads up to 1');
  pair.close();
  inspector.close();
});

test('options and connections that are none are refused, and say what would do', () => {
  expect(() => new Inspector({ interval: 5 })).toThrow('no option interval');
  expect(() => new Inspector({ statsInterval: 'often' })).toThrow('statsInterval is a number');
  const inspector = new Inspector();
  expect(() => inspector.attach({})).toThrow('RTCPeerConnection of this package');
  expect(() => inspector.keyLog()).toThrow('{ secrets: true }');
  inspector.close();
});
