// The command line of `npm run bench`.

import { parseArgs } from 'node:util';
import { selectMeasures } from './measures/index.js';
import { peerNames } from './peers/index.js';

export const usage = `npm run bench -- [measure ...] [options]

  measure        offer, media-offer, answer, first-offer, connect-trickle, connect-non-trickle,
                 datachannel, rtt, srtp, call, relay, relay-websocket, sizes, or how one begins
                 (connect); all without any. call needs Chromium, and more time (--timeout 120)
  --quick        one short round: shows that it works, says little
  --rounds n     how often each implementation has its turn (5)
  --peers a,b    only these of: ${peerNames.join(', ')}
  --json file    writes everything, each round included
  --timeout s    for one turn (60)
`;

/** @param {string[]} args */
export function parseOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      peers: { type: 'string' },
      json: { type: 'string' },
      timeout: { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  });
  const peers = values.peers?.split(',') ?? [...peerNames];
  for (const peer of peers) {
    if (!peerNames.includes(peer)) {
      throw new Error(`there is no peer "${peer}"; there are ${peerNames.join(', ')}`);
    }
  }
  return {
    measures: selectMeasures(positionals),
    peers,
    rounds: positive('rounds', values.rounds ?? (values.quick ? '1' : '5')),
    timeout: positive('timeout', values.timeout) * 1000,
    quick: values.quick,
    json: values.json,
    help: values.help,
  };
}

function positive(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number <= 0) throw new Error(`--${name} takes a whole number`);
  return number;
}
