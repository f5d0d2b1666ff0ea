// A process of its own, whose WebAssembly memory is limited from outside: makes connections until an
// offer finds no room, and prints what came of it.

import { RTCPeerConnection } from '../../../js/index.node.js';

const connections = [];

/** @returns {Promise<any>} why an offer was refused */
async function exhaust() {
  for (;;) {
    const pc = new RTCPeerConnection();
    connections.push(pc);
    pc.addTransceiver('video');
    try {
      await pc.createOffer();
    } catch (error) {
      return error;
    }
  }
}

const error = await exhaust();
const state = connections.at(-1).signalingState;
for (const pc of connections) pc.close();

const next = new RTCPeerConnection();
const { type: afterwards } = await next.createOffer();
next.close();

const { name } = error;
process.stdout.write(
  JSON.stringify({ isDOMException: error instanceof DOMException, name, state, afterwards }),
);
