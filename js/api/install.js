import { mediaInterfaces } from '../media/index.js';
import { interfaces } from './interfaces.js';
import { makeInstall } from './make-install.js';

/**
 * Installs the interfaces as globals. By default only where there is no RTCPeerConnection at all:
 * the interfaces of two implementations do not mix. MediaStream and MediaStreamTrack come along
 * where they are missing, and never replace the host's: devices and elements deal in those.
 */
export const install = makeInstall(interfaces, mediaInterfaces);
