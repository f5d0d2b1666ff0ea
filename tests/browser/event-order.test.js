// One session on two implementations: what the specification orders comes in the same order.

import { useChromium } from './support/browser.js';

const suite = useChromium();

/**
 * Runs one session and gives what happened on one side, where `implementation` runs.
 * @param {import('playwright-core').Page} page
 * @param {{implementation: 'wasm' | 'native', role: 'offerer' | 'answerer'}} options
 */
function trace(page, options) {
  return page.evaluate(async ({ implementation, role }) => {
    const [offerer, answerer] = role === 'offerer' ? ['ours', 'theirs'] : ['theirs', 'ours'];
    const pair = new harness.Pair({ ours: implementation, theirs: 'native' });
    const pc = pair.ours;
    const lines = [];
    const note = (what) => lines.push(what);
    pc.addEventListener('negotiationneeded', () => note(`negotiationneeded ${pc.signalingState}`));
    pc.addEventListener('signalingstatechange', () => note(`signaling ${pc.signalingState}`));
    pc.addEventListener('icegatheringstatechange', () => note(`gathering ${pc.iceGatheringState}`));
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (!candidate) note('candidate null');
    });
    pc.addEventListener('iceconnectionstatechange', () => note(`ice ${pc.iceConnectionState}`));
    pc.addEventListener('connectionstatechange', () => note(`connection ${pc.connectionState}`));
    const watch = (channel) => {
      channel.addEventListener('open', () => note(`open ${channel.readyState}`));
      channel.addEventListener('message', ({ data }) => note(`message ${data}`));
      channel.addEventListener('closing', () => note(`closing ${channel.readyState}`));
      channel.addEventListener('close', () => note(`close ${channel.readyState}`));
    };
    pc.addEventListener('datachannel', ({ channel }) => {
      note(`datachannel ${channel.readyState}`);
      watch(channel);
    });
    const methods = ['createOffer', 'createAnswer', 'setLocalDescription', 'setRemoteDescription'];
    for (const method of methods) {
      const original = pc[method].bind(pc);
      pc[method] = (...args) => {
        note(`${method} called`);
        const promise = original(...args);
        promise.then(() => note(`${method} settled`));
        return promise;
      };
    }
    const made = pair[offerer].createDataChannel('x');
    if (role === 'offerer') {
      watch(made);
      await pair.until(pc, 'negotiationneeded', () => lines.length > 0, 'negotiation is needed');
    }
    const announced = new Promise((resolve) =>
      pair[answerer].addEventListener('datachannel', ({ channel }) => resolve(channel)),
    );
    await pair.negotiate(offerer);
    const far = await announced;
    const [own, other] = role === 'offerer' ? [made, far] : [far, made];
    await pair.until(other, 'open', () => other.readyState === 'open', 'the other end is open');
    await pair.connected();
    // Chromium announces a channel a little before it is open: see Pair.channel().
    await pair.theirs.getStats();
    other.send('one');
    other.send('two');
    // Chromium loses messages that are followed too closely by the end of their channel.
    await pair.until(own, 'message', () => lines.includes('message two'), 'messages have come');
    other.close();
    await pair.until(own, 'close', () => own.readyState === 'closed', 'the channel is closed');
    await pair.gathered('ours');
    pc.close();
    note(`closed ${pc.signalingState} ${pc.connectionState}`);
    // Nothing may come after close(); a whole session's worth of tasks gives it the time.
    const next = new harness.Pair({ ours: 'native', theirs: 'native' });
    const channel = next.channel('ours', 'x');
    await next.negotiate('ours');
    await channel;
    return lines;
  }, options);
}

/** The parts of a trace between which there is no network, whose order is therefore fixed. */
const kParts = {
  negotiation: /^(negotiationneeded|signaling|create|set|closed)/,
  gathering: /^(gathering|candidate null)/,
  // "completed" depends on when the other side's last candidate comes.
  ice: /^ice (?!completed)/,
  connection: /^connection /,
  channel: /^(datachannel|open|message|closing|close )/,
};

test.each(['offerer', 'answerer'])('Orders the events of an %s as native does', async (role) => {
  const page = await suite.open();
  const ours = await trace(page, { implementation: 'wasm', role });
  const native = await trace(page, { implementation: 'native', role });
  for (const [part, pattern] of Object.entries(kParts)) {
    const pick = (lines) => lines.filter((line) => pattern.test(line));
    expect(pick(native).length).toBeGreaterThan(1);
    expect({ [part]: pick(ours) }).toEqual({ [part]: pick(native) });
  }
  // One task changes both states. Chromium's "connecting" may be late.
  expect(ours[ours.indexOf('ice checking') + 1]).toBe('connection connecting');
  for (const lines of [ours, native]) {
    expect(lines.at(-1)).toMatch(/^closed closed closed/);
    expect(lines.indexOf('ice connected')).toBeLessThan(lines.indexOf('connection connected'));
    // DTLS, and so the connection, is up before a channel can be.
    expect(lines.indexOf('ice connected')).toBeLessThan(lines.indexOf('open open'));
  }
});
