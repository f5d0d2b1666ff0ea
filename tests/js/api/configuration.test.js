import { interfaces } from '../../../js/api/interfaces.js';
import { parseIceServerUrl } from '../../../js/api/ice-server-url.js';
import { configure } from '../../../js/api/runtime.js';
import { FakeNetwork, lastFake, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection } = interfaces;

const open = [];
const connect = (configuration) => {
  const pc = new RTCPeerConnection(configuration);
  open.push(pc);
  return pc;
};
const errorOf = (action) => {
  try {
    action();
  } catch (error) {
    return error.name;
  }
  return undefined;
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
});

afterEach(() => open.splice(0).forEach((pc) => pc.close()));

describe('ICE server URLs', () => {
  test.each([
    [
      'stun:stun.example.net',
      { kind: 'stun', transport: 'udp', host: 'stun.example.net', port: 3478 },
    ],
    ['STUNS:h:1', { kind: 'stun', transport: 'tls', host: 'h', port: 1 }],
    ['turn:[2001:db8::1]:99', { kind: 'turn', transport: 'udp', host: '2001:db8::1', port: 99 }],
    ['turn:h?transport=tcp', { kind: 'turn', transport: 'tcp', host: 'h', port: 3478 }],
    ['turn:h?transport=udp', { kind: 'turn', transport: 'udp', host: 'h', port: 3478 }],
    ['turns:H:443', { kind: 'turn', transport: 'tls', host: 'h', port: 443 }],
    [
      'stun:bücher.example',
      { kind: 'stun', transport: 'udp', host: 'xn--bcher-kva.example', port: 3478 },
    ],
    ['turns:h?transport=tcp', { kind: 'turn', transport: 'tls', host: 'h', port: 5349 }],
  ])('%s is understood', (url, expected) => {
    expect(parseIceServerUrl(url)).toEqual(expected);
  });

  test.each([
    '',
    'relative-url',
    'http://example.com',
    'stun:',
    'turn:',
    'stun://stun.example.net',
    'turn://example.org/foo?x=y',
    'stun:example.net?transport=udp',
    'stun:example.net/path',
    'stun:user@example.net',
    'turn:h?transport=sctp',
    'turn:h?x=y',
    'turn:h:65536',
    'turn:h:port',
    'turn:[::1',
    'turn:a b',
    'turn:h?',
    'turn:h?transport=UDP',
    'stun:h#',
    'stun:h#fragment',
    'stunt:h',
  ])('%j is a SyntaxError', (url) => {
    const iceServers = [{ urls: url, username: 'u', credential: 'c' }];
    expect(errorOf(() => connect({ iceServers }))).toBe('SyntaxError');
  });

  test('an empty list of URLs is a SyntaxError', () => {
    expect(errorOf(() => connect({ iceServers: [{ urls: [] }] }))).toBe('SyntaxError');
  });

  test('a TURN server without username or credential is an InvalidAccessError', () => {
    for (const member of [{}, { username: 'u' }, { credential: 'c' }]) {
      const iceServers = [{ urls: ['stun:h', 'turn:h'], ...member }];
      expect(errorOf(() => connect({ iceServers }))).toBe('InvalidAccessError');
    }
    const wrong = [
      { username: 'u'.repeat(509) },
      { credential: 'a\nb' },
      // No OpaqueString is empty.
      { username: '' },
      { credential: '' },
    ];
    for (const member of wrong) {
      const iceServers = [{ urls: 'turn:h', username: 'u', credential: 'c', ...member }];
      expect(errorOf(() => connect({ iceServers }))).toBe('InvalidAccessError');
    }
    const iceServers = [{ urls: 'turn:h', username: 'u', credential: 'c' }];
    expect(errorOf(() => connect({ iceServers }))).toBe(undefined);
  });

  test('getConfiguration() gives the URLs of a server as a list', () => {
    const pc = connect({ iceServers: [{ urls: 'stun:h' }] });
    expect(pc.getConfiguration().iceServers).toEqual([{ urls: ['stun:h'] }]);
    pc.setConfiguration({ iceServers: [{ urls: 'stun:other' }] });
    expect(pc.getConfiguration().iceServers).toEqual([{ urls: ['stun:other'] }]);
  });

  test('a server without urls is a TypeError', () => {
    expect(() => connect({ iceServers: [{}] })).toThrow(TypeError);
    expect(() => connect({ iceServers: [{ urls: undefined }] })).toThrow(TypeError);
    expect(() => connect({ iceServers: null })).toThrow(TypeError);
  });

  test('the engine gets one server per URL', () => {
    connect({ iceServers: [{ urls: ['stun:a', 'turn:b'], username: 'u', credential: 'c' }] });
    expect(lastFake().configuration.iceServers).toEqual([
      {
        kind: 'stun',
        transport: 'udp',
        host: 'a',
        port: 3478,
        url: 'stun:a',
        username: 'u',
        credential: 'c',
      },
      {
        kind: 'turn',
        transport: 'udp',
        host: 'b',
        port: 3478,
        url: 'turn:b',
        username: 'u',
        credential: 'c',
      },
    ]);
  });
});

