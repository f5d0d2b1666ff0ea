// A jitter buffer of audio that gets packets of the fuzzer's making: a sequence of {flags, step of
// the sequence number, step of the timestamp, length, payload}.

#include <algorithm>
#include <cstdlib>

#include "cpp/media/audio_jitter_buffer.h"

using namespace rtc;
using namespace rtc::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<Codec> codecs(3);
  const char* names[] = {"opus", "PCMU", "telephone-event"};
  for (size_t i = 0; i < codecs.size(); ++i) {
    codecs[i].name = names[i];
    codecs[i].clockRate = 48000;
    codecs[i].payloadType = rtp::PayloadType(static_cast<uint8_t>(100 + i));
    codecs[i].format = *payload::formatOf(names[i]);
  }
  AudioJitterBuffer buffer(codecs);
  ByteReader reader(ByteSpan(data, size));
  auto index = rtp::SequenceIndex::first(rtp::SequenceNumber(0));
  uint32_t timestamp = 0;
  Timestamp now = Timestamp::milliseconds(1);
  uint64_t last = 0;
  while (const auto flags = reader.u8()) {
    const auto sequenceStep = static_cast<int8_t>(reader.u8().value_or(1));
    const auto timeStep = static_cast<int8_t>(reader.u8().value_or(1));
    index = index + ((*flags & 1) ? int64_t{sequenceStep} * 200 : int64_t{sequenceStep});
    timestamp += static_cast<uint32_t>(timeStep) * ((*flags & 2) ? 1 << 24 : 480);
    rtp::Packet packet;
    packet.payloadType = rtp::PayloadType(static_cast<uint8_t>(100 + (*flags >> 2 & 3)));
    packet.timestamp = rtp::RtpTime(timestamp);
    packet.sequenceNumber = index.wire();
    const size_t wanted = reader.u8().value_or(0);
    const size_t length = std::min(wanted, reader.remaining());
    packet.payload = toBytes(*reader.bytes(length));
    buffer.insert(packet, index, now);
    now = now + Duration::milliseconds((*flags & 0x10) ? 20 : 0);
    if (*flags & 0x20)
      now = std::max(now, std::min(buffer.deadline(), now + Duration::seconds(10)));
    buffer.handleTimeout(now);
    while (const auto output = buffer.poll()) {
      const auto* lost = std::get_if<AudioJitterBuffer::Lost>(&*output);
      if (lost && (lost->count == 0 || lost->duration < Duration::zero() ||
                   lost->duration > Duration::milliseconds(120)))
        std::abort();
    }
    if (buffer.deadline() <= now || buffer.heldPackets() > AudioJitterBuffer::kMaxPackets ||
        buffer.heldBytes() > AudioJitterBuffer::kMaxBytes ||
        buffer.counters().jitterBufferEmittedCount < last)
      std::abort();
    last = buffer.counters().jitterBufferEmittedCount;
  }
  return 0;
}
