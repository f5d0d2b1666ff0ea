// Peers in processes of their own, in other languages: lines of JSON carry the calls.

import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { startProcess } from './processes.js';
import { Link, remotePeer } from './remote.js';

// Debian's own interpreter: other Pythons on PATH do not see its packages.
const kPython = '/usr/bin/python3';

const script = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

/**
 * @param {string} name of the peer, for messages
 * @param {() => [program: string, ...args: string[]]} command
 */
function programPeer(name, command) {
  return remotePeer(async () => {
    const [program, ...args] = command();
    const process = startProcess(program, args);
    const { stdin, stdout } = process.child;
    const link = new Link(name, (message) => stdin.write(`${JSON.stringify(message)}\n`));
    createInterface({ input: stdout }).on('line', (line) => link.receive(JSON.parse(line)));
    process.exited.then(() => link.end(new Error(`${name} has ended: ${process.complaints}`)));
    return {
      link,
      /** It ends by itself when its input does. */
      async stop() {
        stdin.end();
        await process.ended();
      },
    };
  });
}

export const aiortc = programPeer('aiortc', () => [kPython, script('aiortc_peer.py')]);

export const gstreamer = programPeer('GStreamer', () => [kPython, script('gstreamer_peer.py')]);

export const pion = programPeer('pion', () => {
  const program = process.env.INTEROP_PION;
  if (!program)
    throw new Error('`npm run interop-matrix` builds the pion peer, and says where it is');
  return [program];
});