describe('iceCandidatePoolSize', () => {
  const sizes = () =>
    lastFake()
      .calls.filter(([name]) => name === 'setCandidatePoolSize')
      .map(([, size]) => size);

  test('has the engine gather ahead, with the servers of the network', () => {
    const server = { kind: 'turn', host: 'relay.example' };
    configure({ network: new FakeNetwork([server]) });
    connect({ iceCandidatePoolSize: 2 });
    expect(sizes()).toEqual([2]);
    const names = lastFake().calls.map(([name]) => name);
    expect(names.indexOf('setConfiguration')).toBeLessThan(names.indexOf('setCandidatePoolSize'));
  });

  test('of zero asks nothing of the engine, unless there was a pool', () => {
    const pc = connect();
    pc.setConfiguration({});
    expect(sizes()).toEqual([]);
    pc.setConfiguration({ iceCandidatePoolSize: 1 });
    pc.setConfiguration({ iceCandidatePoolSize: 1, iceServers: [{ urls: 'stun:h' }] });
    pc.setConfiguration({ iceCandidatePoolSize: 0 });
    expect(sizes()).toEqual([1, 1, 0]);
  });
});

describe('getConfiguration', () => {
  test('fills in the defaults', () => {
    expect(connect().getConfiguration()).toEqual({
      iceServers: [],
      iceTransportPolicy: 'all',
      bundlePolicy: 'balanced',
      rtcpMuxPolicy: 'require',
      certificates: [],
      iceCandidatePoolSize: 0,
      alwaysNegotiateDataChannels: false,
      encodedInsertableStreams: false,
    });
  });

  test('gives a copy that changes nothing', () => {
    const pc = connect({ iceServers: [{ urls: ['stun:h'] }] });
    pc.getConfiguration().iceServers[0].urls.push('stun:other');
    pc.getConfiguration().iceServers.length = 0;
    expect(pc.getConfiguration().iceServers).toEqual([{ urls: ['stun:h'] }]);
  });

  test('refuses values outside of the enumerations and of octet', () => {
    expect(() => connect({ iceTransportPolicy: 'none' })).toThrow(TypeError);
    expect(() => connect({ bundlePolicy: null })).toThrow(TypeError);
    expect(() => connect({ rtcpMuxPolicy: 'negotiate' })).toThrow(TypeError);
    expect(() => connect({ iceCandidatePoolSize: 256 })).toThrow(TypeError);
    expect(() => connect({ iceCandidatePoolSize: -1 })).toThrow(TypeError);
  });
});

describe('setConfiguration', () => {
  test('takes new servers and policy, and tells the engine', () => {
    const pc = connect();
    pc.setConfiguration({ iceServers: [{ urls: 'stun:h' }], iceTransportPolicy: 'relay' });
    expect(pc.getConfiguration()).toMatchObject({
      iceServers: [{ urls: ['stun:h'] }],
      iceTransportPolicy: 'relay',
    });
    const [, configuration] = lastFake().calls.find(([name]) => name === 'setConfiguration');
    expect(configuration.iceServers[0].host).toBe('h');
  });

  test('refuses another bundlePolicy and leaves the configuration as it was', () => {
    const pc = connect({ bundlePolicy: 'max-bundle' });
    const changed = { iceTransportPolicy: 'relay' };
    expect(errorOf(() => pc.setConfiguration(changed))).toBe('InvalidModificationError');
    expect(pc.getConfiguration().iceTransportPolicy).toBe('all');
    pc.setConfiguration({ ...changed, bundlePolicy: 'max-bundle' });
    expect(pc.getConfiguration().iceTransportPolicy).toBe('relay');
  });

  test('refuses another alwaysNegotiateDataChannels', () => {
    const pc = connect({ alwaysNegotiateDataChannels: true });
    expect(pc.getConfiguration().alwaysNegotiateDataChannels).toBe(true);
    expect(errorOf(() => pc.setConfiguration({}))).toBe('InvalidModificationError');
    pc.setConfiguration({ alwaysNegotiateDataChannels: true });
  });

  test('refuses another pool size once there is a local description', async () => {
    const pc = connect();
    pc.setConfiguration({ iceCandidatePoolSize: 1 });
    pc.setConfiguration({});
    await pc.setLocalDescription();
    const change = () => pc.setConfiguration({ iceCandidatePoolSize: 1 });
    expect(errorOf(change)).toBe('InvalidModificationError');
  });

  test('refuses invalid servers, and everything on a closed connection', () => {
    const pc = connect();
    const invalid = { iceServers: [{ urls: 'http:x' }] };
    expect(errorOf(() => pc.setConfiguration(invalid))).toBe('SyntaxError');
    pc.close();
    expect(errorOf(() => pc.setConfiguration({}))).toBe('InvalidStateError');
  });
});

