// Import maps are of pages alone; a bundler writes such addresses for you.
import { RTCPeerConnection, configure } from '../../js/index.js';
import { greet } from './greet.js';
import { relay } from './relay.js';

configure({ relay });
postMessage(await greet(RTCPeerConnection));
