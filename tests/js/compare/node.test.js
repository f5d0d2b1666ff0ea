// In Node.js: ours beside itself, and beside an implementation that others wrote.

import wrtc from '@roamhq/wrtc';
import { compareScenario, scenario, scenarios } from '../../../js/compare/index.js';
import * as ours from '../../../js/index.node.js';

const kSubjects = ['createOffer', 'descriptions', 'negotiation', 'data channels'];

test.each(kSubjects)('Ours does not differ from itself: %s', async (subject) => {
  const differing = [];
  for (const one of scenarios.filter(({ group }) => group === subject)) {
    const { same, differences } = await compareScenario(one, { ours, again: ours });
    if (!same) differing.push([one.name, differences]);
  }
  expect(differing).toEqual([]);
});

test('A scenario of one’s own tells ours from another implementation', async () => {
  const rollback = scenario(
    'a remote rollback of a local offer',
    { spec: 'https://www.rfc-editor.org/rfc/rfc9429.html#section-3.2' },
    async ({ pc, attempt, note }) => {
      const a = pc();
      a.createDataChannel('x');
      await a.setLocalDescription(await a.createOffer());
      await attempt(() => a.setRemoteDescription({ type: 'rollback', sdp: '' }));
      note('state', a.signalingState);
    },
  );
  const { same, rows } = await compareScenario(rollback, { wrtc, ours });
  expect(same).toBe(false);
  expect(rows.find(({ key }) => key === 'note state')).toMatchObject({
    left: 'stable',
    right: 'have-local-offer',
  });
});
