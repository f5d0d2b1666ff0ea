// What a peer could make this end keep, or do again and again, with chunks that are all allowed.

#include <set>

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_reconfig.h"
#include "cpp/sctp/data_reassembly.h"
#include "cpp/sctp/tsn_ranges.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

TsnIndex at(uint32_t tsn) {
  return TsnIndex::first(Tsn(tsn));
}

// ---- TSNs with gaps between them

// Every second TSN from above, or the gaps filled from below: each would move all ranges behind it.
TEST(SctpTsnRanges, StayWhereTheyAreWhenOthersComeAndGoBeforeThem) {
  TsnRanges ranges;
  ranges.insert(at(10'001));
  const void* const last = &*std::prev(ranges.ranges().end());
  for (uint32_t below = 2; below <= 10'000; below += 2)
    EXPECT_TRUE(ranges.insert(at(10'001 - below)));
  EXPECT_EQ(ranges.ranges().size(), 5'001u);
  for (uint32_t tsn = 2; tsn < 5'000; tsn += 2) {
    EXPECT_TRUE(ranges.insert(at(tsn)));
    ranges.eraseUpTo(at(tsn + 1));
  }
  EXPECT_EQ(&*std::prev(ranges.ranges().end()), last);
}

TEST(SctpTsnRanges, HaveWhatASetOfNumbersHas) {
  SeededRandom random(5);
  TsnRanges ranges;
  std::set<uint32_t> numbers;
  uint32_t erased = 0;
  for (int step = 0; step < 5'000; ++step) {
    const uint32_t first = 1 + random.below(200);
    switch (random.below(8)) {
      case 0:
        erased = std::max(erased, random.below(60));
        ranges.eraseUpTo(at(erased));
        numbers.erase(numbers.begin(), numbers.upper_bound(erased));
        break;
      case 1: {
        const uint32_t last = first + random.below(12);
        std::set<uint32_t> fresh;
        ranges.insertRange({at(first), at(last)}, [&](TsnRange part) {
          for (TsnIndex tsn = part.first; tsn <= part.last; tsn = tsn.next())
            EXPECT_TRUE(fresh.insert(tsn.wire().value()).second);
        });
        for (uint32_t tsn = first; tsn <= last; ++tsn)
          EXPECT_EQ(numbers.insert(tsn).second, fresh.contains(tsn));
        break;
      }
      default:
        EXPECT_EQ(ranges.insert(at(first)), numbers.insert(first).second);
    }
    if (step % 500 == 499) {
      ranges.clear();
      numbers.clear();
    }
    size_t count = 0;
    for (auto it = numbers.begin(); it != numbers.end(); ++it)
      count += it == numbers.begin() || *std::prev(it) + 1 != *it;
    ASSERT_EQ(ranges.ranges().size(), count);
    for (uint32_t tsn = 0; tsn < 220; ++tsn)
      ASSERT_EQ(ranges.contains(at(tsn)), numbers.contains(tsn)) << tsn;
  }
}

// ---- pieces of messages

// Where a gap opens and is filled again behind each byte, the beginning must not be copied for it.
TEST(SctpMessagePieces, AreNotCopiedEachTimeThatAGapOpensBehindThem) {
  MessagePieces pieces;
  for (int i = 0; i < 200; ++i)
    pieces.append(Bytes(1000, 7));
  pieces.settle();
  pieces.append(Bytes(1, 7));
  const size_t before = bytesInUse();
  for (int i = 0; i < 1000; ++i) {
    pieces.settle();
    pieces.append(Bytes(1, 7));
  }
  const size_t after = bytesInUse();
  EXPECT_EQ(before, after) << "no other buffer";
  EXPECT_EQ(pieces.take().size(), 201'001u);
}

// Every second fragment first: the others join what lies on both sides of them.
TEST(SctpMessagePieces, TakeWhatTheyHaveInWhateverOrderTinyFragmentsCome) {
  constexpr uint32_t kFragments = 20'000;
  DataReassembly reassembly;
  std::vector<IncomingMessage> out;
  const size_t before = bytesInUse();
  for (const uint32_t first : {0u, 1u}) {
    for (uint32_t i = first; i < kFragments; i += 2) {
      DataChunk chunk;
      chunk.begin = i == 0;
      const auto byte = static_cast<uint8_t>(i);
      chunk.payload = ByteSpan(&byte, 1);
      ASSERT_TRUE(reassembly.add(at(1 + i), chunk, kFragments + 1, out).ok());
    }
  }
  EXPECT_EQ(reassembly.entries(), 1u);
  EXPECT_LE(growthSince(before), 2 * kFragments + 4096);
  DataChunk last;
  last.end = true;
  const uint8_t byte = 0xff;
  last.payload = ByteSpan(&byte, 1);
  ASSERT_TRUE(reassembly.add(at(1 + kFragments), last, kFragments + 1, out).ok());
  ASSERT_EQ(out.size(), 1u);
  ASSERT_EQ(out[0].payload.size(), kFragments + 1);
  for (uint32_t i = 0; i < kFragments; ++i)
    ASSERT_EQ(out[0].payload[i], static_cast<uint8_t>(i));
}

TEST(SctpMessagePieces, AreHandedOverInFewHoweverManyFragmentsTheyCameIn) {
  constexpr size_t kFragment = 16;
  constexpr size_t kFragments = 20'000;
  MessagePieces pieces;
  for (size_t i = 0; i < kFragments; ++i) {
    MessagePieces other;
    other.append(Bytes(kFragment, static_cast<uint8_t>(i)));
    pieces.append(std::move(other));
  }
  size_t count = 0;
  size_t bytes = 0;
  for (; pieces.isLong(); ++count)
    bytes += pieces.takeFront().size();
  EXPECT_LE(count, 2 * kFragments * kFragment / 4096 + 1);
  EXPECT_EQ(bytes + pieces.size(), kFragments * kFragment);
}

// Beginnings that are never completed, one beside the other, and a little longer than what a
// buffer that doubles takes at last.
constexpr uint32_t kBegun = 40;
constexpr uint32_t kFragmentsOfEach = 130;

TEST(SctpMessagePieces, TakeLittleMoreThanTheyHaveWhenManyMessagesHaveBegun) {
  InterleavedReassembly reassembly;
  std::vector<IncomingMessage> out;
  const Bytes payload(1100, 1);
  const size_t before = bytesInUse();
  for (uint32_t number = 0; number < kFragmentsOfEach; ++number) {
    for (uint32_t message = 0; message < kBegun; ++message) {
      IDataChunk chunk;
      chunk.mid = Mid(message);
      chunk.begin = number == 0;
      chunk.fsn = Fsn(number);
      chunk.payload = payload;
      ASSERT_TRUE(reassembly.add(chunk, 256 * 1024, out).ok());
    }
  }
  EXPECT_EQ(reassembly.bytes(), kBegun * kFragmentsOfEach * payload.size());
  EXPECT_LE(growthSince(before), reassembly.bytes() * 5 / 4);
}

TEST(SctpMessagePieces, TakeLittleMoreThanTheyHaveWhenTheLastMessageComesFirst) {
  DataReassembly reassembly;
  std::vector<IncomingMessage> out;
  const Bytes payload(1100, 1);
  const size_t before = bytesInUse();
  for (uint32_t message = kBegun; message > 0; --message) {
    for (uint32_t number = 0; number < kFragmentsOfEach; ++number) {
      DataChunk chunk;
      chunk.ssn = Ssn(static_cast<uint16_t>(message));
      chunk.begin = number == 0;
      chunk.payload = payload;
      ASSERT_TRUE(reassembly.add(at(message * 1000 + number), chunk, 256 * 1024, out).ok());
    }
  }
  EXPECT_EQ(reassembly.bytes(), kBegun * kFragmentsOfEach * payload.size());
  EXPECT_LE(growthSince(before), reassembly.bytes() * 5 / 4);
}

// ---- streams that begin anew

TEST(SctpStreamResetAbuse, AResetOfAllStreamsLeavesNothingToGoThroughTheNextTime) {
  DataReassembly reassembly;
  std::vector<IncomingMessage> out;
  std::vector<ForwardTsnChunk::Skipped> skipped;
  for (uint16_t stream = 0; stream < 10'000; ++stream)
    skipped.push_back({StreamId(stream), Ssn(7)});
  const Bytes payload(1000, 1);
  const size_t before = bytesInUse();
  reassembly.forward(at(1), skipped, out);
  DataChunk waits;
  waits.begin = waits.end = true;
  waits.ssn = Ssn(9);
  waits.payload = payload;
  ASSERT_TRUE(reassembly.add(at(2), waits, 2000, out).ok());
  EXPECT_EQ(reassembly.bytes(), 1000u);
  reassembly.resetStreams({});
  EXPECT_EQ(reassembly.bytes() + reassembly.entries(), 0u);
  EXPECT_LE(growthSince(before), 4096u);
  // The streams are at zero.
  waits.ssn = Ssn(0);
  ASSERT_TRUE(reassembly.add(at(3), waits, 2000, out).ok());
  EXPECT_EQ(out.size(), 1u);
}

std::optional<OutgoingResetRequest> requestIn(const std::vector<Bytes>& packets) {
  std::optional<OutgoingResetRequest> request;
  for (const Bytes& packet : packets) {
    ChunkIterator chunks(parsePacket(packet, Checksum::kZero)->chunks);
    while (const auto chunk = chunks.next()) {
      if (chunk->type != static_cast<uint8_t>(ChunkType::kReConfig))
        continue;
      ParameterIterator parameters(chunk->value);
      while (const auto parameter = parameters.next()) {
        if (parameter->type == static_cast<uint16_t>(ReConfigParameter::kOutgoingSsnReset))
          request = OutgoingResetRequest::parse(parameter->value);
      }
    }
  }
  return request;
}

void answer(PlayedPeer& peer, const OutgoingResetRequest& request) {
  ByteWriter value;
  ReConfigResponse{request.requestNumber, ReConfigResult::kPerformed}.writeTo(value);
  peer.give([&](PacketBuilder& packet) { packet.addChunk(ChunkType::kReConfig, 0, value.view()); });
}

std::vector<StreamId> ids(uint16_t from, uint16_t to) {
  std::vector<StreamId> streams;
  for (uint16_t id = from; id < to; ++id)
    streams.push_back(StreamId(id));
  return streams;
}

TEST(SctpStreamResetOrder, NamesEachStreamWhenItIsReadyAndWaitsForNoOther) {
  PlayedPeer peer;
  for (const StreamId stream : ids(0, 10))
    ASSERT_TRUE(peer.association.send(stream, Ppid(53), Bytes(500, 1), {}, peer.now).ok());
  peer.drain();
  // The first is missing, the others have come; and the window is closed.
  SackChunk sack;
  sack.cumulativeTsn = Tsn(peer.peerTsn.value() - 1);
  sack.gaps = {{2, 10}};
  peer.give([&](PacketBuilder& packet) { sack.writeTo(packet); });
  peer.drain();
  ASSERT_TRUE(peer.association.send(StreamId(20), Ppid(53), Bytes(500, 1), {}, peer.now).ok());
  auto wanted = ids(0, 10);
  wanted.push_back(StreamId(20));
  wanted.push_back(StreamId(50));
  peer.association.resetStreams(wanted, peer.now);
  auto request = requestIn(peer.drain());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->streams, ids(50, 51)) << "nothing was ever sent there";
  answer(peer, *request);
  EXPECT_FALSE(requestIn(peer.drain()));

  sack.cumulativeTsn = Tsn(peer.peerTsn.value() + 4);
  sack.gaps = {{2, 5}};
  peer.give([&](PacketBuilder& packet) { sack.writeTo(packet); });
  request = requestIn(peer.drain());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->streams, ids(0, 5));
  answer(peer, *request);
  peer.drain();

  peer.giveSack(10, 1 << 20);
  const auto packets = peer.drain();
  request = requestIn(packets);
  ASSERT_TRUE(request);
  // Nothing is known to be missing, so it need not be acknowledged.
  EXPECT_EQ(request->streams.size(), 6u);
  EXPECT_EQ(request->streams.back(), StreamId(20));
}

// Streams that were never sent on can be reset again and again while a TSN is not acknowledged.
TEST(SctpStreamResetAbuse, ResetsWithoutEndLeaveNothingBehindWhileAcknowledgementsAreHeldBack) {
  PlayedPeer peer;
  ASSERT_TRUE(peer.association.send(StreamId(0), Ppid(53), Bytes(500, 1), {}, peer.now).ok());
  peer.drain();
  const auto cycle = [&] {
    peer.association.resetStreams(ids(5, 6), peer.now);
    const auto request = requestIn(peer.drain());
    ASSERT_TRUE(request);
    answer(peer, *request);
    peer.drain();
  };
  cycle();
  const size_t before = bytesInUse();
  for (int i = 0; i < 5'000; ++i)
    cycle();
  EXPECT_LE(growthSince(before), 4096u);
  EXPECT_FALSE(peer.closed);
}

// ---- what is not acknowledged

// Sequence numbers of ordered messages have 16 bits, and a receiver that has to wait for the first
// would take what is half of them ahead for something that came before.
TEST(SctpOutstanding, ChunksAreNoMoreThanTheNumbersOfTheirMessagesTellApart) {
  for (const bool interleaving : {false, true}) {
    PlayedPeer peer({}, 1 << 24, interleaving);
    for (int i = 0; i < 70'000; ++i)
      ASSERT_TRUE(peer.association.send(StreamId(1), Ppid(53), {1}, {}, peer.now).ok());
    size_t before = 0;
    size_t unacknowledged = 0;
    do {
      before = unacknowledged;
      peer.drain();
      unacknowledged = peer.association.statistics().chunksUnacknowledged;
      SackChunk sack;
      sack.cumulativeTsn = Tsn(peer.peerTsn.value() - 1);
      sack.receiveWindow = 1 << 24;
      sack.gaps = {{2, static_cast<uint16_t>(unacknowledged)}};
      peer.give([&](PacketBuilder& packet) { sack.writeTo(packet); });
    } while (unacknowledged > before);
    EXPECT_GE(unacknowledged, 30'000u);
    EXPECT_LE(unacknowledged, interleaving ? 65'535u : 32'767u);
    // It goes on from there.
    peer.giveSack(static_cast<uint32_t>(unacknowledged), 1 << 24);
    peer.drain();
    EXPECT_LT(peer.association.bufferedAmount(), 70'000 - unacknowledged);
    EXPECT_FALSE(peer.closed);
  }
}

// ---- messages that are given up

// A FORWARD TSN names what was skipped since the last acknowledgement, so each goes through all of
// it.
TEST(SctpForwardTsnAbuse, LongOnesAreNotMadeForEveryMessageThatIsGivenUp) {
  for (const bool interleaving : {false, true}) {
    PlayedPeer peer({}, 1 << 24, interleaving);
    SendOptions options;
    options.ordered = false;
    options.maxRetransmits = 0;
    uint32_t sent = 0;
    const auto sendSome = [&](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i, ++sent)
        ASSERT_TRUE(peer.association.send(StreamId(1), Ppid(53), {1}, options, peer.now).ok());
    };
    size_t forwards = 0;
    // Only the last that was sent arrives, and of those before nothing is ever acknowledged.
    const auto round = [&](uint32_t count) {
      sendSome(count);
      for (const Bytes& packet : peer.drain())
        forwards +=
            hasChunk(packet, ChunkType::kForwardTsn) || hasChunk(packet, ChunkType::kIForwardTsn);
      const auto newest = static_cast<uint16_t>(peer.association.statistics().chunksUnacknowledged);
      SackChunk sack;
      sack.cumulativeTsn = Tsn(peer.peerTsn.value() - 1);
      sack.receiveWindow = 1 << 24;
      sack.gaps = {{newest, newest}};
      peer.give([&](PacketBuilder& packet) { sack.writeTo(packet); });
      peer.now = peer.now + Duration::milliseconds(1);
    };
    for (int i = 0; i < 30; ++i)
      round(200);
    EXPECT_GT(peer.association.statistics().chunksUnacknowledged, 2'000u);
    forwards = 0;
    for (int i = 0; i < 100; ++i)
      round(60);
    EXPECT_GE(forwards, 1u) << interleaving;
    EXPECT_LE(forwards, 3u) << interleaving;
    EXPECT_FALSE(peer.closed);
  }
}

// ---- messages that are handed over while they arrive

// Without I-DATA it counts against the window until FORWARD TSN has led past it.
TEST(SctpHandedOver, IsGivenUpWhenItsStreamBeginsAnew) {
  AssociationConfig config;
  config.maxReceiveMessageSize = 4 << 20;
  PlayedPeer peer(config, 1 << 20, true);
  std::vector<MessagePart> parts;
  const auto drain = [&] {
    while (auto output = peer.association.poll()) {
      if (auto* received = std::get_if<Received>(&*output); received && received->part)
        parts.push_back(*received->part);
    }
  };
  constexpr uint32_t kFragments = 600;
  for (uint32_t i = 0; i < kFragments; ++i) {
    IDataChunk chunk;
    chunk.stream = StreamId(3);
    chunk.begin = i == 0;
    chunk.fsn = Fsn(i);
    peer.giveIData(i, chunk, Bytes(1000, 1));
    drain();
  }
  ASSERT_EQ(parts.size(), 2u);
  OutgoingResetRequest request;
  request.requestNumber = peer.tsn.value();
  request.lastAssignedTsn = Tsn(peer.tsn.value() + kFragments - 1);
  request.streams = {StreamId(3)};
  ByteWriter value;
  request.writeTo(value);
  peer.give([&](PacketBuilder& packet) { packet.addChunk(ChunkType::kReConfig, 0, value.view()); });
  drain();
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[2].kind, MessagePart::Kind::kGivenUp);
  EXPECT_EQ(parts[2].id, parts[0].id);
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 0u);
}

TEST(SctpHandedOver, IsGivenUpWhenThePeerBeginsTheAssociationAnew) {
  for (const bool interleaving : {false, true}) {
    AssociationConfig config;
    config.maxSendMessageSize = config.maxReceiveMessageSize = 4 << 20;
    config.interleaving = interleaving;
    Pair pair(1, config, config);
    ASSERT_TRUE(pair.connect());
    ASSERT_TRUE(pair.a->send(StreamId(0), Ppid(53), Bytes(4 << 20, 1), {}, pair.now).ok());
    ASSERT_TRUE(pair.runUntil([&] { return pair.b.piecesReceived > 3; }));
    SeededRandom random(3);
    pair.a = Peer();
    pair.a.association = std::make_unique<Association>(config, random);
    pair.a->connect(pair.now);
    ASSERT_TRUE(pair.runUntil([&] { return pair.b.has<Restarted>() && pair.established(); }));
    EXPECT_EQ(pair.b.messagesGivenUp, 1u) << interleaving;
    EXPECT_TRUE(pair.b.arriving.empty());
  }
}

}  // namespace
}  // namespace rtc::sctp::testing
