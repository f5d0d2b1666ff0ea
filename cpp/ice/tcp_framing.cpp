#include "cpp/ice/tcp_framing.h"

namespace rtc::ice {

Bytes tcpFrame(ByteSpan packet) {
  Bytes frame;
  if (packet.empty() || packet.size() > kLongestTcpFrame)
    return frame;
  frame.reserve(kTcpFrameHeaderSize + packet.size());
  frame.push_back(static_cast<uint8_t>(packet.size() >> 8));
  frame.push_back(static_cast<uint8_t>(packet.size()));
  frame.insert(frame.end(), packet.begin(), packet.end());
  return frame;
}

void TcpFrameReader::push(ByteSpan data) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(position_));
  position_ = 0;
  buffer_.insert(buffer_.end(), data.begin(), data.end());
}

std::optional<ByteSpan> TcpFrameReader::next() {
  for (;;) {
    const ByteSpan rest = ByteSpan(buffer_).subspan(position_);
    if (rest.size() < kTcpFrameHeaderSize)
      return std::nullopt;
    const size_t length = static_cast<size_t>(rest[0]) << 8 | rest[1];
    if (rest.size() < kTcpFrameHeaderSize + length)
      return std::nullopt;
    position_ += kTcpFrameHeaderSize + length;
    if (length > 0)
      return rest.subspan(kTcpFrameHeaderSize, length);
  }
}

}  // namespace rtc::ice
