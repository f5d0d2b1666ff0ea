import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { utf8Length } from '../../../js/api/utf8-length.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection, RTCDataChannel, RTCError } = interfaces;

let pc;
let fake;

const report = (...events) => {
  for (const [type, members] of events) fake.emit(type, members);
  pc.restartIce();
};
const sent = () => fake.calls.filter(([name]) => /^send/.test(name));
const errorOf = (action) => {
  try {
    action();
  } catch (error) {
    return error.name;
  }
  return undefined;
};
/** A channel that is open, on a connection whose peer takes messages up to 1000 bytes. */
const openChannel = async (init) => {
  const channel = pc.createDataChannel('label', init);
  await pc.setLocalDescription();
  await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
  report(['channel-open', { handle: 1 }]);
  await tasksDone();
  return channel;
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
  pc = new RTCPeerConnection();
  fake = lastFake();
});

afterEach(() => pc.close());

describe('createDataChannel', () => {
  test('gives a channel with the defaults of the specification', () => {
    const channel = pc.createDataChannel('label');
    expect(channel).toBeInstanceOf(RTCDataChannel);
    expect(channel).toMatchObject({
      label: 'label',
      ordered: true,
      maxPacketLifeTime: null,
      maxRetransmits: null,
      protocol: '',
      negotiated: false,
      id: null,
      priority: 'low',
      readyState: 'connecting',
      bufferedAmount: 0,
      bufferedAmountLowThreshold: 0,
      binaryType: 'arraybuffer',
    });
  });

  test('keeps what its dictionary says, an id only when negotiated', () => {
    const init = { ordered: false, maxRetransmits: 3, protocol: 'p', id: 9, priority: 'high' };
    expect(pc.createDataChannel('a\ud800', init)).toMatchObject({
      label: 'a\ufffd',
      ordered: false,
      maxRetransmits: 3,
      protocol: 'p',
      id: null,
      priority: 'high',
    });
    expect(fake.channels.get(1)).toMatchObject({
      maxRetransmits: 3,
      priority: 1024,
      id: undefined,
    });
    expect(pc.createDataChannel('b', { negotiated: true, id: 9 }).id).toBe(9);
  });

  test.each([
    ['a label of 65536 bytes', ['é'.repeat(32768)]],
    ['a protocol of 65536 bytes', ['', { protocol: 'x'.repeat(65536) }]],
    ['both limits of reliability', ['', { maxRetransmits: 0, maxPacketLifeTime: 0 }]],
    ['negotiated without an id', ['', { negotiated: true }]],
    ['the id 65535', ['', { negotiated: true, id: 65535 }]],
    ['an id above 65535', ['', { negotiated: true, id: 65536 }]],
    ['a negative limit', ['', { maxRetransmits: -1 }]],
    ['no label', []],
    ['an unknown priority', ['', { priority: 'urgent' }]],
  ])('throws a TypeError for %s', (_, args) => {
    expect(() => pc.createDataChannel(...args)).toThrow(TypeError);
  });

  test('throws what the engine says, and is usable afterwards', () => {
    const taken = { negotiated: true, id: 7 };
    expect(errorOf(() => pc.createDataChannel('', taken))).toBe('OperationError');
    expect(pc.createDataChannel('next').readyState).toBe('connecting');
  });

  test('throws InvalidStateError on a closed connection', () => {
    pc.close();
    expect(errorOf(() => pc.createDataChannel(''))).toBe('InvalidStateError');
  });

  test('gives an id at once when the DTLS role is known', async () => {
    await openChannel();
    expect(pc.createDataChannel('second').id).toBe(4);
  });
});

describe('Opening', () => {
  test('ids come with the description that settles the DTLS role', async () => {
    const channel = pc.createDataChannel('label');
    fake.idsFromAnswer.set(1, 0);
    await pc.setLocalDescription();
    const seen = [];
    pc.onsignalingstatechange = () => seen.push(channel.id);
    const done = pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
    expect(channel.id).toBe(null);
    await done;
    expect(seen).toEqual([0]);
  });

  test('fires open once, in a task', async () => {
    const channel = pc.createDataChannel('label');
    const log = [];
    channel.onopen = () => log.push(channel.readyState);
    report(['channel-open', { handle: 1 }]);
    expect([channel.readyState, log]).toEqual(['connecting', []]);
    await tasksDone();
    expect(log).toEqual(['open']);
  });

  test("announces the peer's channel, open already, before its own open event", async () => {
    const log = [];
    pc.ondatachannel = ({ channel }) => {
      log.push(
        `datachannel ${channel.readyState} ${channel.label} ${channel.id} ${channel.priority}`,
      );
      channel.send('from the listener');
      channel.onopen = () => log.push('open');
      channel.onmessage = ({ data }) => log.push(`message ${data}`);
    };
    report(
      [
        'channel',
        {
          handle: 9,
          label: 'theirs',
          protocol: 'p',
          ordered: false,
          maxPacketLifeTime: 50,
          maxRetransmits: null,
          id: 1,
          priority: 300,
        },
      ],
      ['channel-message', { handle: 9, data: 'first' }],
    );
    await tasksDone();
    expect(log).toEqual(['datachannel open theirs 1 medium', 'open', 'message first']);
    expect(sent()).toEqual([['sendString', 9, 'from the listener']]);
  });
});

