// A jitter buffer of video that gets packets of the fuzzer's making. The input is a byte that
// chooses the format, and a sequence of {flags, step of the sequence number, step of the timestamp,
// length, payload}.

#include <algorithm>
#include <cstdlib>

#include "cpp/media/jitter_buffer.h"

using namespace rtc;
using namespace rtc::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr payload::Format kFormats[] = {payload::Format::kVp8, payload::Format::kVp9,
                                          payload::Format::kH264, payload::Format::kAv1};
  ByteReader reader(ByteSpan(data, size));
  std::vector<Codec> codecs(2);
  const uint8_t choice = reader.u8().value_or(0);
  codecs[0].payloadType = rtp::PayloadType(96);
  codecs[0].format = kFormats[choice % 4];
  codecs[1].payloadType = rtp::PayloadType(98);
  codecs[1].format = kFormats[choice / 4 % 4];
  JitterBuffer buffer(codecs);
  if (choice & 0x40)
    buffer.setTarget(Duration::milliseconds(4000));
  auto index = rtp::SequenceIndex::first(rtp::SequenceNumber(0));
  uint32_t timestamp = 0;
  Timestamp now = Timestamp::milliseconds(1);
  while (const auto flags = reader.u8()) {
    const auto sequenceStep = static_cast<int8_t>(reader.u8().value_or(1));
    const auto timeStep = static_cast<int8_t>(reader.u8().value_or(1));
    // Far jumps with one flag, the neighbour else.
    index = index + ((*flags & 1) ? int64_t{sequenceStep} * 200 : int64_t{sequenceStep});
    timestamp += static_cast<uint32_t>(timeStep) << ((*flags & 2) ? 24 : 8);
    rtp::Packet packet;
    packet.payloadType = rtp::PayloadType((*flags & 4) ? 98 : 96);
    packet.marker = (*flags & 8) != 0;
    packet.timestamp = rtp::RtpTime(timestamp);
    packet.sequenceNumber = index.wire();
    const size_t wanted = reader.u8().value_or(0);
    const size_t length = std::min(wanted, reader.remaining());
    packet.payload = toBytes(*reader.bytes(length));
    // One payload in a hundred of them fills the bounds sooner than the fuzzer would.
    const int repeats = (*flags & 0x80) ? 100 : 1;
    for (int i = 0; i < repeats; ++i) {
      buffer.insert(packet, index, now);
      if (i + 1 < repeats)
        index = index.next();
    }
    now = now + Duration::milliseconds((*flags & 0x10) ? 20 : 0);
    if (*flags & 0x20)
      now = std::max(now, std::min(buffer.deadline(), now + Duration::seconds(10)));
    buffer.handleTimeout(now);
    while (const auto output = buffer.poll()) {
      const auto* frame = std::get_if<JitterBuffer::Frame>(&*output);
      if (frame && frame->frame.data.empty())
        std::abort();
    }
    if (buffer.deadline() <= now)
      std::abort();
    if (buffer.heldPackets() > FrameAssembler::kMaxPackets ||
        buffer.heldFrames() > JitterBuffer::kMaxFrames ||
        buffer.heldBytes() > FrameAssembler::kMaxBytes + JitterBuffer::kMaxFrameBytes)
      std::abort();
  }
  return 0;
}
