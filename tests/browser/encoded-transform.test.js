// Encoded transforms in a worker of a page: what one end's worker turns, the other end's turns back.

import { useChromium } from './support/browser.js';

const suite = useChromium();

test.each([
  ['audio', 'audio/opus', '[object RTCEncodedAudioFrame]'],
  ['video', 'video/VP8', '[object RTCEncodedVideoFrame]'],
])('Frames of %s go through a worker at both ends', async (kind, mimeType, what) => {
  const page = await suite.open();
  await page.waitForFunction(() => globalThis.harness !== undefined);
  const seen = await page.evaluate(
    async ({ kind, mimeType }) => {
      const { RTCPeerConnection, RTCRtpScriptTransform, RTCEncodedSource, RTCEncodedSink } =
        harness;
      const worker = new Worker('transform-worker.js', { type: 'module' });
      const told = [];
      let wake = () => {};
      worker.onmessage = ({ data }) => {
        told.push(data);
        wake();
      };
      const untilTold = async (condition) => {
        while (!told.some(condition)) await new Promise((resolve) => (wake = resolve));
        return told.find(condition);
      };
      const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
      a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
      b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);

      const source = new RTCEncodedSource({ kind, mimeType });
      const { sender } = a.addTransceiver(source.createTrack(), { direction: 'sendonly' });
      sender.transform = new RTCRtpScriptTransform(worker, { name: 'sender' });
      const received = new Promise((resolve) => {
        b.ontrack = ({ receiver }) => {
          receiver.transform = new RTCRtpScriptTransform(worker, { name: 'receiver' });
          new RTCEncodedSink(receiver.track).onframe = ({ frame }) => resolve([...frame.data]);
        };
      });
      await a.setLocalDescription();
      await b.setRemoteDescription(a.localDescription);
      await b.setLocalDescription();
      await a.setRemoteDescription(b.localDescription);

      // RFC 6386 section 9.1: a key frame of 64 times 48.
      const header = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0];
      const data = new Uint8Array(1000).map((_, i) => header[i] ?? i);
      let time = 0;
      const pump = setInterval(() => {
        const rtpTimestamp = (time += kind === 'audio' ? 960 : 1800);
        source.onFrame({ data, key: true, rtpTimestamp, width: 64, height: 48 });
      }, 20);
      const bytes = await received;
      clearInterval(pump);
      const sent = await untilTold(({ name, what }) => name === 'sender' && what);
      const got = await untilTold(({ name, what }) => name === 'receiver' && what);
      worker.postMessage('hello');
      await untilTold(({ application }) => application === 'hello');
      a.close();
      b.close();
      await untilTold(({ name, over }) => name === 'sender' && over);
      await untilTold(({ name, over }) => name === 'receiver' && over);
      worker.terminate();
      return {
        isSame: bytes.length === data.length && bytes.every((byte, i) => byte === data[i]),
        sent,
        got,
        applicationHeard: told.filter(({ application }) => application !== undefined),
      };
    },
    { kind, mimeType },
  );
  expect(seen.isSame).toBe(true);
  expect([seen.sent.what, seen.got.what]).toEqual([what, what]);
  expect(seen.got.metadata).toMatchObject({ mimeType, receiveTime: expect.any(Number) });
  expect(seen.sent.metadata.synchronizationSource).toBe(seen.got.metadata.synchronizationSource);
  expect(seen.applicationHeard).toEqual([{ application: 'hello' }]);
});
