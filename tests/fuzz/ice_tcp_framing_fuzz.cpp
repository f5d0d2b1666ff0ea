// The packets of a stream must not depend on how it is cut, must be framed as they were, and may
// not keep more than a frame waiting. The first byte seeds the cuts.

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/ice/tcp_framing.h"

using rtc::Bytes;
using rtc::ByteSpan;
using rtc::ice::TcpFrameReader;

namespace {

void collect(TcpFrameReader& reader, std::vector<Bytes>& packets) {
  while (const auto packet = reader.next())
    packets.push_back(rtc::toBytes(*packet));
  if (reader.buffered() > rtc::ice::kTcpFrameHeaderSize + rtc::ice::kLongestTcpFrame)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  const ByteSpan stream(data + 1, size - 1);

  TcpFrameReader whole;
  std::vector<Bytes> expected;
  whole.push(stream);
  collect(whole, expected);

  rtc::SeededRandom random(data[0]);
  TcpFrameReader cut;
  std::vector<Bytes> packets;
  for (size_t at = 0; at < stream.size();) {
    const size_t piece = std::min<size_t>(1 + random.below(9), stream.size() - at);
    cut.push(stream.subspan(at, piece));
    collect(cut, packets);
    at += piece;
  }
  if (packets != expected || cut.buffered() != whole.buffered())
    std::abort();

  TcpFrameReader again;
  std::vector<Bytes> framed;
  for (const Bytes& packet : expected)
    again.push(rtc::ice::tcpFrame(packet));
  collect(again, framed);
  if (framed != expected)
    std::abort();
  return 0;
}
