// The relay of a test file.

import { startRelay } from '../../browser/support/browser.js';

export function useRelay() {
  const suite = { relay: undefined };
  beforeAll(async () => {
    suite.relay = await startRelay();
  });
  afterAll(async () => {
    await suite.relay?.close();
  });
  return suite;
}