describe('send', () => {
  test('throws InvalidStateError unless the channel is open', async () => {
    const channel = pc.createDataChannel('label');
    expect(errorOf(() => channel.send('x'))).toBe('InvalidStateError');
    const open = await openChannelOf(channel);
    open.close();
    expect(errorOf(() => open.send('x'))).toBe('InvalidStateError');
  });

  /** @param {any} channel */
  async function openChannelOf(channel) {
    report(['channel-open', { handle: 1 }]);
    await tasksDone();
    return channel;
  }

  test('takes strings, buffers and views, and counts their bytes', async () => {
    const channel = await openChannel();
    channel.send('aé😀');
    expect(channel.bufferedAmount).toBe(7);
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    channel.send(buffer);
    channel.send(new Uint16Array(buffer, 2));
    channel.send(new DataView(buffer, 1, 2));
    channel.send('');
    channel.send(5);
    expect(channel.bufferedAmount).toBe(7 + 4 + 2 + 2 + 0 + 1);
    expect(sent().map(([, , data]) => data)).toEqual([
      'aé😀',
      [1, 2, 3, 4],
      [3, 4],
      [2, 3],
      '',
      '5',
    ]);
  });

  test('throws a TypeError for more than the peer takes', async () => {
    const channel = await openChannel();
    channel.send('x'.repeat(1000));
    expect(() => channel.send('é'.repeat(501))).toThrow(TypeError);
    expect(() => channel.send(new Blob([new Uint8Array(1001)]))).toThrow(TypeError);
    expect(channel.bufferedAmount).toBe(1000);
  });

  test('throws OperationError when the engine cannot queue more, and counts nothing', async () => {
    const channel = await openChannel();
    expect(errorOf(() => channel.send('too much'))).toBe('OperationError');
    expect(channel.bufferedAmount).toBe(0);
  });

  test('keeps the order when Blobs have to be read first', async () => {
    const channel = await openChannel();
    const bytes = new Uint8Array([7]);
    channel.send('one');
    channel.send(new Blob(['two']));
    channel.send('three');
    channel.send(bytes);
    bytes[0] = 8;
    channel.send(new Blob(['five']));
    expect(channel.bufferedAmount).toBe(3 + 3 + 5 + 1 + 4);
    channel.close();
    await expectEventually(() => fake.calls.at(-1)[0] === 'closeDataChannel');
    const text = (data) => (typeof data === 'string' ? data : String.fromCharCode(...data));
    expect(sent().map(([, , data]) => text(data))).toEqual(['one', 'two', 'three', '\x07', 'five']);
    expect(channel.bufferedAmount).toBe(16);
  });

  test('closes the channel with an error when a Blob cannot be read', async () => {
    const channel = await openChannel();
    const blob = new Blob(['x']);
    blob.arrayBuffer = () => Promise.reject(new Error('gone'));
    const closed = new Promise((resolve) => (channel.onclose = resolve));
    const errors = [];
    channel.onerror = ({ error }) => errors.push(error.errorDetail);
    channel.send(blob);
    channel.send('never sent');
    await closed;
    expect(errors).toEqual(['data-channel-failure']);
    expect(sent()).toEqual([]);
  });

  /** Waits for a condition that promises of the platform bring about. */
  async function expectEventually(condition) {
    while (!condition()) await tasksDone();
  }
});

describe('bufferedAmount', () => {
  test('falls in a task, all that was sent in one go at once', async () => {
    const channel = await openChannel();
    channel.send('x'.repeat(10));
    report(['channel-sent', { handle: 1, bytes: 4 }], ['channel-sent', { handle: 1, bytes: 5 }]);
    expect(channel.bufferedAmount).toBe(10);
    await tasksDone();
    expect(channel.bufferedAmount).toBe(1);
  });

  test('fires bufferedamountlow when it falls to the threshold or below, not when it was there', async () => {
    const channel = await openChannel();
    const log = [];
    channel.onbufferedamountlow = () => log.push(channel.bufferedAmount);
    channel.bufferedAmountLowThreshold = 5;
    channel.send('x'.repeat(10));
    for (const bytes of [4, 1, 2]) {
      report(['channel-sent', { handle: 1, bytes }]);
      await tasksDone();
    }
    expect(log).toEqual([5]);
  });

  test('has a threshold that enforces the range of unsigned long', () => {
    const channel = pc.createDataChannel('label');
    channel.bufferedAmountLowThreshold = 2 ** 32 - 1;
    expect(() => (channel.bufferedAmountLowThreshold = 2 ** 32)).toThrow(TypeError);
    expect(() => (channel.bufferedAmountLowThreshold = -1)).toThrow(TypeError);
    expect(channel.bufferedAmountLowThreshold).toBe(2 ** 32 - 1);
  });
});

