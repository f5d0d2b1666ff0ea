// A recording keeps nothing alive: neither a connection that nobody refers to, nor the process.

import { execFileSync } from 'node:child_process';

/** Runs a module script to its end and returns what it printed. */
const run = (script) =>
  execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
    cwd: new URL('../../../', import.meta.url),
    encoding: 'utf8',
  }).trim();

const prelude = `
  import { RTCPeerConnection } from 'webrtc-wasm';
  import { Inspector } from 'webrtc-wasm/inspect';
  const inspector = new Inspector({ all: true, statsInterval: 50, packets: true, secrets: true });
`;

test('a connection that is lost without being closed is collected, and the recording stays', () => {
  const printed = run(`${prelude}
    const ref = new WeakRef(new RTCPeerConnection());
    const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
    for (let i = 0; i < 500 && ref.deref(); i++) {
      await turn();
      globalThis.gc();
    }
    console.log(ref.deref() === undefined, inspector.connections.length);
    process.exit();
  `);
  expect(printed).toBe('true 1');
});

test('a process whose connections are closed ends, inspected or not', () => {
  const printed = run(`${prelude}
    const pc = new RTCPeerConnection();
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    pc.close();
    console.log(inspector.connections[0].states.connectionState);
  `);
  expect(printed).toBe('closed');
});

test.each(['./js/index.node.js', 'webrtc-wasm/single', 'webrtc-wasm/data'])(
  'connections of %s are found, imported before the inspector or after',
  (other) => {
    const printed = run(`${prelude}
      const { RTCPeerConnection: Other } = await import('${other}');
      const pcs = [new RTCPeerConnection(), new Other()];
      pcs[1].createDataChannel('x');
      const { type } = await pcs[1].createOffer();
      for (const pc of pcs) pc.close();
      const [, { states, timeline }] = inspector.connections;
      const offers = timeline.filter(({ name }) => name === 'createOffer').length;
      console.log(type, inspector.connections.length, states.signalingState, offers > 0);
      inspector.close();
      new Other().close();
      console.log(inspector.connections.length);
    `);
    expect(printed).toBe('offer 2 closed true\n2');
  },
);

test('what is no connection of the package is refused, with a way out', () => {
  const printed = run(`
    import { Inspector } from 'webrtc-wasm/inspect';
    try {
      new Inspector().attach({ close() {} });
    } catch (error) {
      console.log(error.message);
    }
  `);
  expect(printed).toContain('chrome://webrtc-internals');
});
