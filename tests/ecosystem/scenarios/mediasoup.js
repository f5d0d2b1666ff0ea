// mediasoup-client: a device with a transport to send and one to receive, at a mediasoup router.

import { Device } from 'mediasoup-client';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const server = await openServer(end);
  // No user agent says which handler is needed in Node.js, or with the package in Firefox.
  const handlerName = end.realm === 'nativefirefox' ? 'Firefox120' : 'Chrome111';
  const device = await Device.factory({ handlerName });
  await device.load({ routerRtpCapabilities: await server.ask('capabilities') });

  const open = async (method) => {
    const transport = device[method](await server.ask('transport'));
    const { id } = transport;
    const answer = (event, ask) =>
      transport.on(event, (parameters, done, fail) => ask(parameters).then(done, fail));
    answer('connect', ({ dtlsParameters }) =>
      server.ask('connect', { transport: id, dtlsParameters }),
    );
    answer('produce', ({ kind, rtpParameters }) =>
      server.ask('produce', { transport: id, name: `${end.role} ${kind}`, kind, rtpParameters }),
    );
    answer('producedata', ({ sctpStreamParameters, label, protocol }) => {
      const name = `${end.role} data`;
      const parameters = { sctpStreamParameters, label, protocol };
      return server.ask('produceData', { transport: id, name, ...parameters });
    });
    return transport;
  };
  const sending = await open('createSendTransport');
  const receiving = await open('createRecvTransport');

  const producer = await sending.produceData({ ordered: true, label: 'chat' });
  for (const track of end.media.send().getTracks()) {
    await sending.produce({ track, stopTracks: false });
  }
  await end.meet();

  const consume = (method, what, more) =>
    server.ask(method, { transport: receiving.id, producer: `${end.other} ${what}`, ...more });
  const consumer = await receiving.consumeData(await consume('consumeData', 'data'));
  consumer.binaryType = 'arraybuffer';
  const tracks = new MediaStream();
  const { rtpCapabilities } = device;
  for (const kind of ['audio', 'video']) {
    const parameters = await consume('consume', kind, { rtpCapabilities });
    const { track } = await receiving.consume(parameters);
    tracks.addTrack(track);
  }
  for (const [what, side] of Object.entries({ producer, consumer })) {
    const opened = new Promise((resolve, reject) => side.on('open', resolve).on('error', reject));
    if (side.readyState !== 'open') await end.within(`the ${what} to open`, opened);
  }
  const received = end.receiver();
  consumer.on('message', received.take);
  // A router keeps nothing for those who cannot take it yet.
  await server.ask('resume');
  await end.meet();
  producer.send(end.greeting);
  producer.send(end.file);
  const seen = { ...(await received.all), ...(await end.watch(tracks)) };
  await end.meet();
  sending.close();
  receiving.close();
  server.close();
  return seen;
}

/** @param {import('../support/realm/end.js').End} end */
async function openServer(end) {
  const socket = new WebSocket(end.server.url);
  const opened = new Promise((resolve) => (socket.onopen = resolve));
  await end.within('the server', opened);
  /** @type {((result: any) => void)[]} */
  const waiting = [];
  socket.onmessage = ({ data }) => {
    const { number, result } = JSON.parse(data);
    waiting[number](result);
  };
  return {
    /** @param {string} method @param {object} [request] */
    ask(method, request = {}) {
      const result = new Promise((resolve) => {
        const number = waiting.push(resolve) - 1;
        socket.send(JSON.stringify({ number, method, request }));
      });
      return end.within(`an answer to ${method}`, result);
    },
    close: () => socket.close(),
  };
}

export { run as a, run as b };
