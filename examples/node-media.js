// Pictures and sound in Node.js: from sources to tracks, over a connection, to sinks.
//
//   node examples/node-media.js

import {
  RTCAudioSink,
  RTCAudioSource,
  RTCPeerConnection,
  RTCVideoSink,
  RTCVideoSource,
} from 'webrtc-wasm';

const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
const waiting = [];
for (const [from, to] of [
  [a, b],
  [b, a],
]) {
  from.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    if (to.remoteDescription) to.addIceCandidate(candidate);
    else waiting.push(() => to.addIceCandidate(candidate));
  };
}

const video = new RTCVideoSource();
const audio = new RTCAudioSource();
a.addTrack(video.createTrack());
a.addTrack(audio.createTrack());

const seen = { pictures: 0, samples: 0 };
const done = new Promise((resolve) => {
  const look = () => seen.pictures >= 10 && seen.samples >= 24_000 && resolve();
  b.ontrack = ({ track }) => {
    if (track.kind === 'video') {
      new RTCVideoSink(track).onframe = ({ frame }) => {
        seen.pictures++;
        seen.size = `${frame.width} x ${frame.height}`;
        look();
      };
    } else {
      new RTCAudioSink(track).ondata = ({ samples }) => {
        seen.samples += samples.length;
        look();
      };
    }
  };
});

await a.setLocalDescription();
await b.setRemoteDescription(a.localDescription);
await b.setLocalDescription();
await a.setRemoteDescription(b.localDescription);
for (const add of waiting) add();

// A grey that goes up and down, and 440 Hz.
let time = 0;
const picture = new Uint8Array((320 * 240 * 3) / 2);
const pictures = setInterval(() => {
  picture.fill(128 + 100 * Math.sin(time));
  video.onFrame({ width: 320, height: 240, data: picture });
}, 40);
const sound = setInterval(() => {
  const samples = Int16Array.from(
    { length: 480 },
    (_, i) => 8000 * Math.sin(2 * Math.PI * 440 * (time + i / 48_000)),
  );
  audio.onData({ samples, sampleRate: 48_000 });
  time += 0.01;
}, 10);

await done;
clearInterval(pictures);
clearInterval(sound);
a.close();
b.close();
console.log(`${seen.pictures} pictures of ${seen.size}, ${seen.samples} samples`);
