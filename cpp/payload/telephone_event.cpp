#include "cpp/payload/telephone_event.h"

#include <algorithm>
#include <string_view>

#include "cpp/payload/audio.h"

namespace rtc::payload {
namespace {

constexpr std::string_view kTones = "0123456789*#ABCD";
constexpr uint8_t kEndBit = 0x80;
constexpr uint8_t kMaxVolume = 63;

class TelephoneEventDepacketizer final : public Depacketizer {
 public:
  std::optional<PayloadHeader> inspect(ByteSpan payload) const override {
    if (payload.size() < kTelephoneEventSize)
      return std::nullopt;
    return audio_->inspect(payload);
  }
  std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const override {
    return audio_->assemble(payloads);
  }

 private:
  std::unique_ptr<Depacketizer> audio_ = createAudioDepacketizer();
};

}  // namespace

std::optional<TelephoneEvent> readTelephoneEvent(ByteSpan payload) {
  ByteReader reader(payload);
  if (reader.remaining() < kTelephoneEventSize)
    return std::nullopt;
  TelephoneEvent event;
  event.event = *reader.u8();
  const uint8_t flags = *reader.u8();
  event.isEnd = (flags & kEndBit) != 0;
  event.volume = flags & kMaxVolume;
  event.duration = *reader.u16();
  return event;
}

Bytes writeTelephoneEvent(const TelephoneEvent& event) {
  ByteWriter writer(kTelephoneEventSize);
  writer.u8(event.event);
  writer.u8(static_cast<uint8_t>((event.isEnd ? kEndBit : 0) | std::min(event.volume, kMaxVolume)));
  writer.u16(event.duration);
  return writer.take();
}

std::optional<uint8_t> telephoneEventOf(char tone) {
  const char upper = tone >= 'a' && tone <= 'd' ? static_cast<char>(tone - 'a' + 'A') : tone;
  const size_t index = kTones.find(upper);
  if (index == std::string_view::npos)
    return std::nullopt;
  return static_cast<uint8_t>(index);
}

std::optional<char> toneOf(uint8_t event) {
  if (event >= kTones.size())
    return std::nullopt;
  return kTones[event];
}

std::unique_ptr<Packetizer> createTelephoneEventPacketizer() {
  return createAudioPacketizer();
}

std::unique_ptr<Depacketizer> createTelephoneEventDepacketizer() {
  return std::make_unique<TelephoneEventDepacketizer>();
}

}  // namespace rtc::payload
