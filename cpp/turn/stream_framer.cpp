#include "cpp/turn/stream_framer.h"

#include "cpp/stun/demux.h"

namespace rtc::turn {

void StreamFramer::push(ByteSpan data) {
  if (failed_)
    return;
  compact();
  buffer_.insert(buffer_.end(), data.begin(), data.end());
}

std::optional<ByteSpan> StreamFramer::next() {
  auto frame = cut();
  if (!frame)
    compact();
  return frame;
}

void StreamFramer::compact() {
  if (position_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(position_));
    position_ = 0;
  }
  if (buffer_.capacity() > buffer_.size() + kKeptBytes)
    buffer_ = toBytes(buffer_);  // shrink_to_fit() need not do anything
}

std::optional<ByteSpan> StreamFramer::cut() {
  if (failed_)
    return std::nullopt;
  const ByteSpan rest = ByteSpan(buffer_).subspan(position_);
  ByteReader reader(rest);
  const auto first = reader.u16();
  const auto length = reader.u16();
  if (!length)
    return std::nullopt;

  size_t size = 0;
  size_t onStream = 0;
  if (isChannelFrame(rest)) {
    if (ChannelNumber(*first) > lastChannel_) {
      failed_ = true;
      return std::nullopt;
    }
    size = kChannelHeaderSize + *length;
    onStream = (size + 3) & ~size_t{3};
  } else {
    // The cookie is checked as soon as it is there, so that a stream of something else is found
    // out before a made-up length has been waited for.
    const auto cookie = reader.u32();
    if (stun::classify(rest) != stun::PacketKind::kStun || *length % 4 != 0 ||
        (cookie && *cookie != stun::kMagicCookie)) {
      failed_ = true;
      return std::nullopt;
    }
    size = onStream = stun::kHeaderSize + *length;
  }
  if (onStream > maxFrame_) {
    failed_ = true;
    return std::nullopt;
  }
  if (rest.size() < onStream)
    return std::nullopt;
  position_ += onStream;
  return rest.first(size);
}

}  // namespace rtc::turn
