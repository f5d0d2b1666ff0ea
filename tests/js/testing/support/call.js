// Two peers of a simulation that are connected, for tests that want to go on from there.

import { Simulation, fakeCamera, fakeMicrophone, negotiate } from '../../../../js/testing.node.js';
import { measureAudio, measureVideo } from '../../../../js/testing.node.js';

/** Every packet of a simulation, as one text for each. */
export function recordPackets(simulation) {
  const packets = [];
  simulation.tap(({ source, destination, data }, fate, at) => {
    const bytes = Buffer.from(data).toString('hex');
    packets.push(`${at} ${fate} ${source.port} ${destination.port} ${bytes}`);
  });
  return packets;
}

/**
 * A data channel from alice to bob, open at both ends.
 * @param {object} [options]  of the simulation, and `alice`, `bob`: of the peers; `configuration` of the connections
 */
export async function openCall({ alice: forAlice, bob: forBob, configuration, ...options } = {}) {
  const simulation = new Simulation(options);
  const alice = simulation.peer({ name: 'alice', ...forAlice });
  const bob = simulation.peer({ name: 'bob', ...forBob });
  return connect(simulation, alice, bob, configuration);
}

export async function connect(simulation, alice, bob, configuration, prepare = () => {}) {
  const a = new alice.RTCPeerConnection(configuration);
  const b = new bob.RTCPeerConnection(configuration);
  const local = a.createDataChannel('test');
  const received = [];
  let remote;
  b.ondatachannel = ({ channel }) => {
    remote = channel;
    remote.onmessage = ({ data }) => received.push(data);
  };
  prepare(a, b);
  await negotiate(a, b);
  await simulation.runUntil(() => local.readyState === 'open' && remote?.readyState === 'open');
  const end = () => {
    a.close();
    b.close();
    simulation.close();
  };
  return { simulation, alice, bob, a, b, local, remote, received, end };
}

/** The same with a camera and a microphone at alice's, measured at bob's. */
export async function openMediaCall({ camera: cameraOptions, ...options } = {}) {
  const simulation = new Simulation(options);
  const alice = simulation.peer({ name: 'alice' });
  const bob = simulation.peer({ name: 'bob' });
  const camera = fakeCamera(alice, cameraOptions);
  const microphone = fakeMicrophone(alice, { tone: 1000 });
  const measures = {};
  const call = await connect(simulation, alice, bob, undefined, (a, b) => {
    const stream = new alice.MediaStream([microphone.createTrack(), camera.createTrack()]);
    for (const track of stream.getTracks()) a.addTrack(track, stream);
    b.ontrack = ({ track }) => {
      measures[track.kind] = track.kind === 'video' ? measureVideo(track) : measureAudio(track);
    };
  });
  const end = () => {
    camera.stop();
    microphone.stop();
    call.end();
  };
  return { ...call, camera, microphone, measures, end };
}
