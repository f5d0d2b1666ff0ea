#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/payload/format.h"

// RFC 4733 section 2.3:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     event     |E|R| volume    |          duration             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace rtc::payload {

inline constexpr size_t kTelephoneEventSize = 4;

/// A key that is held down, or was let go of.
struct TelephoneEvent {
  /// RFC 4733 section 3.2: 0 to 9, 10 for *, 11 for #, 12 to 15 for A to D; others are no DTMF.
  uint8_t event = 0;
  bool isEnd = false;
  /// 0 (loudest) to 63, in -dBm0.
  uint8_t volume = 10;
  /// Since its beginning, in units of the clock of the RTP stream.
  uint16_t duration = 0;
  bool operator==(const TelephoneEvent&) const = default;
};

/// Nullopt for fewer than four bytes. More events in the same payload are ignored: RFC 4733 section
/// 2.5.1.5 has them only for short ones that nobody sends.
std::optional<TelephoneEvent> readTelephoneEvent(ByteSpan payload);
/// `volume` above 63 is written as 63.
Bytes writeTelephoneEvent(const TelephoneEvent& event);

/// The event of one of the characters that RTCDTMFSender takes, of either case: 0 to 9, A to D, #
/// and
/// *. Nullopt for others, the comma among them.
std::optional<uint8_t> telephoneEventOf(char tone);
/// The character of an event; nullopt for events that are no DTMF.
std::optional<char> toneOf(uint8_t event);

/// A frame is such a payload.
std::unique_ptr<Packetizer> createTelephoneEventPacketizer();
std::unique_ptr<Depacketizer> createTelephoneEventDepacketizer();

}  // namespace rtc::payload
