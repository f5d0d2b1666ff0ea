#pragma once

#include <optional>

#include "cpp/base/bytes.h"

namespace rtc::ice {

// STUN messages and data on a TCP connection of ICE (RFC 6544 section 3) are framed as RFC 4571
// section 2 frames RTP:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-------------------------------+-------------------------------+
//   |            LENGTH             |           packet ...          |
//   +-------------------------------+-------------------------------+

/// The length field's bytes.
inline constexpr size_t kTcpFrameHeaderSize = 2;
/// The longest packet that the length field can tell.
inline constexpr size_t kLongestTcpFrame = 0xffff;

/// The packet with its length before it; nothing for one that is empty or too long.
Bytes tcpFrame(ByteSpan packet);

/// Cuts a byte stream back into packets. Every stream is a sequence of frames, so there is nothing
/// to refuse; what it holds is bounded by the longest frame and the last `push`.
class TcpFrameReader {
 public:
  void push(ByteSpan data);
  /// The next whole packet, empty ones left out; nothing when more bytes are needed. The view is
  /// good until the next call.
  std::optional<ByteSpan> next();
  /// Bytes held for a packet that is not complete.
  size_t buffered() const { return buffer_.size() - position_; }

 private:
  Bytes buffer_;
  size_t position_ = 0;
};

}  // namespace rtc::ice
