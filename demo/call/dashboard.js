// Graphs and the table: what both directions of the call measure.

import { Graph } from './graph.js';
import { Direction, kRows } from './measures.js';
import { formatRate } from '../path.js';

/** @typedef {import('./measures.js').Snapshot} Snapshot */
/** @typedef {import('./screen.js').Screen} Screen */

const ms = (/** @type {number} */ value) =>
  `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ms`;
const percent = (/** @type {number} */ value) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;

const kDirections = /** @type {const} */ ([
  { key: 'ab', name: 'A → B', colour: '--accent', from: 'A', to: 'B' },
  { key: 'ba', name: 'B → A', colour: '--accent-b', from: 'B', to: 'A' },
]);

/** One line for each direction. */
const both = () => kDirections.map(({ key, name, colour }) => ({ key, name, colour }));

export class Dashboard {
  #graphs;
  #rows;
  /** @type {Record<string, Direction>} */
  #directions = {};

  /**
   * @param {HTMLElement} graphs
   * @param {HTMLTableElement} table
   */
  constructor(graphs, table) {
    const graph = (/** @type {import('./graph.js').GraphOptions} */ options) =>
      new Graph(graphs, options);
    this.#graphs = {
      bitrate: graph({
        id: 'bitrate',
        title: 'Bitrate',
        about: 'Received, and dashed what was sent, without the headers of IP, UDP and RTP',
        lines: kDirections.flatMap(({ key, name, colour }) => [
          { key, name, colour },
          { key: `${key}-sent`, name: 'sent', colour, stroke: /** @type {const} */ ('dash') },
        ]),
        format: formatRate,
        least: 100e3,
      }),
      budget: graph({
        id: 'budget',
        title: 'Target and available bitrate',
        about: 'What encoders are told to make, and dotted what the sender takes the path to carry',
        lines: kDirections.flatMap(({ key, name, colour }) => [
          { key, name, colour },
          {
            key: `${key}-available`,
            name: 'path',
            colour,
            stroke: /** @type {const} */ ('dot'),
          },
        ]),
        format: formatRate,
        least: 100e3,
      }),
      loss: graph({
        id: 'loss',
        title: 'Packet loss',
        about: 'Of the last two seconds, before anything is sent again',
        lines: both(),
        format: percent,
        least: 0.02,
      }),
      fps: graph({
        id: 'fps',
        title: 'Frames per second',
        lines: both(),
        format: (value) => `${Math.round(value)}`,
        least: 30,
      }),
      roundTrip: graph({
        id: 'round-trip',
        title: 'Round trip',
        lines: both(),
        format: ms,
        least: 5,
      }),
      jitter: graph({
        id: 'jitter',
        title: 'Jitter',
        about: 'The larger one of sound and picture, as RFC 3550 has it',
        lines: both(),
        format: ms,
        least: 5,
      }),
      delay: graph({
        id: 'delay',
        title: 'Age of the picture',
        about: 'From being drawn to being shown, read from the counter in the test card',
        lines: both(),
        format: ms,
        least: 50,
      }),
      again: graph({
        id: 'again',
        title: 'Packets sent again',
        about: 'A second, since the receiver missed them',
        lines: both(),
        format: (value) => `${Math.round(value)}/s`,
        least: 10,
      }),
    };
    const body = table.tBodies[0];
    this.#rows = [...kRows.map(([id, name]) => ({ id, name })), kCounterRow].map(({ id, name }) => {
      const row = body.insertRow();
      row.dataset.row = id;
      const head = document.createElement('th');
      head.scope = 'row';
      head.textContent = name;
      row.append(head);
      return { id, cells: kDirections.map(() => row.insertCell()) };
    });
    this.clear();
  }

  /**
   * @param {Record<'A' | 'B', Snapshot | undefined>} snapshots
   * @param {Record<'A' | 'B', Screen>} screens
   */
  add(snapshots, screens) {
    /** @type {Record<string, Record<string, number | undefined>>} */
    const samples = Object.fromEntries(Object.keys(this.#graphs).map((name) => [name, {}]));
    kDirections.forEach(({ key, from, to }, column) => {
      const [sender, receiver] = [snapshots[from], snapshots[to]];
      const measured = this.#directions[key].measure(sender, receiver);
      const inMs = (/** @type {number | undefined} */ seconds) =>
        seconds === undefined ? undefined : seconds * 1000;
      const { sent, received, target, available, loss, jitter, roundTrip, fps, again } = measured;
      // Nothing flows here: a line at zero would say that something does.
      const isUsed = (sent ?? received) !== undefined;
      samples.bitrate[key] = received;
      samples.bitrate[`${key}-sent`] = sent;
      samples.budget[key] = target;
      samples.budget[`${key}-available`] = available;
      samples.loss[key] = isUsed ? loss : undefined;
      samples.fps[key] = fps;
      samples.roundTrip[key] = isUsed ? inMs(roundTrip) : undefined;
      samples.jitter[key] = inMs(jitter);
      samples.delay[key] = screens[to].delay;
      samples.again[key] = again;
      kRows.forEach(([, , text], i) =>
        show(this.#rows[i].cells[column], isUsed ? text(sender, receiver) : undefined),
      );
      const { seen, missed } = screens[to].frames;
      show(
        this.#rows[kRows.length].cells[column],
        seen > 0 ? `${seen.toLocaleString('en')} · ${missed.toLocaleString('en')}` : undefined,
      );
    });
    for (const [name, graph] of Object.entries(this.#graphs)) graph.add(samples[name]);
  }

  clear() {
    this.#directions = Object.fromEntries(kDirections.map(({ key }) => [key, new Direction()]));
    for (const graph of Object.values(this.#graphs)) graph.clear();
    for (const { cells } of this.#rows) for (const cell of cells) show(cell, undefined);
  }
}

const kCounterRow = { id: 'counter', name: 'Counters read in the picture · left out' };

/** @param {HTMLElement} cell @param {string | undefined} text */
function show(cell, text) {
  const shown = text ?? '–';
  if (cell.textContent !== shown) cell.textContent = shown;
}

/**
 * The caption on a picture.
 * @param {Snapshot | undefined} own
 * @param {number} width  of the picture as it is shown
 */
export function caption(own, width) {
  const record =
    own?.received.find((one) => one.kind === 'video' && one.frameWidth === width) ??
    own?.received.find((one) => one.kind === 'video');
  if (!record?.frameWidth || !own) return '';
  const codec = own.byId.get(record.codecId)?.mimeType?.split('/')[1];
  const fps = record.framesPerSecond;
  return [
    `${record.frameWidth}×${record.frameHeight}`,
    ...(fps === undefined ? [] : [`${Math.round(fps)} fps`]),
    ...(codec ? [codec] : []),
  ].join(' · ');
}
