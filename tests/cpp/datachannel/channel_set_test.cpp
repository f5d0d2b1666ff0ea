#include "cpp/datachannel/channel_set.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "cpp/datachannel/dcep.h"
#include "tests/cpp/datachannel/channel_pair.h"

namespace rtc::datachannel::testing {
namespace {

TEST(ChannelSet, AnnouncesAChannelWithAllItsOptions) {
  ChannelPair pair;
  ChannelOptions options = labelled("chat \xe2\x82\xac");
  options.protocol = "p";
  options.ordered = false;
  options.maxPacketLifeTime = 1500;
  options.priority = 1024;
  const ChannelId channel = pair.open(pair.a, options);
  ASSERT_TRUE(pair.connect());
  pair.settle();
  ASSERT_EQ(pair.a.all<IdAssigned>().size(), 1u);
  EXPECT_EQ(pair.a.all<IdAssigned>()[0].id, 0);
  EXPECT_EQ(pair.a.all<ChannelOpened>().size(), 1u);
  EXPECT_EQ(pair.a.channels.state(channel), ChannelState::kOpen);
  ASSERT_EQ(pair.b.all<ChannelAnnounced>().size(), 1u);
  options.id = 0;
  EXPECT_EQ(pair.b.all<ChannelAnnounced>()[0].options, options);
  EXPECT_TRUE(pair.b.all<ChannelOpened>().empty());
}

// Whoever hears of a channel may tell its other end, in one process even by a call: that end has to
// be open.
TEST(ChannelSet, IsOpenBeforeThePeerHearsOfIt) {
  ChannelPair pair;
  pair.a.channels.setRole(DtlsRole::kClient, pair.net.now);
  pair.b.channels.setRole(DtlsRole::kServer, pair.net.now);
  const ChannelId channel = pair.open(pair.a, labelled("chat"));
  pair.net.a->connect(pair.net.now);
  ASSERT_TRUE(pair.net.runUntil([&] { return pair.b.all<ChannelAnnounced>().size() == 1; }));
  EXPECT_EQ(pair.a.channels.state(channel), ChannelState::kOpen);
}

TEST(ChannelSet, GivesEvenIdsToTheClientAndOddOnesToTheServer) {
  ChannelPair pair;
  ASSERT_TRUE(pair.connect());
  for (int i = 0; i < 3; ++i) {
    pair.open(pair.a, labelled("a"));
    pair.open(pair.b, labelled("b"));
  }
  pair.settle();
  std::vector<uint16_t> a, b;
  for (const auto& e : pair.a.all<IdAssigned>())
    a.push_back(e.id);
  for (const auto& e : pair.b.all<IdAssigned>())
    b.push_back(e.id);
  EXPECT_EQ(a, (std::vector<uint16_t>{0, 2, 4}));
  EXPECT_EQ(b, (std::vector<uint16_t>{1, 3, 5}));
  EXPECT_EQ(pair.a.channels.size(), 6u);
  EXPECT_EQ(pair.b.channels.size(), 6u);
}

TEST(ChannelSet, OpensChannelsFromEitherSideWhileTheSendBufferIsFull) {
  sctp::AssociationConfig config;
  config.sendBufferLimit = 20'000;
  ChannelPair pair(1, config, config);
  const ChannelId busy = pair.open(pair.a, labelled("busy"));
  ASSERT_TRUE(pair.connect());
  pair.net.network.bytesPerSecond = 10'000;
  while (pair.a.channels.sendBinary(busy, Bytes(5'000), pair.net.now).ok()) {
  }
  const ChannelId ours = pair.open(pair.a, labelled("ours"));
  EXPECT_EQ(pair.a.channels.state(ours), ChannelState::kOpen);
  pair.open(pair.b, labelled("theirs"));
  pair.settle();
  EXPECT_EQ(pair.b.all<ChannelAnnounced>().size(), 2u);
  EXPECT_EQ(pair.a.all<ChannelAnnounced>().size(), 1u);
  EXPECT_TRUE(pair.a.all<ChannelClosed>().empty());
  EXPECT_TRUE(pair.b.all<ChannelClosed>().empty());
}

TEST(ChannelSet, CarriesStringsBinariesAndEmptyMessagesBothWays) {
  ChannelPair pair;
  const ChannelId mine = pair.open(pair.a, labelled("x"));
  ASSERT_TRUE(pair.connect());
  pair.settle();
  const ChannelId theirs = pair.announced(pair.b, 0);
  for (auto [end, id] : {std::pair(&pair.a, mine), std::pair(&pair.b, theirs)}) {
    ASSERT_TRUE(end->channels.sendString(id, "text", pair.net.now).ok());
    ASSERT_TRUE(end->channels.sendBinary(id, {1, 2, 3}, pair.net.now).ok());
    ASSERT_TRUE(end->channels.sendString(id, "", pair.net.now).ok());
    ASSERT_TRUE(end->channels.sendBinary(id, {}, pair.net.now).ok());
    EXPECT_EQ(end->channels.bufferedAmount(id), 7u);
  }
  pair.settle();
  for (End* end : {&pair.a, &pair.b}) {
    const auto messages = end->all<MessageReceived>();
    ASSERT_EQ(messages.size(), 4u);
    EXPECT_FALSE(messages[0].binary);
    EXPECT_EQ(asText(messages[0].data), "text");
    EXPECT_TRUE(messages[1].binary);
    EXPECT_EQ(messages[1].data, (Bytes{1, 2, 3}));
    EXPECT_FALSE(messages[2].binary);
    EXPECT_TRUE(messages[2].data.empty());
    EXPECT_TRUE(messages[3].binary);
    EXPECT_TRUE(messages[3].data.empty());
    size_t released = 0;
    for (const auto& e : end->all<BufferedAmountDecreased>())
      released += e.bytes;
    EXPECT_EQ(released, 7u);
  }
  EXPECT_EQ(pair.a.channels.bufferedAmount(mine), 0u);
}

TEST(ChannelSet, OpensNegotiatedChannelsWithoutAnyMessage) {
  ChannelPair pair;
  ChannelOptions options = labelled("n");
  options.negotiated = true;
  options.id = 100;
  const ChannelId a = pair.open(pair.a, options);
  const ChannelId b = pair.open(pair.b, options);
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.b.channels.sendString(b, "hi", pair.net.now).ok());
  pair.settle();
  EXPECT_TRUE(pair.a.all<ChannelAnnounced>().empty());
  EXPECT_TRUE(pair.b.all<ChannelAnnounced>().empty());
  EXPECT_EQ(pair.a.texts(a), (std::vector<std::string>{"hi"}));
}

TEST(ChannelSet, RefusesWhatWebrtcPcRefuses) {
  ChannelPair pair;
  const auto kind = [&](const ChannelOptions& options) {
    const auto result = pair.a.channels.open(options, pair.net.now);
    return result.ok() ? std::string("ok") : std::string(errorName(result.error().kind));
  };
  ChannelOptions options;
  options.label = std::string(65536, 'x');
  EXPECT_EQ(kind(options), "TypeError");
  options = {};
  options.protocol = std::string(65536, 'x');
  EXPECT_EQ(kind(options), "TypeError");
  options = {};
  options.maxRetransmits = 1;
  options.maxPacketLifeTime = 1;
  EXPECT_EQ(kind(options), "TypeError");
  options = {};
  options.negotiated = true;
  EXPECT_EQ(kind(options), "TypeError");
  options.id = 65535;
  EXPECT_EQ(kind(options), "TypeError");
  options.id = 65534;
  EXPECT_EQ(kind(options), "ok");
  EXPECT_EQ(kind(options), "OperationError");
  EXPECT_EQ(pair.a.channels.size(), 1u);
}

TEST(ChannelSet, RefusesToSendBeforeOpeningTooMuchAndAfterClosing) {
  sctp::AssociationConfig config;
  config.maxSendMessageSize = 1000;
  ChannelPair pair(1, config, config);
  const ChannelId channel = pair.open(pair.a, labelled("x"));
  EXPECT_EQ(pair.a.channels.sendString(channel, "x", pair.net.now).error().kind,
            ErrorKind::kInvalidStateError);
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.a.channels.sendBinary(channel, Bytes(1001), pair.net.now).error().kind,
            ErrorKind::kTypeError);
  EXPECT_TRUE(pair.a.channels.sendBinary(channel, Bytes(1000), pair.net.now).ok());
  pair.a.channels.close(channel, pair.net.now);
  EXPECT_EQ(pair.a.channels.sendString(channel, "x", pair.net.now).error().kind,
            ErrorKind::kInvalidStateError);
}

TEST(ChannelSet, AnswersOperationErrorWhenTheBufferIsFull) {
  sctp::AssociationConfig config;
  config.sendBufferLimit = 100000;
  ChannelPair pair(1, config, config);
  const ChannelId channel = pair.open(pair.a, labelled("x"));
  const ChannelId other = pair.open(pair.a, labelled("y"));
  ASSERT_TRUE(pair.connect());
  pair.settle();
  ASSERT_TRUE(pair.a.channels.sendBinary(channel, Bytes(60000), pair.net.now).ok());
  EXPECT_EQ(pair.a.channels.sendBinary(channel, Bytes(60000), pair.net.now).error().kind,
            ErrorKind::kOperationError);
  EXPECT_EQ(pair.a.channels.bufferedAmount(channel), 60000u);
  EXPECT_TRUE(pair.a.channels.sendBinary(other, Bytes(60000), pair.net.now).ok())
      << "a full channel does not shut out another";
  pair.settle();
  EXPECT_TRUE(pair.a.channels.sendBinary(channel, Bytes(60000), pair.net.now).ok());
  pair.settle();
  EXPECT_EQ(pair.b.all<MessageReceived>().size(), 3u);
}

TEST(ChannelSet, SharesThePathByThePrioritiesOfBothEndsChannels) {
  for (const bool interleaving : {true, false}) {
    sctp::AssociationConfig config;
    config.interleaving = interleaving;
    ChannelPair pair(1, config, config);
    pair.net.network.bytesPerSecond = 1000000;
    std::map<uint16_t, ChannelId> channels;
    for (const uint16_t priority : {128, 1024, 256, 0, 512}) {
      ChannelOptions options = labelled(std::to_string(priority));
      options.priority = priority;
      channels[priority] = pair.open(pair.a, options);
    }
    ASSERT_TRUE(pair.connect());
    pair.net.runFor(Duration::seconds(1));
    // The end that was told of the channels sends by the same priorities.
    for (auto& [priority, channel] : channels) {
      const uint16_t id = *pair.a.channels.options(channel)->id;
      const ChannelId announced = pair.announced(pair.b, id);
      for (int i = 0; i < 500; ++i) {
        ASSERT_TRUE(pair.b.channels.sendBinary(announced, Bytes(16000, 1), pair.net.now).ok());
      }
    }
    pair.net.runFor(Duration::seconds(15));
    std::map<ChannelId, double> arrived;
    for (const auto& message : pair.a.all<MessageReceived>())
      arrived[message.channel] += 1;
    const double normal = arrived[channels[256]];
    EXPECT_GT(normal, 50);
    EXPECT_NEAR(arrived[channels[128]], normal / 2, normal / 10);
    EXPECT_NEAR(arrived[channels[512]], normal * 2, normal / 5);
    EXPECT_NEAR(arrived[channels[1024]], normal * 4, normal / 4);
    EXPECT_NEAR(arrived[channels[0]], normal, normal / 10) << "not stated is normal";
  }
}

TEST(ChannelSet, DeliversWhatWasQueuedBeforeAChannelCloses) {
  for (const double loss : {0.0, 0.2}) {
    ChannelPair pair(3);
    const ChannelId channel = pair.open(pair.a, labelled("x"));
    ASSERT_TRUE(pair.connect());
    pair.net.network.loss = loss;
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(pair.a.channels.sendBinary(channel, Bytes(20000), pair.net.now).ok());
    }
    pair.a.channels.close(channel, pair.net.now);
    EXPECT_EQ(pair.a.channels.state(channel), ChannelState::kClosing);
    pair.net.runFor(Duration::seconds(300));
    EXPECT_EQ(pair.b.all<MessageReceived>().size(), 20u);
    EXPECT_TRUE(pair.a.all<ChannelClosing>().empty());
    EXPECT_EQ(pair.b.all<ChannelClosing>().size(), 1u);
    ASSERT_EQ(pair.a.all<ChannelClosed>().size(), 1u);
    ASSERT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
    EXPECT_FALSE(pair.a.all<ChannelClosed>()[0].error);
    EXPECT_FALSE(pair.b.all<ChannelClosed>()[0].error);
    EXPECT_EQ(pair.a.channels.size() + pair.b.channels.size(), 0u);
  }
}

TEST(ChannelSet, ClosesOnceWhenBothEndsCloseAtTheSameTime) {
  ChannelPair pair;
  const ChannelId mine = pair.open(pair.a, labelled("x"));
  ASSERT_TRUE(pair.connect());
  pair.settle();
  pair.a.channels.close(mine, pair.net.now);
  pair.b.channels.close(pair.announced(pair.b, 0), pair.net.now);
  pair.settle();
  EXPECT_EQ(pair.a.all<ChannelClosed>().size(), 1u);
  EXPECT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
  EXPECT_TRUE(pair.a.all<ChannelClosing>().empty());
  EXPECT_TRUE(pair.b.all<ChannelClosing>().empty());
}

TEST(ChannelSet, UsesAnIdAgainAfterClosing) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    ChannelPair pair(seed);
    ASSERT_TRUE(pair.connect());
    pair.net.network.loss = seed == 1 ? 0 : 0.2;
    pair.net.network.jitter = Duration::milliseconds(seed == 1 ? 0 : 20);
    for (int round = 0; round < 5; ++round) {
      const ChannelId channel = pair.open(pair.a, labelled("round " + std::to_string(round)));
      ASSERT_NE(channel, ChannelId(0));
      EXPECT_EQ(pair.a.channels.options(channel)->id, 0);
      const std::string text = "message " + std::to_string(round);
      ASSERT_TRUE(pair.a.channels.sendString(channel, text, pair.net.now).ok());
      pair.a.channels.close(channel, pair.net.now);
      ASSERT_TRUE(
          pair.net.runUntil([&] { return pair.a.channels.size() == 0; }, Duration::seconds(100)))
          << seed;
    }
    pair.settle();
    EXPECT_EQ(pair.b.channels.size(), 0u);
    ASSERT_EQ(pair.b.all<ChannelAnnounced>().size(), 5u) << seed;
    ASSERT_EQ(pair.b.all<MessageReceived>().size(), 5u) << seed;
    for (int round = 0; round < 5; ++round) {
      EXPECT_EQ(pair.b.all<ChannelAnnounced>()[round].options.label,
                "round " + std::to_string(round));
      EXPECT_EQ(asText(pair.b.all<MessageReceived>()[round].data),
                "message " + std::to_string(round));
    }
  }
}

