// Runs after environment.test.js, which has left connections open, in the same process.

test('An environment has an instance of its own', () => {
  expect(globalThis.seenBefore).toBeUndefined();
  expect(new RTCPeerConnection().connectionState).toBe('new');
});

test('No UDP socket is left of the environment before', () => {
  const sockets = process.getActiveResourcesInfo().filter((name) => name === 'UDPWRAP');
  expect(sockets).toEqual([]);
});
