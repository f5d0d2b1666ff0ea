// Runs beside environment.test.js where the environment is jsdom's.

test('There is a document', () => {
  expect(document.createElement('video')).toBeInstanceOf(HTMLElement);
});

test('Connections are event targets of the window', () => {
  const pc = new RTCPeerConnection();
  expect(pc).toBeInstanceOf(window.EventTarget);
  expect(RTCPeerConnection).toBe(window.RTCPeerConnection);
  pc.close();
});
