// The measures, in the order in which they run. A measure (the files beside this one) says:
//   title    a line above its table
//   metrics  { name: { title, unit, better: 'lower' | 'higher' } }
//   plan(quick)                  -> how much to do
//   measure(peer, plan)          -> { metric: number }; runs in a process of its own
//   needsMedia?                  true: only with those that have audio and video
//   needsBrowser?             true: Chromium is needed
//   peerNames?, loadPeer?(name)  what is compared, where it is no implementation (../relays)
// or, where nothing is run, inspect() -> rows, see sizes.js.

export const measureNames = [
  'offer',
  'media-offer',
  'answer',
  'first-offer',
  'connect-trickle',
  'connect-non-trickle',
  'datachannel',
  'datachannel-64k',
  'datachannel-1k',
  'datachannel-64b',
  'datachannel-unordered',
  'rtt',
  'pairs',
  'cycles',
  'srtp',
  'call',
  'page-channel',
  'relay',
  'relay-websocket',
  'virtual-time',
  'sizes',
];

/** @param {string} name */
export const loadMeasure = (name) => import(`./${name}.js`);

/**
 * The measures that a command line asks for: whole names, or how they begin.
 * @param {string[]} wanted none for all
 */
export function selectMeasures(wanted) {
  if (wanted.length === 0) return [...measureNames];
  for (const text of wanted) {
    if (measureNames.some((name) => name.startsWith(text))) continue;
    throw new Error(`there is no measure "${text}"; there are ${measureNames.join(', ')}`);
  }
  return measureNames.filter((name) => wanted.some((text) => name.startsWith(text)));
}
