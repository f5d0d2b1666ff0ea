// Scenarios in a page of a browser.

import { playAnswers, playOffers } from './w3c-session.mjs';

// What stands between the scenarios and a page: tracks that need neither device nor permission.
const kMakers = `{
  RTCPeerConnection,
  MediaStream,
  track(kind) {
    if (kind === 'video') {
      const canvas = document.createElement('canvas');
      canvas.getContext('2d');
      return canvas.captureStream().getVideoTracks()[0];
    }
    return new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  },
}`;

/**
 * @param {(script: string) => Promise<any>} evaluate what the promise of a script's value gives
 */
export function pagePeer(evaluate) {
  return {
    /** @param {import('./scenarios.mjs').OfferScenario} scenario @returns {Promise<string[]>} */
    offers: (scenario) => evaluate(`(${playOffers})(${kMakers}, ${JSON.stringify(scenario)})`),
    /**
     * @param {import('./scenarios.mjs').AnswerScenario} scenario
     * @param {string[]} offers
     * @returns {Promise<string[]>}
     */
    answers: (scenario, offers) =>
      evaluate(
        `(${playAnswers})(${kMakers}, ${JSON.stringify(scenario)}, ${JSON.stringify(offers)})`,
      ),
  };
}
