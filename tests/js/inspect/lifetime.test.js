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

test('connections of another copy of the package are refused, with a way out', () => {
  const printed = run(`
    import { RTCPeerConnection } from './js/index.node.js';
    import { Inspector } from 'webrtc-wasm/inspect';
    const pc = new RTCPeerConnection();
    try {
      new Inspector().attach(pc);
    } catch (error) {
      console.log(error.message);
    }
    pc.close();
  `);
  expect(printed).toContain('from the same installation');
});
