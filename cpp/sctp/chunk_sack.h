#pragma once

// SACK, RFC 9260 section 3.3.4:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   Type = 3    |  Chunk Flags  |         Chunk Length          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      Cumulative TSN Ack                       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |          Advertised Receiver Window Credit (a_rwnd)           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |
//   /                              ...                              /
//   |                        Duplicate TSN 1                        |
//   /                              ...                              /

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

constexpr size_t kSackFixedSize = 16;

struct SackChunk {
  /// Offsets from the cumulative TSN; both ends included.
  struct GapBlock {
    uint16_t start = 0;
    uint16_t end = 0;
    bool operator==(const GapBlock&) const = default;
  };

  Tsn cumulativeTsn;
  uint32_t receiveWindow = 0;
  std::vector<GapBlock> gaps;
  std::vector<Tsn> duplicates;

  /// Nullopt when the counts do not fit the length. Blocks are as the peer sent them: in any order,
  /// overlapping, even reversed.
  static std::optional<SackChunk> parse(ByteSpan value) {
    ByteReader reader(value);
    if (reader.remaining() < kSackFixedSize - kChunkHeaderSize)
      return std::nullopt;
    SackChunk sack;
    sack.cumulativeTsn = Tsn(*reader.u32());
    sack.receiveWindow = *reader.u32();
    const size_t gapCount = *reader.u16();
    const size_t duplicateCount = *reader.u16();
    if (reader.remaining() < 4 * (gapCount + duplicateCount))
      return std::nullopt;
    sack.gaps.reserve(gapCount);
    for (size_t i = 0; i < gapCount; ++i) {
      const uint16_t start = *reader.u16();
      const uint16_t end = *reader.u16();
      sack.gaps.push_back({start, end});
    }
    sack.duplicates.reserve(duplicateCount);
    for (size_t i = 0; i < duplicateCount; ++i)
      sack.duplicates.push_back(Tsn(*reader.u32()));
    return sack;
  }

  size_t size() const { return kSackFixedSize + 4 * (gaps.size() + duplicates.size()); }

  void writeTo(PacketBuilder& packet) const {
    ByteWriter& writer = packet.beginChunk(ChunkType::kSack);
    writer.u32(cumulativeTsn.value());
    writer.u32(receiveWindow);
    writer.u16(static_cast<uint16_t>(gaps.size()));
    writer.u16(static_cast<uint16_t>(duplicates.size()));
    for (const GapBlock& gap : gaps) {
      writer.u16(gap.start);
      writer.u16(gap.end);
    }
    for (const Tsn tsn : duplicates)
      writer.u32(tsn.value());
    packet.endChunk();
  }
};

}  // namespace rtc::sctp
