// Janus: its plugins' answers to Chromium, and the offers of those that offer themselves. It is
// spoken to over its HTTP interface, on loopback.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { capture } from '../../lib/run.mjs';
import { ensurePackages } from '../../setup/debian.mjs';
import { readFixture } from '../fixtures.mjs';

/** @typedef {import('../fixtures.mjs').Fixture} Fixture */

export const title = 'Janus';

const kRoom = 1234;
const kPatienceMs = 15_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** A Janus with a configuration of its own, and a session with it. */
async function startJanus() {
  const directory = mkdtempSync(join(tmpdir(), 'janus-'));
  const port = await freePort();
  const write = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFileSync(join(directory, `${name}.jcfg`), text);
  const libraries = capture('sh', ['-c', 'dirname "$(dpkg -L janus | grep janus_echotest.so$)"']);
  const folder = (/** @type {string} */ name) =>
    join(String(libraries).trim(), '..', name).replace(/\/$/, '');
  write(
    'janus',
    `general: {
      configs_folder = "${directory}"
      plugins_folder = "${folder('plugins')}"
      transports_folder = "${folder('transports')}"
      events_folder = "${folder('none')}"
      loggers_folder = "${folder('none')}"
      debug_level = 3
      admin_secret = "unused"
    }
    nat: { nice_debug = false }
    plugins: { disable = "libjanus_duktape.so,libjanus_lua.so,libjanus_sip.so,libjanus_nosip.so" }
    transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }\n`,
  );
  write(
    'janus.transport.http',
    `general: { json = "compact" base_path = "/janus" http = true port = ${port} ip = "127.0.0.1" https = false }
    admin: { admin_http = false admin_https = false }\n`,
  );
  write('janus.plugin.videoroom', `room-${kRoom}: { description = "room" publishers = 6 }\n`);
  write('janus.plugin.textroom', `room-${kRoom}: { description = "room" }\n`);
  write(
    'janus.plugin.audiobridge',
    `room-${kRoom}: { description = "room" sampling_rate = 48000 }\n`,
  );
  write(
    'janus.plugin.streaming',
    `cameras: {
      type = "rtp"
      id = 1
      media = (
        { type = "audio" mid = "a" port = 0 pt = 111 codec = "opus" },
        { type = "video" mid = "v" port = 0 pt = 100 codec = "vp8" },
        { type = "video" mid = "w" port = 0 pt = 126 codec = "h264" fmtp = "profile-level-id=42e01f;packetization-mode=1" },
        { type = "data" mid = "d" port = 0 }
      )
    }\n`,
  );
  mkdirSync(join(directory, 'recordings'), { recursive: true });
  write('janus.plugin.recordplay', `general: { path = "${join(directory, 'recordings')}" }\n`);
  const child = spawn(
    '/usr/bin/janus',
    ['--config', join(directory, 'janus.jcfg'), '--configs-folder', directory],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-8000)));
  }
  const exited = once(child, 'exit');
  const base = `http://127.0.0.1:${port}/janus`;
  const post = async (/** @type {string} */ path, /** @type {object} */ body) => {
    const message = { transaction: String(Math.random()), ...body };
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      body: JSON.stringify(message),
    });
    const answer = await response.json();
    if (answer.janus === 'error') throw new Error(`Janus: ${answer.error.reason}`);
    return answer;
  };
  const end = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(directory, { recursive: true });
  };
  const deadline = Date.now() + kPatienceMs;
  for (;;) {
    try {
      const { data } = await post('', { janus: 'create' });
      return new Janus(`/${data.id}`, base, post, end);
    } catch (error) {
      if (Date.now() < deadline && child.exitCode === null) await delay(100);
      else {
        await end();
        throw new Error(`Janus does not answer: ${output}`, { cause: error });
      }
    }
  }
}

class Janus {
  #session;
  #base;
  #post;
  #end;
  /** @type {any[]} */
  #events = [];
  /**
   * @param {string} session
   * @param {string} base
   * @param {(path: string, body: object) => Promise<any>} post
   * @param {() => Promise<void>} end
   */
  constructor(session, base, post, end) {
    this.#session = session;
    this.#base = base;
    this.#post = post;
    this.#end = end;
  }

