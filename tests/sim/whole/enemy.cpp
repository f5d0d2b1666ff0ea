#include "tests/sim/whole/enemy.h"

#include <algorithm>
#include <array>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/sctp/packet.h"
#include "cpp/stun/message.h"

namespace rtc::sim::whole {
namespace {

/// Where lengths, counts and signs change their meaning.
constexpr std::array<uint8_t, 12> kEdges = {0x00, 0x01, 0x02, 0x03, 0x04, 0x7f,
                                            0x80, 0xc0, 0xfc, 0xfe, 0xff, 0x20};

uint8_t byteOf(RandomSource& random) {
  return random.below(4) == 0 ? kEdges[random.below(kEdges.size())]
                              : static_cast<uint8_t>(random.below(256));
}

size_t place(const Bytes& bytes, RandomSource& random) {
  return random.below(static_cast<uint32_t>(bytes.size()));
}

std::ptrdiff_t offset(size_t at) {
  return static_cast<std::ptrdiff_t>(at);
}

void put32(Bytes& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
    bytes[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

}  // namespace

Bytes noise(RandomSource& random, size_t most) {
  Bytes bytes(random.below(static_cast<uint32_t>(most) + 1));
  for (uint8_t& byte : bytes)
    byte = byteOf(random);
  return bytes;
}

Bytes damaged(Bytes bytes, RandomSource& random) {
  for (uint32_t i = 0, n = 1 + random.below(4); i < n && !bytes.empty(); ++i) {
    const size_t at = place(bytes, random);
    switch (random.below(6)) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1u << random.below(8));
        break;
      case 1:
        bytes[at] = byteOf(random);
        break;
      case 2:  // in the head, where types and lengths are
        bytes[at % std::min<size_t>(bytes.size(), 24)] = byteOf(random);
        break;
      case 3:
        bytes.resize(at);
        break;
      case 4: {
        const size_t count = std::min<size_t>(1 + random.below(16), bytes.size() - at);
        bytes.erase(bytes.begin() + offset(at), bytes.begin() + offset(at + count));
        break;
      }
      default: {
        const size_t count = std::min<size_t>(1 + random.below(64), bytes.size() - at);
        const Bytes part(bytes.begin() + offset(at), bytes.begin() + offset(at + count));
        const size_t to = place(bytes, random);
        bytes.insert(bytes.begin() + offset(to), part.begin(), part.end());
      }
    }
  }
  return bytes;
}

std::string damagedText(std::string_view text, RandomSource& random) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  const auto any = [&] {
    return random.below(static_cast<uint32_t>(lines.size()));
  };
  for (uint32_t i = 0, n = 1 + random.below(5); i < n && !lines.empty(); ++i) {
    const size_t at = any();
    switch (random.below(6)) {
      case 0:
        lines.erase(lines.begin() + offset(at));
        break;
      case 1: {
        const std::string copy = lines[at];
        lines.insert(lines.begin() + offset(any()), copy);
        break;
      }
      case 2:
        std::swap(lines[at], lines[any()]);
        break;
      case 3:
        lines[at].resize(random.below(static_cast<uint32_t>(lines[at].size()) + 1));
        break;
      default: {
        const Bytes bad = damaged(toBytes(asBytes(lines[at])), random);
        lines[at] = std::string(asText(bad));
      }
    }
  }
  std::string result;
  for (const std::string& line : lines)
    result += line;
  return result;
}

Bytes forgedStun(RandomSource& random) {
  static constexpr stun::MessageClass kClasses[] = {
      stun::MessageClass::kRequest, stun::MessageClass::kIndication, stun::MessageClass::kSuccess,
      stun::MessageClass::kError};
  static constexpr uint16_t kMethods[] = {1, 3, 4, 6, 7, 8, 9};
  static constexpr uint16_t kTypes[] = {0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x000c, 0x000d,
                                        0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x0018,
                                        0x0019, 0x001a, 0x0020, 0x0022, 0x0024, 0x0025, 0x8022,
                                        0x8023, 0x8028, 0x8029, 0x802a, 0x7fff};
  stun::TransactionId id;
  (void)random.fill(id.bytes);
  stun::MessageBuilder builder(kClasses[random.below(4)],
                               static_cast<stun::Method>(kMethods[random.below(7)]), id);
  for (uint32_t i = 0, n = random.below(8); i < n; ++i) {
    const auto type = static_cast<stun::AttributeType>(kTypes[random.below(26)]);
    builder.bytes(type, noise(random, random.below(8) == 0 ? 300 : 20));
  }
  if (random.below(2) == 0)
    builder.integrity(asBytes("a password of nobody"));
  if (random.below(2) == 0)
    builder.fingerprint();
  Bytes message = builder.build();
  return random.below(4) == 0 ? damaged(std::move(message), random) : message;
}

Bytes forgedRecord(RandomSource& random) {
  ByteWriter writer;
  writer.u8(static_cast<uint8_t>(20 + random.below(6)));
  writer.u8(0xfe);
  writer.u8(random.below(8) == 0 ? 0xff : 0xfd);
  writer.u16(static_cast<uint16_t>(random.below(3)));
  writer.u16(0);
  writer.u32(random.below(4) == 0 ? random.u32() : random.below(64));
  const Bytes body = noise(random, 80);
  writer.u16(random.below(8) == 0 ? static_cast<uint16_t>(random.u32())
                                  : static_cast<uint16_t>(body.size()));
  writer.bytes(body);
  return toBytes(writer.view());
}

