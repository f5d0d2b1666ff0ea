// Capture files, as Wireshark's own dissectors read them.

import { execFileSync } from 'node:child_process';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { Inspector } from '../../../js/inspect.js';
import { addressBytes, addressText } from '../../../js/inspect/addresses.js';
import { Capture } from '../../../js/inspect/capture.js';
import { captureFile } from '../../../js/inspect/capture-file.js';
import { chacha20 } from '../../../js/inspect/chacha20.js';
import { DtlsReader } from '../../../js/inspect/dtls.js';
import { RelayNetwork } from '../../../js/net/relay-network.js';
import { Simulation } from '../../../js/testing.node.js';
import { ann, startTurnRelay } from '../relay/support/harness.js';
import { connect, openCall, openMediaCall } from '../testing/support/call.js';

const directory = mkdtempSync(join(tmpdir(), 'webrtc-wasm-capture-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What tshark says of each packet that a filter lets pass: the fields, as text. */
function dissect(bytes, filter, fields, ...options) {
  const file = join(directory, 'test.pcapng');
  writeFileSync(file, bytes);
  const args = ['-r', file, '-Y', filter, '-T', 'fields', ...options];
  for (const field of fields) args.push('-e', field);
  const out = execFileSync('tshark', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

const recording = { packets: true, secrets: true, statsInterval: 0 };

/** A call of a data channel, recorded at both ends. */
async function recordedCall(options) {
  const inspector = new Inspector({ all: true, ...recording });
  const call = await openCall(options);
  call.local.send('hello, dissector');
  await call.simulation.runUntil(() => call.received.length === 1);
  return { inspector, call };
}

test('tshark sees STUN binding requests and the DTLS handshake, at the times of the connection', async () => {
  const startTime = Date.UTC(2030, 5, 1);
  const simulation = new Simulation({ startTime });
  const inspector = new Inspector({ all: true, ...recording });
  const call = await connect(simulation, simulation.peer(), simulation.peer());
  const file = await inspector.pcapng({ connection: 1 });
  const requests = dissect(file, 'stun.type == 0x0001', ['ip.src', 'ip.dst', 'frame.time_epoch']);
  expect(requests.length).toBeGreaterThanOrEqual(2);
  const [from, to] = requests[0];
  expect(addressBytes(from)).toHaveLength(4);
  expect(from).not.toBe(to);
  for (const [, , time] of requests) {
    expect(Number(time) * 1000).toBeGreaterThanOrEqual(startTime - 1);
    expect(Number(time) * 1000).toBeLessThan(startTime + 60_000);
  }
  const handshake = dissect(file, 'dtls.handshake', ['dtls.handshake.type']);
  const types = handshake.flat().flatMap((text) => text.split(',').map(Number));
  // ClientHello, ServerHello, Certificate, ClientKeyExchange.
  expect(types).toEqual(expect.arrayContaining([1, 2, 11, 16]));
  expect(dissect(file, '_ws.malformed', ['frame.number'])).toEqual([]);
  const sums = ['ip.check_checksum', 'udp.check_checksum'].flatMap((sum) => ['-o', `${sum}:TRUE`]);
  const wrong = 'ip.checksum.status == 0 || udp.checksum.status == 0';
  expect(dissect(file, wrong, ['frame.number'], ...sums)).toEqual([]);
  call.end();
  inspector.close();
});

test('what is encrypted stays so, unless the application asks for more', async () => {
  const { inspector, call } = await recordedCall();
  const sealed = await inspector.pcapng();
  expect(Buffer.from(sealed).includes('hello, dissector')).toBe(false);
  expect(Buffer.from(sealed).includes('CLIENT_RANDOM')).toBe(false);
  expect(dissect(sealed, 'sctp', ['frame.number'])).toEqual([]);
  call.end();
  inspector.close();
  const careful = new Inspector({ packets: true });
  await expect(careful.pcapng({ decrypt: true })).rejects.toThrow('{ secrets: true }');
  careful.close();
  const idle = new Inspector();
  await expect(idle.pcapng()).rejects.toThrow('{ packets: true }');
  idle.close();
});

test('with secrets, tshark sees SCTP, the opening of the channel, and its message', async () => {
  const { inspector, call } = await recordedCall();
  const file = await inspector.pcapng({ decrypt: true });
  const chunks = dissect(file, 'sctp', ['sctp.chunk_type']).flat().join(',').split(',').map(Number);
  // INIT, INIT ACK, COOKIE ECHO, COOKIE ACK, SACK.
  expect(chunks).toEqual(expect.arrayContaining([1, 2, 10, 11, 3]));
  expect(dissect(file, 'rtcdc', ['rtcdc.label']).flat()).toContain('test');
  expect(Buffer.from(file).includes('hello, dissector')).toBe(true);
  const sums = ['-o', 'sctp.checksum:TRUE'];
  expect(dissect(file, 'sctp.checksum.status == 0', ['frame.number'], ...sums)).toEqual([]);
  // Errors alone: a note is made of the padding of our INIT.
  expect(dissect(file, '_ws.expert.severity == 8388608', ['frame.number'])).toEqual([]);
  const lines = inspector.keyLog({ connection: 1 }).trim().split('\n');
  expect(lines).toEqual([expect.stringMatching(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/)]);
  const [random] = dissect(file, 'dtls.handshake.type == 1', ['dtls.handshake.random']).flat();
  expect(lines[0].split(' ')[1]).toBe(random);
  // Both ends have the same.
  expect(inspector.keyLog({ connection: 2 })).toBe(inspector.keyLog({ connection: 1 }));
  call.end();
  inspector.close();
});

test('with secrets, tshark sees RTP and RTCP in the clear, with the payload types of the negotiation', async () => {
  const inspector = new Inspector({ all: true, ...recording });
  const call = await openMediaCall({ link: { latency: 20 } });
  await call.simulation.run(3000);
  const file = await inspector.pcapng({ connection: 2, decrypt: true });
  const packets = dissect(file, 'rtp && exported_pdu', ['rtp.p_type', 'rtp.ssrc', 'rtp.version']);
  expect(packets.length).toBeGreaterThan(100);
  const negotiated = call.b
    .getReceivers()
    .flatMap((receiver) => receiver.getParameters().codecs.map(({ payloadType }) => payloadType));
  for (const [type, , version] of packets) {
    expect(negotiated).toContain(Number(type));
    expect(version).toBe('2');
  }
  expect(new Set(packets.map(([, ssrc]) => ssrc)).size).toBeGreaterThanOrEqual(2);
  const reports = dissect(file, 'rtcp && exported_pdu', ['rtcp.pt']).flat().join(',').split(',');
  expect(reports).toContain('200');
  call.end();
  inspector.close();
});

test('what a TURN server carries over UDP is there a second time, as the peer sees it', async () => {
  const simulation = new Simulation();
  const relay = await simulation.relay();
  const inspector = new Inspector({ ...recording });
  const configuration = { iceServers: [relay.iceServer], iceTransportPolicy: 'relay' };
  const [alice, bob] = [simulation.peer(), simulation.peer()];
  const prepare = (a) => inspector.attach(a);
  const call = await connect(simulation, alice, bob, configuration, prepare);
  const file = await inspector.pcapng({ decrypt: true });
  // Allocate, CreatePermission, ChannelBind.
  const methods = dissect(file, 'stun.type.class == 0', ['stun.type.method']).flat().map(Number);
  expect(methods).toEqual(expect.arrayContaining([3, 8, 9]));
  const inside = dissect(file, 'frame.interface_name contains "in-udp" && dtls', [
    'ip.src',
    'ip.dst',
  ]);
  expect(inside.length).toBeGreaterThan(4);
  expect(dissect(file, 'sctp', ['frame.number']).length).toBeGreaterThan(4);
  call.end();
  inspector.close();
});

test('the stream to a relay is TCP to a TURN port, and what is in it is there as datagrams', async () => {
  const relay = await startTurnRelay({ allowPeers: ['127.0.0.0/8'] });
  const inspector = new Inspector({ all: true, ...recording });
  const source = { url: relay.url, username: ann.username, credential: ann.password };
  configure({
    network: new RelayNetwork({ relay: source, WebSocket: (await import('ws')).default }),
  });
  const [a, b] = [new interfaces.RTCPeerConnection(), new interfaces.RTCPeerConnection()];
  configure({ network: undefined });
  a.onicecandidate = ({ candidate }) => candidate && b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => candidate && a.addIceCandidate(candidate);
  const channel = a.createDataChannel('through the relay');
  const offer = await a.createOffer();
  const opened = new Promise((resolve) => (channel.onopen = resolve));
  await Promise.all([a.setLocalDescription(offer), b.setRemoteDescription(offer)]);
  const answer = await b.createAnswer();
  await Promise.all([b.setLocalDescription(answer), a.setRemoteDescription(answer)]);
  await opened;
  const file = await inspector.pcapng({ connection: 1, decrypt: true });
  const outside = 'frame.interface_name contains "relay" && tcp.dstport == 3478';
  expect(dissect(file, `${outside} && stun`, ['frame.number']).length).toBeGreaterThan(2);
  expect(dissect(file, 'tcp.flags.syn == 1', ['frame.number'])).toHaveLength(2);
  expect(dissect(file, 'tcp.analysis.lost_segment', ['frame.number'])).toEqual([]);
  expect(
    dissect(file, 'frame.interface_name contains "in-relay" && dtls.handshake', ['ip.src']).length,
  ).toBeGreaterThan(2);
  expect(dissect(file, 'rtcdc', ['rtcdc.label']).flat()).toContain('through the relay');
  a.close();
  b.close();
  inspector.close();
});

test('a capture that is full keeps the handshake, and the file says how much is missing', async () => {
  const inspector = new Inspector({ all: true, ...recording, maxPacketBytes: 60_000 });
  const call = await openCall();
  for (let i = 0; i < 300; i++) call.local.send(new Uint8Array(1000));
  await call.simulation.runUntil(() => call.received.length === 300);
  const [{ packets }] = inspector.connections;
  expect(packets.dropped).toBeGreaterThan(0);
  expect(packets.bytes).toBeLessThanOrEqual(60_000);
  const file = await inspector.pcapng({ connection: 1, decrypt: true });
  expect(dissect(file, 'dtls.handshake.type == 1', ['frame.number'])).toHaveLength(1);
  expect(dissect(file, 'sctp', ['frame.number']).length).toBeGreaterThan(10);
  call.end();
  inspector.close();
});

test('datagrams of ICE over TCP are cut out of their stream, in whatever pieces it came', async () => {
  let time = 1000;
  const capture = new Capture({ maxBytes: 1e6, now: () => time++ });
  const local = { id: 1, kind: 'udp', address: '2001:db8::1', port: 4000 };
  const stream = {
    streamId: 3,
    transport: 'peer',
    url: 'tcp:[2001:db8::2]:9',
    host: '2001:db8::2',
    port: 49200,
    local,
  };
  // A binding request without attributes, after its length.
  const request = Buffer.from(`00010000${'2112a442'}${'0102030405060708090a0b0c'}`, 'hex');
  const framed = Buffer.concat([Buffer.from([0, request.length]), request]);
  capture.streamState(stream, true);
  capture.stream(true, stream, framed.subarray(0, 5));
  capture.stream(true, stream, Buffer.concat([framed.subarray(5), framed]));
  capture.streamState(stream, false);
  const sources = [{ id: 1, capture, secrets: [] }];
  const file = await captureFile(sources, { application: 'test', decrypt: false });
  const found = dissect(file, 'udp && stun', ['ipv6.src', 'ipv6.dst', 'udp.dstport']);
  expect(found).toEqual(Array(2).fill(['2001:db8::1', '2001:db8::2', '49200']));
  expect(dissect(file, 'tcp', ['frame.number']).length).toBeGreaterThanOrEqual(6);
});

test('a file without a packet is a file', async () => {
  const inspector = new Inspector({ packets: true });
  expect(dissect(await inspector.pcapng(), 'frame', ['frame.number'])).toEqual([]);
  inspector.close();
});

test('addresses are read as RFC 4291 has them, and what is none is refused', () => {
  const text = (address) => addressText(addressBytes(address));
  expect(text('192.0.2.7')).toBe('192.0.2.7');
  expect(text('::')).toBe('0:0:0:0:0:0:0:0');
  expect(text('2001:db8::5')).toBe('2001:db8:0:0:0:0:0:5');
  expect(text('fe80::1%eth0')).toBe('fe80:0:0:0:0:0:0:1');
  expect(text('::ffff:192.0.2.7')).toBe('0:0:0:0:0:ffff:c000:207');
  for (const none of ['', 'a.local', '1.2.3', '1.2.3.256', '1::2::3', '1:2:3', 'g::1']) {
    expect(addressBytes(none)).toBeUndefined();
  }
});

test('ChaCha20 gives the key stream of RFC 8439 section 2.4.2', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const nonce = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0x4a, 0, 0, 0, 0]);
  const text =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const sealed = Buffer.from(chacha20(key, nonce, 1, Buffer.from(text))).toString('hex');
  expect(sealed).toMatch(/^6e2e359a2568f98041ba0728dd0d6981/);
  expect(sealed).toMatch(/5af90bbf74a35be6b40b8eedf2785e42874d$/);
});

/** P_hash of RFC 5246 section 5, by the other implementation at hand. */
function expand(hash, secret, seed, length) {
  const sign = (text) => createHmac(hash, secret).update(text).digest();
  const parts = [];
  for (let a = sign(seed); parts.length * 32 < length + 64; a = sign(a)) {
    parts.push(sign(Buffer.concat([a, seed])));
  }
  return Buffer.concat(parts).subarray(0, length);
}

test.each([
  ['AES-128-GCM', 0xc02b, 'sha256', 16, 'aes-128-gcm'],
  ['AES-256-GCM', 0xc02c, 'sha384', 32, 'aes-256-gcm'],
])('records of %s are decrypted as well', async (_, suite, hash, keyLength, cipher) => {
  const [clientRandom, serverRandom, masterSecret] = [32, 32, 48].map((size) => randomBytes(size));
  const record = (type, epoch, sequence, body) => {
    const head = Buffer.alloc(13);
    head[0] = type;
    head.writeUInt16BE(0xfefd, 1);
    head.writeUInt16BE(epoch, 3);
    head.writeUIntBE(sequence, 5, 6);
    head.writeUInt16BE(body.length, 11);
    return Buffer.concat([head, body]);
  };
  const hello = (type, random, rest) => {
    const body = Buffer.concat([Buffer.from([0xfe, 0xfd]), random, Buffer.from(rest)]);
    const head = Buffer.alloc(12);
    head[0] = type;
    head.writeUIntBE(body.length, 1, 3);
    head.writeUIntBE(body.length, 9, 3);
    return record(22, 0, 0, Buffer.concat([head, body]));
  };
  const seed = Buffer.concat([Buffer.from('key expansion'), serverRandom, clientRandom]);
  const keys = expand(hash, masterSecret, seed, 2 * keyLength + 8);
  const explicit = Buffer.from('0001000000000005', 'hex');
  const iv = Buffer.concat([keys.subarray(2 * keyLength, 2 * keyLength + 4), explicit]);
  const seal = createCipheriv(cipher, keys.subarray(0, keyLength), iv);
  const plain = Buffer.from('application data');
  seal.setAAD(Buffer.concat([explicit, Buffer.from([23, 0xfe, 0xfd, 0, plain.length])]));
  const sealed = Buffer.concat([explicit, seal.update(plain), seal.final(), seal.getAuthTag()]);

  const secrets = [{ transportId: 0, isClient: true, clientRandom, masterSecret }];
  const reader = new DtlsReader(crypto.subtle, secrets);
  await reader.read(hello(1, clientRandom, [0, 0]), true, 'path');
  await reader.read(hello(2, serverRandom, [0, suite >> 8, suite & 0xff, 0]), false, 'path');
  const found = await reader.read(record(23, 1, 5, sealed), true, 'path');
  expect(found.map((bytes) => Buffer.from(bytes).toString())).toEqual(['application data']);
  sealed[20] ^= 1;
  expect(await reader.read(record(23, 1, 5, sealed), true, 'path')).toEqual([]);
});
