import {
  deriveConnectionState,
  deriveGatheringState,
  deriveIceConnectionState,
} from '../../../js/api/connection-states.js';

/** Transports by the states of ICE, DTLS and gathering. */
const transports = (...list) =>
  list.map(([ice = 'new', state = 'new', gatheringState = 'new']) => ({
    state,
    ice: { state: ice, gatheringState },
  }));
const ice = (...states) => deriveIceConnectionState(transports(...states.map((one) => [one])));
const connection = (...pairs) => {
  const list = transports(...pairs);
  return deriveConnectionState(deriveIceConnectionState(list), list);
};
const gathering = (...states) =>
  deriveGatheringState(transports(...states.map((one) => ['new', 'new', one])));

test.each([
  [[], 'new'],
  [['new', 'closed'], 'new'],
  [['closed', 'closed'], 'new'],
  [['new', 'checking'], 'checking'],
  [['new', 'connected'], 'checking'],
  [['checking', 'completed'], 'checking'],
  [['connected', 'closed'], 'connected'],
  [['connected', 'completed'], 'connected'],
  [['completed', 'closed'], 'completed'],
  [['completed', 'disconnected'], 'disconnected'],
  [['disconnected', 'failed', 'connected'], 'failed'],
])('ICE of %j makes iceConnectionState %s', (states, expected) => {
  expect(ice(...states)).toBe(expected);
});

test.each([
  [[], 'new'],
  [
    [
      ['new', 'new'],
      ['closed', 'closed'],
    ],
    'new',
  ],
  [[['checking', 'new']], 'connecting'],
  [[['new', 'connecting']], 'connecting'],
  [[['connected', 'connecting']], 'connecting'],
  [
    [
      ['connected', 'connected'],
      ['connected', 'new'],
    ],
    'connecting',
  ],
  [
    [
      ['connected', 'connected'],
      ['new', 'new'],
    ],
    'connecting',
  ],
  [
    [
      ['connected', 'connected'],
      ['closed', 'closed'],
    ],
    'connected',
  ],
  [
    [
      ['completed', 'connected'],
      ['connected', 'connected'],
    ],
    'connected',
  ],
  [
    [
      ['disconnected', 'connected'],
      ['connected', 'connected'],
    ],
    'disconnected',
  ],
  [
    [
      ['connected', 'failed'],
      ['connected', 'connected'],
    ],
    'failed',
  ],
  [
    [
      ['failed', 'connected'],
      ['disconnected', 'connected'],
    ],
    'failed',
  ],
])('ICE and DTLS of %j make connectionState %s', (pairs, expected) => {
  expect(connection(...pairs)).toBe(expected);
});

test.each([
  [[], 'new'],
  [['new', 'complete'], 'new'],
  [['new', 'gathering', 'complete'], 'gathering'],
  [['complete', 'complete'], 'complete'],
])('Gathering of %j makes iceGatheringState %s', (states, expected) => {
  expect(gathering(...states)).toBe(expected);
});
