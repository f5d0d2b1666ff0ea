// Two connections of one implementation in one process, with signalling by function calls.

/** What would go over a signalling channel. */
const copy = (value) => JSON.parse(JSON.stringify(value));

/**
 * Connects two connections until a channel is open at both ends.
 * @param {any} RTCPeerConnection
 * @param {{ trickle: boolean, channel?: RTCDataChannelInit }} options
 */
export async function connect(RTCPeerConnection, { trickle, channel: init }) {
  const a = new RTCPeerConnection({ iceServers: [] });
  const b = new RTCPeerConnection({ iceServers: [] });
  const local = a.createDataChannel('bench', init);
  local.binaryType = 'arraybuffer';
  const localOpen = opened(local);
  const remoteOpen = new Promise((resolve, reject) => {
    b.ondatachannel = ({ channel }) => {
      channel.binaryType = 'arraybuffer';
      opened(channel).then(() => resolve(channel), reject);
    };
  });
  if (trickle) await negotiateTrickling(a, b);
  else await negotiateWhole(a, b);
  const [remote] = await Promise.all([remoteOpen, localOpen]);
  return {
    local,
    remote,
    async close() {
      await Promise.all([a.close(), b.close()]);
    },
  };
}

function opened(channel) {
  if (channel.readyState === 'open') return Promise.resolve();
  return new Promise((resolve, reject) => {
    channel.onopen = () => resolve();
    channel.onerror = ({ error }) => reject(error ?? new Error('the channel failed'));
  });
}

async function negotiateTrickling(a, b) {
  const toB = candidatesFrom(a, b);
  const toA = candidatesFrom(b, a);
  const offer = copy(descriptionOf(await a.createOffer()));
  const local = a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  toB.start();
  const answer = copy(descriptionOf(await b.createAnswer()));
  const remote = b.setLocalDescription(answer);
  await local;
  await a.setRemoteDescription(answer);
  toA.start();
  await remote;
}

/** Candidates wait until the other end has the description that they belong to. */
function candidatesFrom(from, to) {
  const waiting = [];
  let isReady = false;
  const add = (candidate) => to.addIceCandidate(candidate).catch(() => {});
  from.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    const sent = copy(candidate);
    if (isReady) add(sent);
    else waiting.push(sent);
  };
  return {
    start() {
      isReady = true;
      for (const candidate of waiting) add(candidate);
    },
  };
}

async function negotiateWhole(a, b) {
  const offered = gathered(a);
  await a.setLocalDescription(descriptionOf(await a.createOffer()));
  await offered;
  await b.setRemoteDescription(copy(descriptionOf(a.localDescription)));
  const answered = gathered(b);
  await b.setLocalDescription(descriptionOf(await b.createAnswer()));
  await answered;
  await a.setRemoteDescription(copy(descriptionOf(b.localDescription)));
}

const descriptionOf = ({ type, sdp }) => ({ type, sdp });

function gathered(connection) {
  return new Promise((resolve) => {
    const check = () => {
      if (connection.iceGatheringState === 'complete') resolve();
    };
    connection.onicegatheringstatechange = check;
    connection.onicecandidate = check;
  });
}
