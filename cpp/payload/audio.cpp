#include "cpp/payload/audio.h"

namespace rtc::payload {
namespace {

class AudioPacketizer final : public Packetizer {
 public:
  std::vector<Bytes> packetize(const EncodedFrame& frame, const PayloadLimits& limits) override {
    if (frame.data.empty() ||
        frame.data.size() + limits.firstReduction + limits.lastReduction > limits.max)
      return {};
    return {frame.data};
  }
};

class AudioDepacketizer final : public Depacketizer {
 public:
  std::optional<PayloadHeader> inspect(ByteSpan payload) const override {
    if (payload.empty())
      return std::nullopt;
    PayloadHeader header;
    header.beginsFrame = header.mayBeginFrame = true;
    header.endsFrame = true;
    header.isKey = true;
    return header;
  }
  std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const override {
    if (payloads.size() != 1 || payloads.front().empty())
      return std::nullopt;
    return toBytes(payloads.front());
  }
};

}  // namespace

std::unique_ptr<Packetizer> createAudioPacketizer() {
  return std::make_unique<AudioPacketizer>();
}

std::unique_ptr<Depacketizer> createAudioDepacketizer() {
  return std::make_unique<AudioDepacketizer>();
}

}  // namespace rtc::payload
