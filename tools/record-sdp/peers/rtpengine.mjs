// rtpengine: what SIP proxies such as Kamailio put between phones and browsers. It rewrites a phone's
// SDP into WebRTC's, by commands over UDP on loopback (its "ng" protocol, in bencoding).

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { capture } from '../../lib/run.mjs';
import { ensurePackages } from '../../setup/debian.mjs';
import { readFixture } from '../fixtures.mjs';

/** @typedef {import('../fixtures.mjs').Fixture} Fixture */

export const title = 'rtpengine';

/** @param {unknown} value @returns {string} */
function bencode(value) {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`;
  const entries = Object.entries(/** @type {object} */ (value));
  return `d${entries.map(([key, item]) => bencode(key) + bencode(item)).join('')}e`;
}

/**
 * Strings and dictionaries of them are all that is looked at.
 * @param {string} text
 */
function bdecode(text) {
  let at = 0;
  /** @returns {any} */
  const value = () => {
    const kind = text[at];
    if (kind === 'd' || kind === 'l') {
      at++;
      /** @type {any[]} */
      const items = [];
      while (text[at] !== 'e') items.push(value());
      at++;
      if (kind === 'l') return items;
      return Object.fromEntries(items.flatMap((key, i) => (i % 2 ? [] : [[key, items[i + 1]]])));
    }
    if (kind === 'i') {
      const end = text.indexOf('e', at);
      const number = Number(text.slice(at + 1, end));
      at = end + 1;
      return number;
    }
    const colon = text.indexOf(':', at);
    const length = Number(text.slice(at, colon));
    at = colon + 1 + length;
    return text.slice(colon + 1, at);
  };
  return value();
}

async function startEngine() {
  const address = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  // A port that is free now; nobody else listens on loopback meanwhile.
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const child = spawn(
    '/usr/bin/rtpengine',
    [
      '--config-file=none',
      '--foreground',
      '--log-stderr',
      '--log-level=3',
      '--table=-1',
      `--interface=${address}`,
      `--listen-ng=127.0.0.1:${port}`,
      '--num-threads=1',
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  let cookies = 0;
  /** @param {object} command */
  const ask = async (command) => {
    const cookie = `c${cookies++}`;
    const message = Buffer.from(`${cookie} ${bencode(command)}`);
    for (let attempt = 0; attempt < 50; attempt++) {
      socket.send(message, port, '127.0.0.1');
      const [answer] = await Promise.race([once(socket, 'message'), delay(200, [])]);
      if (answer === undefined || !String(answer).startsWith(`${cookie} `)) continue;
      const reply = bdecode(answer.toString('latin1').slice(cookie.length + 1));
      if (reply.result === 'error') throw new Error(`rtpengine: ${reply['error-reason']}`);
      return reply;
    }
    throw new Error('rtpengine does not answer');
  };
  return {
    ask,
    async close() {
      socket.close();
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/**
 * A desk phone's SDP.
 * @param {string} [h264] its payload type, with video
 */
const phone = (h264) =>
  [
    'v=0',
    'o=phone 8000 8000 IN IP4 198.51.100.20',
    's=SIP Call',
    'c=IN IP4 198.51.100.20',
    't=0 0',
    'm=audio 5004 RTP/AVP 0 8 9 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    ...(h264
      ? [
          `m=video 5006 RTP/AVP ${h264}`,
          'b=TIAS:512000',
          `a=rtpmap:${h264} H264/90000`,
          `a=fmtp:${h264} profile-level-id=42e01f;packetization-mode=1`,
          'a=sendrecv',
        ]
      : []),
    '',
  ].join('\r\n');

const kToBrowser = {
  ICE: 'force',
  'transport-protocol': 'UDP/TLS/RTP/SAVPF',
  SDES: ['off'],
};
const kToPhone = {
  ICE: 'remove',
  'transport-protocol': 'RTP/AVP',
  'rtcp-mux': ['demux'],
};

/** @returns {Promise<{ version: string, fixtures: Fixture[] }>} */
export async function record() {
  await ensurePackages('recording rtpengine', { 'rtpengine-daemon': 'rtpengine' });
  const engine = await startEngine();
  try {
    /** @param {string} id @param {string} sdp @param {object} options */
    const offer = async (id, sdp, options) =>
      (await engine.ask({ command: 'offer', 'call-id': id, 'from-tag': 'a', sdp, ...options })).sdp;
    /** @param {string} id @param {string} sdp @param {object} options */
    const answer = async (id, sdp, options) =>
      (
        await engine.ask({
          command: 'answer',
          'call-id': id,
          'from-tag': 'a',
          'to-tag': 'b',
          sdp,
          ...options,
        })
      ).sdp;

    /** @type {Fixture[]} */
    const fixtures = [
      {
        name: 'audio',
        type: 'offer',
        what: "a phone's call: no a=mid, no BUNDLE, RTCP multiplexing offered",
        sdp: await offer('1', phone(), { ...kToBrowser, 'rtcp-mux': ['offer'] }),
      },
      {
        name: 'audio-video',
        type: 'offer',
        what: 'the same with video',
        sdp: await offer('2', phone('99'), { ...kToBrowser, 'rtcp-mux': ['offer'] }),
      },
      {
        name: 'mid',
        type: 'offer',
        what: 'with a=mid, RTCP multiplexing required',
        sdp: await offer('3', phone('99'), {
          ...kToBrowser,
          'rtcp-mux': ['require'],
          flags: ['generate-mid', 'trickle-ICE'],
        }),
      },
      {
        name: 'sdes',
        type: 'offer',
        what: 'with SDES keys beside the fingerprint',
        sdp: await offer('4', phone(), {
          ICE: 'force',
          'transport-protocol': 'RTP/SAVPF',
          'rtcp-mux': ['offer'],
        }),
      },
      {
        name: 'unmuxed',
        type: 'offer',
        what: 'RTCP on a port of its own',
        sdp: await offer('5', phone(), { ...kToBrowser, 'rtcp-mux': ['demux'] }),
      },
    ];
    for (const to of ['audio', 'audio-video-data', 'max-compat', 'recvonly']) {
      await offer(`to-${to}`, readFixture(`chromium/${to}`), kToPhone);
      const hasData = readFixture(`chromium/${to}`).includes('m=application');
      // A phone answers every section that it is offered, and refuses what it does not know.
      const h264 = /(?<=^a=fmtp:)\d+(?=.*packetization-mode=1;profile-level-id=42e01f)/m.exec(
        readFixture(`chromium/${to}`),
      )?.[0];
      const answered = hasData
        ? `${phone(h264)}m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n`
        : phone(h264);
      fixtures.push({
        name: `answer-${to}`,
        type: 'answer',
        what: "a phone's answer",
        to: `chromium/${to}`,
        sdp: await answer(`to-${to}`, answered, { ...kToBrowser, 'rtcp-mux': ['require'] }),
      });
    }
    const version = capture('dpkg-query', ['-W', '-f', '${Version}', 'rtpengine-daemon']) ?? '';
    return { version: version.replace(/-[^-]*$/, ''), fixtures };
  } finally {
    await engine.close();
  }
}
