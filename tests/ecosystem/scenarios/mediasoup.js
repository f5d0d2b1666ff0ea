// mediasoup-client: a device with a transport to send and one to receive, at a server that forwards.

import { Device } from 'mediasoup-client';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const made = watchConnections();
  const server = await openServer(end);
  // Node.js has no user agent that says which handler it needs.
  const device = await Device.factory({ handlerName: 'Chrome111' });
  await device.load({ routerRtpCapabilities: await server.ask('capabilities', {}) });

  /** Gives the server the client's side of a transport, which mediasoup would not need all of. */
  const open = async (method) => {
    const parameters = await server.ask('transport', {});
    const transport = device[method](parameters);
    const pc = made.at(-1);
    let dtls;
    let connected;
    transport.on('connect', ({ dtlsParameters }, done) => {
      dtls = dtlsParameters;
      done();
    });
    const connect = () => {
      const { sdp } = pc.localDescription;
      const [ufrag, pwd] = ['ufrag', 'pwd'].map((name) => sdp.match(`a=ice-${name}:(\\S+)`)[1]);
      const client = { transport: transport.id, ice: { ufrag, pwd }, dtlsParameters: dtls };
      return (connected ??= server.ask('connect', client));
    };
    return { transport, connect };
  };
  const sending = await open('createSendTransport');
  const receiving = await open('createRecvTransport');

  const { transport } = sending;
  transport.on('producedata', async ({ sctpStreamParameters, label }, done, fail) => {
    try {
      await sending.connect();
      const id = `${end.role} data`;
      const { streamId } = sctpStreamParameters;
      await server.ask('produceData', { transport: transport.id, id, label, streamId });
      done({ id });
    } catch (error) {
      fail(error);
    }
  });
  transport.on('produce', async ({ kind, rtpParameters }, done, fail) => {
    try {
      await sending.connect();
      const id = `${end.role} ${kind}`;
      await server.ask('produce', { transport: transport.id, id, kind, rtpParameters });
      done({ id });
    } catch (error) {
      fail(error);
    }
  });

  const producer = await transport.produceData({ ordered: true, label: 'chat' });
  const stream = end.media.send();
  for (const track of stream.getTracks()) await transport.produce({ track, stopTracks: false });
  await end.meet();

  const received = end.receiver();
  const from = receiving.transport;
  const ask = (method, what) =>
    server.ask(method, { transport: from.id, producer: `${end.other} ${what}` });
  const consumer = await from.consumeData(await ask('consumeData', 'data'));
  await receiving.connect();
  consumer.binaryType = 'arraybuffer';
  consumer.on('message', received.take);
  const tracks = new MediaStream();
  for (const kind of ['audio', 'video']) {
    const { track } = await from.consume(await ask('consume', kind));
    tracks.addTrack(track);
  }
  if (producer.readyState !== 'open') await end.once(producer, 'open');
  producer.send(end.greeting);
  producer.send(end.file);
  const seen = { ...(await received.all), ...(await end.watch(tracks)) };
  await end.meet();
  sending.transport.close();
  receiving.transport.close();
  server.close();
  return seen;
}

/** The connections that the library makes from now on. */
function watchConnections() {
  const made = [];
  const { RTCPeerConnection } = globalThis;
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super(configuration);
      made.push(this);
    }
  };
  return made;
}

/** @param {import('../support/realm/end.js').End} end */
async function openServer(end) {
  const socket = new WebSocket(end.server.url);
  await end.once({ addEventListener: socket.addEventListener.bind(socket) }, 'open');
  /** @type {((result: any) => void)[]} */
  const waiting = [];
  socket.onmessage = ({ data }) => {
    const { number, result } = JSON.parse(data);
    waiting[number](result);
  };
  return {
    /** @param {string} method @param {object} request */
    ask(method, request) {
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
