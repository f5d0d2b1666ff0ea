// The perfect negotiation pattern (webrtc-pc 10.7) under glare: two sides that change what they like
// when they like, over a wire that takes its time.

import { audioTrack, connection, videoTrack } from './support/resources.js';
import { randomFrom } from './support/random.js';
import { copy, messageAt, openChannel } from './support/session.js';
import { connected, quiet, task } from './support/waiting.js';

/** Two sides that never come to an end have another problem than glare. */
const kOffersARound = 30;

/** A wire between two sides: keeps the order, and takes a random number of tasks. */
class Wire {
  #random;
  #queue = Promise.resolve();
  inFlight = 0;
  sent = 0;

  constructor(random) {
    this.#random = random;
  }

  /** @param {(message: any) => Promise<void>} deliver */
  send(deliver, message) {
    this.inFlight++;
    this.sent++;
    const copied = copy(message);
    this.#queue = this.#queue.then(async () => {
      for (let i = this.#random.below(4); i > 0; i--) await task();
      // The receiver handles one while the next is on its way.
      deliver(copied).finally(() => this.inFlight--);
    });
  }
}

/** One side, as the specification's example has it. */
class Side {
  #isPolite;
  #wire;
  isMakingOffer = false;
  #ignoreOffer = false;
  #isSettingRemoteAnswerPending = false;
  /** @type {Side} */
  other;
  problems = [];
  offers = 0;
  offersIgnored = 0;
  rollbacks = 0;
  handling = Promise.resolve();

  constructor(isPolite, wire) {
    this.#isPolite = isPolite;
    this.#wire = wire;
    this.pc = connection();
    this.pc.onicecandidate = ({ candidate }) => this.#send({ candidate });
    this.pc.onnegotiationneeded = () => this.#offer();
  }

