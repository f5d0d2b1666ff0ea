// An established association fed with chunks of the fuzzer's making, under the right tag and
// checksum. The input is a sequence of {action byte, length byte * 4, chunk bytes}.

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/sctp/association.h"
#include "cpp/sctp/packet.h"

using namespace rtc;
using namespace rtc::sctp;

namespace {

/// The packets that went out; messages and events are dropped.
std::vector<Bytes> drain(Association& association) {
  std::vector<Bytes> packets;
  while (auto output = association.poll()) {
    if (auto* transmit = std::get_if<Transmit>(&*output)) {
      packets.push_back(std::move(transmit->packet));
    }
  }
  return packets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SeededRandom randomA(1);
  SeededRandom randomB(2);
  AssociationConfig config;
  config.receiveWindow = 100000;
  config.maxReceiveMessageSize = 10000;
  const Identity identity = *drawIdentity(randomA);
  config.identity = identity;
  Association a(config, randomA);
  config.identity.reset();
  Association b(config, randomB);
  Timestamp now = Timestamp::milliseconds(1);
  VerificationTag tag;
  a.connect(now);
  for (int i = 0; i < 4; ++i) {
    for (const Bytes& packet : drain(a))
      b.handlePacket(packet, now);
    for (const Bytes& packet : drain(b)) {
      a.handlePacket(packet, now);
      tag = parsePacket(packet, Checksum::kZero)->tag;
    }
  }
  ByteReader reader(ByteSpan(data, size));
  while (const auto action = reader.u8()) {
    if (*action & 1) {
      SendOptions options;
      options.ordered = (*action & 2) != 0;
      if (*action & 4)
        options.maxRetransmits = 0;
      (void)a.send(StreamId(*action >> 5), Ppid(53), Bytes(1 + *action * 20), options, now);
    }
    if (*action & 8) {
      now = now + Duration::milliseconds(*action);
      a.handleTimeout(now);
    }
    if (*action == 16) {
      const StreamId stream(1);
      a.resetStreams({&stream, 1}, now);
    }
    if (*action == 64) {
      // What a description may bring: a chunk of the fuzzer's, or its value in a true header.
      const size_t asked = reader.u8().value_or(0);
      const size_t given = std::min(asked, reader.remaining());
      const Bytes value = toBytes(*reader.bytes(given));
      if (a.establishWith(value, now) && !isInitChunk(value))
        std::abort();
      const Bytes chunk = encodeChunk(ChunkType::kInit, 0, value);
      if (a.establishWith(chunk, now))
        tag = identity.tag;
    }
    const size_t wanted = size_t{reader.u8().value_or(0)} * 4;
    const size_t length = std::min(wanted, reader.remaining());
    const Bytes chunks = toBytes(*reader.bytes(length));
    PacketBuilder packet(5000, 5000, tag, 1188);
    packet.addEncoded(chunks);
    a.handlePacket(packet.finish(), now);
    drain(a);
    if (a.statistics().reassemblyBytes > 2 * config.receiveWindow + 10000)
      std::abort();
  }
  return 0;
}
