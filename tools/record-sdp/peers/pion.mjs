// pion/webrtc: WebRTC in Go, from Debian's source packages.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { inCache, inRoot } from '../../lib/paths.mjs';
import { capture, run } from '../../lib/run.mjs';
import { ensurePackages } from '../../setup/debian.mjs';
import { startPeer } from '../process-peer.mjs';

export const title = 'pion';

/** @type {Record<string, string>} */
export const lacks = {
  'two-streams': 'its tracks are in one stream each',
  'no-stream': 'its tracks are in one stream each',
  refused: 'it fails where a section of its is refused',
  hold: 'its directions cannot be set',
};

const kPackage = 'golang-github-pion-webrtc.v3-dev';

/** @type {import('../scenarios.mjs').OfferScenario[]} */
export const moreOffers = [
  {
    name: 'ice-lite',
    what: 'an ICE lite agent',
    configuration: { lite: true },
    gathered: true,
    rounds: [{ add: [{ kind: 'audio' }, { kind: 'video' }, { kind: 'data' }] }],
  },
  {
    name: 'plan-b',
    what: 'Plan B: two tracks of a kind on one m-line',
    planB: true,
    rounds: [{ add: [{ kind: 'audio' }, { kind: 'video' }, { kind: 'video' }, { kind: 'data' }] }],
  },
];

export async function open() {
  await ensurePackages('recording pion', { 'golang-go': 'go', [kPackage]: '' });
  // The packages are laid out for GOPATH; a go.mod lets their own paths have versions in them.
  const workspace = inCache('record-sdp', 'pion');
  const source = `${workspace}/src/recorder`;
  mkdirSync(source, { recursive: true });
  cpSync(inRoot('tools/record-sdp/peers/pion/main.go'), `${source}/main.go`);
  writeFileSync(`${source}/go.mod`, 'module recorder\n');
  const debian = capture('dpkg-query', ['-W', '-f', '${Version}', kPackage]) ?? '';
  const version = debian.replace(/-[^-]*$/, '');
  await run(
    'go',
    ['build', '-ldflags', `-X main.version=${version}`, '-o', `${workspace}/recorder`],
    {
      cwd: source,
      env: { GO111MODULE: 'off', GOPATH: `${workspace}:/usr/share/gocode`, GOFLAGS: '' },
    },
  );
  return startPeer(`${workspace}/recorder`, []);
}
