import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { UdpNetwork } from '../../../js/net/udp-network.js';
import { RecordingSink, stunMessage } from '../net/support/recording-sink.js';
import { onCleanup, startTurnRelay } from './support/harness.js';
import { TurnClient, Transports } from './support/turn-client.js';

const run = promisify(execFile);

async function createCertificate(folder) {
  const [tlsKey, tlsCert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-days', '2', '-keyout', tlsKey, '-out', tlsCert],
  ]);
  return { tlsKey, tlsCert, ca: await readFile(tlsCert) };
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
    const folder = await mkdtemp(join(tmpdir(), 'relay-tls-'));
    onCleanup(() => rm(folder, { recursive: true }));
    const { ca, ...files } = await createCertificate(folder);
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
