// The legacy options of createOffer(): webrtc-pc 4.4.3.

import { connection } from './support/resources.js';
import { sectionsOf } from './support/sdp.js';
import { quiet, record } from './support/waiting.js';

const kKinds = /** @type {const} */ (['audio', 'video']);

// ---- offerToReceiveAudio and offerToReceiveVideo

for (const kind of kKinds) {
  const other = kind === 'audio' ? 'video' : 'audio';
  const option = `offerToReceive${kind === 'audio' ? 'Audio' : 'Video'}`;

  test(`${option} true creates a transceiver that receives ${kind} if there is none`, async () => {
    const pc = connection();
    const offer = await pc.createOffer({ [option]: true });
    const transceivers = pc.getTransceivers();
    expect(transceivers).toHaveLength(1);
    expect(transceivers[0].receiver.track.kind).toBe(kind);
    expect(transceivers[0].direction).toBe('recvonly');
    expect(transceivers[0].sender.track).toBe(null);
    expect(sectionsOf(offer).map(({ kind, direction }) => [kind, direction])).toEqual([
      [kind, 'recvonly'],
    ]);
  });

  for (const direction of ['sendrecv', 'recvonly']) {
    test(`${option} true creates nothing beside a transceiver that is ${direction}`, async () => {
      const pc = connection();
      pc.addTransceiver(kind, { direction });
      await pc.createOffer({ [option]: true });
      expect(pc.getTransceivers().map(({ direction }) => direction)).toEqual([direction]);
    });
  }

  for (const direction of ['sendonly', 'inactive']) {
    test(`${option} true creates a recvonly transceiver beside one that is ${direction}, and leaves that as it is`, async () => {
      const pc = connection();
      pc.addTransceiver(kind, { direction });
      const offer = await pc.createOffer({ [option]: true });
      const expected = [direction, 'recvonly'];
      expect(pc.getTransceivers().map(({ direction }) => direction)).toEqual(expected);
      expect(sectionsOf(offer).map(({ direction }) => direction)).toEqual(expected);
    });
  }

  test(`${option} true does not count transceivers that are stopped or of the other kind`, async () => {
    const pc = connection();
    pc.addTransceiver(other);
    pc.addTransceiver(kind).stop();
    await pc.createOffer({ [option]: true });
    const alive = pc.getTransceivers().filter(({ direction }) => direction !== 'stopped');
    expect(alive.map(({ receiver, direction }) => [receiver.track.kind, direction])).toEqual([
      [other, 'sendrecv'],
      [kind, 'recvonly'],
    ]);
  });

  test(`${option} true, twice, creates one transceiver`, async () => {
    const pc = connection();
    await pc.createOffer({ [option]: true });
    await pc.createOffer({ [option]: true });
    expect(pc.getTransceivers()).toHaveLength(1);
  });

  test(`${option} true fires no negotiationneeded for the transceiver that it creates`, async () => {
    const pc = connection();
    const events = record(pc, 'negotiationneeded');
    await pc.createOffer({ [option]: true });
    await quiet();
    expect(events).toEqual([]);
  });

  for (const [before, after] of [
    ['sendrecv', 'sendonly'],
    ['recvonly', 'inactive'],
    ['sendonly', 'sendonly'],
    ['inactive', 'inactive'],
  ]) {
    test(`${option} false makes a transceiver that is ${before} ${after}`, async () => {
      const pc = connection();
      const transceiver = pc.addTransceiver(kind, { direction: before });
      const offer = await pc.createOffer({ [option]: false });
      expect(transceiver.direction).toBe(after);
      expect(sectionsOf(offer).map(({ direction }) => direction)).toEqual([after]);
    });
  }

  test(`${option} false changes every transceiver of its kind, and none of the other`, async () => {
    const pc = connection();
    pc.addTransceiver(kind);
    pc.addTransceiver(other);
    pc.addTransceiver(kind, { direction: 'recvonly' });
    await pc.createOffer({ [option]: false });
    expect(pc.getTransceivers().map(({ direction }) => direction)).toEqual([
      'sendonly',
      'sendrecv',
      'inactive',
    ]);
  });

  test(`${option} false creates nothing`, async () => {
    const pc = connection();
    const offer = await pc.createOffer({ [option]: false });
    expect(pc.getTransceivers()).toEqual([]);
    expect(sectionsOf(offer)).toEqual([]);
  });

  test(`${option} left out leaves the directions alone`, async () => {
    const pc = connection();
    pc.addTransceiver(kind);
    await pc.createOffer();
    expect(pc.getTransceivers().map(({ direction }) => direction)).toEqual(['sendrecv']);
  });
}

test('offerToReceiveAudio and offerToReceiveVideo true create one transceiver each', async () => {
  const pc = connection();
  await pc.createOffer({ offerToReceiveVideo: true, offerToReceiveAudio: true });
  const kinds = pc.getTransceivers().map(({ receiver }) => receiver.track.kind);
  expect(kinds.sort()).toEqual(['audio', 'video']);
});

test('offerToReceiveAudio and offerToReceiveVideo convert their values to booleans', async () => {
  const pc = connection();
  pc.addTransceiver('video');
  await pc.createOffer({ offerToReceiveAudio: 'yes', offerToReceiveVideo: 0 });
  const found = pc
    .getTransceivers()
    .map(({ receiver, direction }) => [receiver.track.kind, direction]);
  expect(found).toEqual([
    ['video', 'sendonly'],
    ['audio', 'recvonly'],
  ]);
});

// ---- voiceActivityDetection

const comfortNoise = (offer) =>
  sectionsOf(offer)
    .flatMap((section) => section.codecs())
    .filter(({ name, payloadType }) => name === 'CN' || payloadType === 13);

test('voiceActivityDetection true, the default, offers comfort noise', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  expect(comfortNoise(await pc.createOffer()).length).toBeGreaterThan(0);
  expect(
    comfortNoise(await pc.createOffer({ voiceActivityDetection: true })).length,
  ).toBeGreaterThan(0);
});

test('voiceActivityDetection false leaves comfort noise out of the offer', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  const offer = await pc.createOffer({ voiceActivityDetection: false });
  expect(comfortNoise(offer)).toEqual([]);
  expect(
    sectionsOf(offer)[0]
      .codecs()
      .map(({ name }) => name),
  ).toContain('opus');
});
