#pragma once

// Chunk parameters, RFC 9260 section 3.2.1, and error causes (section 3.3.10), which share the
// form:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |        Parameter Type         |       Parameter Length        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /                        Parameter Value                        /

#include <algorithm>
#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/sctp/packet.h"

namespace rtc::sctp {

constexpr size_t kParameterHeaderSize = 4;

struct ParameterView {
  uint16_t type = 0;
  ByteSpan value;
  /// Header and value, without padding.
  ByteSpan whole;
};

/// Walks parameters or error causes.
class ParameterIterator {
 public:
  explicit ParameterIterator(ByteSpan parameters) : rest_(parameters) {}
  /// Nullopt at the end, or at one whose length does not fit, and then `malformed()`.
  std::optional<ParameterView> next() {
    if (rest_.empty())
      return std::nullopt;
    ByteReader reader(rest_);
    const auto type = reader.u16();
    const auto length = reader.u16();
    if (!length || *length < kParameterHeaderSize || *length > rest_.size()) {
      malformed_ = true;
      rest_ = {};
      return std::nullopt;
    }
    ParameterView parameter{*type,
                            rest_.subspan(kParameterHeaderSize, *length - kParameterHeaderSize),
                            rest_.first(*length)};
    rest_ = rest_.subspan(std::min(padded(*length), rest_.size()));
    return parameter;
  }
  bool malformed() const { return malformed_; }

 private:
  ByteSpan rest_;
  bool malformed_ = false;
};

/// Pads what stands before it. RFC 9260 section 3.2: a chunk's length counts the padding of every
/// parameter but the last, whose padding is the chunk's own. (Likewise with causes.)
inline void writeParameter(ByteWriter& writer, uint16_t type, ByteSpan value) {
  writer.align(4);
  writer.u16(type);
  writer.u16(static_cast<uint16_t>(kParameterHeaderSize + value.size()));
  writer.bytes(value);
}

}  // namespace rtc::sctp
