// Chromium's own interfaces against ours: what it has and we lack, the report has to explain.

import { fallbacks, interfaces } from '../../js/api/generated/surface.js';
import { absentInterfaces, absentMembers } from '../../tools/idl/surface.mjs';
import { launchChromium } from './support/browser.js';

test('Every member of WebRTC that Chromium has and we lack is absent with a reason', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const native = await page.evaluate(() => {
      const members = {};
      for (const name of Object.getOwnPropertyNames(globalThis)) {
        if (
          !/^(webkit)?(RTC|MediaStream$|MediaStreamTrack$|MediaStream(Track)?Event$)/.test(name)
        ) {
          continue;
        }
        const { prototype, ...statics } = Object.getOwnPropertyDescriptors(globalThis[name]);
        members[name] = [
          ...Object.keys(Object.getOwnPropertyDescriptors(prototype.value)),
          ...Object.keys(statics).filter((key) => key !== 'length' && key !== 'name'),
        ].filter((key) => key !== 'constructor');
      }
      return members;
    });
    expect(native.RTCPeerConnection).toContain('createOffer');

    const tables = { ...interfaces, ...fallbacks };
    const unexplained = Object.entries(native).flatMap(([name, members]) => {
      if (absentInterfaces[name]) return [];
      if (!tables[name]) return [name];
      const ours = new Set(
        tables[name].members.flatMap(([kind, member]) =>
          kind === 'maplike'
            ? ['size', 'entries', 'forEach', 'get', 'has', 'keys', 'values']
            : [kind === 'json' ? 'toJSON' : member],
        ),
      );
      return members
        .map((member) => `${name}.${member}`)
        .filter((place) => !ours.has(place.split('.')[1]) && !absentMembers[place]);
    });
    expect(unexplained).toEqual([]);
  } finally {
    await browser.close();
  }
});
