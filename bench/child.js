// One run of one measure with one implementation, in a process of its own:
//   child.js <measure> <peer> <plan as JSON>
// The result goes to the parent, which then ends the process: add-ons with threads may not.

import { loadMeasure } from './measures/index.js';
import { loadPeer } from './peers/index.js';

// The runner may be ended at any time; browsers that were started here, in this group, would stay.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

const [measureName, peerName, plan] = process.argv.slice(2);

try {
  const { measure, loadPeer: load = loadPeer } = await loadMeasure(measureName);
  const result = await measure(await load(peerName), JSON.parse(plan));
  process.send({ result });
} catch (error) {
  process.send({ error: error?.message ?? String(error) });
}
