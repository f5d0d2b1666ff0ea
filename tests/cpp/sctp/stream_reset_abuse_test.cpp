// Re-configuration (RFC 6525) by a peer that asks for too much, again and again, or for what it may
// not.

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_reconfig.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

void ask(PlayedPeer& peer, const OutgoingResetRequest& request) {
  ByteWriter value;
  request.writeTo(value);
  peer.give([&](PacketBuilder& packet) { packet.addChunk(ChunkType::kReConfig, 0, value.view()); });
}

OutgoingResetRequest requestOf(const PlayedPeer& peer, uint32_t number) {
  OutgoingResetRequest request;
  request.requestNumber = peer.tsn.value() + number;
  request.lastAssignedTsn = Tsn(peer.tsn.value() - 1);
  return request;
}

TEST(SctpStreamResetAbuse, RepeatedRequestsAreAnsweredButNotPiledUp) {
  PlayedPeer peer;
  // None is drained: the answers wait for a packet, and are few.
  for (uint32_t i = 0; i < 10'000; ++i)
    ask(peer, requestOf(peer, 5000 + i));  // not the number that is next
  EXPECT_LE(peer.drain().size(), 2u);
  EXPECT_FALSE(peer.closed);
}

TEST(SctpStreamResetAbuse, OfStreamsThatAreNotThereIsRefused) {
  AssociationConfig config;
  config.incomingStreams = 10;
  PlayedPeer peer(config);
  OutgoingResetRequest request = requestOf(peer, 0);
  request.streams = {StreamId(3), StreamId(10)};
  ask(peer, request);
  size_t resets = 0;
  std::optional<ReConfigResult> result;
  while (auto output = peer.association.poll()) {
    resets += std::holds_alternative<IncomingStreamsReset>(*output);
    if (auto* transmit = std::get_if<Transmit>(&*output)) {
      ChunkIterator chunks(parsePacket(transmit->packet, Checksum::kZero)->chunks);
      while (const auto chunk = chunks.next()) {
        if (chunk->type != static_cast<uint8_t>(ChunkType::kReConfig))
          continue;
        ParameterIterator parameters(chunk->value);
        result = ReConfigResponse::parse(parameters.next()->value)->result;
      }
    }
  }
  EXPECT_EQ(resets, 0u);
  EXPECT_EQ(result, ReConfigResult::kWrongSsn);
}

TEST(SctpStreamResetAbuse, ToAddStreamsOrToResetOursOrTheNumbersIsDenied) {
  for (const auto kind :
       {ReConfigParameter::kIncomingSsnReset, ReConfigParameter::kSsnTsnReset,
        ReConfigParameter::kAddOutgoingStreams, ReConfigParameter::kAddIncomingStreams}) {
    PlayedPeer peer;
    ByteWriter parameter;
    parameter.u32(peer.tsn.value());
    parameter.u32(0xffff0000);
    ByteWriter value;
    writeParameter(value, static_cast<uint16_t>(kind), parameter.view());
    peer.give(
        [&](PacketBuilder& packet) { packet.addChunk(ChunkType::kReConfig, 0, value.view()); });
    EXPECT_LE(peer.drain().size(), 1u);
    EXPECT_FALSE(peer.closed);
    // Nothing begins anew.
    peer.giveData(0, true, true, Bytes{1}, 0);
    peer.drain();
    EXPECT_EQ(peer.received.size(), 1u);
  }
}

TEST(SctpStreamResetAbuse, AnAnswerToNothingIsNothing) {
  PlayedPeer peer;
  for (uint32_t result = 0; result < 10; ++result) {
    ByteWriter value;
    ReConfigResponse{0x12345678, static_cast<ReConfigResult>(result)}.writeTo(value);
    peer.give(
        [&](PacketBuilder& packet) { packet.addChunk(ChunkType::kReConfig, 0, value.view()); });
    EXPECT_TRUE(peer.drain().empty());
  }
}

TEST(SctpStreamResetAbuse, HeartbeatsAndUnknownChunksAreNotPiledUpEither) {
  PlayedPeer peer;
  for (int i = 0; i < 10'000; ++i) {
    peer.give([&](PacketBuilder& packet) {
      packet.addChunk(ChunkType::kHeartbeat, 0, Bytes{0, 1, 0, 8, 1, 2, 3, 4});
      packet.addChunk(static_cast<ChunkType>(0xfe), 0, Bytes(500, 7));
    });
  }
  size_t bytes = 0;
  for (const Bytes& packet : peer.drain())
    bytes += packet.size();
  EXPECT_LE(bytes, 16u * 1188);
}

}  // namespace
}  // namespace rtc::sctp::testing
