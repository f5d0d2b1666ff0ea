import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEchoPeer, startTurnRelay } from './support/harness.js';

const run = promisify(execFile);
const tool = '/usr/bin/turnutils_uclient'; // Debian: coturn

/** coturn's own client: sends through the relay to an echo peer and counts what comes back. */
async function uclient(relay, peer, ...flags) {
  const port = flags.includes('-t') ? relay.ports.turnTcp : relay.ports.turnUdp;
  const { stdout } = await run(tool, [
    ...['-u', 'ann', ...(flags.includes('-W') ? [] : ['-w', 'secret']), '-p', `${port}`],
    ...['-e', peer.address, '-r', `${peer.port}`, '-n', '20', '-m', '2', '-l', '200'],
    ...[...flags, '127.0.0.1'],
  ]);
  const total = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g;
  const last = [...stdout.matchAll(total)].at(-1);
  if (!last) throw new Error(stdout);
  return { sent: Number(last[1]), received: Number(last[2]), stdout };
}

/** Two echo peers on adjacent ports: the tool takes the second one for RTCP. */
async function startEchoPeers() {
  for (;;) {
    const peer = await startEchoPeer();
    try {
      await startEchoPeer(peer.address, peer.port + 1);
      return peer;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
}

// The tool draws channel numbers up to 0x7FFF, as RFC 5766 had them.
describe("coturn's client", () => {
  it.each([
    ['UDP, with channels', []],
    ['UDP, with Send indications', ['-s']],
    ['UDP, without a port pair', ['-c']],
    ['TCP, with channels', ['-t']],
    ['TCP, with Send indications', ['-s', '-t']],
  ])('passes over %s', async (_, flags) => {
    const relay = await startTurnRelay({ allowPeers: ['127.0.0.0/8'] });
    const peer = await startEchoPeers();
    const { sent, received } = await uclient(relay, peer, ...flags);
    expect(sent).toBe(40);
    expect(received).toBe(sent);
  });

  it('passes with time-limited credentials that it makes from the shared secret', async () => {
    const relay = await startTurnRelay({ secrets: ['rest'], users: [], allowPeers: ['127.0.0.1'] });
    const { sent, received } = await uclient(relay, await startEchoPeer(), '-W', 'rest', '-c');
    expect([sent, received]).toEqual([40, 40]);
  });

  // Of both families at once (-Z) it asks with an attribute of an old draft, 0x8032.
  it('passes to an IPv6 peer from an IPv6 address', async () => {
    const relay = await startTurnRelay({
      relayAddresses: ['127.0.0.1', '::1'],
      allowPeers: ['::1'],
    });
    const { sent, received } = await uclient(relay, await startEchoPeer('::1'), '-x', '-c');
    expect([sent, received]).toEqual([40, 40]);
  });
});
