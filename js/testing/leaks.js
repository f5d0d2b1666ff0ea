// What a test has left behind.

import { engine, liveResources } from '../api/testing-hooks.js';
import { openSimulations } from './simulation.js';

/** @returns {number} */
function engineObjects() {
  try {
    return engine().liveHandles();
  } catch {
    // No engine was loaded, so there is none.
    return 0;
  }
}

/**
 * What this package holds in this realm, real connections and simulated ones.
 *
 * - `connections`: not closed
 * - `timers`, `sockets`: of theirs
 * - `simulations`: not closed
 * - `certificates`: of `generateCertificate()`, which go with the collector
 */
export function liveObjects() {
  const { connections, timers, sockets } = liveResources();
  const certificates = engineObjects() - connections;
  return { connections, timers, sockets, simulations: openSimulations().length, certificates };
}

/**
 * For the end of a test. Simulations that are left are closed.
 * @throws {Error} that says what is left: connections (and where simulated ones were made), timers, sockets, simulations
 */
export function expectNoLeaks() {
  const left = Object.entries(liveObjects()).filter(
    ([name, count]) => name !== 'certificates' && count > 0,
  );
  if (left.length === 0) return;
  const details = openSimulations().flatMap((simulation) => simulation.leaks());
  const counts = left.map(([name, count]) => `${count} ${name}`).join(', ');
  // So that one test's failure is not the next one's.
  for (const simulation of openSimulations()) simulation.close();
  throw new Error([`left behind: ${counts}`, ...details].join('\n  '));
}
