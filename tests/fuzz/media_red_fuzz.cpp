// Reads any bytes as redundant audio and as forward error correction.

#include <cstdlib>

#include "cpp/media/red.h"
#include "cpp/media/ulpfec.h"

using namespace rtc;
using namespace rtc::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan input(data, size);
  rtp::Packet red;
  red.payload = toBytes(input);
  const auto packets = unwrapRed(red);
  const auto blocks = readRed(input);
  if (packets.size() > kMaxRedBlocks || (!blocks && !packets.empty()))
    std::abort();
  if (blocks) {
    // All data lie behind the headers, and no byte of them is told twice.
    size_t bytes = 4 * (blocks->size() - 1) + 1;
    for (const RedBlock& block : *blocks)
      bytes += block.data.size();
    if (bytes != size)
      std::abort();
  }

  const auto fec = readUlpfec(input);
  if (fec) {
    std::vector<Bytes> others;
    for (size_t i = 1; i < fec->protectedPackets.size(); ++i) {
      rtp::Packet packet;
      packet.sequenceNumber = fec->protectedPackets[i];
      packet.payload = Bytes(i, static_cast<uint8_t>(i));
      others.push_back(rtp::writePacket(packet));
    }
    const std::vector<ByteSpan> views(others.begin(), others.end());
    const auto recovered = recoverWithUlpfec(*fec, views, rtp::Ssrc(1));
    if (recovered && recovered->size() > rtp::kFixedHeaderSize + fec->data.size())
      std::abort();
  }
  return 0;
}