TEST(ChannelSet, NeverLetsUnorderedDataOvertakeTheOpening) {
  // Without the rule of RFC 8832 section 6 the first messages would find no channel.
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    ChannelPair pair(seed);
    pair.net.network.jitter = Duration::milliseconds(50);
    pair.net.network.loss = 0.2;
    ChannelOptions options = labelled("u");
    options.ordered = false;
    const ChannelId channel = pair.open(pair.a, options);
    ASSERT_TRUE(pair.connect());
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(pair.a.channels.sendString(channel, std::to_string(i), pair.net.now).ok());
      pair.net.runFor(Duration::milliseconds(5));
    }
    pair.settle();
    EXPECT_EQ(pair.b.all<MessageReceived>().size(), 20u) << seed;
  }
}

TEST(ChannelSet, ClosesChannelsBeyondThePeersStreams) {
  sctp::AssociationConfig few;
  few.incomingStreams = 4;
  ChannelPair pair(1, {}, few);
  std::vector<ChannelId> channels;
  for (int i = 0; i < 4; ++i)
    channels.push_back(pair.open(pair.a, labelled("x")));
  ASSERT_TRUE(pair.connect());
  pair.settle();
  EXPECT_EQ(pair.a.all<ChannelOpened>().size(), 2u);
  const auto closed = pair.a.all<ChannelClosed>();
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].error->kind, ErrorKind::kOperationError);
  const auto another = pair.a.channels.open(labelled("y"), pair.net.now);
  ASSERT_FALSE(another.ok());
  EXPECT_EQ(another.error().kind, ErrorKind::kOperationError);
}

