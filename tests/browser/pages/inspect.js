// The inspector in a page, with a call to look at.

import * as inspect from '/js/inspect.js';

globalThis.inspect = inspect;

/** A call between two connections of the package: a channel, and pictures of a canvas. */
globalThis.startCall = async (pair) => {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  let frame = 0;
  const drawing = setInterval(() => {
    context.fillStyle = `hsl(${(frame++ * 7) % 360} 80% 50%)`;
    context.fillRect(0, 0, 320, 240);
  }, 50);
  for (const track of canvas.captureStream(20).getTracks()) pair.ours.addTrack(track);
  const channel = pair.ours.createDataChannel('chat');
  const opened = new Promise((resolve) => (channel.onopen = resolve));
  await pair.negotiate('ours');
  await opened;
  return { channel, stop: () => clearInterval(drawing) };
};
