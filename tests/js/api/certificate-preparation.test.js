import { X509Certificate } from 'node:crypto';
import { CertificatePreparation } from '../../../js/api/certificate-preparation.js';
import { Pair, useEngine } from './pair.js';

/** An engine that counts, and a realm that is idle, and grows older, when the test says so. */
function setUp() {
  const engine = {
    prepared: 0,
    fails: false,
    preparedCertificates: () => engine.prepared,
    prepareCertificate() {
      if (engine.fails) return false;
      engine.prepared++;
      return true;
    },
    forgetPreparedCertificates() {
      engine.prepared = 0;
    },
  };
  const idle = [];
  const timers = [];
  let time = 0;
  const preparation = new CertificatePreparation(engine, {
    whenIdle: (run) => idle.push(run),
    later: (run, ms) => timers.push({ run, at: time + ms }),
    now: () => time,
  });
  return {
    engine,
    preparation,
    idle,
    /** One idle period. */
    idleOnce: () => idle.shift()?.(),
    advance(ms) {
      time += ms;
      for (const timer of timers.splice(0)) {
        if (timer.at <= time) timer.run();
        else timers.push(timer);
      }
    },
  };
}

const kMinute = 60_000;

describe('Preparing certificates', () => {
  test('begins with the first connection, one in each idle period, and ends with two', () => {
    const { engine, preparation, idle, idleOnce } = setUp();
    expect(idle).toHaveLength(0);
    preparation.noteConnection();
    preparation.noteConnection();
    expect([engine.prepared, idle.length]).toEqual([0, 1]);
    idleOnce();
    expect([engine.prepared, idle.length]).toEqual([1, 1]);
    idleOnce();
    expect([engine.prepared, idle.length]).toEqual([2, 0]);
    preparation.noteConnection();
    expect(idle).toHaveLength(0);
  });

  test('goes on with the next connection when one was taken', () => {
    const { engine, preparation, idleOnce } = setUp();
    preparation.noteConnection();
    idleOnce();
    idleOnce();
    engine.prepared--;
    preparation.noteConnection();
    idleOnce();
    expect(engine.prepared).toBe(2);
  });

  test('stops at a failure until there is another connection', () => {
    const { engine, preparation, idle, idleOnce } = setUp();
    engine.fails = true;
    preparation.noteConnection();
    idleOnce();
    expect(idle).toHaveLength(0);
    engine.fails = false;
    preparation.noteConnection();
    idleOnce();
    expect(engine.prepared).toBe(1);
  });

  test('throws them away ten minutes after the last connection', () => {
    const { engine, preparation, idleOnce, advance } = setUp();
    preparation.noteConnection();
    idleOnce();
    idleOnce();
    advance(6 * kMinute);
    preparation.noteConnection();
    advance(6 * kMinute);
    expect(engine.prepared).toBe(2);
    advance(4 * kMinute);
    expect(engine.prepared).toBe(0);
  });
});

describe('The engine', () => {
  let engine;
  beforeAll(async () => {
    engine = await useEngine();
  });
  afterEach(() => engine.forgetPreparedCertificates());

  const fingerprintIn = ({ sdp }) => /a=fingerprint:(.+)\r\n/.exec(sdp)[1];

  /** Runs to its end without a turn of the event loop, so that nothing is prepared meanwhile. */
  async function offer(configuration = {}) {
    const connection = new engine.PeerConnection(configuration, 0);
    connection.createDataChannel({ label: 'x' }, 0);
    const offers = [connection.createOffer({}, 0), connection.createOffer({}, 0)];
    const left = engine.preparedCertificates();
    connection.delete();
    const fingerprints = (await Promise.all(offers)).map(fingerprintIn);
    expect(fingerprints[0]).toBe(fingerprints[1]);
    return { fingerprint: fingerprints[0], left };
  }

  test('gives each connection a certificate of its own, prepared or not', async () => {
    for (let i = 0; i < 2; i++) expect(engine.prepareCertificate(Date.now())).toBe(true);
    const offers = [];
    for (let i = 0; i < 4; i++) offers.push(offer());
    const given = await Promise.all(offers);
    expect(given.map(({ left }) => left)).toEqual([1, 0, 0, 0]);
    expect(new Set(given.map(({ fingerprint }) => fingerprint)).size).toBe(4);
    expect(engine.liveHandles()).toBe(0);
  });

  test('leaves what was prepared to those that need it', async () => {
    engine.prepareCertificate(Date.now());
    const now = Date.now();
    const certificate = await engine.Certificate.generate({ name: 'ECDSA' }, now + 1e9, now);
    const own = await offer({ certificates: [certificate] });
    const [{ value }] = certificate.fingerprints();
    certificate.delete();
    expect(own).toEqual({ fingerprint: `sha-256 ${value}`, left: 1 });
    const seed = new Uint8Array([1, 2, 3]);
    const seeded = await offer({ seed, unixTime: 1e12 });
    expect(seeded.left).toBe(1);
    expect((await offer({ seed, unixTime: 1e12 })).fingerprint).toBe(seeded.fingerprint);
  });

  test('makes of the keys of the host certificates that others accept', async () => {
    const pair = new Pair();
    await pair.openChannel();
    for (const { sctp } of [pair.a, pair.b]) {
      const [der] = sctp.transport.getRemoteCertificates();
      const parsed = new X509Certificate(Buffer.from(der));
      expect(parsed.verify(parsed.publicKey)).toBe(true);
      expect(parsed.publicKey.asymmetricKeyDetails.namedCurve).toBe('prime256v1');
      expect(parsed.subject).toMatch(/^CN=[0-9a-f]{16}$/);
      expect(parsed.issuer).toBe(parsed.subject);
      expect(parsed.ca).toBe(false);
      const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / 86_400_000;
      expect(days).toBe(31);
    }
    pair.close();
  });
});
