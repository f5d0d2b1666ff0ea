// The measures in pages of Chromium, in a quick run.

import { jest } from '@jest/globals';
import { loadMeasure } from '../../bench/measures/index.js';
import { runMeasure } from '../../bench/runner.js';

jest.setTimeout(240_000);

test.each(['call', 'page-channel'])(
  '%s gives a figure for every metric, with webrtc-wasm and with native at the measured end',
  async (name) => {
    const { metrics } = await loadMeasure(name);
    const { values, failures } = await runMeasure(name, {
      peers: ['ours', 'werift'],
      rounds: 1,
      quick: true,
      timeout: 110_000,
      progress: () => {},
    });
    expect(failures).toEqual({});
    expect(Object.keys(values)).toEqual(['ours', 'native']);
    for (const rounds of Object.values(values)) {
      expect(Object.keys(rounds)).toEqual(Object.keys(metrics));
      for (const [value] of Object.values(rounds)) expect(value).toBeGreaterThan(0);
    }
  },
);
