import {
  chooseVersion,
  compareNumbers,
  pins,
  withoutPatches,
} from '../../../tools/setup/sources.mjs';

const pin = {
  version: '3.6.7',
  minimum: '3.6.6',
  debian: { suites: ['forky', 'trixie'], source: 'mbedtls', version: '3.6.7-3', sha256: {} },
  archive: { url: '', sha256: '' },
};

test('the pinned version is taken while the index has it', () => {
  const versions = ['3.6.8-1', '3.6.7-3', '2.28.3-1'];
  expect(chooseVersion('mbedtls', pin, versions)).toBe('3.6.7-3');
});

test('a vanished pin gives way to the closest newer release of its series', () => {
  const versions = ['4.0.0-1', '3.6.9-1', '3.6.7-4', '3.6.6-0.1~deb13u2', '2.28.3-1'];
  expect(chooseVersion('mbedtls', pin, versions)).toBe('3.6.7-4');
});

test('where there is none, to the newest that is not too old', () => {
  const versions = ['4.0.0-1', '3.6.6-0.1~deb13u2', '3.6.6-0.1~deb13u1', '3.6.5-0.1'];
  expect(chooseVersion('mbedtls', pin, versions)).toBe('3.6.6-0.1~deb13u2');
});

test('a release that is too old or another series never stands in for the pin', () => {
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

// CVE-2026-50581, -50583 and -50585 are mended in it.
test('mbedTLS is no older than its last security release that concerns us', () => {
  expect(compareNumbers(pins.mbedtls.version, '3.6.7')).toBeGreaterThanOrEqual(0);
  expect(pins.mbedtls.debian.version).toMatch(new RegExp(`^${pins.mbedtls.version}-`));
  expect(pins.mbedtls.archive.url).toContain(`mbedtls-${pins.mbedtls.version}.tar`);
});
