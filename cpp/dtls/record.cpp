#include "cpp/dtls/record.h"

namespace rtc::dtls {
namespace {

constexpr uint16_t kDtls10 = 0xfeff;
constexpr uint16_t kDtls12 = 0xfefd;

}  // namespace

std::optional<Record> readRecord(ByteReader& datagram) {
  ByteReader whole = datagram;
  const auto type = datagram.u8();
  const auto version = datagram.u16();
  const auto epoch = datagram.u16();
  const auto sequenceHigh = datagram.u16();
  const auto sequenceLow = datagram.u32();
  const auto length = datagram.u16();
  if (!type || !version || !epoch || !sequenceHigh || !sequenceLow || !length)
    return std::nullopt;
  if (*type < 20 || *type > 23)
    return std::nullopt;
  if (*version != kDtls10 && *version != kDtls12)
    return std::nullopt;
  if (*length == 0 || *length > kMaxRecordLength)
    return std::nullopt;
  const auto payload = datagram.bytes(*length);
  if (!payload)
    return std::nullopt;
  return Record{static_cast<ContentType>(*type),
                *version,
                *epoch,
                static_cast<uint64_t>(*sequenceHigh) << 32 | *sequenceLow,
                *payload,
                *whole.bytes(kRecordHeaderSize + *length)};
}

std::optional<HandshakeFragment> readHandshakeFragment(ByteReader& payload) {
  ByteReader whole = payload;
  const auto type = payload.u8();
  const auto messageLength = payload.u24();
  const auto sequence = payload.u16();
  const auto offset = payload.u24();
  const auto length = payload.u24();
  if (!type || !messageLength || !sequence || !offset || !length)
    return std::nullopt;
  if (*offset > *messageLength || *length > *messageLength - *offset)
    return std::nullopt;
  if (*length == 0 && *messageLength != 0)
    return std::nullopt;
  const auto body = payload.bytes(*length);
  if (!body)
    return std::nullopt;
  return HandshakeFragment{
      static_cast<HandshakeType>(*type),           *messageLength, *sequence, *offset, *body,
      *whole.bytes(kHandshakeHeaderSize + *length)};
}

}  // namespace rtc::dtls
