// Plays scenarios on node-datachannel for process-peer.mjs, through its own interface, since what it
// has of RTCPeerConnection's shape knows no media.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { inRoot } from '../../../lib/paths.mjs';

/** @typedef {import('../../scenarios.mjs').Section} Section */

/** @type {any} */
const library = createRequire(import.meta.url)('node-datachannel');

const kDirections = {
  sendrecv: 'SendRecv',
  sendonly: 'SendOnly',
  recvonly: 'RecvOnly',
  inactive: 'Inactive',
};

let nextSsrc = 1000;

class Connection {
  #pc = new library.PeerConnection('peer', {
    iceServers: [],
    disableAutoNegotiation: true,
  });
  #gathered = new Promise((resolve) => {
    this.#pc.onGatheringStateChange((/** @type {string} */ state) => {
      if (state === 'complete') resolve(undefined);
    });
  });
  #mids = 0;

  /** @param {Section} section */
  add({ kind, direction = 'sendrecv', streams = ['only'], codec }) {
    if (kind === 'data') {
      this.#pc.createDataChannel('data');
      return;
    }
    const media = new library[kind === 'audio' ? 'Audio' : 'Video'](
      `${kind}${this.#mids++}`,
      kDirections[direction],
    );
    if (kind === 'audio') media.addOpusCodec(111);
    else if (codec) media.addH264Codec(102);
    else media.addVP8Codec(96);
    if (direction.startsWith('send')) {
      const ssrc = nextSsrc++;
      for (const stream of streams) media.addSSRC(ssrc, 'cname', stream, `track-${ssrc}`);
    }
    this.#pc.addTrack(media);
  }

  /**
   * @param {'offer' | 'answer'} type
   * @param {boolean} [gathered]
   * @returns {Promise<string>}
   */
  async describe(type, gathered) {
    const described = new Promise((resolve) => {
      this.#pc.onLocalDescription((/** @type {string} */ sdp) => resolve(sdp));
    });
    this.#pc.setLocalDescription(type);
    const sdp = await described;
    if (!gathered) return sdp;
    await this.#gathered;
    return this.#pc.localDescription().sdp;
  }

  /**
   * @param {'offer' | 'answer'} type
   * @param {string} sdp
   */
  hear(type, sdp) {
    this.#pc.setRemoteDescription(sdp, type);
  }

  /** Until it is, since the library's end does not wait for it. */
  async close() {
    const closed = new Promise((resolve) => {
      this.#pc.onStateChange((/** @type {string} */ state) => {
        if (state === 'closed') resolve(undefined);
      });
    });
    this.#pc.close();
    await closed;
  }
}

/** @param {import('../../scenarios.mjs').OfferScenario} scenario */
async function offers({ rounds, gathered }) {
  const [offerer, answerer] = [new Connection(), new Connection()];
  const said = [];
  for (const { add = [] } of rounds) {
    for (const section of add) offerer.add(section);
    const offer = await offerer.describe('offer', gathered);
    said.push(offer);
    answerer.hear('offer', offer);
    offerer.hear('answer', await answerer.describe('answer'));
  }
  await offerer.close();
  await answerer.close();
  return said;
}

/**
 * @param {import('../../scenarios.mjs').AnswerScenario} scenario
 * @param {string[]} texts
 */
async function answers({ gathered }, texts) {
  const answerer = new Connection();
  const said = [];
  for (const text of texts) {
    answerer.hear('offer', text);
    said.push(await answerer.describe('answer', gathered));
  }
  await answerer.close();
  return said;
}

const emit = (/** @type {object} */ message) =>
  process.stdout.write(`${JSON.stringify(message)}\n`);

const manifest = inRoot('node_modules/node-datachannel/package.json');
emit({ version: JSON.parse(readFileSync(manifest, 'utf8')).version });
for await (const line of createInterface({ input: process.stdin })) {
  const { scenario, offers: texts } = JSON.parse(line);
  try {
    emit({ said: texts ? await answers(scenario, texts) : await offers(scenario) });
  } catch (error) {
    emit({ error: String(error) });
  }
}
library.cleanup();
