// What a STUN server answers a binding request with: where it came from.

const kBindingRequest = 0x0001;
const kBindingSuccess = 0x0101;
const kMagicCookie = 0x2112a442;
const kXorMappedAddress = 0x0020;
const kHeaderBytes = 20;

/**
 * @param {Uint8Array} request
 * @param {{address: string, port: number}} source
 * @returns {Uint8Array | undefined} nothing for what is no binding request, or not from IPv4
 */
export function stunAnswer(request, source) {
  const octets = source.address.split('.').map(Number);
  if (request.length < kHeaderBytes || octets.length !== 4) return undefined;
  const asked = new DataView(request.buffer, request.byteOffset, request.length);
  if (asked.getUint16(0) !== kBindingRequest || asked.getUint32(4) !== kMagicCookie) {
    return undefined;
  }
  // Header, transaction id, and XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
  const answer = new Uint8Array(kHeaderBytes + 12);
  answer.set(request.subarray(0, kHeaderBytes));
  const view = new DataView(answer.buffer);
  view.setUint16(0, kBindingSuccess);
  view.setUint16(2, 12);
  view.setUint16(20, kXorMappedAddress);
  view.setUint16(22, 8);
  view.setUint8(25, 1);
  view.setUint16(26, source.port ^ (kMagicCookie >>> 16));
  octets.forEach((octet, i) => view.setUint8(28 + i, octet ^ answer[4 + i]));
  return answer;
}
