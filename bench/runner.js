// Runs a measure with each implementation in turn, several rounds over.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadMeasure } from './measures/index.js';
import { loadPeer } from './peers/index.js';

const childFile = fileURLToPath(new URL('child.js', import.meta.url));

/**
 * @typedef {object} Outcome  of one measure
 * @property {string} name
 * @property {Record<string, Record<string, (number | null)[]>>} values by peer and metric, by round
 * @property {Record<string, string>} failures the last one of each peer that had any
 */

/**
 * @param {string} name
 * @param {{ peers: string[], rounds: number, quick: boolean, timeout: number,
 *   progress: (text: string) => void }} options
 * @returns {Promise<Outcome>}
 */
export async function runMeasure(name, { peers: asked, rounds, quick, timeout, progress }) {
  const { metrics, plan, needsMedia, peerNames } = await loadMeasure(name);
  const peers =
    peerNames?.filter((peer) => isAsked(peer, asked)) ?? (await usable(asked, needsMedia));
  const work = JSON.stringify(plan(quick));
  /** @type {Outcome} */
  const outcome = { name, values: {}, failures: {} };
  for (const peer of peers) {
    outcome.values[peer] = Object.fromEntries(Object.keys(metrics).map((metric) => [metric, []]));
  }
  for (let round = 0; round < rounds; round++) {
    // Nobody always runs after the same other: each round begins with the next one.
    const order = peers.map((_, i) => peers[(round + i) % peers.length]);
    for (const peer of order) {
      progress(`${name}: round ${round + 1} of ${rounds}, ${peer}`);
      const { result, error } = await runChild([name, peer, work], timeout);
      if (error !== undefined) outcome.failures[peer] = error;
      for (const metric of Object.keys(metrics)) {
        outcome.values[peer][metric].push(result?.[metric] ?? null);
      }
    }
  }
  return outcome;
}

/**
 * What is no implementation is always compared, unless ours alone is asked for.
 * @param {string} peer
 * @param {string[]} asked
 */
function isAsked(peer, asked) {
  return peer === 'ours' || asked.some((name) => name !== 'ours');
}

/**
 * @param {string[]} peers
 * @param {boolean} [needsMedia]
 */
async function usable(peers, needsMedia) {
  if (!needsMedia) return peers;
  const adapters = await Promise.all(peers.map(loadPeer));
  return peers.filter((_, i) => adapters[i].hasMedia ?? true);
}

/**
 * @param {string[]} args
 * @param {number} timeout milliseconds
 * @returns {Promise<{ result?: Record<string, number>, error?: string }>}
 */
function runChild(args, timeout) {
  return new Promise((resolve) => {
    // In a group of its own, so that browsers which it has started end with it.
    const stdio = /** @type {any} */ (['ignore', 'ignore', 'pipe', 'ipc']);
    const child = fork(childFile, args, { stdio, detached: true });
    const end = () => {
      try {
        process.kill(-Number(child.pid), 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    };
    let answer = { error: 'it ended without a result' };
    let complaints = '';
    const timer = setTimeout(() => {
      answer = { error: `no result within ${timeout / 1000} s` };
      end();
    }, timeout);
    child.stderr.on('data', (text) => (complaints = `${complaints}${text}`.slice(-2000)));
    child.on('message', (message) => {
      answer = /** @type {any} */ (message);
      end();
    });
    child.on('close', () => {
      clearTimeout(timer);
      end();
      const { error } = answer;
      const last = complaints.trim().split('\n').at(-1);
      if (error !== undefined && last) answer = { error: `${error} (${last})` };
      resolve(answer);
    });
  });
}
