#pragma once

// I-FORWARD-TSN, RFC 8260 section 2.3.1:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   Type = 194  | Flags = 0x00  |      Length = Variable        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                       New Cumulative TSN                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |       Stream Identifier       |          Reserved           |U|
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                       Message Identifier                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /                              ...                              /

#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

constexpr size_t kIForwardTsnEntrySize = 8;

struct IForwardTsnChunk {
  /// The largest message identifier skipped among the ordered or the unordered messages of a
  /// stream.
  struct Skipped {
    StreamId stream;
    bool unordered = false;
    Mid mid;
    bool operator==(const Skipped&) const = default;
  };

  Tsn newCumulativeTsn;
  std::vector<Skipped> skipped;

  static std::optional<IForwardTsnChunk> parse(ByteSpan value) {
    ByteReader reader(value);
    const auto tsn = reader.u32();
    if (!tsn || reader.remaining() % kIForwardTsnEntrySize != 0)
      return std::nullopt;
    IForwardTsnChunk chunk;
    chunk.newCumulativeTsn = Tsn(*tsn);
    chunk.skipped.reserve(reader.remaining() / kIForwardTsnEntrySize);
    while (!reader.atEnd()) {
      const StreamId stream(*reader.u16());
      const bool unordered = (*reader.u16() & 1) != 0;
      chunk.skipped.push_back({stream, unordered, Mid(*reader.u32())});
    }
    return chunk;
  }

  void writeTo(PacketBuilder& packet) const {
    ByteWriter& writer = packet.beginChunk(ChunkType::kIForwardTsn);
    writer.u32(newCumulativeTsn.value());
    for (const Skipped& entry : skipped) {
      writer.u16(entry.stream.value());
      writer.u16(entry.unordered ? 1 : 0);
      writer.u32(entry.mid.value());
    }
    packet.endChunk();
  }
};

}  // namespace rtc::sctp
