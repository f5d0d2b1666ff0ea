// What a realm can do, found out inside of it: `realmProbe.run(api, options)` connects two connections of
// the package with each other and says what went over them. A script without imports or exports, so that
// every kind of realm can load it.

(() => {
  const kFrame = { width: 160, height: 120 };
  const kLuma = 200;

  /** Two connections that tell each other everything. */
  function connect(api, configuration) {
    const ends = [
      new api.RTCPeerConnection(configuration),
      new api.RTCPeerConnection(configuration),
    ];
    /** @type {Set<string>} */
    const candidates = new Set();
    const failed = new Promise((_, reject) => {
      for (const [i, pc] of ends.entries()) {
        pc.addEventListener('icecandidate', ({ candidate }) => {
          if (candidate?.candidate) candidates.add(candidate.type);
          ends[1 - i].addIceCandidate(candidate).catch(reject);
        });
        pc.addEventListener('connectionstatechange', () => {
          if (pc.connectionState === 'failed')
            reject(new Error(`the connection failed: ${[...candidates]}`));
        });
        pc.addEventListener('icecandidateerror', ({ errorText }) => candidates.add(errorText));
      }
    });
    failed.catch(() => {});
    const [a, b] = ends;
    const negotiated = async () => {
      await a.setLocalDescription();
      await b.setRemoteDescription(a.localDescription);
      await b.setLocalDescription();
      await a.setRemoteDescription(b.localDescription);
    };
    return { a, b, candidates, failed, negotiated, close: () => ends.forEach((pc) => pc.close()) };
  }

  const once = (target, type) =>
    new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

  /** Text and 100 kB go there and back; gives the types of the candidates that were gathered. */
  async function data(api) {
    const pair = connect(api);
    const channel = pair.a.createDataChannel('probe');
    channel.binaryType = 'arraybuffer';
    pair.b.addEventListener('datachannel', ({ channel: other }) => {
      other.binaryType = 'arraybuffer';
      other.addEventListener('message', ({ data }) => other.send(data));
    });
    const exchange = async () => {
      await pair.negotiated();
      if (channel.readyState !== 'open') await once(channel, 'open');
      const bytes = new Uint8Array(100_000).map((_, i) => i * 7);
      for (const message of ['text', bytes]) {
        const echo = once(channel, 'message');
        channel.send(message);
        const { data } = await echo;
        const same =
          message === data ||
          (data.byteLength === bytes.length &&
            new Uint8Array(data).every((b, i) => b === bytes[i]));
        if (!same) throw new Error('the echo is not what was sent');
      }
    };
    try {
      await Promise.race([exchange(), pair.failed]);
      return [...pair.candidates].sort();
    } finally {
      pair.close();
    }
  }

  function grey(luma) {
    const { width, height } = kFrame;
    const bytes = new Uint8Array((width * height * 3) / 2).fill(128);
    return { ...kFrame, data: bytes.fill(luma, 0, width * height) };
  }

  function tone(samples, start) {
    return samples.map((_, i) => 8000 * Math.sin((2 * Math.PI * 440 * (start + i)) / 48_000));
  }

  /**
   * A grey picture and a tone reach the other end; with `encoded` their frames pass through streams of
   * script on both ways, which turn some of their bits and turn them back.
   */
  async function media(api, { encoded }) {
    const pair = connect(api, encoded ? { encodedInsertableStreams: true } : undefined);
    const video = new api.RTCVideoSource();
    const audio = new api.RTCAudioSource();
    const seen = { video: false, audio: false, frames: 0 };
    let finish;
    const finished = new Promise((resolve) => (finish = resolve));
    const flip = (end) => {
      if (!encoded) return;
      const { readable, writable } = end.createEncodedStreams();
      const reader = readable.getReader();
      const writer = writable.getWriter();
      const turn = async () => {
        for (;;) {
          const { value: frame, done } = await reader.read();
          if (done) return;
          const bytes = new Uint8Array(frame.data);
          // Packetizers read the beginning.
          frame.data = bytes.map((byte, i) => (i < 10 ? byte : byte ^ 0xff)).buffer;
          seen.frames++;
          await writer.write(frame);
        }
      };
      // Its streams end with the connection.
      turn().catch(() => {});
    };
    const sinks = [];
    const look = () => {
      if (seen.video && seen.audio) finish();
    };
    pair.b.addEventListener('track', ({ track, receiver }) => {
      flip(receiver);
      if (track.kind === 'video') {
        const sink = new api.RTCVideoSink(track);
        sinks.push(sink);
        sink.onframe = ({ frame: { width, height, data } }) => {
          if (
            width === kFrame.width &&
            height === kFrame.height &&
            Math.abs(data[5000] - kLuma) < 20
          )
            seen.video = true;
          look();
        };
      } else {
        const sink = new api.RTCAudioSink(track);
        sinks.push(sink);
        sink.ondata = ({ samples }) => {
          if (samples.some((value) => Math.abs(value) > 4000)) seen.audio = true;
          look();
        };
      }
    });
    flip(pair.a.addTrack(video.createTrack()));
    flip(pair.a.addTrack(audio.createTrack()));
    let time = 0;
    const timer = setInterval(() => {
      video.onFrame(grey(kLuma));
      audio.onData({
        samples: Int16Array.from(tone(new Array(960).fill(0), time)),
        sampleRate: 48_000,
      });
      time += 960;
    }, 20);
    try {
      await Promise.race([pair.negotiated().then(() => finished), pair.failed]);
      return seen;
    } finally {
      clearInterval(timer);
      for (const sink of sinks) sink.stop();
      pair.close();
    }
  }

  globalThis.realmProbe = {
    connect,
    data,
    media,
    /**
     * @param {any} api  what the package exports
     * @param {{ relay?: object, features?: ('data' | 'media' | 'encoded')[] }} options
     */
    async run(api, { relay, features = ['data', 'media', 'encoded'] } = {}) {
      if (relay) api.configure({ relay });
      /** @type {Record<string, any>} */
      const result = { features: [] };
      if (features.includes('data')) {
        result.candidates = await data(api);
        result.features.push('data');
      }
      for (const feature of features.filter((name) => name !== 'data')) {
        await media(api, { encoded: feature === 'encoded' });
        result.features.push(feature);
      }
      return result;
    },
    /** Set where the probe is asked by messages: to be called with what the package exports. */
    serve: undefined,
  };

  // Of a worker's module that awaits something, only what ran before hears of early messages.
  if (typeof importScripts !== 'function') return;
  const api = new Promise((resolve) => (globalThis.realmProbe.serve = resolve));
  const answer = async (port, { probe }) => {
    try {
      port.postMessage({ result: await globalThis.realmProbe.run(await api, probe) });
    } catch (error) {
      port.postMessage({ problem: `${error?.stack ?? error}` });
    }
  };
  globalThis.addEventListener('message', (event) => {
    if (!event.data?.probe) return;
    const answered = answer(event.ports[0] ?? globalThis, event.data);
    event.waitUntil?.(answered);
  });
  globalThis.addEventListener('connect', ({ ports: [port] }) => {
    port.onmessage = ({ data }) => answer(port, data);
  });
})();
