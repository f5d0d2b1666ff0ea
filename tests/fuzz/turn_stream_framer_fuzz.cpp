// The frames of a stream must not depend on how it is cut. The first byte seeds the cuts, and says
// whether the channels of older clients are taken.

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/turn/channel_data.h"
#include "cpp/turn/stream_framer.h"

using rtc::Bytes;
using rtc::ByteSpan;
using rtc::turn::StreamFramer;

namespace {

void collect(StreamFramer& framer, std::vector<Bytes>& frames) {
  while (const auto frame = framer.next()) {
    frames.push_back(rtc::toBytes(*frame));
    (void)rtc::turn::ChannelData::parse(*frame);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  const ByteSpan stream(data + 1, size - 1);

  const auto last = data[0] % 2 == 0 ? rtc::turn::kLastChannel : rtc::turn::kLastLegacyChannel;
  StreamFramer whole(StreamFramer::kLongestFrame, last);
  std::vector<Bytes> expected;
  whole.push(stream);
  collect(whole, expected);

  rtc::SeededRandom random(data[0]);
  StreamFramer cut(StreamFramer::kLongestFrame, last);
  std::vector<Bytes> frames;
  for (size_t at = 0; at < stream.size();) {
    const size_t piece = std::min<size_t>(1 + random.below(9), stream.size() - at);
    cut.push(stream.subspan(at, piece));
    collect(cut, frames);
    at += piece;
  }
  if (frames != expected || cut.failed() != whole.failed())
    std::abort();
  return 0;
}
