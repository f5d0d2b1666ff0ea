import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { UdpNetwork } from '../../../js/net/udp-network.js';
import { RecordingSink, stunMessage } from '../net/support/recording-sink.js';
import { OptionError } from '../../../js/relay/options.js';
import { createCertificate } from './support/certificates.js';
import { onCleanup, startRelay, startTurnRelay, startUpstream } from './support/harness.js';
import { TurnClient, Transports } from './support/turn-client.js';

async function createFiles(options) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-tls-'));
  onCleanup(() => rm(folder, { recursive: true }));
  return createCertificate(folder, options);
}

async function fingerprint(port) {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('the relay with a certificate', () => {
  it('serves wss: and turns:, and takes a renewed certificate without a restart', async () => {
    const { ca, folder, files } = await createFiles();
    const relay = await startTurnRelay({ ...files, turnsPort: 0 });
    expect(relay.url).toMatch(/^wss:/);
    expect(relay.uris.map((uri) => uri.split(':')[0])).toEqual(['wss', 'turn', 'turn', 'turns']);

    const user = { username: 'ann', password: 'secret' };
    const client = new TurnClient(await Transports.websocket(relay.url, { ca }), user);
    onCleanup(() => client.close());
    expect(await client.allocate()).toMatchObject({ ok: true });

    const sink = new RecordingSink();
    const attachment = new UdpNetwork({ addresses: ['127.0.0.1'], tls: { ca } }).attach(sink);
    onCleanup(() => attachment.close());
    const server = { url: 'turns:x', transport: 'tls', host: '127.0.0.1' };
    attachment.openStream({ streamId: 1, ...server, port: relay.ports.turnTls });
    attachment.sendStream(1, stunMessage(0x0001));
    await sink.next('data');
    expect(sink.bytes().readUInt16BE(0)).toBe(0x0101);

    const ports = [relay.ports.http, relay.ports.turnTls];
    const before = await Promise.all(ports.map(fingerprint));
    await createCertificate(folder);
    await relay.reloadTls();
    const after = await Promise.all(ports.map(fingerprint));
    expect(after[0]).toBe(after[1]);
    expect(after[0]).not.toBe(before[0]);
    // Whoever was connected stays so.
    expect(await client.refresh(0)).toMatchObject({ ok: true });
  });

  it('notices by itself that the files were replaced', async () => {
    const { files } = await createFiles();
    const upstreams = [(await startUpstream()).address];
    const relay = await startRelay({ ...files, upstreams }, { tlsCheckIntervalMs: 5 });
    const before = await fingerprint(relay.ports.http);
    // Renamed into place, as certificate tools do.
    const renewed = await createFiles();
    await rename(renewed.files.tlsKey, files.tlsKey);
    await rename(renewed.files.tlsCert, files.tlsCert);
    await relay.log.next('tls-reloaded');
    expect(await fingerprint(relay.ports.http)).not.toBe(before);
  });

  it.each([
    ['that is no certificate', ({ tlsCert }) => writeFile(tlsCert, 'not a certificate')],
    [
      'that belongs to another key',
      async ({ tlsKey }) => rename((await createFiles()).files.tlsKey, tlsKey),
    ],
    ['that is missing', ({ tlsCert }) => rm(tlsCert)],
    ['that has expired', ({ folder }) => createCertificate(folder, { days: 2 })],
  ])('keeps the certificate that works when there is one %s', async (_, spoil) => {
    const { files, folder } = await createFiles({ days: 9 });
    const upstreams = [(await startUpstream()).address];
    const relay = await startRelay(
      { ...files, upstreams },
      { tlsCheckIntervalMs: 60_000, unixMs: () => Date.now() + 3 * 86_400_000 },
    );
    const before = await fingerprint(relay.ports.http);
    await spoil({ ...files, folder });
    await relay.reloadTls();
    await relay.log.next('tls-not-reloaded');
    expect(await fingerprint(relay.ports.http)).toBe(before);
    expect(JSON.stringify(relay.log.lines)).not.toContain('PRIVATE KEY');
    // And takes a good one after that.
    await createCertificate(folder, { days: 9 });
    await relay.reloadTls();
    expect(await fingerprint(relay.ports.http)).not.toBe(before);
  });

  it('tells of a bad file once, however often it is looked at', async () => {
    const { files } = await createFiles();
    const upstreams = [(await startUpstream()).address];
    const relay = await startRelay({ ...files, upstreams }, { tlsCheckIntervalMs: 2 });
    await writeFile(files.tlsCert, 'nonsense');
    await relay.log.next('tls-not-reloaded');
    await rm(files.tlsKey);
    while (relay.log.lines.filter(({ event }) => event === 'tls-not-reloaded').length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const texts = relay.log.lines
      .filter(({ event }) => event === 'tls-not-reloaded')
      .map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('does not start with files that it cannot use, and says why', async () => {
    const { files } = await createFiles();
    await writeFile(files.tlsKey, 'nonsense');
    const start = startRelay({ ...files, upstreams: [{ host: '127.0.0.1', port: 1, tls: false }] });
    await expect(start).rejects.toThrow(OptionError);
    await expect(start).rejects.toThrow(/--tls-cert and --tls-key/);
  });
});

describe('a relay on two addresses', () => {
  it('serves all protocols on both, and relays in both families', async () => {
    const relay = await startTurnRelay({ listen: ['127.0.0.1', '::1'], allowPeers: ['::1'] });
    const user = { username: 'ann', password: 'secret' };
    const url = relay.url.replace('127.0.0.1', '[::1]');
    const transports = [
      await Transports.websocket(url),
      await Transports.tcp('::1', relay.ports.turnTcp),
      await Transports.udp('::1', relay.ports.turnUdp),
    ];
    for (const transport of transports) {
      const client = new TurnClient(transport, user);
      onCleanup(() => client.close());
      expect(await client.allocate({ family: 6 })).toMatchObject({ ok: true });
      expect(client.relayed.address).toBe('0000:0000:0000:0000:0000:0000:0000:0001');
      expect(await client.permit('::1')).toMatchObject({ ok: true });
    }
  });
});

describe('a relay that goes away', () => {
  it('is reported as lost, and reached again once it is back', async () => {
    const first = await startTurnRelay();
    const { http } = first.ports;
    const sink = new RecordingSink();
    const attachment = new UdpNetwork({ addresses: ['127.0.0.1'] }).attach(sink);
    onCleanup(() => attachment.close());
    const request = { url: first.url, transport: 'relay', host: '127.0.0.1', port: http };
    attachment.openStream({ streamId: 1, ...request });
    await sink.next('opened');
    await first.close();
    expect((await sink.next('closed')).reason).toBe('lost');
    attachment.openStream({ streamId: 2, ...request });
    expect((await sink.next('closed', 2)).reason).toBe('cannot-reach');
    await startTurnRelay({ httpPort: http });
    attachment.openStream({ streamId: 3, ...request });
    await sink.next('opened', 2);
  });
});
