#include "cpp/sctp/packet.h"

#include <algorithm>
#include <array>

#include "cpp/base/crc32c.h"
#include "cpp/sctp/path_mtu.h"

namespace rtc::sctp {
namespace {
constexpr size_t kChecksumOffset = 8;
constexpr size_t kChunkLengthOffset = 2;
}  // namespace

std::optional<ChunkView> ChunkIterator::next() {
  if (rest_.empty())
    return std::nullopt;
  ByteReader reader(rest_);
  const auto type = reader.u8();
  const auto flags = reader.u8();
  const auto length = reader.u16();
  if (!length || *length < kChunkHeaderSize || *length > rest_.size()) {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  ChunkView chunk{*type, *flags, rest_.subspan(kChunkHeaderSize, *length - kChunkHeaderSize),
                  rest_.first(*length)};
  rest_ = rest_.subspan(std::min(padded(*length), rest_.size()));
  return chunk;
}

uint32_t packetChecksum(ByteSpan packet) {
  static constexpr std::array<uint8_t, 4> kZero{};
  uint32_t crc = crc32c(packet.first(kChecksumOffset));
  crc = crc32c(kZero, crc);
  return crc32c(packet.subspan(kPacketHeaderSize), crc);
}

bool carriesAbort(ByteSpan packet) {
  ChunkIterator chunks(packet.subspan(std::min(kPacketHeaderSize, packet.size())));
  while (const auto chunk = chunks.next()) {
    if (chunk->type == static_cast<uint8_t>(ChunkType::kAbort))
      return true;
  }
  return false;
}

Result<PacketView, PacketError> parsePacket(ByteSpan packet, Checksum accepted) {
  if (packet.size() < kPacketHeaderSize + kChunkHeaderSize)
    return fail(PacketError::kTooShort);
  ByteReader reader(packet);
  PacketView view;
  view.sourcePort = *reader.u16();
  view.destinationPort = *reader.u16();
  view.tag = VerificationTag(*reader.u32());
  // RFC 9260 appendix A: the CRC travels least significant byte first.
  const ByteSpan sum = *reader.bytes(4);
  const uint32_t checksum = static_cast<uint32_t>(sum[0]) | static_cast<uint32_t>(sum[1]) << 8 |
                            static_cast<uint32_t>(sum[2]) << 16 |
                            static_cast<uint32_t>(sum[3]) << 24;
  view.chunks = reader.rest();
  bool mayBeZero = accepted == Checksum::kZero && checksum == 0;
  ChunkIterator chunks(view.chunks);
  while (const auto chunk = chunks.next()) {
    if (chunk->type == static_cast<uint8_t>(ChunkType::kInit) ||
        chunk->type == static_cast<uint8_t>(ChunkType::kCookieEcho)) {
      mayBeZero = false;
    }
  }
  if (!mayBeZero && checksum != packetChecksum(packet))
    return fail(PacketError::kBadChecksum);
  if (chunks.malformed())
    return fail(PacketError::kMalformedChunk);
  return view;
}

PacketBuilder::PacketBuilder(uint16_t sourcePort, uint16_t destinationPort, VerificationTag tag,
                             size_t maxSize)
    // On paths that take far more, most packets acknowledge a few.
    : writer_(std::min(maxSize, kEthernetPacketSize)), maxSize_(maxSize) {
  writer_.u16(sourcePort);
  writer_.u16(destinationPort);
  writer_.u32(tag.value());
  writer_.u32(0);
}

ByteWriter& PacketBuilder::beginChunk(ChunkType type, uint8_t flags) {
  chunkStart_ = writer_.size();
  writer_.u8(static_cast<uint8_t>(type));
  writer_.u8(flags);
  writer_.u16(0);
  return writer_;
}

void PacketBuilder::endChunk() {
  writer_.patchU16(chunkStart_ + kChunkLengthOffset,
                   static_cast<uint16_t>(writer_.size() - chunkStart_));
  writer_.align(4);
}

void PacketBuilder::addChunk(ChunkType type, uint8_t flags, ByteSpan value) {
  beginChunk(type, flags).bytes(value);
  endChunk();
}

void PacketBuilder::addEncoded(ByteSpan chunk) {
  writer_.bytes(chunk);
  writer_.align(4);
}

Bytes PacketBuilder::finish(Checksum kind) {
  if (kind == Checksum::kZero)
    return writer_.take();
  const uint32_t checksum = packetChecksum(writer_.view());
  MutableByteSpan bytes = writer_.mutableView();
  for (size_t i = 0; i < 4; ++i) {
    bytes[kChecksumOffset + i] = static_cast<uint8_t>(checksum >> (8 * i));
  }
  return writer_.take();
}

Bytes encodeChunk(ChunkType type, uint8_t flags, ByteSpan value) {
  ByteWriter writer(padded(kChunkHeaderSize + value.size()));
  writer.u8(static_cast<uint8_t>(type));
  writer.u8(flags);
  writer.u16(static_cast<uint16_t>(kChunkHeaderSize + value.size()));
  writer.bytes(value);
  writer.align(4);
  return writer.take();
}

}  // namespace rtc::sctp
