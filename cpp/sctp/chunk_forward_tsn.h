#pragma once

// FORWARD TSN, RFC 3758 section 3.2:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   Type = 192  |  Flags = 0x00 |        Length = Variable      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      New Cumulative TSN                       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |         Stream-1              |       Stream Sequence-1       |
//   /                              ...                              /

#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

constexpr size_t kForwardTsnFixedSize = 8;

struct ForwardTsnChunk {
  /// The largest sequence number skipped on an ordered stream.
  struct Skipped {
    StreamId stream;
    Ssn ssn;
    bool operator==(const Skipped&) const = default;
  };

  Tsn newCumulativeTsn;
  std::vector<Skipped> skipped;

  static std::optional<ForwardTsnChunk> parse(ByteSpan value) {
    ByteReader reader(value);
    const auto tsn = reader.u32();
    if (!tsn || reader.remaining() % 4 != 0)
      return std::nullopt;
    ForwardTsnChunk chunk;
    chunk.newCumulativeTsn = Tsn(*tsn);
    chunk.skipped.reserve(reader.remaining() / 4);
    while (!reader.atEnd()) {
      const StreamId stream(*reader.u16());
      chunk.skipped.push_back({stream, Ssn(*reader.u16())});
    }
    return chunk;
  }

  size_t size() const { return kForwardTsnFixedSize + 4 * skipped.size(); }

  void writeTo(PacketBuilder& packet) const {
    ByteWriter& writer = packet.beginChunk(ChunkType::kForwardTsn);
    writer.u32(newCumulativeTsn.value());
    for (const Skipped& entry : skipped) {
      writer.u16(entry.stream.value());
      writer.u16(entry.ssn.value());
    }
    packet.endChunk();
  }
};

}  // namespace rtc::sctp
