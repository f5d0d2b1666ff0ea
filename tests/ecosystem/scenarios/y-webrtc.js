// y-webrtc: one document, edited at both ends.

import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const doc = new Y.Doc();
  const map = doc.getMap('said');
  const complete = new Promise((resolve) =>
    map.observe(() => {
      if (map.has(`${end.other} text`) && map.has(`${end.other} file`)) resolve();
    }),
  );
  const provider = new WebrtcProvider('ecosystem', doc, {
    signaling: [end.server.url],
    password: 'of the room',
    peerOpts: { config: { iceServers: [] } },
  });
  const aware = new Promise((resolve) =>
    provider.awareness.on('change', () => {
      const states = [...provider.awareness.getStates().values()];
      if (states.some(({ name }) => name === end.other)) resolve();
    }),
  );
  provider.awareness.setLocalStateField('name', end.role);
  await end.meet();
  map.set(`${end.role} text`, end.greeting);
  map.set(`${end.role} file`, end.file);
  await end.within('what the other end writes', complete);
  await end.within('the other end to be there', aware);
  const seen = {
    messages: map.get(`${end.other} text`),
    file: await end.digest(map.get(`${end.other} file`)),
  };
  await end.meet();
  provider.destroy();
  doc.destroy();
  return seen;
}

export { run as a, run as b };
