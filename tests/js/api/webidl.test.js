import { converterFor, distinguisher } from '../../../js/api/webidl/convert.js';
import { interfaces } from '../../../js/api/interfaces.js';

const convert = (type, value) => converterFor(type)(value, 'the value');

describe('Conversion to integers', () => {
  test('wraps around modulo two to the power of the width', () => {
    expect(convert('octet', 257)).toBe(1);
    expect(convert('unsigned short', -1)).toBe(65535);
    expect(convert('unsigned short', 65536.9)).toBe(0);
    expect(convert('long', 2 ** 31)).toBe(-(2 ** 31));
    expect(convert('unsigned long', 2 ** 32 + 5)).toBe(5);
  });

  test('makes NaN and the infinities zero, and never minus zero', () => {
    for (const value of [NaN, Infinity, -Infinity, undefined, 'no number', -0, -0.5]) {
      expect(Object.is(convert('unsigned short', value), 0)).toBe(true);
    }
  });

  test('with EnforceRange throws for what is out of range or not finite', () => {
    const type = ['enforce', 'unsigned short'];
    expect(convert(type, 65535.9)).toBe(65535);
    expect(Object.is(convert(type, -0.9), 0)).toBe(true);
    expect(convert(type, '12')).toBe(12);
    for (const value of [65536, -1, NaN, Infinity, undefined, 'x']) {
      expect(() => convert(type, value)).toThrow(TypeError);
    }
  });

  test('with EnforceRange keeps unsigned long long within the safe integers', () => {
    const type = ['enforce', 'unsigned long long'];
    expect(convert(type, 2 ** 53 - 1)).toBe(2 ** 53 - 1);
    expect(() => convert(type, 2 ** 53)).toThrow(TypeError);
  });

  test('with Clamp goes to the bounds and rounds half to even', () => {
    const type = ['clamp', 'octet'];
    expect([-5, 300, 1.5, 2.5, 2.4, 2.6, NaN].map((x) => convert(type, x))).toEqual([
      0, 255, 2, 2, 2, 3, 0,
    ]);
  });

  test('throws for BigInt and Symbol', () => {
    expect(() => convert('long', 1n)).toThrow(TypeError);
    expect(() => convert('double', Symbol('s'))).toThrow(TypeError);
  });
});

describe('Conversion to other primitive types', () => {
  test('to double refuses what is not finite', () => {
    expect(convert('double', '1.5')).toBe(1.5);
    expect(() => convert('double', NaN)).toThrow(TypeError);
    expect(() => convert('double', Infinity)).toThrow(TypeError);
  });

  test('to USVString replaces lone surrogates and keeps pairs', () => {
    expect(convert('USVString', 'a\ud800b\udc00c😀')).toBe('a\ufffdb\ufffdc😀');
    expect(convert('DOMString', 'a\ud800')).toBe('a\ud800');
  });

  test('to a string calls toString and refuses symbols', () => {
    expect(convert('DOMString', { toString: () => 'text' })).toBe('text');
    expect(convert('DOMString', null)).toBe('null');
    expect(() => convert('DOMString', Symbol('s'))).toThrow(TypeError);
  });

  test('to an enumeration accepts exactly its values', () => {
    expect(convert('RTCSdpType', { toString: () => 'offer' })).toBe('offer');
    expect(() => convert('RTCSdpType', 'Offer')).toThrow(TypeError);
  });
});

