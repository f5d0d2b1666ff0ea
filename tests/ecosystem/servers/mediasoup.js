// A mediasoup router of mediasoup's own, and as much signalling as two clients need to get at it: each of them asks
// by WebSocket for what mediasoup-client leaves to the application.

import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import * as mediasoup from 'mediasoup';
import { WebSocketServer } from 'ws';

const worker = await mediasoup.createWorker({ logLevel: 'warn' });
const router = await worker.createRouter({
  mediaCodecs: [
    { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  ],
});

/** All of this machine's: Firefox sends nothing to loopback ones. */
const listenIps = Object.values(networkInterfaces())
  .flat()
  .filter(({ family }) => family === 'IPv4')
  .map(({ address }) => ({ ip: address }));

/** By the names that the clients give them: `a audio`. @type {Map<string, any>} */
const producers = new Map();

/**
 * What clients ask for.
 * @type {Record<string, (request: any, client: { transports: Map<string, any>, consumers: any[] }) => any>}
 */
const requests = {
  capabilities: () => router.rtpCapabilities,
  async transport(_, { transports }) {
    const transport = await router.createWebRtcTransport({ listenIps, enableSctp: true });
    transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters };
  },
  async connect({ transport, dtlsParameters }, { transports }) {
    await transports.get(transport).connect({ dtlsParameters });
  },
  async produce({ transport, name, ...parameters }, { transports }) {
    const producer = await transports.get(transport).produce(parameters);
    producers.set(name, producer);
    return { id: producer.id };
  },
  async consume({ transport, producer, rtpCapabilities }, { transports, consumers }) {
    const producerId = producers.get(producer).id;
    // Nothing flows before the client can take it.
    const consumer = await transports
      .get(transport)
      .consume({ producerId, rtpCapabilities, paused: true });
    consumers.push(consumer);
    const { id, kind, rtpParameters } = consumer;
    return { id, producerId, kind, rtpParameters };
  },
  async resume(_, { transports, consumers }) {
    for (const transport of transports.values()) {
      while (transport.sctpState !== 'connected') await once(transport, 'sctpstatechange');
    }
    await Promise.all(consumers.map((consumer) => consumer.resume()));
  },
  async produceData({ transport, name, ...parameters }, { transports }) {
    const producer = await transports.get(transport).produceData(parameters);
    producers.set(name, producer);
    return { id: producer.id };
  },
  async consumeData({ transport, producer }, { transports }) {
    const dataProducerId = producers.get(producer).id;
    const consumer = await transports.get(transport).consumeData({ dataProducerId });
    const { id, sctpStreamParameters, label, protocol } = consumer;
    return { id, dataProducerId, sctpStreamParameters, label, protocol };
  },
};

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (socket) => {
  const client = { transports: new Map(), consumers: [] };
  socket.on('message', async (text) => {
    const { number, method, request } = JSON.parse(text.toString());
    const result = await requests[method](request, client);
    socket.send(JSON.stringify({ number, result: result ?? null }));
  });
  socket.on('close', () => client.transports.forEach((transport) => transport.close()));
});
await once(server, 'listening');
process.send({ url: `ws://127.0.0.1:${server.address().port}` });
