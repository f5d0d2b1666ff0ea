// The declarations, as a project with each set of libraries reads them; and against lib.dom.d.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { checkout } from './support/tarball.js';

const directory = join(checkout, 'tests/package/types');
/** Libraries are parsed once. */
const parsed = new Map();

/**
 * What the compiler says of some files of tests/package/types, and of sources that are given here.
 * @param {{ lib: string[], types?: string[], bundler?: boolean }} project
 * @param {string[]} files
 * @param {Record<string, string>} [sources]
 */
function check({ lib, types = [], bundler = false }, files, sources = {}) {
  const { module, moduleResolution, ...rest } = {
    module: bundler ? 'esnext' : 'nodenext',
    moduleResolution: bundler ? 'bundler' : 'nodenext',
    target: 'es2022',
    strict: true,
    noEmit: true,
    // @types/node is none of ours; what is of ours is checked with the other libraries.
    skipDefaultLibCheck: true,
    skipLibCheck: types.length > 0,
    types,
    lib,
  };
  const { options, errors } = ts.convertCompilerOptionsFromJson(
    { module, moduleResolution, ...rest },
    checkout,
  );
  expect(errors).toEqual([]);
  const host = ts.createCompilerHost(options);
  const inMemory = new Map(
    Object.entries(sources).map(([name, text]) => [join(directory, name), text]),
  );
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => inMemory.has(path) || fileExists(path);
  host.readFile = (path) => inMemory.get(path) ?? readFile(path);
  host.getSourceFile = (path, how, ...more) => {
    const own = inMemory.get(path);
    if (own !== undefined) return ts.createSourceFile(path, own, how);
    if (!path.includes('/typescript/lib/')) return getSourceFile(path, how, ...more);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, how, ...more));
    return parsed.get(path);
  };
  const roots = [...files, ...Object.keys(sources)].map((name) => join(directory, name));
  const program = ts.createProgram(roots, options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
    const text = file?.text.split('\n')[line].trim();
    const why = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${file?.fileName.slice(checkout.length)}:${line + 1}: ${text}: ${why}`;
  });
}

const kBare = ['es2022'];
const kDom = ['es2022', 'dom', 'dom.iterable'];
const kWorker = ['es2022', 'webworker', 'webworker.iterable'];

describe.each([
  ['no library of a host', { lib: kBare }],
  ['lib.webworker.d.ts', { lib: kWorker }],
  ['lib.dom.d.ts', { lib: kDom }],
  ['@types/node', { lib: kBare, types: ['node'] }],
  ['lib.dom.d.ts, resolving as bundlers do', { lib: kDom, bundler: true }],
])('With %s', (_, project) => {
  test('an application of it and of its other entries has no errors', () => {
    expect(check(project, ['use.ts', 'entries.ts', 'polyfill.ts', 'classic.ts'])).toEqual([]);
  });
});

test('Node.js has networks of its own, and CommonJS requires it', () => {
  const project = { lib: kBare, types: ['node'] };
  expect(check(project, ['node.ts', 'required.cts'])).toEqual([]);
});

// ---- Against lib.dom.d.ts -------------------------------------------------------------------------

const declarations = readFileSync(join(checkout, 'types/webrtc.d.ts'), 'utf8');
const classes = [...declarations.matchAll(/^export declare const (\w+)/gm)].map(([, name]) => name);

/** lib.dom.d.ts (TypeScript 5.9) lacks what fewer than two engines ship, whatever the specification says. */
const kMissingInterfaces = {
  RTCIceCandidatePair: 'an interface in webrtc-pc, still a dictionary there: no value of that name',
  RTCRtpScriptTransformer: 'of workers: in lib.webworker.d.ts alone',
  RTCTransformEvent: 'of workers: in lib.webworker.d.ts alone',
  KeyFrameRequestEvent: 'of workers, and shipped by one engine',
};

/** Members that lib.dom.d.ts lacks, as it would declare them. */
const kMissingMembers = {
  // webrtc-pc sections 4.8.1.3 and 4.8.2
  RTCIceCandidate: {
    relayProtocol: 'readonly relayProtocol: webrtc.RTCIceServerTransportProtocol | null',
    url: 'readonly url: string | null',
  },
  RTCPeerConnectionIceEvent: { url: 'readonly url: string | null' },
  // webrtc-pc section 5.6
  RTCIceTransport: {
    role: 'readonly role: webrtc.RTCIceRole',
    component: 'readonly component: webrtc.RTCIceComponent',
    getLocalCandidates: 'getLocalCandidates(): RTCIceCandidate[]',
    getRemoteCandidates: 'getRemoteCandidates(): RTCIceCandidate[]',
    getLocalParameters: 'getLocalParameters(): webrtc.RTCIceParameters | null',
    getRemoteParameters: 'getRemoteParameters(): webrtc.RTCIceParameters | null',
  },
  // webrtc-priority section 4
  RTCDataChannel: { priority: 'readonly priority: RTCPriorityType' },
  // webrtc-extensions, RTP header extension control; and what webrtc-pc of 2021 had
  RTCRtpTransceiver: {
    getHeaderExtensionsToNegotiate:
      'getHeaderExtensionsToNegotiate(): webrtc.RTCRtpHeaderExtensionCapability[]',
    setHeaderExtensionsToNegotiate:
      'setHeaderExtensionsToNegotiate(extensions: webrtc.RTCRtpHeaderExtensionCapability[]): void',
    getNegotiatedHeaderExtensions:
      'getNegotiatedHeaderExtensions(): webrtc.RTCRtpHeaderExtensionCapability[]',
    stopped: 'readonly stopped: boolean',
  },
  // webrtc-encoded-transform of 2020, which Chromium alone ships
  RTCRtpSender: { createEncodedStreams: 'createEncodedStreams(): webrtc.RTCInsertableStreams' },
  RTCRtpReceiver: { createEncodedStreams: 'createEncodedStreams(): webrtc.RTCInsertableStreams' },
};

/** A member of a dictionary: `direction` is required there (webrtc-extensions). */
const kMissingDictionaryMembers = {
  RTCRtpHeaderExtensionCapability: { direction: 'direction: RTCRtpTransceiverDirection' },
};

/** Constructors of ours that cannot stand for those of lib.dom.d.ts, whatever is added to it. */
const kOtherConstructors = {
  RTCEncodedVideoFrame: 'lib.dom.d.ts does not know that it can be made of another one',
  RTCEncodedAudioFrame: 'lib.dom.d.ts does not know that it can be made of another one',
};

/** And the other way. */
const kNarrowerConstructors = {
  RTCRtpScriptTransform: 'lib.dom.d.ts does not know that it takes { worker, …options }',
};

/**
 * Constructors of ours that take events' dictionaries with our interfaces in them: theirs are not ours
 * before lib.dom.d.ts has the members above.
 */
const kOfLaggingDictionaries = [
  'RTCPeerConnectionIceEvent',
  'RTCTrackEvent',
  'RTCDataChannelEvent',
];

const compared = classes.filter((name) => !(name in kMissingInterfaces));
const kHead = `
  import type * as webrtc from 'webrtc-wasm';
  type Assignable<From, To> = [From] extends [To] ? true : false;
  type Ours<Name extends keyof typeof webrtc> = (typeof webrtc)[Name];
  type Theirs<Name extends keyof typeof globalThis> = (typeof globalThis)[Name];
`;
/** Lines that do not compile unless it is as they say. @param {[string, string, boolean][]} facts */
const claims = (facts) =>
  facts.map(
    ([from, to, holds], i) => `export const claim${i}: Assignable<${from}, ${to}> = ${holds};`,
  );

test('Every object and every class of ours stands for one of lib.dom.d.ts', () => {
  const facts = compared.flatMap((name) => [
    [`webrtc.${name}`, name, true],
    [
      `Ours<'${name}'>`,
      `Theirs<'${name}'>`,
      !(name in kOtherConstructors) && !kOfLaggingDictionaries.includes(name),
    ],
  ]);
  const source = [kHead, ...claims(facts)].join('\n');
  expect(check({ lib: kDom }, [], { 'ours.ts': source })).toEqual([]);
});

test('Of lib.dom.d.ts nothing is missing but what is named', () => {
  const facts = Object.entries(kMissingMembers).flatMap(([name, members]) => {
    const names = Object.keys(members).map((member) => `'${member}'`);
    const missing = `Exclude<keyof webrtc.${name}, keyof ${name}>`;
    return [
      [missing, names.join(' | '), true],
      [names.join(' | '), missing, true],
      [name, `webrtc.${name}`, false],
    ];
  });
  for (const name of compared.filter((one) => !(one in kMissingMembers))) {
    facts.push([`keyof webrtc.${name}`, `keyof ${name}`, true]);
  }
  for (const name of Object.keys(kMissingInterfaces)) {
    facts.push([`'${name}'`, 'keyof typeof globalThis', false]);
  }
  const source = [kHead, ...claims(facts)].join('\n');
  expect(check({ lib: kDom }, [], { 'missing.ts': source })).toEqual([]);
});

test('With what is missing added, every object and class of lib.dom.d.ts stands for one of ours', () => {
  const added = Object.entries({ ...kMissingMembers, ...kMissingDictionaryMembers }).map(
    ([name, members]) => `interface ${name} { ${Object.values(members).join('; ')} }`,
  );
  const facts = compared.flatMap((name) => [
    [name, `webrtc.${name}`, true],
    [`webrtc.${name}`, name, true],
    [`Theirs<'${name}'>`, `Ours<'${name}'>`, !(name in kNarrowerConstructors)],
    [`Ours<'${name}'>`, `Theirs<'${name}'>`, !(name in kOtherConstructors)],
  ]);
  const source = [kHead, `declare global { ${added.join('\n')} }`, ...claims(facts)].join('\n');
  expect(check({ lib: kDom }, [], { 'both.ts': source })).toEqual([]);
});
