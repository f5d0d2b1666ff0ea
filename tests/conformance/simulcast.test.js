// Simulcast: webrtc-pc 5.4.1, RFC 8851 and 8853.

import { throws } from './support/errors.js';
import { connection, videoTrack } from './support/resources.js';
import { munge, sectionsOf } from './support/sdp.js';
import { answerTo, copy, negotiate, offerTo, pair } from './support/session.js';

const encodingsOf = (sender) => sender.getParameters().encodings;
const ridsOf = (sender) => encodingsOf(sender).map(({ rid }) => rid);
const kThree = [{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }];

/** An offer that wants to receive simulcast, from one that wants to send it. */
const toReceive = (description) =>
  munge(description, (line) =>
    line
      .replace(/^(a=rid:\S+) send/, '$1 recv')
      .replace(/^a=simulcast:send/, 'a=simulcast:recv')
      .replace('a=sendrecv', 'a=recvonly')
      .replace('a=sendonly', 'a=recvonly'),
  );

/** The answer of somebody who takes the rids, to an offer that sends simulcast. */
async function answerTaking(a, rids) {
  const b = connection();
  await b.setRemoteDescription(
    munge(copy(a.localDescription), (line) => (/^a=(rid|simulcast):/.test(line) ? null : line)),
  );
  const { type, sdp } = await b.createAnswer();
  const lines = [
    ...rids.map((rid) => `a=rid:${rid} recv`),
    ...(rids.length > 0 ? [`a=simulcast:recv ${rids.join(';')}`] : []),
  ];
  return { type, sdp: sdp + lines.map((line) => `${line}\r\n`).join('') };
}

test('addTransceiver() with several encodings makes a sender with them, in their order', () => {
  const { sender } = connection().addTransceiver('video', { sendEncodings: kThree });
  expect(ridsOf(sender)).toEqual(['q', 'h', 'f']);
  for (const encoding of encodingsOf(sender)) expect(encoding.active).toBe(true);
});

test('the offer names the rids that it sends, and offers them for simulcast', async () => {
  const pc = connection();
  pc.addTransceiver(videoTrack(), { sendEncodings: kThree });
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('rid')).toEqual(['q send', 'h send', 'f send']);
  expect(section.values('simulcast')).toEqual(['send q;h;f']);
});

test('the offer has the header extension that tells rids apart', async () => {
  const pc = connection();
  pc.addTransceiver(videoTrack(), { sendEncodings: kThree });
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('extmap').join('\n')).toContain(
    'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  );
});

test('an encoding alone is offered without rid and simulcast', async () => {
  const pc = connection();
  const { sender } = pc.addTransceiver(videoTrack(), { sendEncodings: [{ rid: 'only' }] });
  const [section] = sectionsOf(await pc.createOffer());
  expect([section.values('rid'), section.values('simulcast')]).toEqual([[], []]);
  expect('rid' in encodingsOf(sender)[0]).toBe(false);
});

test('a transceiver that does not send offers no simulcast', async () => {
  const pc = connection();
  pc.addTransceiver('video', { direction: 'recvonly', sendEncodings: kThree });
  const [section] = sectionsOf(await pc.createOffer());
  expect([section.values('rid'), section.values('simulcast')]).toEqual([[], []]);
});

test('encodings get scaleResolutionDownBy by powers of two, the last in full size', () => {
  const { sender } = connection().addTransceiver('video', { sendEncodings: kThree });
  expect(encodingsOf(sender).map((x) => x.scaleResolutionDownBy)).toEqual([4, 2, 1]);
});

test('encodings without scaleResolutionDownBy beside one that has it are in full size', () => {
  const { sender } = connection().addTransceiver('video', {
    sendEncodings: [{ rid: 'a', scaleResolutionDownBy: 3 }, { rid: 'b' }],
  });
  expect(encodingsOf(sender).map((x) => x.scaleResolutionDownBy)).toEqual([3, 1]);
});

for (const [what, sendEncodings] of [
  ['a rid for one encoding and none for the other', [{ rid: 'a' }, {}]],
  ['the same rid twice', [{ rid: 'a' }, { rid: 'a' }]],
  ['a rid that is none', [{ rid: 'a b' }, { rid: 'c' }]],
]) {
  test(`addTransceiver() throws a TypeError for ${what}`, () => {
    const pc = connection();
    throws(() => pc.addTransceiver('video', { sendEncodings }), 'TypeError');
    expect(pc.getTransceivers()).toEqual([]);
  });
}

test('an answer that takes all rids keeps all encodings', async () => {
  const a = connection();
  const { sender } = a.addTransceiver(videoTrack(), { sendEncodings: kThree });
  await a.setLocalDescription();
  await a.setRemoteDescription(await answerTaking(a, ['q', 'h', 'f']));
  expect(ridsOf(sender)).toEqual(['q', 'h', 'f']);
});