describe('Certificates', () => {
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };

  test('are generated with lower-case fingerprints and thirty days by default', async () => {
    const before = Date.now();
    const certificate = await RTCPeerConnection.generateCertificate(ecdsa);
    expect(certificate).toBeInstanceOf(interfaces.RTCCertificate);
    expect(certificate.getFingerprints()).toEqual([{ algorithm: 'sha-256', value: 'ab:cd' }]);
    const days = (certificate.expires - before) / (24 * 3600 * 1000);
    expect(Math.round(days)).toBe(30);
  });

  test('expire when they were asked to, within a year', async () => {
    const before = Date.now();
    const short = await RTCPeerConnection.generateCertificate({ ...ecdsa, expires: 1000 });
    expect(short.expires - before).toBeLessThan(60_000);
    const long = await RTCPeerConnection.generateCertificate({ ...ecdsa, expires: 1e15 });
    expect(Math.round((long.expires - before) / (24 * 3600 * 1000))).toBe(365);
    const negative = RTCPeerConnection.generateCertificate({ ...ecdsa, expires: -1 });
    await expect(negative).rejects.toThrow(TypeError);
  });

  test('accept RSA with 2048 bits, 65537 and SHA-256', async () => {
    const rsa = {
      name: 'rsassa-pkcs1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    };
    await expect(RTCPeerConnection.generateCertificate(rsa)).resolves.toBeDefined();
    for (const change of [{ modulusLength: 1024 }, { hash: 'SHA-1' }]) {
      const promise = RTCPeerConnection.generateCertificate({ ...rsa, ...change });
      await expect(promise).rejects.toMatchObject({ name: 'NotSupportedError' });
    }
    const incomplete = RTCPeerConnection.generateCertificate({ ...rsa, publicExponent: undefined });
    await expect(incomplete).rejects.toThrow(TypeError);
  });

  test('refuse other algorithms as NotSupportedError and incomplete ones as TypeError', async () => {
    const refusal = { name: 'NotSupportedError' };
    for (const algorithm of ['AES', { name: 'ECDH' }, { ...ecdsa, namedCurve: 'P-384' }]) {
      await expect(RTCPeerConnection.generateCertificate(algorithm)).rejects.toMatchObject(refusal);
    }
    for (const algorithm of [{}, { name: 'ECDSA' }, 'ECDSA']) {
      await expect(RTCPeerConnection.generateCertificate(algorithm)).rejects.toThrow(TypeError);
    }
    await expect(RTCPeerConnection.generateCertificate()).rejects.toThrow(TypeError);
  });

  test('are refused when expired, and cannot be changed', async () => {
    const expired = await RTCPeerConnection.generateCertificate({ ...ecdsa, expires: 0 });
    expect(errorOf(() => connect({ certificates: [expired] }))).toBe('InvalidAccessError');
    const [one, two] = await Promise.all(
      [1, 2].map(() => RTCPeerConnection.generateCertificate(ecdsa)),
    );
    const pc = connect({ certificates: [one] });
    expect(pc.getConfiguration().certificates).toEqual([one]);
    pc.setConfiguration({ certificates: [one] });
    pc.setConfiguration({});
    expect(pc.getConfiguration().certificates[0]).toBe(one);
    for (const certificates of [[two], [one, two]]) {
      expect(errorOf(() => pc.setConfiguration({ certificates }))).toBe('InvalidModificationError');
    }
    expect(() => connect({ certificates: [null] })).toThrow(TypeError);
  });
});
