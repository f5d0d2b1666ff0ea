// Certificates.

import { subject } from '../scenario.js';
import { spec } from './specs.js';

const { scenario, all } = subject('certificates', spec.certificate);
export const certificates = all;

scenario('generateCertificate() of ECDSA', {}, async ({ api, outcome }) => {
  const { RTCPeerConnection } = api;
  await outcome(
    'certificate',
    () => RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }),
    (made) => [
      typeof made.expires,
      made.getFingerprints().map((/** @type {any} */ { algorithm }) => algorithm),
    ],
  );
});

for (const [label, algorithm] of /** @type {[string, any][]} */ ([
  ['a curve nobody has', { name: 'ECDSA', namedCurve: 'P-1' }],
  ['a symmetric algorithm', { name: 'AES-GCM', length: 128 }],
  ['an unknown name', 'FANTASY'],
  ['no name', {}],
  ['a hash', 'SHA-256'],
  ['nothing', undefined],
])) {
  scenario(`generateCertificate() of ${label}`, {}, async ({ api, outcome }) => {
    await outcome('refused', () => api.RTCPeerConnection.generateCertificate(algorithm));
  });
}

scenario('a certificate is the connection’s fingerprint', {}, async ({ api, pc, note }) => {
  const made = await api.RTCPeerConnection.generateCertificate({
    name: 'ECDSA',
    namedCurve: 'P-256',
  });
  const a = pc({ certificates: [made] });
  a.createDataChannel('x');
  const { sdp } = await a.createOffer();
  const [{ value }] = made.getFingerprints();
  note('in the offer', sdp.toLowerCase().includes(String(value).toLowerCase()));
  note('configured', a.getConfiguration().certificates.length);
});

scenario('certificates cannot change', {}, async ({ api, pc, attempt }) => {
  const [one, two] = await Promise.all(
    [1, 2].map(() =>
      api.RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }),
    ),
  );
  const a = pc({ certificates: [one] });
  await attempt(() => a.setConfiguration({ certificates: [two] }));
  await attempt(() => a.setConfiguration({ certificates: [one] }));
});

scenario('an expired certificate', {}, async ({ api, outcome }) => {
  const algorithm = /** @type {any} */ ({ name: 'ECDSA', namedCurve: 'P-256', expires: 0 });
  const made = await api.RTCPeerConnection.generateCertificate(algorithm);
  await outcome('connection', () => {
    new api.RTCPeerConnection({ certificates: [made] }).close();
    return 'made';
  });
});
