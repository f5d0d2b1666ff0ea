#pragma once

// I-DATA, RFC 8260 section 2.1:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   Type = 64   |  Res  |I|U|B|E|       Length = Variable       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              TSN                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |        Stream Identifier      |           Reserved            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      Message Identifier                       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |    Payload Protocol Identifier / Fragment Sequence Number     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /                           User Data                           /

#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// With the chunk header.
constexpr size_t kIDataHeaderSize = 20;

/// A fragment that may stand anywhere among those of other messages. Its flags are those of DATA.
struct IDataChunk {
  Tsn tsn;
  StreamId stream;
  /// Counted on its own for the ordered and for the unordered messages of a stream.
  Mid mid;
  /// The first fragment has the PPID, and number 0 by implication; all others have a number.
  Ppid ppid;
  Fsn fsn;
  bool begin = false;
  bool end = false;
  bool unordered = false;
  bool immediateAck = false;
  ByteSpan payload;

  /// Nullopt when the fixed part does not fit. An empty payload is for the caller to judge.
  static std::optional<IDataChunk> parse(uint8_t flags, ByteSpan value) {
    ByteReader reader(value);
    if (reader.remaining() < kIDataHeaderSize - kChunkHeaderSize)
      return std::nullopt;
    IDataChunk chunk;
    chunk.tsn = Tsn(*reader.u32());
    chunk.stream = StreamId(*reader.u16());
    (void)reader.skip(2);
    chunk.mid = Mid(*reader.u32());
    chunk.begin = (flags & DataChunk::kBegin) != 0;
    chunk.end = (flags & DataChunk::kEnd) != 0;
    chunk.unordered = (flags & DataChunk::kUnordered) != 0;
    chunk.immediateAck = (flags & DataChunk::kImmediate) != 0;
    const uint32_t shared = *reader.u32();
    if (chunk.begin) {
      chunk.ppid = Ppid(shared);
    } else {
      chunk.fsn = Fsn(shared);
    }
    chunk.payload = reader.rest();
    return chunk;
  }

  void writeTo(PacketBuilder& packet) const {
    const int flags = (end ? DataChunk::kEnd : 0) | (begin ? DataChunk::kBegin : 0) |
                      (unordered ? DataChunk::kUnordered : 0) |
                      (immediateAck ? DataChunk::kImmediate : 0);
    ByteWriter& writer = packet.beginChunk(ChunkType::kIData, static_cast<uint8_t>(flags));
    writer.u32(tsn.value());
    writer.u16(stream.value());
    writer.u16(0);
    writer.u32(mid.value());
    writer.u32(begin ? ppid.value() : fsn.value());
    writer.bytes(payload);
    packet.endChunk();
  }
};

}  // namespace rtc::sctp
