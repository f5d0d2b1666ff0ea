#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/sctp/association.h"
#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_i_data.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/packet.h"

namespace rtc::sctp::testing {

/// An end whose peer is played by the test: it knows the tags and builds packets by hand.
class PlayedPeer {
 public:
  explicit PlayedPeer(const AssociationConfig& config = {}, uint32_t window = 1 << 20,
                      bool interleaving = false)
      : random_(7), association(config, random_) {
    InitChunk init;
    init.tag = VerificationTag(0x11223344);
    init.receiveWindow = window;
    init.outgoingStreams = init.incomingStreams = 100;
    init.initialTsn = tsn;
    init.extensions.forwardTsn = init.extensions.reConfig = true;
    init.extensions.interleaving = init.extensions.iForwardTsn = interleaving;
    give(VerificationTag(0),
         [&](PacketBuilder& p) { p.addChunk(ChunkType::kInit, 0, init.encode()); });
    for (const Bytes& packet : drain()) {
      const auto view = parsePacket(packet);
      const auto chunk = ChunkIterator(view->chunks).next();
      if (chunk->type != static_cast<uint8_t>(ChunkType::kInitAck))
        continue;
      const auto ack = InitChunk::parse(chunk->value);
      tag = ack->tag;
      peerTsn = ack->initialTsn;
      give(tag, [&](PacketBuilder& p) { p.addChunk(ChunkType::kCookieEcho, 0, ack->cookie); });
    }
    drain();
  }

  void give(VerificationTag t, const std::function<void(PacketBuilder&)>& fill) {
    PacketBuilder packet(5000, 5000, t, 1188);
    fill(packet);
    association.handlePacket(packet.finish(), now);
  }
  void give(const std::function<void(PacketBuilder&)>& fill) { give(tag, fill); }
  void giveData(uint32_t offset, bool begin, bool end, ByteSpan payload, uint16_t ssn = 0,
                uint16_t stream = 0) {
    DataChunk chunk;
    chunk.tsn = Tsn(tsn.value() + offset);
    chunk.stream = StreamId(stream);
    chunk.ssn = Ssn(ssn);
    chunk.ppid = Ppid(53);
    chunk.begin = begin;
    chunk.end = end;
    chunk.payload = payload;
    give([&](PacketBuilder& p) { chunk.writeTo(p); });
  }
  /// A fragment as I-DATA, by its number in the message.
  void giveIData(uint32_t offset, IDataChunk chunk, ByteSpan payload) {
    chunk.tsn = Tsn(tsn.value() + offset);
    chunk.ppid = Ppid(53);
    chunk.payload = payload;
    give([&](PacketBuilder& p) { chunk.writeTo(p); });
  }
  void giveSack(uint32_t acked, uint32_t window) {
    SackChunk sack;
    sack.cumulativeTsn = Tsn(peerTsn.value() + acked - 1);
    sack.receiveWindow = window;
    give([&](PacketBuilder& p) { sack.writeTo(p); });
  }
  std::vector<Bytes> drain() {
    std::vector<Bytes> packets;
    while (auto output = association.poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        packets.push_back(std::move(transmit->packet));
      } else if (auto* message = std::get_if<Received>(&*output)) {
        received.push_back(std::move(message->message));
      } else if (auto* end = std::get_if<Closed>(&*output)) {
        closed = *end;
      }
    }
    return packets;
  }
  std::optional<SackChunk> lastSack() {
    std::optional<SackChunk> sack;
    for (const Bytes& packet : drain()) {
      ChunkIterator chunks(parsePacket(packet, Checksum::kZero)->chunks);
      while (const auto chunk = chunks.next()) {
        if (chunk->type == static_cast<uint8_t>(ChunkType::kSack)) {
          sack = SackChunk::parse(chunk->value);
        }
      }
    }
    return sack;
  }

 private:
  SeededRandom random_;

 public:
  Association association;
  Tsn tsn{0xfffffff0};  // wraps soon
  Tsn peerTsn;
  VerificationTag tag;
  Timestamp now = Timestamp::milliseconds(1);
  std::vector<Bytes> received;
  std::optional<Closed> closed;
};

}  // namespace rtc::sctp::testing
