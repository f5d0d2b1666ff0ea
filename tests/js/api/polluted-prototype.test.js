// What somebody has put into Object.prototype is no member of what the engine is given.

import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { VirtualNetwork } from '../../../js/net/virtual-network.js';
import { useEngine } from './pair.js';

let network;

beforeEach(async () => {
  await useEngine();
  network = new VirtualNetwork({ seed: 3 });
  configure({ network: network.host({ addresses: ['192.0.2.1'] }) });
});

afterEach(() => {
  delete Object.prototype.seed;
  delete Object.prototype.unixTime;
  configure({ network: undefined });
  network.close();
});

test('A seed in Object.prototype does not make keys and passwords that can be foretold', async () => {
  const secrets = async () => {
    const pc = new interfaces.RTCPeerConnection();
    pc.createDataChannel('x');
    const { sdp } = await pc.createOffer();
    pc.close();
    return ['ice-pwd', 'fingerprint', 'ice-ufrag'].map(
      (name) => new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)[1],
    );
  };
  // As a merge of "__proto__" out of a peer's JSON leaves it.
  Object.prototype.seed = [1, 2, 3];
  Object.prototype.unixTime = 1e12;
  const [first, second] = [await secrets(), await secrets()];
  first.forEach((secret, i) => expect(secret).not.toBe(second[i]));
});