Bytes forgedChannelData(RandomSource& random) {
  ByteWriter writer;
  writer.u16(static_cast<uint16_t>(0x4000 + random.below(random.below(4) == 0 ? 0x4000 : 4)));
  const Bytes body = noise(random, 100);
  writer.u16(random.below(8) == 0 ? static_cast<uint16_t>(random.u32())
                                  : static_cast<uint16_t>(body.size()));
  writer.bytes(body);
  return toBytes(writer.view());
}

Bytes hostileSctp(RandomSource& random, sctp::VerificationTag tag, uint32_t tsn) {
  static constexpr uint8_t kTypes[] = {0,  0,  0,  3,  3,  3,  4,   5,    6,    7,    8,    9,
                                       10, 11, 12, 14, 64, 64, 128, 0x82, 0x82, 0x84, 0xc0, 0xc2};
  sctp::PacketBuilder packet(5000, 5000, random.below(16) == 0 ? sctp::VerificationTag() : tag,
                             1188);
  for (uint32_t i = 0, n = 1 + random.below(4); i < n; ++i) {
    const uint8_t type = kTypes[random.below(24)];
    // An ABORT ends it all, so it is rare.
    if (type == 6 && random.below(8) != 0)
      continue;
    Bytes value = noise(random, random.below(4) == 0 ? 400 : 40);
    const bool hasTsn = type == 0 || type == 3 || type == 64 || type == 0xc0 || type == 0xc2;
    if (hasTsn && random.below(8) != 0) {
      value.resize(std::max<size_t>(value.size(), 16));
      put32(value, 0, tsn + random.below(64) - 8);
      if (type == 0 || type == 64) {
        // A stream that is likely there, and the protocol of strings, binary or DCEP.
        value[4] = 0;
        value[5] = static_cast<uint8_t>(random.below(8));
        if (type == 0)
          put32(value, 8, 50 + random.below(8));
      }
    }
    Bytes chunk = sctp::encodeChunk(static_cast<sctp::ChunkType>(type),
                                    static_cast<uint8_t>(random.below(16)), value);
    if (random.below(8) == 0)
      chunk = damaged(std::move(chunk), random);
    if (packet.fits(chunk.size()))
      packet.addEncoded(chunk);
  }
  return packet.finish();
}

Bytes hostileRtp(RandomSource& random) {
  static constexpr uint8_t kPayloadTypes[] = {111, 96, 97, 0, 8, 9, 63, 102, 103, 45, 127, 35};
  static constexpr uint8_t kHeads[] = {0x80, 0x80, 0x90, 0xa0, 0xb0, 0x8f, 0x9f, 0xbf};
  ByteWriter writer;
  writer.u8(kHeads[random.below(8)]);
  writer.u8(static_cast<uint8_t>(kPayloadTypes[random.below(12)] | (random.below(2) << 7)));
  writer.u16(static_cast<uint16_t>(random.below(4) == 0 ? random.u32() : random.below(300)));
  writer.u32(random.below(4) == 0 ? random.u32() : random.below(1000) * 960);
  writer.u32(random.below(2) == 0 ? random.u32() : 1000 + random.below(4));
  if (random.below(2) == 0) {
    writer.u16(random.below(2) == 0 ? 0xbede : 0x1000);
    const uint32_t words = random.below(6);
    writer.u16(static_cast<uint16_t>(words));
    for (uint32_t i = 0; i < words * 4; ++i)
      writer.u8(byteOf(random));
  }
  writer.bytes(noise(random, random.below(4) == 0 ? 1100 : 60));
  return toBytes(writer.view());
}

Bytes hostileRtcp(RandomSource& random) {
  static constexpr uint8_t kTypes[] = {200, 201, 202, 203, 204, 205, 205, 206, 206, 207};
  ByteWriter writer;
  for (uint32_t i = 0, n = 1 + random.below(4); i < n; ++i) {
    writer.u8(static_cast<uint8_t>(0x80 | random.below(random.below(4) == 0 ? 64 : 16)));
    writer.u8(kTypes[random.below(10)]);
    const uint32_t words = 1 + random.below(12);
    writer.u16(static_cast<uint16_t>(random.below(16) == 0 ? random.below(400) : words));
    for (uint32_t word = 0; word < words; ++word)
      writer.u32(random.below(4) == 0 ? random.below(64) : random.u32());
  }
  return toBytes(writer.view());
}

std::string hostileCandidate(RandomSource& random) {
  static constexpr const char* kTypes[] = {"host", "srflx", "prflx", "relay"};
  static constexpr const char* kAddresses[] = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1",
                                               "fe80::1",   "x.local", "224.0.0.1",       "::"};
  std::string address =
      std::to_string(1 + random.below(222)) + "." + std::to_string(random.below(256)) + ".7.7";
  if (random.below(4) == 0)
    address = kAddresses[random.below(8)];
  std::string line = "candidate:" + std::to_string(random.below(100)) + " 1 " +
                     (random.below(8) == 0 ? "tcp " : "udp ") + std::to_string(random.u32()) + " " +
                     address + " " + std::to_string(random.below(65536)) + " typ " +
                     kTypes[random.below(4)];
  if (random.below(4) == 0)
    line += " raddr 10.0.0.1 rport 9";
  if (random.below(8) == 0)
    line += " tcptype passive";
  if (random.below(4) == 0)
    line = std::string(asText(damaged(toBytes(asBytes(line)), random)));
  return line;
}

}  // namespace rtc::sim::whole
