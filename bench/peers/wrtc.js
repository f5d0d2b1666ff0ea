// @roamhq/wrtc: libwebrtc as a native add-on.

export const title = '@roamhq/wrtc';
export const packageName = '@roamhq/wrtc';

export async function load() {
  const { default: wrtc } = await import('@roamhq/wrtc');
  return wrtc.RTCPeerConnection;
}

/** Its `bufferedamountlow` never fires, so the amount is looked at every millisecond. */
export function whenBufferIsLow(channel) {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (channel.bufferedAmount > channel.bufferedAmountLowThreshold) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}
