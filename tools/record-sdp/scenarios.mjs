// What peers that have RTCPeerConnection's shape are asked to say. Everything here is plain JSON, so
// that a scenario can go into a page, or to another language's program.

/**
 * @typedef {object} Section
 * @property {'audio' | 'video' | 'data'} kind
 * @property {'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'} [direction] sendrecv
 * @property {string[]} [streams] names of MediaStreams; one for all that is sent, by default
 * @property {string[]} [rids] of simulcast encodings
 * @property {string} [codec] the one to be preferred, `video/H264`
 */

/**
 * One offer and its answer. The steps are carried out in this order, before the offer.
 * @typedef {object} Round
 * @property {Section[]} [add]
 * @property {number[]} [stop] transceivers, by position
 * @property {Record<string, string>} [turn] positions of transceivers to their new direction
 * @property {number[]} [removeTrack] of transceivers
 * @property {boolean} [restart] ICE
 * @property {number[]} [refuse] m-sections that the answering side refuses, by position
 */

/**
 * @typedef {object} OfferScenario
 * @property {string} name of the first round's fixture; `-2`, `-3` are appended for the others
 * @property {string} what
 * @property {object} [configuration] RTCConfiguration
 * @property {boolean} [gathered] whether the description holds all candidates
 * @property {boolean} [planB] tracks are added, not transceivers, and one m-line carries several
 * @property {Round[]} rounds
 */

/**
 * @typedef {object} AnswerScenario
 * @property {string} name
 * @property {string} what
 * @property {string[]} to the offers, one after the other, each the name of another fixture
 * @property {boolean} [gathered]
 * @property {Section[]} [add] what the answering side sends itself; nothing by default
 * @property {number[]} [refuse] m-sections that the last answer refuses, by position
 */

/** @type {Section} */
const audio = { kind: 'audio' };
/** @type {Section} */
const video = { kind: 'video' };
/** @type {Section} */
const data = { kind: 'data' };

/** @type {OfferScenario[]} */
export const offers = [
  { name: 'data', what: 'a data channel', rounds: [{ add: [data] }] },
  {
    name: 'data-gathered',
    what: 'a data channel, with candidates',
    gathered: true,
    rounds: [{ add: [data] }],
  },
  { name: 'audio', what: 'audio alone', rounds: [{ add: [audio] }] },
  { name: 'video', what: 'video alone', rounds: [{ add: [video] }] },
  {
    name: 'audio-video-data',
    what: 'audio, video and a data channel',
    rounds: [{ add: [audio, video, data] }],
  },
  {
    name: 'audio-video-data-gathered',
    what: 'audio, video and a data channel, with candidates',
    gathered: true,
    rounds: [{ add: [audio, video, data] }],
  },
  {
    name: 'max-bundle',
    what: 'bundlePolicy max-bundle',
    configuration: { bundlePolicy: 'max-bundle' },
    rounds: [{ add: [audio, video, data] }],
  },
  {
    name: 'max-compat',
    what: 'bundlePolicy max-compat',
    configuration: { bundlePolicy: 'max-compat' },
    gathered: true,
    rounds: [{ add: [audio, video, data] }],
  },
  {
    name: 'recvonly',
    what: 'audio and video to receive only',
    rounds: [
      {
        add: [
          { ...audio, direction: 'recvonly' },
          { ...video, direction: 'recvonly' },
        ],
      },
    ],
  },
  {
    name: 'sendonly',
    what: 'audio and video to send only',
    rounds: [
      {
        add: [
          { ...audio, direction: 'sendonly' },
          { ...video, direction: 'sendonly' },
        ],
      },
    ],
  },
  {
    name: 'simulcast',
    what: 'video in three simulcast layers',
    rounds: [{ add: [audio, { ...video, direction: 'sendonly', rids: ['f', 'h', 'q'] }] }],
  },
  {
    name: 'two-streams',
    what: 'two streams of audio and video each, and a track in both',
    rounds: [
      {
        add: [
          { ...audio, streams: ['first'] },
          { ...video, streams: ['first'] },
          { ...audio, streams: ['second'] },
          { ...video, streams: ['second'] },
          { ...video, direction: 'sendonly', streams: ['first', 'second'] },
        ],
      },
    ],
  },
  {
    name: 'no-stream',
    what: 'tracks that are in no stream',
    rounds: [
      {
        add: [
          { ...audio, streams: [] },
          { ...video, streams: [] },
        ],
      },
    ],
  },
  {
    name: 'h264',
    what: 'setCodecPreferences() with H.264 alone',
    rounds: [{ add: [{ ...video, codec: 'video/H264' }] }],
  },
  {
    name: 'restart',
    what: 'an ICE restart',
    rounds: [{ add: [audio, data] }, { restart: true }],
  },
  {
    name: 'growing',
    what: 'a data channel first, audio and video later',
    rounds: [{ add: [data] }, { add: [audio, video] }],
  },
  {
    name: 'recycled',
    what: 'a transceiver stopped, its section taken over by another one',
    rounds: [{ add: [audio, video, data] }, { stop: [1] }, { add: [video] }],
  },
  {
    name: 'refused',
    what: 'a section that the other side refuses, offered again and then with something else',
    rounds: [{ add: [audio, video, data], refuse: [1] }, {}, { add: [audio] }],
  },
  {
    name: 'hold',
    what: 'directions that turn',
    rounds: [
      { add: [audio, video] },
      { turn: { 0: 'sendonly', 1: 'inactive' } },
      { turn: { 0: 'recvonly', 1: 'sendrecv' } },
    ],
  },
  {
    name: 'removed-track',
    what: 'a track taken away with removeTrack()',
    rounds: [{ add: [audio, video] }, { removeTrack: [1] }],
  },
];

