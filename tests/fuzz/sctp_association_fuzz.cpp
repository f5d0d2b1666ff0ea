// An established association fed with chunks of the fuzzer's making, under the right tag and
// checksum. The input is a byte whose lowest bit chooses DATA or I-DATA, and a sequence of
// {action byte, length byte * 4, chunk bytes}. DATA and I-DATA that are too far off to be taken get
// the TSN that is due, lest the fuzzer had to guess it.

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

/// Chunks with TSNs, one behind the other.
void bringNear(Bytes& chunks, uint32_t nextTsn) {
  for (size_t at = 0; at + 8 <= chunks.size();) {
    const size_t length = padded(size_t{chunks[at + 2]} << 8 | chunks[at + 3]);
    const auto type = static_cast<ChunkType>(chunks[at]);
    if (type == ChunkType::kData || type == ChunkType::kIData || type == ChunkType::kForwardTsn ||
        type == ChunkType::kIForwardTsn) {
      // The lowest byte is the fuzzer's: how far ahead.
      const uint32_t tsn = nextTsn + (chunks[at + 7] & 15);
      for (size_t i = 0; i < 4; ++i)
        chunks[at + 4 + i] = static_cast<uint8_t>(tsn >> (24 - 8 * i));
    }
    if (length < kChunkHeaderSize)
      return;
    at += length;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SeededRandom randomA(1);
  SeededRandom randomB(2);
  AssociationConfig config;
  config.receiveWindow = 100000;
  config.maxReceiveMessageSize = 10000;
  config.interleaving = size > 0 && (data[0] & 1) != 0;
  const Identity identity = *drawIdentity(randomA);
  config.identity = identity;
  Association a(config, randomA);
  config.identity.reset();
  Association b(config, randomB);
  Timestamp now = Timestamp::milliseconds(1);
  VerificationTag tag;
  uint32_t nextTsn = 0;
  a.connect(now);
  for (int i = 0; i < 4; ++i) {
    for (const Bytes& packet : drain(a))
      b.handlePacket(packet, now);
    for (const Bytes& packet : drain(b)) {
      const auto view = parsePacket(packet, Checksum::kZero);
      const auto chunk = ChunkIterator(view->chunks).next();
      if (chunk->type == static_cast<uint8_t>(ChunkType::kInitAck))
        nextTsn = InitChunk::parse(chunk->value)->initialTsn.value();
      a.handlePacket(packet, now);
      tag = view->tag;
    }
  }
  ByteReader reader(ByteSpan(data, size));
  (void)reader.u8();
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
      // Or its timer would come again and again.
      if (a.deadline() <= now)
        std::abort();
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
    Bytes chunks = toBytes(*reader.bytes(length));
    if (*action & 32)
      bringNear(chunks, nextTsn++);
    PacketBuilder packet(5000, 5000, tag, 1188);
    packet.addEncoded(chunks);
    a.handlePacket(packet.finish(), now);
    drain(a);
    if (a.statistics().reassemblyBytes >
        config.receiveWindow + config.maxReceiveMessageSize + 64 * 1024)
      std::abort();
  }
  return 0;
}
