import { ConnectionDriver } from '../../../js/api/connection-driver.js';
import { FakeNetwork, FakePeerConnection } from './fake-engine.js';

let network;
let fake;
let events;
let driver;

const drive = (onEvent = (event) => events.push(event)) => {
  events = [];
  network = new FakeNetwork();
  driver = new ConnectionDriver({
    network,
    onEvent,
    open: (now) => (fake = new FakePeerConnection({}, now)),
  });
};
const calls = (name) => fake.calls.filter(([called]) => called === name);
const pokes = () => driver.call(() => {});

beforeEach(() => drive());
afterEach(() => driver.close());

test('Nothing is attached before the engine asks for sockets', () => {
  driver.call((engine) => engine.restartIce());
  expect(network.sinks).toEqual([]);
});

test('Interfaces of two transports have ids of their own, and datagrams find their way', () => {
  fake.emit('gather', { transportId: 1 });
  fake.emit('gather', { transportId: 2 });
  pokes();
  const [one, two] = network.sinks;
  one.interfaceAdded({ id: 5, kind: 'udp', address: '10.0.0.1', port: 1 });
  two.interfaceAdded({ id: 5, kind: 'udp', address: '10.0.0.1', port: 2 });
  two.interfacesComplete();
  const [first, second] = calls('addInterface').map(([, info]) => info);
  expect(first.id).not.toBe(second.id);
  expect([first.transportId, second.transportId]).toEqual([1, 2]);
  expect(calls('interfacesComplete')[0][1]).toBe(2);
  const data = new Uint8Array([1]);
  two.datagram(5, '10.0.0.9', 9, data);
  expect(calls('handleDatagram')[0].slice(1, 5)).toEqual([second.id, '10.0.0.9', 9, data]);
  fake.emit('datagram', { interfaceId: second.id, address: '10.0.0.9', port: 9, data });
  pokes();
  expect(network.sent.at(-1)).toEqual(['send', 5, '10.0.0.9', 9, data]);
});

test('A transport that is gone closes its sockets, and nothing goes through them any more', () => {
  fake.emit('gather', { transportId: 1 });
  pokes();
  network.sinks[0].interfaceAdded({ id: 1, kind: 'udp', address: '10.0.0.1', port: 1 });
  const [, { id }] = calls('addInterface')[0];
  fake.emit('close-interfaces', { transportId: 1 });
  fake.emit('datagram', { interfaceId: id, address: '10.0.0.9', port: 9, data: new Uint8Array(1) });
  pokes();
  expect(network.closedAttachments).toBe(1);
  expect(network.sent.filter(([name]) => name === 'send')).toEqual([]);
});

test('The reason for which a stream ended goes into the candidate error of its server', () => {
  const url = 'wss://relay.example/';
  fake.emit('stream-open', {
    streamId: 3,
    url,
    transport: 'relay',
    host: 'relay.example',
    port: 443,
  });
  pokes();
  fake.emit('candidate-error', { url, errorCode: 701, errorText: 'not reached' });
  network.sinks[0].streamClosed(3, 'refused', 'HTTP 403');
  expect(calls('handleStreamClosed')[0].slice(0, 2)).toEqual(['handleStreamClosed', 3]);
  expect(events).toEqual([
    expect.objectContaining({
      errorText: expect.stringMatching(/^not reached \(refused: HTTP 403\)\. .*--allow-origin/),
    }),
  ]);
});

test('The timer is armed for the deadline, moved only to be earlier, and armed again', () => {
  fake.nextDeadline = 100;
  pokes();
  expect(network.timers.map(({ at }) => at)).toEqual([100]);
  fake.nextDeadline = 200;
  pokes();
  expect(network.timers.map(({ at }) => at)).toEqual([100]);
  fake.nextDeadline = 50;
  pokes();
  expect(network.timers.map(({ at }) => at)).toEqual([50]);
  const [{ callback }] = network.timers.splice(0);
  network.time = 50;
  fake.nextDeadline = 75;
  callback();
  expect(calls('handleTimeout')).toEqual([['handleTimeout', 50]]);
  expect(network.timers.map(({ at }) => at)).toEqual([75]);
});

test('An input that arrives while outputs are drained waits for their end', () => {
  const order = [];
  drive((event) => {
    order.push(event.type);
    if (event.type === 'first') network.sinks[0].interfacesComplete();
    if (event.type === 'second') order.push(`inputs so far: ${calls('interfacesComplete').length}`);
  });
  fake.emit('gather', { transportId: 1 });
  fake.emit('first');
  fake.emit('second');
  pokes();
  expect(order).toEqual(['first', 'second', 'inputs so far: 0']);
  expect(calls('interfacesComplete')).toHaveLength(1);
});

test('A call while outputs are drained is made at once and its outputs are drained too', () => {
  const order = [];
  drive((event) => {
    order.push(event.type);
    if (event.type === 'first') driver.call(() => fake.emit('third'));
  });
  fake.emit('first');
  fake.emit('second');
  pokes();
  expect(order).toEqual(['first', 'second', 'third']);
});

test('Closing sends what the engine still has, then lets go of sockets, timer and engine', () => {
  fake.emit('gather', { transportId: 1 });
  fake.nextDeadline = 10;
  pokes();
  const [sink] = network.sinks;
  sink.interfaceAdded({ id: 1, kind: 'udp', address: '10.0.0.1', port: 1 });
  driver.close();
  driver.close();
  expect(network.sent.at(-1)).toEqual(['send', 1, '127.0.0.1', 9, new Uint8Array(1)]);
  expect([network.closedAttachments, network.timers, fake.isDeleted]).toEqual([1, [], true]);
  expect(calls('close')).toHaveLength(1);
  sink.datagram(1, '10.0.0.9', 9, new Uint8Array(1));
  expect(calls('handleDatagram')).toEqual([]);
  expect(driver.stats(0)).toHaveLength(1);
});
