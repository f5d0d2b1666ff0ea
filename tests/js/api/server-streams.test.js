// Streams to relays: with which credentials they are opened again, and what is told of them.

import { ConnectionDriver } from '../../../js/api/connection-driver.js';
import { FakeNetwork, FakePeerConnection, tasksDone } from './fake-engine.js';

const url = 'wss://relay.example/';
const request = { url, transport: 'relay', host: 'relay.example', port: 443 };

let network;
let fake;
let reports;
let driver;
let servers;

beforeEach(() => {
  reports = [];
  network = new FakeNetwork();
  servers = () => [{ kind: 'turn', ...request, username: 'fresh', credential: 'secret' }];
  network.iceServers = () => servers();
  driver = new ConnectionDriver({
    network,
    onEvent() {},
    onRelay: (report) => reports.push(report),
    open: (now) => (fake = new FakePeerConnection({}, now)),
  });
});
afterEach(() => driver.close());

const calls = (name) => fake.calls.filter(([called]) => called === name);
const opened = () => network.sent.filter(([name]) => name === 'openStream').map(([, it]) => it);
function emit(type, members) {
  fake.emit(type, members);
  driver.call(() => {});
}

test('The first stream is opened at once, with the credentials of the configuration', () => {
  servers = () => {
    throw new Error('not asked');
  };
  emit('stream-open', { streamId: 1, attempt: 0, ...request });
  expect(opened()).toEqual([expect.objectContaining({ streamId: 1, url })]);
  expect(calls('setStreamCredentials')).toEqual([]);
});

test('Each other attempt asks for credentials again, and gives them to the engine before it opens', async () => {
  let asked = 0;
  servers = async () => [
    { kind: 'turn', ...request, username: `user ${++asked}`, credential: 'secret' },
  ];
  for (const attempt of [1, 2]) {
    emit('stream-open', { streamId: attempt, attempt, ...request });
    expect(opened()).toHaveLength(attempt - 1);
    await tasksDone();
    expect(opened()).toHaveLength(attempt);
    expect(calls('setStreamCredentials').at(-1)).toEqual([
      'setStreamCredentials',
      attempt,
      `user ${attempt}`,
      'secret',
    ]);
  }
});

test('A relay that has moved is looked for where the configuration now says', async () => {
  const moved = { ...request, url: 'wss://other.example/', host: 'other.example' };
  servers = () => [{ kind: 'turn', ...moved, username: 'u', credential: 'c' }];
  emit('stream-open', { streamId: 1, attempt: 1, ...request });
  await tasksDone();
  expect(opened()).toEqual([expect.objectContaining({ url: moved.url, host: moved.host })]);
});

test('Without credentials the attempt is over, and the report says why', async () => {
  servers = () => Promise.reject(new Error('logged out'));
  emit('stream-open', { streamId: 4, attempt: 2, ...request });
  await tasksDone();
  expect(opened()).toEqual([]);
  expect(calls('handleStreamClosed')[0].slice(0, 2)).toEqual(['handleStreamClosed', 4]);
  expect(reports.at(-1)).toEqual({
    type: 'closed',
    url,
    attempt: 2,
    reason: 'refused',
    detail: 'logged out',
  });
});

test('A stream that is not wanted any more when the credentials come is not opened', async () => {
  emit('stream-open', { streamId: 1, attempt: 1, ...request });
  emit('stream-close', { streamId: 1 });
  emit('stream-open', { streamId: 2, attempt: 2, ...request });
  driver.close();
  await tasksDone();
  expect(opened()).toEqual([]);
});

test('TURN servers of the application are opened again with what it configured', () => {
  emit('stream-open', { streamId: 1, attempt: 3, ...request, transport: 'tcp' });
  expect(opened()).toHaveLength(1);
});

test('A relay that comes back is told step by step, and counted', async () => {
  emit('stream-open', { streamId: 1, attempt: 0, ...request });
  const [sink] = network.sinks;
  sink.streamOpened(1);
  sink.streamClosed(1, 'lost', 'code 1006');
  const refusal = { errorCode: 701, errorText: 'the connection to the server is closed' };
  emit('relay-retrying', { url, attempt: 1, delay: 200, ...refusal });
  emit('stream-open', { streamId: 2, attempt: 1, ...request });
  await tasksDone();
  sink.streamOpened(2);
  expect(driver.counters().streamsReopened).toBe(1);
  emit('stream-close', { streamId: 2 });
  emit('relay-failed', { url, attempt: 2, delay: 0, errorCode: 401, errorText: 'Unauthenticated' });
  const reason = 'the connection to the server is closed (lost: code 1006)';
  expect(reports).toEqual([
    { type: 'connecting', url, attempt: 0 },
    { type: 'open', url, attempt: 0 },
    { type: 'closed', url, attempt: 0, reason: 'lost', detail: 'code 1006' },
    { type: 'retrying', url, attempt: 1, delay: 200, reason, errorCode: 701 },
    { type: 'connecting', url, attempt: 1 },
    { type: 'open', url, attempt: 1 },
    { type: 'closed', url, attempt: 1, reason: 'released' },
    { type: 'failed', url, attempt: 2, reason: 'Unauthenticated', errorCode: 401 },
  ]);
});

test('What sockets counted stays counted when they are closed', () => {
  const attach = network.attach.bind(network);
  network.attach = (sink) => ({
    ...attach(sink),
    counters: () => ({
      datagramsSent: 2,
      bufferedAmountHighWater: 50,
      sendErrors: { EMSGSIZE: 1 },
    }),
  });
  emit('gather', { transportId: 1 });
  emit('close-interfaces', { transportId: 1 });
  emit('gather', { transportId: 2 });
  const expected = { datagramsSent: 4, bufferedAmountHighWater: 50, sendErrors: { EMSGSIZE: 2 } };
  expect(driver.counters()).toMatchObject(expected);
  driver.close();
  expect(driver.counters()).toMatchObject(expected);
});
