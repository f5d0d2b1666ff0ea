// werift: SRTP in TypeScript over node:crypto.

export const title = 'werift';

const kAesCm128HmacSha1_80 = 1;

export async function open() {
  const { RtpHeader, SrtpSession } = await import('werift');
  const localMasterKey = Buffer.alloc(16, 0x42);
  const localMasterSalt = Buffer.alloc(14, 0x42);
  const keys = {
    localMasterKey,
    localMasterSalt,
    remoteMasterKey: localMasterKey,
    remoteMasterSalt: localMasterSalt,
  };
  const sender = new SrtpSession({ keys, profile: kAesCm128HmacSha1_80 });
  const receiver = new SrtpSession({ keys, profile: kAesCm128HmacSha1_80 });
  let sequence = 0;
  let packets = [];
  return {
    protect(count, size) {
      packets = [];
      for (let i = 0; i < count; i++) {
        const header = new RtpHeader({
          payloadType: 96,
          sequenceNumber: sequence++ & 0xffff,
          timestamp: 0,
          ssrc: 1,
        });
        packets.push(sender.encrypt(Buffer.alloc(size, 0x5a), header));
      }
      return packets.length;
    },
    unprotect: () => packets.map((packet) => receiver.decrypt(packet)).length,
  };
}
