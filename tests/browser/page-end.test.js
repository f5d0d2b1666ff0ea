// A page that is left tells its peers so: they need not wait until its consent has expired.

import { useChromium } from './support/browser.js';

const suite = useChromium();

/** One end of a session, in a page; the other is in another one. */
const begin = (page, offer) =>
  page.evaluate(async (offer) => {
    const pc = new harness.RTCPeerConnection();
    const seen = { states: [], events: [] };
    globalThis.end = { pc, seen };
    pc.onconnectionstatechange = () => seen.states.push(pc.connectionState);
    const watch = (channel) => {
      globalThis.end.opened = new Promise((resolve) => {
        if (channel.readyState === 'open') resolve();
        channel.addEventListener('open', resolve);
      });
      globalThis.end.closed = new Promise((resolve) => channel.addEventListener('close', resolve));
      for (const type of ['error', 'closing', 'close']) {
        channel.addEventListener(type, () => seen.events.push(type));
      }
    };
    if (offer) await pc.setRemoteDescription(offer);
    else watch(pc.createDataChannel('x'));
    pc.ondatachannel = ({ channel }) => watch(channel);
    await pc.setLocalDescription();
    await new Promise((resolve) => {
      const check = () => pc.iceGatheringState === 'complete' && resolve();
      pc.addEventListener('icegatheringstatechange', check);
      check();
    });
    const { type, sdp } = pc.localDescription;
    return { type, sdp };
  }, offer);

test('A page that is left closes its connections, and the peer hears of it at once', async () => {
  const [leaving, staying] = [await suite.open(), await suite.open()];
  const offer = await begin(leaving, null);
  const answer = await begin(staying, offer);
  await leaving.evaluate(async (answer) => {
    await globalThis.end.pc.setRemoteDescription(answer);
    await globalThis.end.opened;
  }, answer);

  await leaving.goto('about:blank');
  const seen = await staying.evaluate(async () => {
    const { pc, seen } = globalThis.end;
    await globalThis.end.closed;
    pc.close();
    return seen;
  });
  expect(seen.events).toContain('close');
  // Consent would have been doubted first (RFC 7675).
  expect(seen.states).not.toContain('disconnected');
  expect(seen.states).not.toContain('failed');
});
