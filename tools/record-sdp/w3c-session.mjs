// Plays a scenario on RTCPeerConnections. Each function stands for itself, so that its source can be
// evaluated in a page.

/**
 * @typedef {object} Makers
 * @property {typeof RTCPeerConnection} RTCPeerConnection
 * @property {typeof MediaStream} MediaStream
 * @property {(kind: string) => MediaStreamTrack} track
 */

/**
 * The offers of the scenario's rounds, which a second connection answers.
 * @param {Makers} makers
 * @param {import('./scenarios.mjs').OfferScenario} scenario
 * @returns {Promise<string[]>}
 */
export async function playOffers(makers, scenario) {
  const configuration = { iceServers: [], ...scenario.configuration };
  const offerer = new makers.RTCPeerConnection(configuration);
  const answerer = new makers.RTCPeerConnection(configuration);
  /** @type {Map<string, MediaStream>} */
  const streams = new Map();
  const streamNamed = (/** @type {string} */ name) => {
    const known = streams.get(name) ?? new makers.MediaStream();
    streams.set(name, known);
    return known;
  };
  const add = (/** @type {import('./scenarios.mjs').Section} */ section) => {
    if (section.kind === 'data') {
      offerer.createDataChannel('data');
      return;
    }
    const direction = section.direction ?? 'sendrecv';
    const sends = direction.startsWith('send');
    const members = sends ? (section.streams ?? ['only']).map(streamNamed) : [];
    if (scenario.planB) {
      const track = makers.track(section.kind);
      for (const stream of members) stream.addTrack(track);
      offerer.addTrack(track, ...members);
      return;
    }
    const transceiver = offerer.addTransceiver(sends ? makers.track(section.kind) : section.kind, {
      direction,
      ...(sends ? { streams: members } : {}),
      ...(section.rids ? { sendEncodings: section.rids.map((rid) => ({ rid })) } : {}),
    });
    if (section.codec) {
      const { constructor: receivers } = /** @type {any} */ (transceiver.receiver);
      const capabilities = receivers.getCapabilities(section.kind);
      const isWanted = (/** @type {{mimeType: string}} */ { mimeType }) =>
        mimeType.toLowerCase() === section.codec?.toLowerCase();
      const wanted = capabilities.codecs.filter(isWanted);
      if (wanted.length === 0) throw new Error(`there is no ${section.codec}`);
      transceiver.setCodecPreferences(wanted);
    }
  };
  const gathered = () =>
    new Promise((resolve) => {
      const look = () => {
        if (offerer.iceGatheringState === 'complete') resolve(undefined);
      };
      offerer.addEventListener('icegatheringstatechange', look);
      look();
    });

  // What makes the other side refuse a section.
  const withoutKnownCodecs = (/** @type {string} */ sdp, /** @type {number[]} */ sections) =>
    sdp
      .split(/^(?=m=)/m)
      .map((part, i) =>
        sections.includes(i - 1) ? part.replaceAll(/(?<=^a=rtpmap:\d+ )[^/]+/gm, 'unknown') : part,
      )
      .join('');

  const said = [];
  try {
    for (const round of scenario.rounds) {
      for (const section of round.add ?? []) add(section);
      for (const at of round.stop ?? []) offerer.getTransceivers()[at].stop();
      for (const [at, direction] of Object.entries(round.turn ?? {})) {
        offerer.getTransceivers()[Number(at)].direction =
          /** @type {RTCRtpTransceiverDirection} */ (direction);
      }
      for (const at of round.removeTrack ?? [])
        offerer.removeTrack(offerer.getTransceivers()[at].sender);
      const offer = await offerer.createOffer(round.restart ? { iceRestart: true } : undefined);
      await offerer.setLocalDescription(offer);
      if (scenario.gathered) await gathered();
      const sdp = scenario.gathered ? offerer.localDescription?.sdp : offer.sdp;
      said.push(sdp ?? '');
      await answerer.setRemoteDescription({
        type: 'offer',
        sdp: withoutKnownCodecs(sdp ?? '', round.refuse ?? []),
      });
      const answer = await answerer.createAnswer();
      await answerer.setLocalDescription(answer);
      await offerer.setRemoteDescription(answer);
    }
  } finally {
    offerer.close();
    answerer.close();
  }
  return said;
}

/**
 * The answers to these offers, one after the other.
 * @param {Makers} makers
 * @param {import('./scenarios.mjs').AnswerScenario} scenario
 * @param {string[]} offers
 * @returns {Promise<string[]>}
 */
export async function playAnswers(makers, scenario, offers) {
  const answerer = new makers.RTCPeerConnection({ iceServers: [] });
  const gathered = () =>
    new Promise((resolve) => {
      const look = () => {
        if (answerer.iceGatheringState === 'complete') resolve(undefined);
      };
      answerer.addEventListener('icegatheringstatechange', look);
      look();
    });
  const withoutKnownCodecs = (/** @type {string} */ sdp, /** @type {number[]} */ sections) =>
    sdp
      .split(/^(?=m=)/m)
      .map((part, i) =>
        sections.includes(i - 1) ? part.replaceAll(/(?<=^a=rtpmap:\d+ )[^/]+/gm, 'unknown') : part,
      )
      .join('');
  const stream = new makers.MediaStream();
  const said = [];
  try {
    for (const [round, sdp] of offers.entries()) {
      const isLast = round === offers.length - 1;
      const refused = isLast ? (scenario.refuse ?? []) : [];
      await answerer.setRemoteDescription({
        type: 'offer',
        sdp: withoutKnownCodecs(sdp, refused),
      });
      if (round === 0) {
        for (const { kind } of scenario.add ?? []) answerer.addTrack(makers.track(kind), stream);
      }
      const answer = await answerer.createAnswer();
      await answerer.setLocalDescription(answer);
      if (scenario.gathered) await gathered();
      const text = scenario.gathered ? answerer.localDescription?.sdp : answer.sdp;
      said.push(text ?? '');
    }
  } finally {
    answerer.close();
  }
  return said;
}
