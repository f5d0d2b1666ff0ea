#include "cpp/rtp/rtcp_transport_feedback.h"

#include <algorithm>
#include <limits>

namespace rtc::rtp {
namespace {

// Section 3.1.1; 3 is reserved.
enum Symbol : uint8_t { kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2, kReserved = 3 };

constexpr size_t kFixedSize = 8;
constexpr uint16_t kVectorBit = 0x8000;
constexpr uint16_t kTwoBitsBit = 0x4000;
constexpr size_t kMaxRun = 0x1fff;
constexpr size_t kOneBitSymbols = 14;
constexpr size_t kTwoBitSymbols = 7;

/// A run of packets that came, or did not.
struct Run {
  Symbol symbol;
  size_t length;
};

/// Calls `use` for the symbols of a chunk, at most `most` of them; gives how many there were.
template <typename Use>
size_t readChunk(uint16_t chunk, size_t most, Use use) {
  if ((chunk & kVectorBit) == 0) {
    const size_t length = std::min<size_t>(chunk & kMaxRun, most);
    use(Run{static_cast<Symbol>((chunk >> 13) & 3), length});
    return length;
  }
  const bool hasTwoBits = (chunk & kTwoBitsBit) != 0;
  const size_t symbols = hasTwoBits ? kTwoBitSymbols : kOneBitSymbols;
  const int bits = hasTwoBits ? 2 : 1;
  const size_t count = std::min(symbols, most);
  for (size_t i = 0; i < count; ++i) {
    const int shift = kOneBitSymbols - bits - static_cast<int>(i) * bits;
    use(Run{static_cast<Symbol>((chunk >> shift) & ((1 << bits) - 1)), 1});
  }
  return count;
}

uint16_t vectorChunk(const std::vector<Symbol>& symbols, size_t begin, bool hasTwoBits) {
  const int bits = hasTwoBits ? 2 : 1;
  const size_t most = hasTwoBits ? kTwoBitSymbols : kOneBitSymbols;
  uint16_t chunk = kVectorBit | (hasTwoBits ? kTwoBitsBit : 0);
  for (size_t i = 0; i < most && begin + i < symbols.size(); ++i) {
    const int shift = kOneBitSymbols - bits - static_cast<int>(i) * bits;
    chunk = static_cast<uint16_t>(chunk | (symbols[begin + i] << shift));
  }
  return chunk;
}

/// Longest first: a run that is no shorter than what a vector would hold, then one bit a packet
/// where no delta is large, then two.
void writeChunks(const std::vector<Symbol>& symbols, ByteWriter& writer) {
  for (size_t begin = 0; begin < symbols.size();) {
    const size_t left = symbols.size() - begin;
    size_t run = 1;
    while (run < left && run < kMaxRun && symbols[begin + run] == symbols[begin])
      ++run;
    const auto first = symbols.begin() + static_cast<std::ptrdiff_t>(begin);
    const size_t seen = std::min(left, kOneBitSymbols);
    const bool hasLarge = std::find(first, first + static_cast<std::ptrdiff_t>(seen),
                                    kLargeDelta) != first + static_cast<std::ptrdiff_t>(seen);
    const size_t capacity = hasLarge ? kTwoBitSymbols : kOneBitSymbols;
    if (run >= std::min(capacity, left)) {
      writer.u16(static_cast<uint16_t>((symbols[begin] << 13) | run));
      begin += run;
    } else {
      writer.u16(vectorChunk(symbols, begin, hasLarge));
      begin += std::min(capacity, left);
    }
  }
}

int64_t floorTicks(Duration time) {
  const int64_t tick = TransportFeedback::kTick.us();
  const int64_t ticks = time.us() / tick;
  return time.us() % tick < 0 ? ticks - 1 : ticks;
}

}  // namespace

std::optional<TransportFeedback> readTransportFeedback(ByteSpan fci) {
  ByteReader reader(fci);
  if (reader.remaining() < kFixedSize)
    return std::nullopt;
  TransportFeedback feedback;
  feedback.base = SequenceNumber(*reader.u16());
  feedback.count = *reader.u16();
  const uint32_t reference = *reader.u24();
  feedback.reference = static_cast<int32_t>(reference << 8) >> 8;
  feedback.feedbackCount = *reader.u8();
  if (feedback.count == 0)
    return std::nullopt;

  // Chunks stand before the deltas, so those begin where the chunks' count is reached.
  ByteReader deltas = reader;
  for (size_t told = 0; told < feedback.count;) {
    const auto chunk = deltas.u16();
    if (!chunk)
      return std::nullopt;
    const size_t symbols = readChunk(*chunk, feedback.count - told, [](Run) {});
    // An empty run tells of nothing.
    if (symbols == 0)
      return std::nullopt;
    told += symbols;
  }

  size_t offset = 0;
  Duration at;
  bool isWhole = true;
  while (isWhole && offset < feedback.count) {
    readChunk(*reader.u16(), feedback.count - offset, [&](Run run) {
      if (run.symbol == kNotReceived) {
        offset += run.length;
        return;
      }
      for (size_t i = 0; i < run.length && isWhole; ++i, ++offset) {
        std::optional<int64_t> ticks;
        if (run.symbol == kSmallDelta) {
          if (const auto delta = deltas.u8())
            ticks = *delta;
        } else if (run.symbol == kLargeDelta) {
          if (const auto delta = deltas.u16())
            ticks = static_cast<int16_t>(*delta);
        }
        isWhole = ticks.has_value();
        if (!isWhole)
          return;
        at += TransportFeedback::kTick * *ticks;
        feedback.arrivals.push_back({static_cast<uint16_t>(offset), at});
      }
    });
  }
  if (!isWhole)
    return std::nullopt;
  return feedback;
}

Bytes writeTransportFeedback(const TransportFeedback& feedback) {
  std::vector<Symbol> symbols;
  symbols.reserve(feedback.count);
  ByteWriter deltas;
  int64_t last = 0;
  bool isCut = false;
  for (const auto& arrival : feedback.arrivals) {
    if (arrival.offset >= feedback.count || arrival.offset < symbols.size())
      continue;
    const int64_t ticks = floorTicks(arrival.at);
    const int64_t delta = ticks - last;
    isCut =
        delta < std::numeric_limits<int16_t>::min() || delta > std::numeric_limits<int16_t>::max();
    if (isCut)
      break;
    symbols.resize(arrival.offset, kNotReceived);
    const bool isSmall = delta >= 0 && delta <= std::numeric_limits<uint8_t>::max();
    symbols.push_back(isSmall ? kSmallDelta : kLargeDelta);
    if (isSmall)
      deltas.u8(static_cast<uint8_t>(delta));
    else
      deltas.u16(static_cast<uint16_t>(delta));
    last = ticks;
  }
  // What was left out is not told of, instead of being told lost.
  if (!isCut)
    symbols.resize(feedback.count, kNotReceived);
  else if (symbols.empty())
    symbols.push_back(kNotReceived);

  ByteWriter writer(kFixedSize + deltas.size() + symbols.size() / 4 + 8);
  writer.u16(feedback.base.value());
  writer.u16(static_cast<uint16_t>(symbols.size()));
  writer.u24(static_cast<uint32_t>(feedback.reference) & 0xffffff);
  writer.u8(feedback.feedbackCount);
  writeChunks(symbols, writer);
  writer.bytes(deltas.view());
  writer.align(4);
  return writer.take();
}

}  // namespace rtc::rtp