  #send(message) {
    const { other } = this;
    this.#wire.send((received) => {
      other.handling = other.handling.then(() => other.receive(received));
      return other.handling;
    }, message);
  }

  async #offer() {
    try {
      this.offers++;
      this.isMakingOffer = true;
      await this.pc.setLocalDescription();
      this.#send({ description: this.pc.localDescription });
    } catch (error) {
      this.problems.push(`offering: ${error}`);
    } finally {
      this.isMakingOffer = false;
    }
  }

  async receive({ description, candidate }) {
    const { pc } = this;
    try {
      if (description) {
        const isReady =
          !this.isMakingOffer &&
          (pc.signalingState === 'stable' || this.#isSettingRemoteAnswerPending);
        const collides = description.type === 'offer' && !isReady;
        this.#ignoreOffer = !this.#isPolite && collides;
        if (this.#ignoreOffer) {
          this.offersIgnored++;
          return;
        }
        if (collides) this.rollbacks++;
        this.#isSettingRemoteAnswerPending = description.type === 'answer';
        await pc.setRemoteDescription(description);
        this.#isSettingRemoteAnswerPending = false;
        if (description.type === 'offer') {
          await pc.setLocalDescription();
          this.#send({ description: pc.localDescription });
        }
      } else {
        await pc.addIceCandidate(candidate ?? undefined).catch((error) => {
          if (!this.#ignoreOffer) throw error;
        });
      }
    } catch (error) {
      this.#isSettingRemoteAnswerPending = false;
      this.problems.push(`receiving ${description?.type ?? 'a candidate'}: ${error}`);
    }
  }
}

/** @param {number} seed */
function twoSides(seed) {
  const random = randomFrom(seed);
  const wires = [new Wire(random), new Wire(random)];
  const polite = new Side(true, wires[0]);
  const impolite = new Side(false, wires[1]);
  polite.other = impolite;
  impolite.other = polite;
  const sides = [polite, impolite];
  /** Until both are stable, nothing is on the wire, and nothing more comes; or something went wrong. */
  const settle = async () => {
    const offersBefore = polite.offers + impolite.offers;
    const isBusy = () =>
      wires.some(({ inFlight }) => inFlight > 0) ||
      sides.some(({ pc, isMakingOffer }) => isMakingOffer || pc.signalingState !== 'stable');
    const activity = () =>
      [...wires.map(({ sent }) => sent), ...sides.map(({ offers }) => offers)].join();
    let before;
    do {
      while (isBusy()) {
        await task();
        expect([...polite.problems, ...impolite.problems]).toEqual([]);
        expect(polite.offers + impolite.offers - offersBefore).toBeLessThan(kOffersARound);
      }
      before = activity();
      await quiet();
    } while (isBusy() || activity() !== before);
  };
  return { random, polite, impolite, sides, settle };
}

const kReversed = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** Both sides have the same sections, and see their directions from their ends. */
function expectAgreement(polite, impolite) {
  expect([...polite.problems, ...impolite.problems]).toEqual([]);
  const state = ({ pc }, translate) =>
    pc
      .getTransceivers()
      .map(({ mid, currentDirection, receiver }) => [
        mid,
        receiver.track.kind,
        translate(currentDirection),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  const same = (direction) => direction;
  expect(state(polite, same)).toEqual(state(impolite, (direction) => kReversed[direction]));
  for (const { pc } of [polite, impolite]) {
    expect(pc.pendingLocalDescription).toBe(null);
    expect(pc.pendingRemoteDescription).toBe(null);
    for (const { mid, direction } of pc.getTransceivers()) {
      expect(mid).not.toBe(null);
      expect(direction).not.toBe('stopped');
    }
  }
}

test('two sides that offer at once agree on what both of them wanted', async () => {
  const { polite, impolite, settle } = twoSides(1);
  polite.pc.addTrack(audioTrack(), new MediaStream());
  impolite.pc.addTrack(videoTrack(), new MediaStream());
  await settle();
  expectAgreement(polite, impolite);
  const kinds = polite.pc.getTransceivers().map(({ receiver }) => receiver.track.kind);
  expect(kinds.sort()).toEqual(['audio', 'video']);
  expect(polite.rollbacks + impolite.offersIgnored).toBeGreaterThan(0);
});

test('two sides that offer data channels at once have both open', async () => {
  const { polite, impolite, settle } = twoSides(2);
  const both = [
    openChannel(polite.pc, impolite.pc, 'polite'),
    openChannel(impolite.pc, polite.pc, 'impolite'),
  ];
  await settle();
  for (const { near, far } of await Promise.all(both)) {
    const arriving = messageAt(far);
    near.send('hello');
    expect(await arriving).toBe('hello');
  }
  await connected(polite.pc, impolite.pc);
  expectAgreement(polite, impolite);
});

test('tracks that both sides add at once of one kind share no section by mistake', async () => {
  const { polite, impolite, settle } = twoSides(3);
  polite.pc.addTrack(audioTrack(), new MediaStream());
  impolite.pc.addTrack(audioTrack(), new MediaStream());
  await settle();
  expectAgreement(polite, impolite);
  for (const { pc } of [polite, impolite]) {
    const sending = pc.getSenders().filter(({ track }) => track);
    expect(sending).toHaveLength(1);
    const receiving = pc
      .getTransceivers()
      .filter(({ currentDirection }) => /^(sendrecv|recvonly)$/.test(currentDirection));
    expect(receiving).toHaveLength(1);
  }
});

test('the polite side’s rolled-back offer comes again', async () => {
  const { polite, impolite, settle } = twoSides(4);
  const transceiver = polite.pc.addTransceiver('video', { direction: 'sendonly' });
  impolite.pc.addTransceiver('audio', { direction: 'sendonly' });
  await settle();
  expect(transceiver.currentDirection).toBe('sendonly');
  expectAgreement(polite, impolite);
});

/** One random change of one side. */
function change(side, random) {
  const { pc } = side;
  const alive = pc.getTransceivers().filter(({ direction }) => direction !== 'stopped');
  const actions = [
    () => pc.addTransceiver(random.pick(['audio', 'video'])),
    () => pc.addTrack(random.pick([audioTrack, videoTrack])(), new MediaStream()),
    () => pc.createDataChannel('channel'),
    () => pc.restartIce(),
  ];
  if (alive.length > 0) {
    const transceiver = random.pick(alive);
    actions.push(
      () => (transceiver.direction = random.pick(['sendrecv', 'sendonly', 'recvonly', 'inactive'])),
      () => pc.removeTrack(transceiver.sender),
      () => transceiver.sender.setStreams(new MediaStream()),
    );
    // Sections do not pile up.
    if (alive.length > 3)
      actions.push(...Array.from({ length: 6 }, () => () => transceiver.stop()));
  }
  random.pick(actions)();
}

for (const seed of [11, 12, 13, 14, 15, 16]) {
  test(`both sides agree after every one of 10 rounds of random changes with glare (seed ${seed})`, async () => {
    const { random, polite, impolite, sides, settle } = twoSides(seed);
    let glares = 0;
    for (let round = 0; round < 10; round++) {
      for (const side of sides) {
        for (let count = random.below(3); count >= 0; count--) {
          change(side, random);
          if (random.happens(0.3)) await task();
        }
      }
      await settle();
      expectAgreement(polite, impolite);
    }
    glares += polite.rollbacks + impolite.offersIgnored;
    expect(glares).toBeGreaterThan(0);
  }, 30_000);
}
