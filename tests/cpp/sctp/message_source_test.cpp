// Messages that are asked for while they are sent, and handed over while they arrive.

#include <map>

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};
constexpr size_t kMegabyte = 1024 * 1024;

/// Two ends of which A sends from sources that answer at once, unless told otherwise.
struct Sending {
  explicit Sending(bool interleaving) : pair(1, config(interleaving), config(interleaving)) {
    pair.drainMore = [this] {
      return answer();
    };
  }

  static AssociationConfig config(bool interleaving) {
    AssociationConfig config;
    config.maxSendMessageSize = config.maxReceiveMessageSize = 64 * kMegabyte;
    config.interleaving = interleaving;
    return config;
  }

  bool send(uint32_t source, size_t size, uint16_t stream, const SendOptions& options = {}) {
    payloads[SourceId(source)] = pattern(size, source);
    return pair.a->sendFrom(SourceId(source), size, StreamId(stream), kBinary, options, pair.now)
        .ok();
  }

  bool answer() {
    bool any = false;
    for (; seen < pair.a.events.size(); ++seen) {
      const Output& event = pair.a.events[seen];
      if (const auto* want = std::get_if<BytesWanted>(&event)) {
        if (isSilent) {
          unanswered.push_back(*want);
        } else {
          supply(*want);
          any = true;
        }
      } else if (const auto* released = std::get_if<SourceReleased>(&event)) {
        EXPECT_EQ(payloads.erase(released->source), 1u);
      }
    }
    return any;
  }
  /// Gives what was asked for in silence, and is silent no longer.
  void answerLate() {
    isSilent = false;
    for (const BytesWanted& want : std::exchange(unanswered, {}))
      supply(want);
  }
  void supply(const BytesWanted& want) {
    const Bytes& payload = payloads.at(want.source);
    const auto from = payload.begin() + static_cast<ptrdiff_t>(want.offset);
    pair.a->supply(want.source, want.offset, Bytes(from, from + static_cast<ptrdiff_t>(want.bytes)),
                   pair.now);
    most = std::max(most, want.bytes);
  }

  Pair pair;
  std::map<SourceId, Bytes> payloads;
  bool isSilent = false;
  std::vector<BytesWanted> unanswered;
  /// Of A's events.
  size_t seen = 0;
  size_t most = 0;
};

class SctpMessageSource : public ::testing::TestWithParam<bool> {};

TEST_P(SctpMessageSource, SendsWhatItIsGivenPieceByPieceUnderLoss) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  pair.network.loss = 0.005;
  ASSERT_TRUE(sending.send(1, 4 * kMegabyte + 1, 0));
  EXPECT_EQ(pair.a->bufferedAmount(StreamId(0)), 4 * kMegabyte + 1);
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
  EXPECT_TRUE(pair.b.received[0].message == pattern(4 * kMegabyte + 1, 1));
  EXPECT_LE(sending.most, 256u * 1024);
  ASSERT_TRUE(pair.settle());
  pair.runFor(Duration::seconds(1));
  EXPECT_TRUE(sending.payloads.empty()) << "acknowledged, and so released";
  EXPECT_EQ((pair.a.sentBytes[{0, 53}]), 4 * kMegabyte + 1);
}

TEST_P(SctpMessageSource, KeepsTheOrderOfItsStream) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(10, 7), {}, pair.now).ok());
  ASSERT_TRUE(sending.send(1, 2 * kMegabyte, 0));
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(20, 8), {}, pair.now).ok());
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 3; }));
  EXPECT_EQ(pair.b.received[0].message.size(), 10u);
  EXPECT_TRUE(pair.b.received[1].message == pattern(2 * kMegabyte, 1));
  EXPECT_EQ(pair.b.received[2].message.size(), 20u);
}

TEST_P(SctpMessageSource, WaitsForASourceThatTakesItsTime) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(sending.send(1, 2 * kMegabyte, 0));
  sending.isSilent = true;
  pair.runFor(Duration::seconds(5));
  EXPECT_TRUE(pair.established());
  while (!sending.unanswered.empty()) {
    for (const BytesWanted& want : std::exchange(sending.unanswered, {}))
      sending.supply(want);
    pair.runFor(Duration::seconds(2));
  }
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_TRUE(pair.b.received[0].message == pattern(2 * kMegabyte, 1));
}

TEST_P(SctpMessageSource, HoldsUpItsStreamAloneUntilItHasSomethingToSend) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  sending.isSilent = true;
  ASSERT_TRUE(sending.send(1, 2 * kMegabyte, 0));
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(10), {}, pair.now).ok());
  pair.runFor(Duration::milliseconds(100));
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(100), {}, pair.now).ok());
  pair.runFor(Duration::seconds(1));
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ(pair.b.received[0].stream, StreamId(1));
  sending.answerLate();
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 3; }));
  EXPECT_TRUE(pair.b.received[1].message == pattern(2 * kMegabyte, 1));
  EXPECT_EQ(pair.b.received[2].message.size(), 10u);
}

TEST_P(SctpMessageSource, IsReadAheadOfAFewOthersAtATime) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  sending.isSilent = true;
  for (uint16_t stream = 0; stream < 20; ++stream)
    ASSERT_TRUE(sending.send(stream + 1u, kMegabyte, stream));
  pair.runFor(Duration::seconds(1));
  // In I-DATA a piece of one, and of as many others as half of the peer's window of 8 MiB takes; in
  // DATA all four pieces of eight.
  EXPECT_EQ(sending.unanswered.size(), GetParam() ? 5u : 8u * 4);
  sending.answerLate();
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 20; }, Duration::seconds(600)));
}

