// A relay that is not there, refuses, or goes away in the middle.

import { startRelay, useChromium } from './support/browser.js';

const suite = useChromium();
const relays = [];

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.close();
});

/** A relay that the test may end; pages of the suite's own relay may use it. */
async function otherRelay(options) {
  const relay = await startRelay(
    { allowOrigins: [new URL(suite.relay.httpUrl).origin], ...options },
    { engine: suite.engine },
  );
  relays.push(relay);
  return relay;
}

/** Gathers with a relay configuration; gives the errors and the candidates. */
async function gather(page, relay) {
  return page.evaluate(async (relay) => {
    harness.configure({ relay });
    const pair = new harness.Pair();
    const errors = [];
    pair.ours.addEventListener('icecandidateerror', ({ errorCode, errorText, url }) =>
      errors.push({ errorCode, errorText, url }),
    );
    pair.ours.createDataChannel('x');
    await pair.ours.setLocalDescription();
    await pair.gathered('ours');
    return { errors, candidates: pair.candidates.ours };
  }, relay);
}

test('Reports 401 when the relay refuses the credentials', async () => {
  const page = await suite.open();
  for (const wrong of [{ credential: 'wrong' }, { username: 'nobody' }]) {
    const { errors, candidates } = await gather(page, { ...suite.relay.access, ...wrong });
    expect(candidates).toEqual([]);
    expect(errors).toEqual([
      { errorCode: 401, errorText: expect.stringMatching(/./), url: suite.relay.access.url },
    ]);
  }
});

test('Reports 701 and why when no relay answers', async () => {
  const page = await suite.open();
  const gone = await otherRelay();
  await gone.close();
  const { errors, candidates } = await gather(page, gone.access);
  expect(candidates).toEqual([]);
  expect(errors).toEqual([
    { errorCode: 701, errorText: expect.stringMatching(/./), url: gone.access.url },
  ]);
  suite.expectProblems(/ERR_CONNECTION_REFUSED/);
});

test('Reports 701 when the relay does not serve pages of this origin', async () => {
  const page = await suite.open();
  const strict = await otherRelay({ allowOrigins: ['https://app.example'] });
  const { errors } = await gather(page, strict.access);
  expect(errors).toEqual([expect.objectContaining({ errorCode: 701, url: strict.access.url })]);
  suite.expectProblems(/Unexpected response code: 403/);
});

/** Starts an endless transfer over a relay of its own, and waits until data flows. */
async function transferOver(page, relay) {
  await page.evaluate(async (relay) => {
    harness.configure({ relay });
    const pair = new harness.Pair();
    globalThis.session = { pair, errors: [], received: 0 };
    pair.ours.addEventListener('icecandidateerror', ({ errorCode }) =>
      globalThis.session.errors.push(errorCode),
    );
    const channel = pair.channel('ours', 'endless');
    await pair.negotiate('ours');
    const { near, far } = await channel;
    await pair.connected();
    const chunk = harness.patternBytes(16 * 1024);
    near.channel.bufferedAmountLowThreshold = 128 * 1024;
    const fill = () => {
      while (near.channel.readyState === 'open' && near.channel.bufferedAmount < 512 * 1024) {
        near.channel.send(chunk);
      }
    };
    near.channel.addEventListener('bufferedamountlow', fill);
    const flowing = () =>
      pair.soon(
        new Promise((resolve) => {
          let count = 0;
          const take = () => {
            if (++count < 20) return;
            far.channel.removeEventListener('message', take);
            resolve();
          };
          far.channel.addEventListener('message', take);
          fill();
        }),
        'data flows',
      );
    globalThis.session.flowing = flowing;
    await flowing();
  }, relay.access);
}

test('Ends as disconnected or failed, with an error event, when the relay goes away in a transfer', async () => {
  const page = await suite.open();
  const relay = await otherRelay();
  await transferOver(page, relay);
  await relay.close();
  const seen = await page.evaluate(async () => {
    const { pair, errors } = globalThis.session;
    const ended = (side) =>
      pair.until(
        pair[side],
        'connectionstatechange',
        () => ['disconnected', 'failed'].includes(pair[side].connectionState),
        `${side} notices`,
      );
    await Promise.all([ended('ours'), ended('theirs')]);
    await pair.until(pair.ours, 'icecandidateerror', () => errors.length > 0, 'an error is told');
    return { errors, alive: harness.closeAll() };
  });
  expect(seen).toEqual({ errors: [701], alive: 0 });
  suite.expectProblems(/WebSocket|ERR_CONNECTION_REFUSED/);
});

/** A transfer whose relay goes, and is back once the page has noticed. */
async function loseRelay(page) {
  const relay = await otherRelay();
  await transferOver(page, relay);
  await relay.close();
  await page.evaluate(() => {
    const { pair } = globalThis.session;
    return pair.until(
      pair.ours,
      'connectionstatechange',
      () => pair.ours.connectionState === 'disconnected',
      'ours notices',
    );
  });
  await otherRelay({ httpPort: relay.ports.http });
}

test('Goes on over the same channel when the relay is back and ICE is restarted', async () => {
  const page = await suite.open();
  await loseRelay(page);
  await page.evaluate(async () => {
    const { pair, flowing } = globalThis.session;
    const flows = flowing();
    await pair.negotiate('ours', { iceRestart: true });
    await flows;
    await pair.connected();
  });
  suite.expectProblems(/WebSocket|ERR_CONNECTION_REFUSED/);
});

test('Goes on by itself over the same channel when the relay is back', async () => {
  const page = await suite.open();
  await loseRelay(page);
  const offers = await page.evaluate(async () => {
    const { pair, flowing } = globalThis.session;
    const before = pair.ours.localDescription.sdp.match(/a=ice-ufrag:.*/)[0];
    await flowing();
    await pair.connected();
    return [before, pair.ours.localDescription.sdp.match(/a=ice-ufrag:.*/)[0]];
  });
  expect(offers[1]).toBe(offers[0]);
  suite.expectProblems(/WebSocket|ERR_CONNECTION_REFUSED/);
});