  /** @param {string} plugin */
  async attach(plugin) {
    const { data } = await this.#post(this.#session, {
      janus: 'attach',
      plugin: `janus.plugin.${plugin}`,
    });
    return new Handle(data.id, {
      post: (body) => this.#post(`${this.#session}/${data.id}`, body),
      event: (holds) => this.#event((event) => event.sender === data.id && holds(event)),
    });
  }

  /**
   * The next event that is so.
   * @param {(event: any) => boolean} holds
   */
  async #event(holds) {
    const deadline = Date.now() + kPatienceMs;
    for (;;) {
      const at = this.#events.findIndex(holds);
      if (at >= 0) return this.#events.splice(at, 1)[0];
      if (Date.now() > deadline) throw new Error('Janus does not say what it should');
      const signal = AbortSignal.timeout(kPatienceMs);
      const response = await fetch(`${this.#base}${this.#session}?maxev=10`, { signal });
      this.#events.push(...(await response.json()));
    }
  }

  close() {
    return this.#end();
  }
}

class Handle {
  #ways;
  /**
   * @param {number} id
   * @param {{ post: (body: object) => Promise<any>, event: (holds: (event: any) => boolean) => Promise<any> }} ways
   */
  constructor(id, ways) {
    this.id = id;
    this.#ways = ways;
  }

  /**
   * Sends a message; gives the event that answers it.
   * @param {object} body
   * @param {{type: string, sdp: string}} [jsep]
   */
  async ask(body, jsep) {
    const transaction = String(Math.random());
    await this.#ways.post({ janus: 'message', transaction, body, ...(jsep ? { jsep } : {}) });
    const event = await this.#ways.event((event) => event.transaction === transaction);
    const { data } = event.plugindata;
    if (data.error) throw new Error(`Janus: ${data.error}`);
    return event;
  }

  /** Until media can flow. */
  up() {
    return this.#ways.event((event) => event.janus === 'webrtcup');
  }
}

/**
 * The answer in an event, which must have one.
 * @param {any} event
 * @returns {string}
 */
const sdpIn = (event) => {
  if (!event.jsep) throw new Error(`Janus gives no description: ${JSON.stringify(event)}`);
  return event.jsep.sdp;
};

/**
 * Somebody in the video room who sends audio and video.
 * @param {Janus} janus
 */
async function publish(janus) {
  const { default: wrtc } = await import('@roamhq/wrtc');
  const { RTCPeerConnection, MediaStream, nonstandard } = /** @type {any} */ (wrtc);
  const handle = await janus.attach('videoroom');
  const { plugindata } = await handle.ask({ request: 'join', ptype: 'publisher', room: kRoom });
  const pc = new RTCPeerConnection({ iceServers: [] });
  const stream = new MediaStream();
  pc.addTrack(new nonstandard.RTCAudioSource().createTrack(), stream);
  pc.addTrack(new nonstandard.RTCVideoSource().createTrack(), stream);
  await pc.setLocalDescription(await pc.createOffer());
  if (pc.iceGatheringState !== 'complete') {
    await new Promise((resolve) => {
      pc.onicegatheringstatechange = () => {
        if (pc.iceGatheringState === 'complete') resolve(undefined);
      };
    });
  }
  const { type, sdp } = pc.localDescription;
  const event = await handle.ask({ request: 'publish' }, { type, sdp });
  const up = handle.up();
  await pc.setRemoteDescription({ type: 'answer', sdp: sdpIn(event) });
  await up;
  return { pc, feed: plugindata.data.id };
}