test('an answer that takes some rids removes the encodings of the others', async () => {
  const a = connection();
  const { sender } = a.addTransceiver(videoTrack(), { sendEncodings: kThree });
  await a.setLocalDescription();
  await a.setRemoteDescription(await answerTaking(a, ['q', 'f']));
  expect(ridsOf(sender)).toEqual(['q', 'f']);
});

test('an answer that knows no simulcast leaves the first encoding alone', async () => {
  const a = connection();
  const { sender } = a.addTransceiver(videoTrack(), { sendEncodings: kThree });
  await a.setLocalDescription();
  await a.setRemoteDescription(await answerTaking(a, []));
  expect(encodingsOf(sender)).toHaveLength(1);
});

test('an answer with a rid that was not offered is refused or takes none of the encodings', async () => {
  const a = connection();
  const { sender } = a.addTransceiver(videoTrack(), { sendEncodings: kThree });
  await a.setLocalDescription();
  await a.setRemoteDescription(await answerTaking(a, ['q', 'nobody'])).catch(() => {});
  expect(ridsOf(sender)).not.toContain('nobody');
});

test('encodings that an answer removed do not come back', async () => {
  const a = connection();
  const { sender } = a.addTransceiver(videoTrack(), { sendEncodings: kThree });
  await a.setLocalDescription();
  await a.setRemoteDescription(await answerTaking(a, ['q', 'h']));
  await a.setLocalDescription();
  const [section] = sectionsOf(a.localDescription);
  expect(section.values('simulcast')).toEqual(['send q;h']);
  expect(ridsOf(sender)).toEqual(['q', 'h']);
});

test('an offer to receive simulcast gives encodings to the transceiver that it creates', async () => {
  const [a, b] = [connection(), connection()];
  a.addTransceiver('video', { sendEncodings: kThree });
  await a.setLocalDescription();
  await b.setRemoteDescription(toReceive(copy(a.localDescription)));
  const [{ sender }] = b.getTransceivers();
  expect(ridsOf(sender)).toEqual(['q', 'h', 'f']);
  expect(encodingsOf(sender).map((x) => x.scaleResolutionDownBy)).toEqual([4, 2, 1]);
});

test('an offer to receive simulcast gives encodings to a transceiver of addTrack()', async () => {
  const [a, b] = [connection(), connection()];
  a.addTransceiver('video', { sendEncodings: kThree });
  const sender = b.addTrack(videoTrack());
  await a.setLocalDescription();
  await b.setRemoteDescription(toReceive(copy(a.localDescription)));
  expect(ridsOf(sender)).toEqual(['q', 'h', 'f']);
});

test('the answer to an offer to receive simulcast sends the rids of the sender', async () => {
  const [a, b] = [connection(), connection()];
  a.addTransceiver('video', { sendEncodings: kThree });
  b.addTrack(videoTrack());
  await a.setLocalDescription();
  await b.setRemoteDescription(toReceive(copy(a.localDescription)));
  const [section] = sectionsOf(await b.createAnswer());
  expect(section.values('rid')).toEqual(['q send', 'h send', 'f send']);
  expect(section.values('simulcast')).toEqual(['send q;h;f']);
});

test('a rollback takes encodings away that an offer to receive simulcast gave', async () => {
  const [a, b] = [connection(), connection()];
  a.addTransceiver('video', { sendEncodings: kThree });
  const sender = b.addTrack(videoTrack());
  await a.setLocalDescription();
  await b.setRemoteDescription(toReceive(copy(a.localDescription)));
  await b.setRemoteDescription({ type: 'rollback' });
  expect(encodingsOf(sender)).toHaveLength(1);
  expect('rid' in encodingsOf(sender)[0]).toBe(false);
});

test('of alternatives in an offer to receive simulcast the first is taken', async () => {
  const [a, b] = [connection(), connection()];
  a.addTransceiver('video', { sendEncodings: kThree });
  await a.setLocalDescription();
  const offer = munge(toReceive(copy(a.localDescription)), (line) =>
    line.replace('recv q;h;f', 'recv q,h;f'),
  );
  await b.setRemoteDescription(offer);
  expect(ridsOf(b.getTransceivers()[0].sender)).toEqual(['q', 'f']);
});

test('setParameters() changes each encoding by itself', async () => {
  const { sender } = connection().addTransceiver('video', { sendEncodings: kThree });
  const parameters = sender.getParameters();
  parameters.encodings[1].active = false;
  parameters.encodings[2].maxBitrate = 1_000_000;
  await sender.setParameters(parameters);
  expect(encodingsOf(sender).map(({ active }) => active)).toEqual([true, false, true]);
  expect(encodingsOf(sender)[2].maxBitrate).toBe(1_000_000);
});

test('an offer of simulcast is answered by the same implementation, in both directions', async () => {
  const [a, b] = pair();
  a.addTransceiver(videoTrack(), { sendEncodings: kThree });
  await negotiate(a, b);
  expect(a.signalingState).toBe('stable');
  await offerTo(b, a);
  await answerTo(a, b);
  expect(b.signalingState).toBe('stable');
});
