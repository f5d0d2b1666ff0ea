// Pages end without asking. A browser closes its own connections with them, so that peers are told at once;
// ours are closed when the page is hidden for good, or put aside for "back", which open ones would prevent.

import { closeConnections } from './connection-driver.js';

/** Does nothing where there are no pages. */
export function closeWithPage() {
  if (typeof document !== 'object' || typeof addEventListener !== 'function') return;
  addEventListener('pagehide', closeConnections);
}
