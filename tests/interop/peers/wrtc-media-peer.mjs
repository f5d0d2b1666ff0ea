// Offers audio, video and a data channel with wrtc, and sends every message back. A process of its
// own, because wrtc keeps one alive after a transceiver was rejected.
//
// Tells the parent {offer}, {message} for what it got back, and {answer} to an offer; takes {answer}
// and {offer}. Ends with its parent's channel.

import wrtc from '@roamhq/wrtc';

const pc = new wrtc.RTCPeerConnection();
pc.addTransceiver('audio');
pc.addTransceiver('video');
const channel = pc.createDataChannel('data');
channel.onopen = () => channel.send('from the one who offers media');
channel.onmessage = ({ data }) => process.send({ message: data });
pc.onicegatheringstatechange = () => {
  if (pc.iceGatheringState === 'complete') process.send({ offer: pc.localDescription.sdp });
};
process.on('message', async ({ answer, offer }) => {
  if (answer) {
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
  } else {
    await pc.setRemoteDescription({ type: 'offer', sdp: offer });
    const ours = await pc.createAnswer();
    await pc.setLocalDescription(ours);
    process.send({ answer: ours.sdp });
  }
});
process.on('disconnect', () => process.exit());
await pc.setLocalDescription(await pc.createOffer());
