// Data channels.

import { subject } from '../scenario.js';
import { spec } from './specs.js';

const { scenario, all } = subject('data channels', spec.channel);
export const channels = all;

const kMembers = [
  'label',
  'ordered',
  'maxPacketLifeTime',
  'maxRetransmits',
  'protocol',
  'negotiated',
  'id',
  'readyState',
  'bufferedAmount',
  'bufferedAmountLowThreshold',
  'binaryType',
];

/** @param {any} channel */
const membersOf = (channel) =>
  Object.fromEntries(kMembers.map((name) => [name, channel[name] ?? null]));

for (const [label, args] of /** @type {[string, any[]][]} */ ([
  ['a label alone', ['x']],
  ['an empty label', ['']],
  ['no label', []],
  ['null for a label', [null]],
  ['a label of 65536 bytes', ['x'.repeat(65536)]],
  ['a protocol of 65536 bytes', ['x', { protocol: 'y'.repeat(65536) }]],
  ['every option', ['x', { ordered: false, maxRetransmits: 3, protocol: 'p' }]],
  ['a lifetime', ['x', { maxPacketLifeTime: 500 }]],
  ['a lifetime and retransmissions', ['x', { maxPacketLifeTime: 5, maxRetransmits: 1 }]],
  ['a negative number of retransmissions', ['x', { maxRetransmits: -1 }]],
  ['too long a lifetime', ['x', { maxPacketLifeTime: 65536 }]],
  ['an id', ['x', { negotiated: true, id: 7 }]],
  ['an id that is not negotiated', ['x', { id: 7 }]],
  ['a negotiated channel without an id', ['x', { negotiated: true }]],
  ['the id 65535', ['x', { negotiated: true, id: 65535 }]],
  ['the id 65534', ['x', { negotiated: true, id: 65534 }]],
])) {
  scenario(
    `createDataChannel() with ${label}`,
    { spec: spec.createChannel },
    async ({ pc, outcome }) => {
      const a = pc();
      await outcome(
        'the channel',
        () => a.createDataChannel(.../** @type {['x']} */ (args)),
        (channel) => {
          const members = membersOf(channel);
          return { ...members, label: members.label.length, protocol: members.protocol.length };
        },
      );
    },
  );
}

scenario('two channels with one id', { spec: spec.createChannel }, async ({ pc, attempt }) => {
  const a = pc();
  a.createDataChannel('x', { negotiated: true, id: 3 });
  await attempt(() => a.createDataChannel('y', { negotiated: true, id: 3 }));
});

scenario(
  'createDataChannel() when closed',
  { spec: spec.createChannel },
  async ({ pc, attempt }) => {
    const a = pc();
    a.close();
    await attempt(() => a.createDataChannel('x'));
  },
);

scenario(
  'send() before the channel is open',
  { spec: spec.send },
  async ({ pc, attempt, note }) => {
    const a = pc();
    const channel = a.createDataChannel('x');
    await attempt(() => channel.send('early'));
    note('buffered', channel.bufferedAmount);
  },
);

scenario(
  'close() before the channel is open',
  { lanes: ['channel'] },
  async ({ pc, until, note }) => {
    const a = pc();
    const channel = a.createDataChannel('x');
    channel.close();
    await until(channel, 'close', () => channel.readyState === 'closed');
    note('state', channel.readyState);
  },
);

scenario('binaryType and what it takes', {}, async ({ pc, note, attempt }) => {
  const a = pc();
  const channel = a.createDataChannel('x');
  note('first', channel.binaryType);
  for (const type of /** @type {any[]} */ (['blob', 'arraybuffer', 'jellyfish'])) {
    await attempt(() => (channel.binaryType = type));
    note(type, channel.binaryType);
  }
});

scenario(
  'a channel that both sides see',
  { lanes: ['channel'] },
  async ({ pc, connect, announced, opened, note }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x', { ordered: false, maxRetransmits: 2, protocol: 'p' });
    const far = announced(b);
    await connect(a, b);
    await opened(channel);
    const other = await far;
    note('near', membersOf(channel));
    note('far', membersOf(other));
  },
);

scenario(
  'a negotiated channel fires no datachannel event',
  { lanes: ['channel'] },
  async ({ pc, connect, opened, note, idle }) => {
    const [a, b] = [pc(), pc()];
    const [near, far] = [a, b].map((end) =>
      end.createDataChannel('x', { negotiated: true, id: 5 }),
    );
    await connect(a, b);
    await opened(near);
    await opened(far);
    await idle();
    note('ids', [near.id, far.id]);
  },
);

