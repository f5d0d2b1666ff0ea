// Frames that were cut well, of which the fuzzer leaves packets out, damages, repeats and reorders
// them: what is not damaged comes out as it went in. The input is a byte that chooses the format,
// and a sequence of {packet, what to do with it}.

#include <algorithm>
#include <cstdlib>

#include "cpp/media/frame_assembler.h"

using namespace rtc;
using namespace rtc::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr payload::Format kFormats[] = {payload::Format::kVp8, payload::Format::kVp9,
                                          payload::Format::kH264, payload::Format::kAv1};
  constexpr uint8_t kDamage = 0x80;
  constexpr uint8_t kNoMarker = 0x40;
  ByteReader reader(ByteSpan(data, size));
  const payload::Format format = kFormats[reader.u8().value_or(0) % 4];
  std::vector<Codec> codecs(1);
  codecs[0].format = format;

  const auto packetizer = payload::createPacketizer({format, false, 3});
  std::vector<rtp::Packet> packets;
  std::vector<Bytes> frames;
  for (uint8_t i = 0; i < 10; ++i) {
    payload::EncodedFrame frame;
    if (format == payload::Format::kH264)
      frame.data = {0, 0, 0, 1, static_cast<uint8_t>(i == 0 ? 0x65 : 0x41)};
    if (format == payload::Format::kAv1)
      frame.data = {0x32, 100};
    const size_t header = frame.data.size();
    frame.data.resize(header + 100, static_cast<uint8_t>(2 * i + 1));
    frame.video.isKey = i == 0;
    for (Bytes& payload : packetizer->packetize(frame, {50, 0, 0})) {
      rtp::Packet packet;
      packet.timestamp = rtp::RtpTime(3000u * i);
      packet.payload = std::move(payload);
      packets.push_back(std::move(packet));
    }
    packets.back().marker = true;
    frames.push_back(frame.data);
  }

  FrameAssembler assembler(codecs);
  const auto first = rtp::SequenceIndex::first(rtp::SequenceNumber(65530));
  bool isDamaged = false;
  while (const auto number = reader.u8()) {
    const size_t which = *number % packets.size();
    rtp::Packet packet = packets[which];
    const uint8_t action = reader.u8().value_or(0);
    if (action & kNoMarker)
      packet.marker = false;
    if (action & kDamage) {
      isDamaged = true;
      packet.payload[(action & 0x3f) % packet.payload.size()] ^= reader.u8().value_or(1);
    }
    assembler.insert(packet, first + static_cast<int64_t>(which), Timestamp::milliseconds(1));
    if ((action & 0xff) == 0x21)
      assembler.dropBefore(first + static_cast<int64_t>(which));
    while (const auto frame = assembler.poll()) {
      const bool isKnown = std::ranges::find(frames, frame->frame.data) != frames.end();
      if (frame->frame.data.empty() || (!isDamaged && !isKnown))
        std::abort();
    }
    if (assembler.heldPackets() > packets.size())
      std::abort();
  }
  return 0;
}