/// A message of 4 MiB on stream 0, of which nothing has come.
struct SlowInData : ::testing::Test {
  SlowInData() {
    EXPECT_TRUE(pair.connect());
    sending.isSilent = true;
    EXPECT_TRUE(sending.send(1, 4 * kMegabyte, 0));
    pair.drain();
  }
  bool sendElsewhere() {
    return pair.a->send(StreamId(1), kBinary, pattern(100), {}, pair.now).ok();
  }
  void supplyAllButOne() {
    std::vector<BytesWanted> wanted = std::exchange(sending.unanswered, {});
    sending.unanswered.push_back(wanted.back());
    wanted.pop_back();
    for (const BytesWanted& want : wanted)
      sending.supply(want);
  }
  void begin() {
    for (const BytesWanted& want : std::exchange(sending.unanswered, {}))
      sending.supply(want);
    pair.runFor(Duration::seconds(1));
    ASSERT_GT(pair.b.piecesReceived, 0u);
  }

  Sending sending{false};
  Pair& pair = sending.pair;
};

TEST_F(SlowInData, BeginsWhenAMegabyteIsThere) {
  ASSERT_EQ(sending.unanswered.size(), 4u);
  supplyAllButOne();
  ASSERT_TRUE(sendElsewhere());
  pair.runFor(Duration::seconds(1));
  EXPECT_EQ(pair.b.received.size(), 1u) << "the other stream's";
  EXPECT_EQ(pair.b.piecesReceived, 0u);
  begin();
}

TEST_F(SlowInData, IsAskedForAMegabyteAheadOnceItHasBegun) {
  begin();
  size_t end = kMegabyte;
  for (const BytesWanted& want : sending.unanswered) {
    EXPECT_EQ(want.offset, end);
    end += want.bytes;
  }
  EXPECT_EQ(end, 2 * kMegabyte);
}

TEST_F(SlowInData, HoldsUpOthersFromItsBeginningToItsEnd) {
  begin();
  ASSERT_TRUE(sendElsewhere());
  pair.runFor(Duration::seconds(1));
  EXPECT_TRUE(pair.b.received.empty());
  sending.answerLate();
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 2; }));
  EXPECT_TRUE(pair.b.received[0].message == pattern(4 * kMegabyte, 1));
}

TEST_F(SlowInData, LetsOthersGoOnWhenItIsGivenUp) {
  begin();
  ASSERT_TRUE(sendElsewhere());
  pair.a->giveUp(SourceId(1), pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
  EXPECT_EQ(pair.b.received[0].stream, StreamId(1));
  EXPECT_EQ(pair.b.messagesGivenUp, 1u);
}

TEST_F(SlowInData, GoesOnBeforeOthersThatAreSlowAsWell) {
  begin();
  ASSERT_TRUE(sending.send(2, 2 * kMegabyte, 1));
  pair.runFor(Duration::seconds(1));
  sending.answerLate();
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 2; }));
  EXPECT_TRUE(pair.b.received[0].message == pattern(4 * kMegabyte, 1));
  EXPECT_TRUE(pair.b.received[1].message == pattern(2 * kMegabyte, 2));
}

TEST_P(SctpMessageSource, GivesUpHalfWayAndThePeerForgetsWhatItHas) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(sending.send(1, 4 * kMegabyte, 0));
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(30), {}, pair.now).ok());
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.piecesReceived > 2; }));
  pair.a->giveUp(SourceId(1), pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
  EXPECT_EQ(pair.b.received[0].message.size(), 30u);
  EXPECT_EQ(pair.b.messagesGivenUp, 1u);
  EXPECT_TRUE(pair.b.arriving.empty());
  ASSERT_TRUE(pair.settle());
  pair.runFor(Duration::seconds(1));
  EXPECT_TRUE(sending.payloads.empty());
  EXPECT_EQ(pair.a->bufferedAmount(), 0u);
}

TEST_P(SctpMessageSource, IsGivenUpWhenItsTimeIsOver) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  pair.network.bytesPerSecond = 1'000'000;
  ASSERT_TRUE(pair.connect());
  SendOptions options;
  options.lifetime = Duration::seconds(1);
  ASSERT_TRUE(sending.send(1, 8 * kMegabyte, 0, options));
  pair.runFor(Duration::seconds(10));
  EXPECT_TRUE(pair.b.received.empty());
  EXPECT_EQ(pair.b.messagesGivenUp, 1u);
  EXPECT_TRUE(pair.b.arriving.empty());
  EXPECT_TRUE(sending.payloads.empty());
  EXPECT_EQ(pair.a->bufferedAmount(), 0u);
}

TEST_P(SctpMessageSource, BeginsAgainWithAPeerThatBeganAnew) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(sending.send(1, 4 * kMegabyte, 0));
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.piecesReceived > 2; }));
  SeededRandom random(99);
  pair.b.association = std::make_unique<Association>(Sending::config(GetParam()), random);
  pair.b.arriving.clear();
  pair.b->connect(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
  EXPECT_TRUE(pair.b.received[0].message == pattern(4 * kMegabyte, 1));
}

TEST_P(SctpMessageSource, DeliversWhatWasBegunBeforeItsStreamIsReset) {
  Sending sending(GetParam());
  Pair& pair = sending.pair;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(sending.send(1, 4 * kMegabyte, 0));
  const StreamId stream(0);
  pair.a->resetStreams({&stream, 1}, pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.has<OutgoingStreamsReset>(); }));
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_TRUE(pair.b.received[0].message == pattern(4 * kMegabyte, 1));
}

INSTANTIATE_TEST_SUITE_P(Chunks, SctpMessageSource, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "InIData" : "InData");
});

}  // namespace
}  // namespace rtc::sctp::testing