describe('Conversion to composite types', () => {
  test('reads sequences from any iterable object, and from nothing else', () => {
    expect(convert(['sequence', 'long'], new Set(['1', 2]))).toEqual([1, 2]);
    for (const value of ['abc', 5, {}, null, undefined]) {
      expect(() => convert(['sequence', 'DOMString'], value)).toThrow(TypeError);
    }
  });

  test('reads records from own enumerable properties', () => {
    const value = Object.create({ inherited: 1 }, { hidden: { value: 2, enumerable: false } });
    value.own = '3';
    expect(convert(['record', 'DOMString', 'long'], value)).toEqual({ own: 3 });
  });

  test('makes null and undefined null where the type is nullable', () => {
    expect(convert(['?', 'unsigned short'], undefined)).toBe(null);
    expect(convert(['?', 'unsigned short'], '7')).toBe(7);
  });

  test('chooses the member of a union by the value', () => {
    const type = ['or', 'USVString', ['sequence', 'USVString']];
    expect(convert(type, 'one')).toBe('one');
    expect(convert(type, ['one', 2])).toEqual(['one', '2']);
    expect(convert(type, 5)).toBe('5');
    expect(convert(['or', 'object', 'DOMString'], 'x')).toBe('x');
  });

  test('reads the members of the parent dictionary first, each list in lexicographical order', () => {
    const order = [];
    const recorder = new Proxy({}, { get: (_, name) => void order.push(name) });
    convert('RTCLocalIceCandidateInit', recorder);
    expect(order).toEqual([
      'candidate',
      'sdpMLineIndex',
      'sdpMid',
      'usernameFragment',
      'relayProtocol',
      'url',
    ]);
  });

  test('fills in defaults, leaves absent members out, and takes null for an empty dictionary', () => {
    expect(convert('RTCDataChannelInit', null)).toEqual({
      negotiated: false,
      ordered: true,
      priority: 'low',
      protocol: '',
    });
    expect(convert('RTCConfiguration', undefined).iceServers).toEqual([]);
  });

  test('gives every conversion its own default sequence', () => {
    const [one, two] = [convert('RTCConfiguration', {}), convert('RTCConfiguration', {})];
    expect(one.iceServers).not.toBe(two.iceServers);
  });

  test('refuses a dictionary that is a primitive or lacks a required member', () => {
    expect(() => convert('RTCSessionDescriptionInit', {})).toThrow(/'type'.*required/);
    expect(() => convert('RTCSessionDescriptionInit', 'offer')).toThrow(TypeError);
    expect(() => convert('RTCIceServer', { username: 'u' })).toThrow(/'urls'/);
  });

  test('passes on what a getter throws', () => {
    const value = {
      get type() {
        throw new RangeError('from the getter');
      },
    };
    expect(() => convert('RTCSessionDescriptionInit', value)).toThrow(RangeError);
  });
});

describe('Conversion of buffers', () => {
  test('accepts an ArrayBuffer and views of one, and keeps the two apart', () => {
    const types = ['USVString', 'Blob', 'ArrayBuffer', 'ArrayBufferView'];
    expect(distinguisher(types)(new ArrayBuffer(1))).toBe(2);
    expect(distinguisher(types)(new DataView(new ArrayBuffer(1)))).toBe(3);
    expect(distinguisher(types)(new Blob(['x']))).toBe(1);
    expect(distinguisher(types)({})).toBe(0);
    expect(distinguisher(types)(null)).toBe(0);
  });

  test('refuses shared and resizable memory', () => {
    const shared = new SharedArrayBuffer(4);
    expect(() => convert('ArrayBufferView', new Uint8Array(shared))).toThrow(TypeError);
    expect(() => convert('ArrayBuffer', shared)).toThrow(TypeError);
    const resizable = new ArrayBuffer(4, { maxByteLength: 8 });
    expect(() => convert('ArrayBuffer', resizable)).toThrow(/resizable/);
  });
});

