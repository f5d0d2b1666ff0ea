// A machine that changes networks under a transfer. All of 127.0.0.0/8 can be bound, so the addresses
// that the system is said to have are real ones.

import { createHash } from 'node:crypto';
import { UdpNetwork } from '../../js/index.node.js';
import { oursOn } from './support/networks.js';
import { Peer } from './support/peer.js';
import { connect, noise } from './support/session.js';
import { onEnd } from './support/waiting.js';

const kChunk = 16 * 1024;
const kLength = 6 * 1024 * 1024;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Our implementation on a machine whose addresses a test sets. */
function machine(...addresses) {
  const interfaces = () => ({
    eth0: interfaces.addresses.map((address) => ({ address, family: 'IPv4', internal: false })),
  });
  interfaces.addresses = addresses;
  const network = new UdpNetwork({ interfaces, watchIntervalMs: 10 });
  onEnd(() => network.close());
  return { interfaces, implementation: oursOn(network) };
}

const onLoopback = () => oursOn(new UdpNetwork({ addresses: ['127.0.0.1'] }));

/** Until the pair in use leaves from that address. */
function selected(peer, address) {
  const { iceTransport } = peer.pc.sctp.transport;
  const holds = () => iceTransport.getSelectedCandidatePair()?.local.address === address;
  if (holds()) return undefined;
  return new Promise((resolve) => {
    iceTransport.addEventListener('selectedcandidatepairchange', () => holds() && resolve());
  });
}

async function underWay(us, them) {
  const near = us.createChannel('file');
  await connect(us, them);
  const far = await them.announced('file');
  await near.opened;
  const file = noise(kLength);
  const sending = near.sendFile(file);
  const begun = await far.take(8);
  return async () => {
    await sending;
    const rest = await far.take(kLength / kChunk - 8);
    expect(sha256(Buffer.concat([...begun, ...rest]))).toBe(sha256(file));
  };
}

const cases = [
  { what: 'and back', hops: [['127.0.0.3'], ['127.0.0.2']] },
  { what: 'with both for a while', hops: [['127.0.0.2', '127.0.0.3'], ['127.0.0.3']] },
];

test.each(cases)('A transfer goes from one address to another $what', async ({ hops }) => {
  const { interfaces, implementation } = machine('127.0.0.2');
  const us = new Peer(implementation);
  const them = new Peer(onLoopback());
  const arrived = await underWay(us, them);
  for (const addresses of hops) {
    interfaces.addresses = addresses;
    if (addresses.length === 1) await selected(us, addresses[0]);
  }
  await arrived();
  for (const { states } of [us, them]) {
    expect(states.filter((state) => /failed|closed/.test(state))).toEqual([]);
  }
  const { localDescription } = us.pc;
  const [last] = hops.at(-1);
  const lines = localDescription.sdp.split('\r\n').filter((line) => line.startsWith('a=candidate'));
  expect(lines.map((line) => line.split(' ')[4])).toEqual([last]);
});