/** @returns {Promise<{ version: string, fixtures: Fixture[] }>} */
export async function record() {
  await ensurePackages('recording Janus', { janus: 'janus' });
  const janus = await startJanus();
  /** @type {Fixture[]} */
  const fixtures = [];
  /** @type {RTCPeerConnection[]} */
  const connections = [];
  try {
    const answers = [
      ['echotest', 'data', { audio: true, video: true }],
      ['echotest', 'audio', { audio: true, video: true }],
      ['echotest', 'audio-video-data', { audio: true, video: true }],
      ['echotest', 'audio-video-data-gathered', { audio: true, video: true }],
      ['echotest', 'max-compat', { audio: true, video: true }],
      ['echotest', 'recvonly', { audio: true, video: true }],
      ['echotest', 'simulcast', { audio: true, video: true }],
      ['echotest', 'two-streams', { audio: true, video: true }],
      ['echotest', 'restart', { audio: true, video: true }, 'restart-2'],
      ['echotest', 'recycled', { audio: true, video: true }, 'recycled-2', 'recycled-3'],
    ];
    for (const [plugin, first, body, ...later] of /** @type {any[]} */ (answers)) {
      const handle = await janus.attach(plugin);
      /** @type {string[]} */
      const after = [];
      for (const offer of [first, ...later]) {
        const sdp = readFixture(`chromium/${offer}`);
        const event = await handle.ask(body, { type: 'offer', sdp });
        const name = `${plugin}-answer-${offer}`;
        fixtures.push({
          name,
          type: 'answer',
          what: `the ${plugin} plugin`,
          to: `chromium/${offer}`,
          ...(after.length > 0 ? { after: [...after] } : {}),
          sdp: sdpIn(event),
        });
        after.push(name);
      }
    }

    const publisher = await janus.attach('videoroom');
    await publisher.ask({ request: 'join', ptype: 'publisher', room: kRoom });
    const published = await publisher.ask(
      { request: 'publish' },
      { type: 'offer', sdp: readFixture('chromium/sendonly') },
    );
    fixtures.push({
      name: 'videoroom-answer-publisher',
      type: 'answer',
      what: 'the videoroom plugin, to who publishes',
      to: 'chromium/sendonly',
      sdp: sdpIn(published),
    });

    const bridge = await janus.attach('audiobridge');
    await bridge.ask({ request: 'join', room: kRoom });
    const bridged = await bridge.ask(
      { request: 'configure' },
      { type: 'offer', sdp: readFixture('chromium/audio') },
    );
    fixtures.push({
      name: 'audiobridge-answer',
      type: 'answer',
      what: 'the audiobridge plugin',
      to: 'chromium/audio',
      sdp: sdpIn(bridged),
    });

    const bridgeOffer = await janus.attach('audiobridge');
    const bridgeOffered = await bridgeOffer.ask({
      request: 'join',
      room: kRoom,
      generate_offer: true,
    });
    fixtures.push({
      name: 'audiobridge-offer',
      type: 'offer',
      what: 'the audiobridge plugin, which offers on demand',
      sdp: sdpIn(bridgeOffered),
    });

    const text = await janus.attach('textroom');
    fixtures.push({
      name: 'textroom-offer',
      type: 'offer',
      what: 'the textroom plugin: data channels alone',
      sdp: sdpIn(await text.ask({ request: 'setup' })),
    });

    const stream = await janus.attach('streaming');
    fixtures.push({
      name: 'streaming-offer',
      type: 'offer',
      what: 'the streaming plugin: audio, two videos and data',
      sdp: sdpIn(await stream.ask({ request: 'watch', id: 1 })),
    });

    const [one, other] = [await publish(janus), await publish(janus)];
    connections.push(one.pc, other.pc);
    const subscriber = await janus.attach('videoroom');
    const offers = [
      await subscriber.ask({
        request: 'join',
        ptype: 'subscriber',
        room: kRoom,
        streams: [{ feed: one.feed }],
      }),
    ];
    const answer = new /** @type {any} */ (one.pc).constructor({ iceServers: [] });
    connections.push(answer);
    const start = async (/** @type {any} */ event) => {
      await answer.setRemoteDescription({ type: 'offer', sdp: sdpIn(event) });
      await answer.setLocalDescription(await answer.createAnswer());
      await subscriber.ask(
        { request: 'start' },
        { type: 'answer', sdp: answer.localDescription.sdp },
      );
    };
    await start(offers[0]);
    for (const body of [
      { request: 'subscribe', streams: [{ feed: other.feed }] },
      { request: 'unsubscribe', streams: [{ feed: one.feed }] },
      { request: 'configure', restart: true },
    ]) {
      const event = await subscriber.ask(body);
      offers.push(event);
      await start(event);
    }
    const names = offers.map((_, i) => `videoroom-subscriber${i > 0 ? `-${i + 1}` : ''}`);
    const whats = ['one publisher', 'another added', 'the first taken away', 'an ICE restart'];
    fixtures.push(
      ...offers.map((event, i) => ({
        name: names[i],
        type: /** @type {const} */ ('offer'),
        what: `the videoroom plugin, to who subscribes: ${whats[i]}`,
        ...(i > 0 ? { after: names.slice(0, i) } : {}),
        sdp: sdpIn(event),
      })),
    );
    const version = capture('dpkg-query', ['-W', '-f', '${Version}', 'janus']) ?? '';
    return { version: version.replace(/-[^-]*$/, ''), fixtures };
  } finally {
    for (const pc of connections) pc.close();
    await janus.close();
  }
}
