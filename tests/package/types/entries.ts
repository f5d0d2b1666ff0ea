// The other entries of the package.

import { compareAll, scenarios } from 'webrtc-wasm/compare';
import { Inspector, graphsOf, mountPanel, parseDump } from 'webrtc-wasm/inspect';
import { restore } from 'webrtc-wasm/polyfill';
import { createRelay, issueCredentials } from 'webrtc-wasm/relay';
import * as single from 'webrtc-wasm/single';
import { Simulation, expectNoLeaks, fakeCamera, faults, measureVideo } from 'webrtc-wasm/testing';
import { VirtualNetwork } from 'webrtc-wasm/virtual-network';
import * as webrtc from 'webrtc-wasm';

restore();

export async function simulate() {
  const simulation = new Simulation({ seed: 7, link: { latency: 40, loss: 0.03 } });
  const [a, b] = [simulation.peer({ nat: 'symmetric' }), simulation.peer()];
  const relay = await simulation.relay();
  const pc = new a.RTCPeerConnection({ iceServers: [relay.iceServer] });
  pc.addTrack(fakeCamera(a, { width: 320 }).createTrack());
  const theirs = new b.RTCPeerConnection();
  theirs.ontrack = ({ track }) => void measureVideo(track).figures.freezes;
  faults(simulation).after(100).linkDown(b, { for: 500 });
  await simulation.runUntil(() => pc.connectionState === 'connected');
  simulation.close();
  expectNoLeaks();
}

export async function serve() {
  const relay = await createRelay({ httpPort: 0, limits: { maxConnections: 10 } });
  const { username, password } = issueCredentials({ secret: 's', ttlSeconds: 60, nowMs: 0 });
  webrtc.configure({ relay: { url: relay.url, username, credential: password } });
  // @ts-expect-error a port is a number
  await createRelay({ httpPort: '0' });
  await relay.close();
}

export async function compare() {
  const [first] = await compareAll(scenarios, { one: webrtc, other: single });
  return first?.differences.map(({ path }) => path);
}

export const network = () => {
  const net = new VirtualNetwork({ seed: 1 });
  webrtc.configure({ network: net.host({ addresses: ['192.0.2.1'] }) });
  // The same classes, whichever entry they come from.
  const pc: webrtc.RTCPeerConnection = new single.RTCPeerConnection();
  return pc;
};

export async function look(place: unknown) {
  const inspector = new Inspector({ all: true, packets: true });
  inspector.attach(new webrtc.RTCPeerConnection(), { label: 'mine' });
  mountPanel(place, { inspector });
  const [connection] = parseDump(JSON.stringify(inspector)).connections;
  webrtc.configure({ logLevel: 'info', logSink: ({ message }) => void message.length });
  // @ts-expect-error there is no such level
  webrtc.configure({ logLevel: 'loud' });
  const file: Uint8Array = await inspector.pcapng({ decrypt: false });
  inspector.close();
  return [graphsOf(connection!.stats).map(({ title }) => title), file] as const;
}
