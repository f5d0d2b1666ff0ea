// The tests of docs/testing.md: a small chat application under network trouble, in virtual time.

import { Simulation, expectNoLeaks, faults, matchers, sdpStructure } from 'webrtc-wasm/testing';
import { Chat } from './chat.js';

expect.extend(matchers);

/** Two people who chat, and what each has heard and seen. */
class Conversation {
  constructor({ peers = [{}, {}], iceServers, ...options } = {}) {
    this.simulation = new Simulation(options);
    const names = ['alice', 'bob'];
    const both = names.map((name, i) => this.simulation.peer({ name, ...peers[i] }));
    const ends = this.simulation.signaling({ latency: 30, peers: both });
    [this.alice, this.bob] = both.map((peer, i) => {
      const chat = new Chat({
        signaling: ends[i],
        isPolite: i === 1,
        iceServers,
        RTCPeerConnection: peer.RTCPeerConnection,
        timers: peer.timers,
      });
      const person = { peer, chat, heard: [], statuses: [] };
      chat.addEventListener('message', ({ text }) => person.heard.push(text));
      chat.addEventListener('status', ({ status }) => person.statuses.push(status));
      return person;
    });
  }

  /** Until both are online. */
  meet() {
    return this.simulation.runUntil(() => this.isOnline);
  }

  get isOnline() {
    return [this.alice, this.bob].every(({ chat }) => chat.status === 'online');
  }

  end() {
    this.alice.chat.leave();
    this.bob.chat.leave();
    expect(this.simulation).toHaveNoLeaks();
    this.simulation.close();
  }
}

afterEach(() => expectNoLeaks());

test('two people meet and hear each other', async () => {
  const conversation = new Conversation();
  const { simulation, alice, bob } = conversation;
  await conversation.meet();
  alice.chat.say('Hello, Bob');
  bob.chat.say('Hello, Alice');
  await simulation.runUntil(() => alice.heard.length > 0 && bob.heard.length > 0);
  expect(bob.heard).toEqual(['Hello, Bob']);
  expect(alice.heard).toEqual(['Hello, Alice']);
  conversation.end();
});

test('ten minutes on a bad Wi-Fi lose nothing and change no order', async () => {
  const link = { latency: 60, jitter: 40, loss: 0.1, duplicate: 0.02, reorder: 0.05 };
  const conversation = new Conversation({ link, seed: 'bad Wi-Fi' });
  const { simulation, alice, bob } = conversation;
  const said = Array.from({ length: 300 }, (_, i) => `message ${i}`);
  said.forEach((text, i) => simulation.at(2000 * i, () => alice.chat.say(text)));
  await simulation.run(10 * 60_000);
  expect(bob.heard).toEqual(said);
  conversation.end();
});

test('what is said while the link is down arrives when it is back', async () => {
  const conversation = new Conversation();
  const { simulation, alice, bob } = conversation;
  await conversation.meet();
  faults(simulation).linkDown(bob.peer, { for: 15_000 });
  simulation.after(5000, () => alice.chat.say('Are you there?'));
  await simulation.runUntil(() => bob.heard.length > 0 && alice.statuses.length > 2);
  expect(bob.heard).toEqual(['Are you there?']);
  expect(alice.statuses).toEqual(['online', 'trouble', 'online']);
  conversation.end();
});

test('a phone that leaves its Wi-Fi goes on over its mobile network', async () => {
  const conversation = new Conversation();
  const { simulation, alice, bob } = conversation;
  await conversation.meet();
  faults(simulation).changeAddress(alice.peer, '192.0.2.77');
  alice.chat.say('I am outside now');
  await simulation.runUntil(() => bob.heard.length > 0);
  await simulation.run(30_000);
  expect(conversation.isOnline).toBe(true);
  conversation.end();
});

test('a NAT that forgets its mappings is noticed and survived', async () => {
  const conversation = new Conversation({ peers: [{ nat: 'portRestricted' }, {}] });
  const { simulation, alice, bob } = conversation;
  await conversation.meet();
  faults(simulation).rebindNat(alice.peer);
  bob.chat.say('Still there?');
  await simulation.runUntil(() => alice.heard.length > 0);
  conversation.end();
});

test('a relay that dies and comes back ends no conversation', async () => {
  const simulation = new Simulation();
  const relay = await simulation.relay();
  const ends = simulation.signaling();
  const heard = [];
  const chats = ['alice', 'bob'].map((name, i) => {
    const peer = simulation.peer({ name, nat: 'symmetric' });
    const { RTCPeerConnection, timers } = peer;
    const iceServers = [relay.iceServer];
    const signaling = ends[i];
    return new Chat({ signaling, isPolite: i === 1, iceServers, RTCPeerConnection, timers });
  });
  chats[1].addEventListener('message', ({ text }) => heard.push(text));
  const areOnline = () => chats.every(({ status }) => status === 'online');
  await simulation.runUntil(areOnline);
  expect(relay.allocations).toBeGreaterThan(0);

  faults(simulation).relayDown(relay, { for: 15_000 });
  simulation.after(5000, () => chats[0].say('Did we lose each other?'));
  await simulation.run(10_000);
  expect(heard).toEqual([]);
  await simulation.runUntil(() => areOnline() && heard.length > 0);
  expect(heard).toEqual(['Did we lose each other?']);
  for (const chat of chats) chat.leave();
  simulation.close();
});

test('somebody who is gone without a word is given up after a while', async () => {
  const conversation = new Conversation();
  const { simulation, alice, bob } = conversation;
  await conversation.meet();
  faults(simulation).after(1000).crash(bob.peer);
  await simulation.runUntil(() => alice.chat.status === 'gone', { limitMs: 5 * 60_000 });
  expect(alice.statuses).toEqual(['online', 'trouble', 'gone']);
  conversation.end();
});

test('the offer is the one that was reviewed', async () => {
  const conversation = new Conversation({ seed: 'snapshot' });
  const { simulation, alice } = conversation;
  await conversation.meet();
  const [connection] = alice.peer.connections;
  // To the letter, since all that is random in it comes from the seed …
  expect(connection.localDescription.sdp).toMatchSnapshot();
  // … and what it means, whatever the seed.
  expect(sdpStructure(connection.localDescription)).toMatchSnapshot();
  expect(simulation.peers).toHaveLength(2);
  conversation.end();
});
