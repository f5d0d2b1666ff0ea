// Sound and telephone events: a payload is a frame and a frame a payload, or nothing; what is read
// of an event comes back from what is written of it. The input is a byte that says how much room a
// packet has, and a sequence of {length byte, payload}.

#include <algorithm>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/payload/format.h"
#include "cpp/payload/telephone_event.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::payload;
using rtc::fuzz::require;

namespace {

void checkEvent(ByteSpan payload) {
  const auto event = readTelephoneEvent(payload);
  require(event.has_value() == (payload.size() >= kTelephoneEventSize), "an event, or none");
  if (!event)
    return;
  require(event->volume <= 63, "an event of another volume");
  const Bytes written = writeTelephoneEvent(*event);
  require(written.size() == kTelephoneEventSize && readTelephoneEvent(written) == event,
          "another event");
  // The reserved bit alone is not kept.
  require(written[0] == payload[0] && written[1] == (payload[1] & 0xbf) &&
              written[2] == payload[2] && written[3] == payload[3],
          "other bytes");
  TelephoneEvent loud = *event;
  loud.volume = payload[1];
  require(readTelephoneEvent(writeTelephoneEvent(loud))->volume == std::min<int>(payload[1], 63),
          "a volume out of its bounds");

  const auto tone = toneOf(event->event);
  require(tone.has_value() == (event->event < 16), "a tone, or none");
  if (tone)
    require(telephoneEventOf(*tone) == event->event, "another tone");
  const auto typed = static_cast<char>(payload[0]);
  if (const auto named = telephoneEventOf(typed)) {
    const auto same = toneOf(*named);
    require(same && (*same == typed || *same == typed - 'a' + 'A'), "another key");
  }
}

void check(Format format, ByteSpan payload, const PayloadLimits& limits) {
  const auto depacketizer = createDepacketizer(format);
  const auto header = depacketizer->inspect(payload);
  const size_t least = format == Format::kTelephoneEvent ? kTelephoneEventSize : 1;
  require(header.has_value() == (payload.size() >= least), "a payload that is one, or none");
  if (header) {
    require(header->beginsFrame && header->mayBeginFrame && header->endsFrame && header->isKey,
            "a payload that is no whole frame");
    const auto frame = depacketizer->assemble({payload});
    require(frame && std::ranges::equal(*frame, payload), "another frame");
  }
  // Two never are one.
  require(!depacketizer->assemble({}) && !depacketizer->assemble({payload, payload}),
          "a frame of two payloads, or of none");

  EncodedFrame frame;
  frame.data = toBytes(payload);
  const auto cut = createPacketizer({format, false, 1})->packetize(frame, limits);
  const bool fits = !payload.empty() &&
                    payload.size() + limits.firstReduction + limits.lastReduction <= limits.max;
  require(cut.size() == (fits ? 1u : 0u), "cut, or refused without reason");
  require(cut.empty() || cut[0] == frame.data, "another payload");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader(ByteSpan(data, size));
  const uint8_t room = reader.u8().value_or(0);
  const PayloadLimits limits{room, room % 3u, room % 5u};
  while (const auto length = reader.u8()) {
    const ByteSpan payload = *reader.bytes(std::min<size_t>(*length, reader.remaining()));
    check(Format::kAudio, payload, limits);
    check(Format::kTelephoneEvent, payload, limits);
    checkEvent(payload);
  }
  return 0;
}
