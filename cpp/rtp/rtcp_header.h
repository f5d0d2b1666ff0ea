#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"

// What all RTCP packets begin with, RFC 3550 section 6.4.1 and RFC 4585 section 6.1:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P| count   |      PT       |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace rtc::rtp {

inline constexpr size_t kRtcpHeaderSize = 4;
/// The five bits of the count.
inline constexpr size_t kMaxRtcpCount = 31;
/// More words than that cannot be told in the length field with a fixed part of a few words; lists
/// are cut there.
inline constexpr size_t kMaxRtcpListWords = 65'000;

enum class RtcpType : uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kBye = 203,
  /// RFC 4585: feedback for the transport, and for the payload.
  kTransportFeedback = 205,
  kPayloadFeedback = 206,
  /// RFC 3611.
  kExtendedReport = 207,
};

/// One packet of a compound that somebody else owns.
struct RtcpView {
  /// How many entries there are, or the format of feedback.
  uint8_t count = 0;
  uint8_t type = 0;
  /// Without header and padding.
  ByteSpan body;
};

/// Walks the packets of a compound.
class RtcpIterator {
 public:
  explicit RtcpIterator(ByteSpan compound) : rest_(compound) {}

  /// Nullopt at the end, and at what is not of version 2 or longer than the rest.
  std::optional<RtcpView> next() {
    ByteReader reader(rest_);
    rest_ = {};
    const auto first = reader.u8();
    const auto type = reader.u8();
    const auto words = reader.u16();
    if (!words || *first >> 6 != 2)
      return std::nullopt;
    auto body = reader.bytes(size_t{4} * *words);
    if (!body)
      return std::nullopt;
    if ((*first & 0x20) != 0) {
      // The last byte counts the padding, itself included.
      if (body->empty() || body->back() == 0 || body->back() > body->size())
        return std::nullopt;
      body = body->first(body->size() - body->back());
    }
    rest_ = reader.rest();
    return RtcpView{static_cast<uint8_t>(*first & 0x1f), *type, *body};
  }

 private:
  ByteSpan rest_;
};

/// Writes one packet: the header, then what the caller writes, then its length.
class RtcpScope {
 public:
  /// `count` is at most 31.
  RtcpScope(ByteWriter& writer, RtcpType type, size_t count)
      : writer_(writer), start_(writer.size()) {
    writer.u8(static_cast<uint8_t>(0x80 | count));
    writer.u8(static_cast<uint8_t>(type));
    writer.u16(0);
  }
  RtcpScope(const RtcpScope&) = delete;
  RtcpScope& operator=(const RtcpScope&) = delete;
  /// What is no multiple of four bytes gets padding.
  ~RtcpScope() {
    const size_t over = (writer_.size() - start_) % 4;
    if (over != 0) {
      writer_.zeros(3 - over);
      writer_.u8(static_cast<uint8_t>(4 - over));
      writer_.mutableView()[start_] |= 0x20;
    }
    writer_.patchU16(start_ + 2,
                     static_cast<uint16_t>((writer_.size() - start_ - kRtcpHeaderSize) / 4));
  }

 private:
  ByteWriter& writer_;
  size_t start_;
};

}  // namespace rtc::rtp