describe('Interface objects', () => {
  const { RTCPeerConnection, RTCDataChannel, RTCError, RTCStatsReport, RTCIceTransport } =
    interfaces;

  test('have the length, name, prototype and string tag that WebIDL gives them', () => {
    expect(interfaces.RTCSessionDescription.length).toBe(1);
    expect(RTCPeerConnection.length).toBe(0);
    expect(RTCPeerConnection.name).toBe('RTCPeerConnection');
    expect(Object.getOwnPropertyDescriptor(RTCPeerConnection, 'prototype').writable).toBe(false);
    expect(
      Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, Symbol.toStringTag),
    ).toEqual({
      value: 'RTCPeerConnection',
      writable: false,
      enumerable: false,
      configurable: true,
    });
    expect(RTCPeerConnection.prototype.constructor).toBe(RTCPeerConnection);
  });

  test("inherit the host's own classes", () => {
    expect(Object.getPrototypeOf(RTCPeerConnection)).toBe(EventTarget);
    expect(Object.getPrototypeOf(RTCError.prototype)).toBe(DOMException.prototype);
    expect(Object.getPrototypeOf(interfaces.RTCErrorEvent)).toBe(Event);
    expect(Object.getPrototypeOf(RTCStatsReport.prototype)).toBe(Object.prototype);
  });

  test('cannot be called without new, nor constructed when they have no constructor', () => {
    expect(() => RTCPeerConnection()).toThrow(TypeError);
    expect(() => new RTCDataChannel()).toThrow('Illegal constructor');
    expect(() => new RTCStatsReport()).toThrow(TypeError);
  });

  test('have enumerable accessors named as the specification says', () => {
    const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(
      RTCPeerConnection.prototype,
      'localDescription',
    );
    expect([get.name, set, enumerable, configurable]).toEqual([
      'get localDescription',
      undefined,
      true,
      true,
    ]);
    const handler = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'onicecandidate');
    expect([handler.get.name, handler.set.name, handler.enumerable]).toEqual([
      'get onicecandidate',
      'set onicecandidate',
      true,
    ]);
    expect(handler.set.length).toBe(1);
  });

  test('have operations whose length is that of the shortest overload', () => {
    const { prototype } = RTCPeerConnection;
    const lengths = Object.fromEntries(
      [
        'createOffer',
        'setLocalDescription',
        'setRemoteDescription',
        'addIceCandidate',
        'addTrack',
      ].map((name) => [name, prototype[name].length]),
    );
    expect(lengths).toEqual({
      createOffer: 0,
      setLocalDescription: 0,
      setRemoteDescription: 1,
      addIceCandidate: 0,
      addTrack: 1,
    });
    expect(RTCPeerConnection.generateCertificate.length).toBe(1);
    expect('prototype' in prototype.createOffer).toBe(false);
    expect(() => new prototype.close()).toThrow(TypeError);
  });

  test('check the brand: attributes and operations throw, promise operations reject', async () => {
    const { prototype } = RTCPeerConnection;
    expect(() => prototype.signalingState).toThrow(TypeError);
    expect(() => prototype.close.call({})).toThrow(TypeError);
    expect(() => prototype.restartIce.call(Object.create(prototype))).toThrow(TypeError);
    expect(() => RTCIceTransport.prototype.onstatechange).toThrow(TypeError);
    await expect(prototype.createOffer.call({})).rejects.toThrow(TypeError);
    await expect(prototype.setRemoteDescription.call(undefined)).rejects.toThrow(TypeError);
  });

  test('cannot be fooled by an object of another interface', () => {
    const candidate = new interfaces.RTCIceCandidate({ sdpMid: '0' });
    const { get } = Object.getOwnPropertyDescriptor(
      interfaces.RTCSessionDescription.prototype,
      'sdp',
    );
    expect(() => get.call(candidate)).toThrow(TypeError);
  });

  test('give a readonly maplike its methods, entries being the iterator', () => {
    const { prototype } = RTCStatsReport;
    expect(prototype[Symbol.iterator]).toBe(prototype.entries);
    expect(Object.keys(prototype)).toEqual(
      expect.arrayContaining(['size', 'get', 'has', 'keys', 'values', 'entries', 'forEach']),
    );
    expect('set' in prototype).toBe(false);
    expect(() => prototype.size).toThrow(TypeError);
  });
});

describe('RTCError and the events', () => {
  test('RTCError is a DOMException named OperationError with the details of its init', () => {
    const error = new interfaces.RTCError({ errorDetail: 'dtls-failure', sentAlert: 40 }, 'text');
    expect(error).toBeInstanceOf(DOMException);
    expect([error.name, error.message, error.errorDetail]).toEqual([
      'OperationError',
      'text',
      'dtls-failure',
    ]);
    expect([error.sentAlert, error.receivedAlert, error.sdpLineNumber]).toEqual([40, null, null]);
    expect(() => new interfaces.RTCError({ errorDetail: 'unheard-of' })).toThrow(TypeError);
    expect(() => new interfaces.RTCError()).toThrow(TypeError);
  });

  test('events hold what their dictionary says, EventInit included', () => {
    const candidate = new interfaces.RTCIceCandidate({ sdpMid: '0' });
    const event = new interfaces.RTCPeerConnectionIceEvent('icecandidate', {
      candidate,
      cancelable: true,
    });
    expect(event).toBeInstanceOf(Event);
    expect([event.type, event.candidate, event.url, event.cancelable, event.bubbles]).toEqual([
      'icecandidate',
      candidate,
      null,
      true,
      false,
    ]);
    expect(() => new interfaces.RTCPeerConnectionIceEvent('x', { candidate: {} })).toThrow(
      TypeError,
    );
    expect(() => new interfaces.RTCErrorEvent('error', {})).toThrow(TypeError);
    const error = new interfaces.RTCPeerConnectionIceErrorEvent('e', { errorCode: 701 });
    expect([error.address, error.port, error.url, error.errorText]).toEqual([null, null, '', '']);
  });
});
