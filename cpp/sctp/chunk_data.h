#pragma once

// DATA, RFC 9260 section 3.3.1:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   Type = 0    |  Res  |I|U|B|E|            Length             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              TSN                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |      Stream Identifier S      |   Stream Sequence Number n    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                  Payload Protocol Identifier                  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /                 User Data (seq n of Stream S)                 /

#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// With the chunk header.
constexpr size_t kDataHeaderSize = 16;

struct DataChunk {
  Tsn tsn;
  StreamId stream;
  Ssn ssn;
  Ppid ppid;
  bool begin = false;
  bool end = false;
  bool unordered = false;
  /// RFC 7053: the receiver should not delay its SACK.
  bool immediateAck = false;
  ByteSpan payload;

  static constexpr uint8_t kEnd = 1, kBegin = 2, kUnordered = 4, kImmediate = 8;

  /// Nullopt when the fixed part does not fit. An empty payload is for the caller to judge.
  static std::optional<DataChunk> parse(uint8_t flags, ByteSpan value) {
    ByteReader reader(value);
    if (reader.remaining() < kDataHeaderSize - kChunkHeaderSize)
      return std::nullopt;
    DataChunk chunk;
    chunk.tsn = Tsn(*reader.u32());
    chunk.stream = StreamId(*reader.u16());
    chunk.ssn = Ssn(*reader.u16());
    chunk.ppid = Ppid(*reader.u32());
    chunk.begin = (flags & kBegin) != 0;
    chunk.end = (flags & kEnd) != 0;
    chunk.unordered = (flags & kUnordered) != 0;
    chunk.immediateAck = (flags & kImmediate) != 0;
    chunk.payload = reader.rest();
    return chunk;
  }

  void writeTo(PacketBuilder& packet) const {
    const int flags = (end ? kEnd : 0) | (begin ? kBegin : 0) | (unordered ? kUnordered : 0) |
                      (immediateAck ? kImmediate : 0);
    ByteWriter& writer = packet.beginChunk(ChunkType::kData, static_cast<uint8_t>(flags));
    writer.u32(tsn.value());
    writer.u16(stream.value());
    writer.u16(ssn.value());
    writer.u32(ppid.value());
    writer.bytes(payload);
    packet.endChunk();
  }
};

}  // namespace rtc::sctp