const kPlanB = { sdpSemantics: 'plan-b' };

/**
 * What a Chromium that still has it says in Plan B.
 * @type {OfferScenario[]}
 */
export const planB = [
  {
    name: 'plan-b',
    what: 'Plan B: two cameras and two microphones, one m-line for each kind',
    configuration: kPlanB,
    planB: true,
    rounds: [
      {
        add: [
          { kind: 'audio', streams: ['first'] },
          { kind: 'video', streams: ['first'] },
          { kind: 'audio', streams: ['second'] },
          { kind: 'video', streams: ['second'] },
          { kind: 'data' },
        ],
      },
    ],
  },
  {
    name: 'plan-b-single',
    what: 'Plan B with one track of each kind, which Unified Plan can read as well',
    configuration: kPlanB,
    planB: true,
    rounds: [{ add: [{ kind: 'audio' }, { kind: 'video' }, { kind: 'data' }] }],
  },
];

const sending = [audio, video];

/** @type {AnswerScenario[]} */
export const answers = [
  { name: 'answer-data', what: 'to a data channel', to: ['chromium/data'] },
  { name: 'answer-audio', what: 'to audio alone', to: ['chromium/audio'], add: [audio] },
  {
    name: 'answer-audio-video-data',
    what: 'to audio, video and data, sending too',
    to: ['chromium/audio-video-data'],
    add: sending,
  },
  {
    name: 'answer-audio-video-data-gathered',
    what: 'with candidates, receiving only',
    to: ['chromium/audio-video-data-gathered'],
    gathered: true,
  },
  {
    name: 'answer-max-compat',
    what: 'to bundlePolicy max-compat',
    to: ['chromium/max-compat'],
    gathered: true,
    add: sending,
  },
  {
    name: 'answer-max-bundle',
    what: 'to bundlePolicy max-bundle',
    to: ['chromium/max-bundle'],
    add: sending,
  },
  { name: 'answer-recvonly', what: 'to recvonly', to: ['chromium/recvonly'], add: sending },
  { name: 'answer-sendonly', what: 'to sendonly', to: ['chromium/sendonly'] },
  { name: 'answer-simulcast', what: 'to simulcast', to: ['chromium/simulcast'] },
  { name: 'answer-two-streams', what: 'to two streams', to: ['chromium/two-streams'] },
  {
    name: 'answer-refusing',
    what: 'with a section refused',
    to: ['chromium/audio-video-data'],
    refuse: [1],
  },
  {
    name: 'answer-restart',
    what: 'to an ICE restart',
    to: ['chromium/restart', 'chromium/restart-2'],
    add: [audio],
  },
  {
    name: 'answer-growing',
    what: 'to a session that grows',
    to: ['chromium/growing', 'chromium/growing-2'],
  },
  {
    name: 'answer-recycled',
    what: 'to a section that is stopped and taken over',
    to: ['chromium/recycled', 'chromium/recycled-2', 'chromium/recycled-3'],
  },
  {
    name: 'answer-hold',
    what: 'to directions that turn',
    to: ['chromium/hold', 'chromium/hold-2', 'chromium/hold-3'],
    add: sending,
  },
];