for (const [label, makeData] of /** @type {[string, () => any][]} */ ([
  ['text', () => 'grüß’ dich'],
  ['an empty text', () => ''],
  ['a buffer', () => new Uint8Array([1, 2, 3]).buffer],
  ['an empty buffer', () => new ArrayBuffer(0)],
  ['a view', () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
  ['a Blob', () => new Blob(['abc'])],
  ['a number', () => 7],
  ['null', () => null],
])) {
  scenario(
    `${label} arrives`,
    { spec: spec.send },
    async ({ pc, connect, announced, opened, attempt, note }) => {
      const [a, b] = [pc(), pc()];
      const channel = a.createDataChannel('x');
      const announcement = announced(b);
      await connect(a, b);
      const other = await announcement;
      other.binaryType = 'arraybuffer';
      await opened(channel);
      const came = new Promise((resolve) => (other.onmessage = resolve));
      await attempt(() => channel.send(makeData()));
      const { data } = await came;
      note('data', typeof data === 'string' ? data : [...new Uint8Array(data)]);
    },
  );
}

scenario(
  'messages of one go keep their order',
  { spec: spec.send },
  async ({ pc, connect, announced, opened, note }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    const announcement = announced(b);
    await connect(a, b);
    const other = await announcement;
    await opened(channel);
    /** @type {string[]} */
    const got = [];
    const done = new Promise((resolve) => {
      other.onmessage = (/** @type {any} */ { data }) => got.push(data) === 20 && resolve(0);
    });
    for (let i = 0; i < 20; i++) channel.send(String(i));
    await done;
    note('order', got);
  },
);

scenario(
  'bufferedAmount grows with send() and falls with its event',
  { spec: spec.send },
  async ({ pc, connect, opened, until, note }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    await connect(a, b);
    await opened(channel);
    channel.bufferedAmountLowThreshold = 10;
    channel.send(new Uint8Array(1000));
    note('in the same task', channel.bufferedAmount);
    await until(channel, 'bufferedamountlow', () => channel.bufferedAmount <= 10);
    note('afterwards', channel.bufferedAmount);
  },
);

scenario(
  'a channel that the near side closes',
  { lanes: ['channel'] },
  async ({ pc, connect, announced, opened, until, note, attempt }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    const announcement = announced(b);
    await connect(a, b);
    const other = await announcement;
    await opened(channel);
    channel.close();
    note('at once', channel.readyState);
    await attempt(() => channel.send('late'));
    await until(channel, 'close', () => channel.readyState === 'closed');
    await until(other, 'close', () => other.readyState === 'closed');
  },
);

scenario(
  'channels of a connection that its peer closes',
  { spec: spec.close },
  async ({ pc, connect, announced, opened, until, note }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    const announcement = announced(b);
    await connect(a, b);
    const other = await announcement;
    await opened(channel);
    a.close();
    note('near', channel.readyState);
    await until(other, 'close', () => other.readyState === 'closed');
    note('far', other.readyState);
  },
);

scenario(
  'a message larger than the peer takes',
  { spec: spec.send },
  async ({ pc, connect, opened, attempt, note }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    await connect(a, b);
    await opened(channel);
    const { maxMessageSize } = a.sctp;
    note('limit', maxMessageSize);
    await attempt(() => channel.send(new Uint8Array(maxMessageSize + 1)));
    note('state', channel.readyState);
  },
);

scenario(
  'ids follow the DTLS role',
  { spec: spec.channel },
  async ({ pc, connect, announced, opened, note }) => {
    const [a, b] = [pc(), pc()];
    const first = a.createDataChannel('first');
    note('before', first.id);
    const far = announced(b);
    await connect(a, b);
    await opened(first);
    await far;
    const announcement = announced(a);
    const second = b.createDataChannel('second');
    await opened(second);
    await announcement;
    note('parity', [first.id % 2, second.id % 2]);
  },
);

scenario(
  'the SCTP transport of a session',
  { spec: spec.sctp, lanes: ['transport'] },
  async ({ pc, connect, opened, note }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    note('before', a.sctp);
    await connect(a, b);
    await opened(channel);
    const { state, maxMessageSize } = a.sctp;
    note('after', [state, maxMessageSize]);
    note('a number of channels', typeof a.sctp.maxChannels);
  },
);
