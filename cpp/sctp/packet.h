#pragma once

// SCTP packet, RFC 9260 section 3:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |      Source Port Number       |    Destination Port Number    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                       Verification Tag                        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           Checksum                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// and then chunks, each padded to a multiple of four bytes:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  Chunk Type   |  Chunk Flags  |         Chunk Length          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /                          Chunk Value                          /

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/result.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

constexpr size_t kPacketHeaderSize = 12;
constexpr size_t kChunkHeaderSize = 4;

constexpr size_t padded(size_t length) {
  return (length + 3) & ~size_t{3};
}

/// RFC 9260 section 3.2; 64 and 194 are RFC 8260, 130 is RFC 6525, 132 is RFC 4820, 192 is RFC
/// 3758.
enum class ChunkType : uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kSack = 3,
  kHeartbeat = 4,
  kHeartbeatAck = 5,
  kAbort = 6,
  kShutdown = 7,
  kShutdownAck = 8,
  kError = 9,
  kCookieEcho = 10,
  kCookieAck = 11,
  kShutdownComplete = 14,
  kIData = 64,
  kReConfig = 130,
  kPad = 132,
  kForwardTsn = 192,
  kIForwardTsn = 194,
};

/// What the two highest bits of a chunk or parameter type demand of a receiver that does not know
/// it (RFC 9260 sections 3.2 and 3.2.1).
struct UnknownTypeAction {
  bool skip = false;
  bool report = false;
};
constexpr UnknownTypeAction unknownChunkAction(uint8_t type) {
  return {(type & 0x80) != 0, (type & 0x40) != 0};
}
constexpr UnknownTypeAction unknownParameterAction(uint16_t type) {
  return {(type & 0x8000) != 0, (type & 0x4000) != 0};
}

/// A chunk inside a packet that somebody else owns.
struct ChunkView {
  uint8_t type = 0;
  uint8_t flags = 0;
  /// Without header and padding.
  ByteSpan value;
  /// Header and value, without padding: what an Unrecognized Chunk cause quotes.
  ByteSpan whole;
};

/// Walks the chunks of a packet.
class ChunkIterator {
 public:
  explicit ChunkIterator(ByteSpan chunks) : rest_(chunks) {}
  /// The next chunk; nullopt at the end, or at a chunk whose length does not fit, and then
  /// `malformed()`. The padding of the last chunk may be missing.
  std::optional<ChunkView> next();
  bool malformed() const { return malformed_; }

 private:
  ByteSpan rest_;
  bool malformed_ = false;
};

struct PacketView {
  uint16_t sourcePort = 0;
  uint16_t destinationPort = 0;
  VerificationTag tag;
  ByteSpan chunks;
};

enum class PacketError : uint8_t { kTooShort, kBadChecksum, kMalformedChunk };

/// What stands in the checksum field. Zero is for peers that find damage by other means, as DTLS
/// does (RFC 9653).
enum class Checksum : uint8_t { kCrc32c, kZero };

/// Checks the checksum, and that the lengths of all chunks fit; a packet without chunks is too
/// short. With `kZero` a checksum of zero is right as well, but not in a packet with INIT or COOKIE
/// ECHO (RFC 9653 sections 5.2 and 6). The result points into `packet`.
Result<PacketView, PacketError> parsePacket(ByteSpan packet, Checksum accepted = Checksum::kCrc32c);

/// Whether there is an ABORT among the packet's chunks; false for what is no packet.
bool carriesAbort(ByteSpan packet);

/// The CRC-32C over the packet with its checksum field taken as zero.
uint32_t packetChecksum(ByteSpan packet);

/// Puts chunks into one packet.
class PacketBuilder {
 public:
  PacketBuilder(uint16_t sourcePort, uint16_t destinationPort, VerificationTag tag, size_t maxSize);

  /// Bytes left for chunks with their headers; always a multiple of 4.
  size_t room() const { return maxSize_ - writer_.size(); }
  bool empty() const { return writer_.size() == kPacketHeaderSize; }
  bool fits(size_t chunkSize) const { return padded(chunkSize) <= room(); }

  /// The value is written into the returned writer, then `endChunk()` sets length and padding. The
  /// caller has seen to it that the chunk fits.
  ByteWriter& beginChunk(ChunkType type, uint8_t flags = 0);
  void endChunk();
  void addChunk(ChunkType type, uint8_t flags, ByteSpan value);
  /// A chunk that is encoded already, header included.
  void addEncoded(ByteSpan chunk);

  /// The packet with its checksum.
  Bytes finish(Checksum checksum = Checksum::kCrc32c);

 private:
  ByteWriter writer_;
  size_t maxSize_;
  size_t chunkStart_ = 0;
};

/// One chunk, header included, padded.
Bytes encodeChunk(ChunkType type, uint8_t flags, ByteSpan value);

}  // namespace rtc::sctp
