// The probe, in a test environment; the frameworks load it before. What it finds goes to the file $PROBE_RESULT.

test('The probe connects, with media and encoded frames', async () => {
  const result = await globalThis.realmProbe.run(globalThis.webrtcWasm);
  expect(result.features).toEqual(['data', 'media', 'encoded']);
  const { PROBE_RESULT, RELAY } = process.env;
  globalThis.webrtcWasm.configure({
    network: new globalThis.webrtcWasm.RelayNetwork({ relay: JSON.parse(RELAY) }),
  });
  const overRelay = await globalThis.realmProbe.run(globalThis.webrtcWasm, { features: ['data'] });
  const { writeFileSync } = process.getBuiltinModule('node:fs');
  writeFileSync(PROBE_RESULT, JSON.stringify([result, overRelay]));
});
