// The package on edge runtimes, whose only sockets are WebSockets: workerd by itself, and as Miniflare drives it.

import * as api from '../../dist/webrtc-wasm.node.mjs';
import { cellsOf, reportRealm } from '../realms/table.js';
import { startMiniflare, startWorkerd } from './support/edge.js';
import { useRelay } from './support/relay.js';

const suite = useRelay();

describe.each([
  ['workerd', startWorkerd],
  ['Miniflare', startMiniflare],
])('%s', (name, start) => {
  /** @type {import('./support/edge.js').Edge} */
  let runtime;
  beforeAll(async () => {
    runtime = await start();
  });
  afterAll(() => runtime?.stop());

  /** @param {string} worker @param {object} message @returns {Promise<any>} */
  async function ask(worker, message) {
    const response = await fetch(runtime.addresses[worker], {
      method: 'POST',
      body: JSON.stringify(message),
    });
    const answer = await response.json();
    if (answer.problem) throw new Error(answer.problem);
    return answer;
  }

  test('A worker connects over a relay, with media and encoded frames', async () => {
    const { access: relay } = suite.relay;
    reportRealm(`Edge runtime (${name})`, cellsOf(await ask('edge-worker', { probe: { relay } })));
  });

  test('A worker is the other end of a connection of Node.js', async () => {
    const relay = suite.relay.access;
    api.configure({ network: new api.RelayNetwork({ relay }) });
    const pc = new api.RTCPeerConnection();
    try {
      const channel = pc.createDataChannel('echo');
      const gathered = new Promise((resolve) => {
        pc.onicegatheringstatechange = () => {
          if (pc.iceGatheringState === 'complete') resolve();
        };
      });
      await pc.setLocalDescription();
      await gathered;
      const message = { relay, offer: pc.localDescription };
      const { description, candidates } = await ask('edge-worker', message);
      expect(new Set(candidates)).toEqual(new Set(['relay']));
      const opened = new Promise((resolve) => (channel.onopen = resolve));
      await pc.setRemoteDescription(description);
      await opened;
      const echo = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
      channel.send('from Node.js');
      expect(await echo).toBe('from Node.js');
    } finally {
      pc.close();
      api.configure({ network: undefined });
    }
  });

  test('A worker with data channels alone connects over a relay, and is inspected', async () => {
    const { received, refusal, recorded, captured } = await ask('edge-data', {
      relay: suite.relay.access,
    });
    expect(received).toEqual(['from b', 'from a']);
    expect(refusal).toBe('NotSupportedError');
    expect(recorded).toHaveLength(2);
    for (const { state, calls } of recorded) {
      expect(state).toBe('closed');
      expect(calls).toEqual(expect.arrayContaining(['setLocalDescription', 'addIceCandidate']));
      // Event handlers run once, though the host's EventTarget would call them as well.
      expect(calls.filter((call) => call === 'send')).toHaveLength(1);
    }
    expect(captured).toBeGreaterThan(1000);
  });

  test('A worker runs simulations, with a TURN server in them', async () => {
    expect(await ask('edge-testing', {})).toEqual({
      text: 'in virtual time',
      allocations: 2,
      leaks: [],
    });
  });
});