describe('Receiving', () => {
  test('gives text as a string and bytes as the binaryType at the time of the event says', async () => {
    const channel = await openChannel();
    const messages = [];
    channel.onmessage = (event) => messages.push(event);
    report(['channel-message', { handle: 1, data: 'text' }]);
    report(['channel-message', { handle: 1, data: new Uint8Array([1, 2]).buffer }]);
    report(['channel-message', { handle: 1, data: new Uint8Array([3, 4]).buffer }]);
    await tasksDone();
    channel.binaryType = 'blob';
    report(['channel-message', { handle: 1, data: new ArrayBuffer(3) }]);
    await tasksDone();
    expect(messages[0]).toBeInstanceOf(MessageEvent);
    expect(messages[0].data).toBe('text');
    expect([...new Uint8Array(messages[1].data)]).toEqual([1, 2]);
    expect([...new Uint8Array(messages[2].data)]).toEqual([3, 4]);
    expect(messages[3].data).toBeInstanceOf(Blob);
    expect(messages[3].data.size).toBe(3);
  });

  const part = (offset, last, data, more) =>
    report([
      'channel-part',
      { handle: 1, part: 1, offset, binary: true, last, givenUp: false, data, ...more },
    ]);

  test('puts together what comes in pieces, and leaves out what was given up or has a hole', async () => {
    const channel = await openChannel();
    const messages = [];
    channel.onmessage = ({ data }) => messages.push([...new Uint8Array(data)]);
    part(0, false, Uint8Array.of(1, 2));
    part(2, true, Uint8Array.of(3));
    part(0, false, Uint8Array.of(4, 5));
    part(2, false, new Uint8Array(), { givenUp: true });
    part(0, false, Uint8Array.of(6, 7));
    part(3, true, Uint8Array.of(8));
    part(0, false, Uint8Array.of(9));
    part(1, true, Uint8Array.of(10));
    await tasksDone();
    expect(messages).toEqual([
      [1, 2, 3],
      [9, 10],
    ]);
  });

  test('closes the channel with an error when a message is larger than any buffer', async () => {
    const channel = await openChannel();
    const events = [];
    channel.onmessage = () => events.push('message');
    channel.onerror = ({ error }) => events.push(error.errorDetail);
    channel.onclose = () => events.push('close');
    part(0, true, { length: 2 ** 53 - 1 });
    await tasksDone();
    await tasksDone();
    expect(events).toEqual(['data-channel-failure', 'close']);
  });

  test('ignores a binaryType that is none', () => {
    const channel = pc.createDataChannel('label');
    channel.binaryType = 'text';
    expect(channel.binaryType).toBe('arraybuffer');
  });

  test('discards what comes after close', async () => {
    const channel = await openChannel();
    const messages = [];
    channel.onmessage = ({ data }) => messages.push(data);
    report(['channel-message', { handle: 1, data: 'late' }]);
    channel.close();
    await tasksDone();
    expect(messages).toEqual([]);
  });
});

describe('Closing', () => {
  test('from this side goes over closing to closed, without a closing event', async () => {
    const channel = await openChannel();
    const log = [];
    channel.onclosing = () => log.push('closing');
    channel.onclose = () => log.push('close');
    channel.close();
    channel.close();
    expect(channel.readyState).toBe('closing');
    expect(fake.calls.filter(([name]) => name === 'closeDataChannel')).toHaveLength(1);
    report(['channel-closing', { handle: 1 }], ['channel-closed', { handle: 1 }]);
    await tasksDone();
    expect([channel.readyState, log]).toEqual(['closed', ['close']]);
  });

  test('from the other side fires closing and close', async () => {
    const channel = await openChannel();
    const log = [];
    for (const type of ['closing', 'close', 'error']) {
      channel.addEventListener(type, () => log.push(`${type} ${channel.readyState}`));
    }
    report(['channel-closing', { handle: 1 }], ['channel-closed', { handle: 1 }]);
    await tasksDone();
    expect(log).toEqual(['closing closing', 'close closed']);
  });

  test('with an error fires error before close', async () => {
    const channel = await openChannel();
    const log = [];
    channel.onerror = ({ error }) => log.push(error);
    channel.onclose = () => log.push('close');
    report([
      'channel-closed',
      { handle: 1, error: { name: 'OperationError', message: 'abort', sctpCauseCode: 12 } },
    ]);
    await tasksDone();
    expect(log[0]).toBeInstanceOf(RTCError);
    expect(log[0]).toMatchObject({
      errorDetail: 'sctp-failure',
      sctpCauseCode: 12,
      message: 'abort',
    });
    expect(log[1]).toBe('close');
  });

  test('of the connection closes channels at once and without an event', async () => {
    const channel = await openChannel();
    const log = [];
    channel.onclose = () => log.push('close');
    channel.onmessage = () => log.push('message');
    report(['channel-message', { handle: 1, data: 'late' }], ['channel-closed', { handle: 1 }]);
    pc.close();
    expect(channel.readyState).toBe('closed');
    await tasksDone();
    expect(log).toEqual([]);
    expect(() => channel.close()).not.toThrow();
  });
});

test('The length of a string in UTF-8 is that of its encoding', () => {
  for (const text of ['', 'abc', 'aé', '€', '😀x', '\ufffd\u07ff\u0800']) {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
  }
});
