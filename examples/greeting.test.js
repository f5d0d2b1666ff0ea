// A test of an application with Jest: its connections are real, and end with the test.

import { RTCPeerConnection } from 'webrtc-wasm';
import { greet } from './browser/greet.js';

test('one peer hears what the other says', async () => {
  expect(await greet(RTCPeerConnection)).toBe('hello');
});
