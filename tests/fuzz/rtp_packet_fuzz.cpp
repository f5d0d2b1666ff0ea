// Reads any bytes as an RTP packet with its extensions; what is accepted survives being written.

#include <cstdlib>

#include "cpp/rtp/extension_values.h"
#include "cpp/rtp/packet.h"

using namespace rtc;
using namespace rtc::rtp;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan input(data, size);
  (void)isRtcp(input);
  const auto packet = readPacket(input);
  if (!packet)
    return 0;
  for (const Extension& extension : packet->extensions) {
    (void)readAudioLevel(extension.data);
    (void)readTransmissionOffset(extension.data);
    (void)readAbsoluteSendTime(extension.data);
    (void)readVideoOrientation(extension.data);
    (void)readColorSpace(extension.data);
    (void)readTransportSequenceNumber(extension.data);
    (void)readMid(extension.data);
    (void)readStreamId(extension.data);
    (void)readAbsoluteCaptureTime(extension.data);
  }
  const Bytes again = writePacket(*packet);
  // Id 15 of the two-byte form and all others come back; only padding inside the block is gone.
  if (again.size() != packetSize(*packet) || readPacket(again) != packet)
    std::abort();
  return 0;
}
