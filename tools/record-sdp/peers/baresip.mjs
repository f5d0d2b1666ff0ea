// baresip: a SIP telephone with ICE and DTLS-SRTP. It is called, and made to call, over UDP on loopback.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { capture } from '../../lib/run.mjs';
import { ensurePackages } from '../../setup/debian.mjs';
import { readFixture } from '../fixtures.mjs';

/** @typedef {import('../fixtures.mjs').Fixture} Fixture */

export const title = 'baresip';

// The account's come before it.
const kModules = [
  'g711',
  'opus',
  'vp8',
  'ausine',
  'fakevideo',
  'ice',
  'dtls_srtp',
  'menu',
  'account',
];
const kPatienceMs = 10_000;

/**
 * @param {string} message
 * @param {string} name
 */
const header = (message, name) =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(message)?.[1]?.trim() ?? '';

/** The other end of baresip's calls. */
class Phone {
  /** @param {import('node:dgram').Socket} socket */
  constructor(socket) {
    this.socket = socket;
    /** @type {string[]} */
    this.heard = [];
    socket.on('message', (message) => this.heard.push(String(message)));
  }

  get port() {
    return this.socket.address().port;
  }

  /** @param {RegExp} pattern of the message's first line */
  async hear(pattern) {
    const deadline = Date.now() + kPatienceMs;
    for (;;) {
      const at = this.heard.findIndex((message) => pattern.test(message.split('\r\n')[0]));
      if (at >= 0) return this.heard.splice(at, 1)[0];
      if (Date.now() > deadline) throw new Error(`baresip does not send ${pattern}`);
      await Promise.race([once(this.socket, 'message'), delay(100)]);
    }
  }

  /** @param {number} port @param {string[]} lines @param {string} [body] */
  send(port, lines, body = '') {
    const type = body ? ['Content-Type: application/sdp'] : [];
    const text = [...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`, '', body];
    this.socket.send(text.join('\r\n'), port, '127.0.0.1');
  }

  /** Its offer in the call that it makes. */
  async offered() {
    const invite = await this.hear(/^INVITE /);
    const port = Number(/:(\d+)/.exec(header(invite, 'Via'))?.[1]);
    this.send(port, [
      'SIP/2.0 486 Busy Here',
      ...['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(invite, name)}`),
      `To: ${header(invite, 'To')};tag=busy`,
    ]);
    return invite.slice(invite.indexOf('\r\n\r\n') + 4);
  }

  /**
   * Its answer when it is called with this offer.
   * @param {number} port
   * @param {string} offer
   */
  async call(port, offer) {
    const branch = `z9hG4bK${randomUUID()}`;
    const lines = (
      /** @type {string} */ method,
      /** @type {number} */ number,
      to = '<sip:phone@127.0.0.1>',
    ) => [
      `${method} sip:phone@127.0.0.1:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch}${method};rport`,
      'Max-Forwards: 70',
      `From: <sip:recorder@127.0.0.1:${this.port}>;tag=recorder`,
      `To: ${to}`,
      `Call-ID: ${branch}`,
      `CSeq: ${number} ${method}`,
      `Contact: <sip:recorder@127.0.0.1:${this.port}>`,
    ];
    this.send(port, lines('INVITE', 1), offer);
    const ok = await this.hear(/^SIP\/2.0 [2-6]/);
    const status = ok.split('\r\n')[0];
    if (!status.includes(' 200 ')) throw new Error(`baresip answers the call: ${status}`);
    this.send(port, lines('ACK', 1, header(ok, 'To')));
    this.send(port, lines('BYE', 2, header(ok, 'To')));
    await this.hear(/^SIP\/2.0 200/);
    return ok.slice(ok.indexOf('\r\n\r\n') + 4);
  }
}

/**
 * A telephone.
 * @param {string} options of its account
 * @param {string} [dial] whom it calls at once
 * @param {boolean} [video]
 */
async function startBaresip(options, dial, video = true) {
  const directory = mkdtempSync(join(tmpdir(), 'baresip-'));
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  writeFileSync(
    join(directory, 'config'),
    [
      `sip_listen 127.0.0.1:${port}`,
      'module_path /usr/lib/baresip/modules',
      ...kModules
        .filter((name) => video || (name !== 'vp8' && name !== 'fakevideo'))
        .map((name) => `module ${name}.so`),
      'audio_player ausine,none',
      'audio_source ausine,440',
      ...(video ? ['video_source fakevideo,nil', 'video_display fakevideo,nil'] : []),
      'rtcp_mux yes',
      '',
    ].join('\n'),
  );
  writeFileSync(join(directory, 'accounts'), `<sip:phone@127.0.0.1>;regint=0;${options}\n`);
  writeFileSync(join(directory, 'contacts'), '');
  const child = spawn(
    '/usr/bin/baresip',
    ['-f', directory, '-t', '30', ...(dial ? ['-e', `/dial ${dial}`] : [])],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: false },
  );
  let output = '';
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-8000);
        if (output.includes('baresip is ready')) resolve(undefined);
      });
    }
  });
  const exited = once(child, 'exit');
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error(`baresip has ended: ${output}`);
    }),
  ]);
  return {
    port,
    async close() {
      child.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true });
    },
  };
}

/** @returns {Promise<{ version: string, fixtures: Fixture[] }>} */
export async function record() {
  await ensurePackages('recording baresip', { 'baresip-core': 'baresip' });
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const phone = new Phone(socket);
  /** @type {Fixture[]} */
  const fixtures = [];
  try {
    const account = 'mediaenc=dtls_srtp;medianat=ice';
    for (const [name, what, video] of /** @type {[string, string, boolean][]} */ ([
      ['audio', 'a call', false],
      ['audio-video', 'a video call', true],
    ])) {
      const baresip = await startBaresip(account, `sip:recorder@127.0.0.1:${phone.port}`, video);
      try {
        fixtures.push({ name, type: 'offer', what, sdp: await phone.offered() });
      } finally {
        await baresip.close();
      }
    }
    for (const to of ['audio', 'audio-video-data-gathered', 'recvonly', 'max-compat']) {
      const baresip = await startBaresip(`${account};answermode=auto`);
      try {
        fixtures.push({
          name: `answer-${to}`,
          type: 'answer',
          what: 'to a browser that calls',
          to: `chromium/${to}`,
          sdp: await phone.call(baresip.port, readFixture(`chromium/${to}`)),
        });
      } finally {
        await baresip.close();
      }
    }
  } finally {
    socket.close();
  }
  const version = capture('dpkg-query', ['-W', '-f', '${Version}', 'baresip-core']) ?? '';
  return { version: version.replace(/-[^-]*$/, ''), fixtures };
}
