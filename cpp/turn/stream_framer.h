#pragma once

#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/turn/channel_data.h"

namespace rtc::turn {

/// Cuts a byte stream back into STUN messages and ChannelData messages (RFC 8656 section 12.5):
/// both say their length in bytes 2 and 3, and ChannelData is padded to a multiple of four. How the
/// stream is split into `push` calls does not matter.
class StreamFramer {
 public:
  /// A message longer than `maxFrame`, padding included, is an error, and so is a channel above
  /// `lastChannel`: whoever chooses the numbers takes no others.
  explicit StreamFramer(size_t maxFrame = kLongestFrame, ChannelNumber lastChannel = kLastChannel)
      : maxFrame_(maxFrame), lastChannel_(lastChannel) {}

  /// Appends the next bytes of the stream. Ignored after an error.
  void push(ByteSpan data);

  /// The next whole message, without padding. `std::nullopt` when more bytes are needed or the
  /// stream is broken. The view is good until the next call of `push` or `next`.
  std::optional<ByteSpan> next();

  /// A server lets strangers hold little, and raises the limit for those with an allocation.
  void setMaxFrame(size_t maxFrame) { maxFrame_ = maxFrame; }

  /// The stream carries something else, or a message that is too long. There is no way to find the
  /// next message then: close the connection.
  bool failed() const { return failed_; }

  /// Bytes held for a message that is not complete.
  size_t buffered() const { return buffer_.size() - position_; }
  /// Memory that is held once there is no whole message left: what has come in one piece may be
  /// many times of it, and a connection that is idle must not keep that.
  size_t capacity() const { return buffer_.capacity(); }

  static constexpr size_t kLongestFrame = 65535 + 20;
  /// Beside the bytes of a message that is not complete.
  static constexpr size_t kKeptBytes = 4096;

 private:
  std::optional<ByteSpan> cut();
  void compact();

  Bytes buffer_;
  size_t position_ = 0;
  size_t maxFrame_;
  ChannelNumber lastChannel_;
  bool failed_ = false;
};

}  // namespace rtc::turn
