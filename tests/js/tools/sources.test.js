import {
  chooseVersion,
  compareNumbers,
  pins,
  withoutPatches,
} from '../../../tools/setup/sources.mjs';

const pin = {
  version: '3.6.6',
  minimum: '3.6.6',
  debian: { suite: 'trixie', source: 'mbedtls', version: '3.6.6-0.1~deb13u1', sha256: {} },
  archive: { url: '', sha256: '' },
};

test('the pinned version is taken while the index has it', () => {
  const versions = ['3.6.7-1', '3.6.6-0.1~deb13u1', '2.28.3-1'];
  expect(chooseVersion('mbedtls', pin, versions)).toBe('3.6.6-0.1~deb13u1');
});

test('a vanished pin gives way to the closest newer release of its series', () => {
  const versions = ['4.0.0-1', '3.6.8-1', '3.6.6-0.1~deb13u2', '3.6.5-0.1', '2.28.3-1'];
  expect(chooseVersion('mbedtls', pin, versions)).toBe('3.6.6-0.1~deb13u2');
});

test('an older release or another series never stands in for the pin', () => {
  expect(() => chooseVersion('mbedtls', pin, ['4.0.0-1', '3.6.5-1'])).toThrow('3.6.6');
});

test('versions are compared number by number', () => {
  expect(compareNumbers('3.1.69', '3.1.7')).toBeGreaterThan(0);
  expect(compareNumbers('3.2', '3.1.69')).toBeGreaterThan(0);
  expect(compareNumbers('3.1.69', '3.1.69')).toBe(0);
});

test('every pinned source names a checksum for each file it downloads', () => {
  for (const name of ['mbedtls', 'libsrtp', 'opus', 'libvpx']) {
    const { debian, archive } = pins[name];
    expect(Object.keys(debian.sha256).filter((file) => file.endsWith('.dsc'))).toHaveLength(1);
    for (const sum of [...Object.values(debian.sha256), archive.sha256]) {
      expect(sum).toMatch(/^[0-9a-f]{64}$/);
    }
  }
});

test('a release archive is said to lack the security fixes that Debian has', () => {
  expect(withoutPatches('libvpx', pins.libvpx)).toMatch(
    /^libvpx 1\.12\.0 .*deb12u\d+, security fixes .*not for release$/,
  );
});
