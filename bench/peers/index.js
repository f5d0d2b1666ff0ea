// The implementations that are compared, ours first. An adapter (the files beside this one) says:
//   title, packageName
//   hasMedia?                 false where there is no audio and video
//   load()                    -> its RTCPeerConnection; imports the package, so this takes time
//   whenBufferIsLow(channel)? -> a promise; without it `bufferedamountlow` is listened for
//   payload(size)?            -> a message of that size; without it a Uint8Array

export const peerNames = ['ours', 'werift', 'node-datachannel', 'wrtc'];

/** @param {string} name */
export const loadPeer = (name) => import(`./${name}.js`);