TEST(ChannelSet, FiresAnErrorWithTheCauseWhenThePeerAborts) {
  ChannelPair pair;
  pair.open(pair.a, labelled("x"));
  ASSERT_TRUE(pair.connect());
  pair.settle();
  pair.net.b->abort("bye", pair.net.now);
  pair.settle();
  const auto closed = pair.a.all<ChannelClosed>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].error->detail, RtcErrorDetail::kSctpFailure);
  EXPECT_EQ(closed[0].sctpCauseCode, 12);
  EXPECT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
  EXPECT_FALSE(pair.b.all<ChannelClosed>()[0].error);
  EXPECT_FALSE(pair.a.channels.open(labelled("y"), pair.net.now).ok());
}

TEST(ChannelSet, ResetsTheStreamOfABadOpeningAndStaysUsable) {
  ChannelPair pair;
  ASSERT_TRUE(pair.connect());
  Bytes bad = encodeOpen(labelled("x"));
  bad[1] = 0x7f;
  ASSERT_TRUE(pair.net.a->send(sctp::StreamId(8), ppid::kDcep, bad, {}, pair.net.now).ok());
  ASSERT_TRUE(pair.net.a->send(sctp::StreamId(6), ppid::kDcep, {9, 9}, {}, pair.net.now).ok());
  ASSERT_TRUE(pair.net.a->send(sctp::StreamId(4), sctp::Ppid(4711), {1}, {}, pair.net.now).ok());
  pair.settle();
  EXPECT_TRUE(pair.b.events.empty());
  const ChannelId channel = pair.open(pair.b, labelled("fine"));
  pair.settle();
  EXPECT_EQ(pair.b.channels.state(channel), ChannelState::kOpen);
  EXPECT_EQ(pair.a.all<ChannelAnnounced>().size(), 1u);
}

TEST(ChannelSet, ClosesAChannelOnWhichDeprecatedPartialMessagesArrive) {
  ChannelPair pair;
  pair.open(pair.a, labelled("x"));
  ASSERT_TRUE(pair.connect());
  pair.settle();
  ASSERT_TRUE(
      pair.net.a->send(sctp::StreamId(0), ppid::kStringPartial, {65}, {}, pair.net.now).ok());
  pair.settle();
  EXPECT_TRUE(pair.b.all<MessageReceived>().empty());
  EXPECT_EQ(pair.a.channels.size() + pair.b.channels.size(), 0u);
}

TEST(ChannelSet, CloseAllReportsEveryChannelAndRefusesNewOnes) {
  ChannelPair pair;
  pair.open(pair.a, labelled("x"));
  pair.open(pair.a, labelled("y"));
  pair.a.channels.closeAll(std::nullopt);
  pair.net.drain();
  EXPECT_EQ(pair.a.all<ChannelClosed>().size(), 2u);
  EXPECT_FALSE(pair.a.channels.open(labelled("z"), pair.net.now).ok());
}

}  // namespace
}  // namespace rtc::datachannel::testing
