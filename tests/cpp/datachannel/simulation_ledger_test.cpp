// That the simulation would notice: what is lost, doubled, damaged, late or out of order.

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/packet.h"
#include "tests/sim/channels/ledger.h"
#include "tests/sim/channels/wire_watch.h"

namespace rtc::sim::channels {
namespace {

using datachannel::ChannelOptions;

ChannelOptions unordered() {
  ChannelOptions options;
  options.ordered = false;
  return options;
}

ChannelOptions limited(uint16_t maxRetransmits) {
  ChannelOptions options;
  options.maxRetransmits = maxRetransmits;
  return options;
}

class Ledger : public ::testing::Test {
 protected:
  static std::vector<Message> send(Flow& flow, std::initializer_list<size_t> sizes) {
    std::vector<Message> messages;
    for (const size_t size : sizes) {
      messages.push_back(flow.make(size));
      flow.sent(messages.back(), Timestamp::milliseconds(1));
    }
    return messages;
  }
  static bool holds(Flow& flow, const Message& message) {
    return !flow.arrived(message.binary, message.data);
  }
};

TEST_F(Ledger, WantsTheExactSequenceOfReliableOrderedMessages) {
  Flow flow(4, {});
  const auto messages = send(flow, {100, 0, 3, 100});
  EXPECT_TRUE(holds(flow, messages[0]));
  EXPECT_FALSE(holds(flow, messages[0])) << "twice";
  EXPECT_FALSE(holds(flow, messages[3])) << "too early";
  EXPECT_TRUE(holds(flow, messages[1]));
  EXPECT_TRUE(holds(flow, messages[2]));
  EXPECT_TRUE(flow.complete()) << "one is missing";
  Message damaged = messages[3];
  damaged.data.back() ^= 1;
  EXPECT_FALSE(holds(flow, damaged));
  Message retyped = messages[3];
  retyped.binary = !retyped.binary;
  EXPECT_FALSE(holds(flow, retyped));
  EXPECT_TRUE(holds(flow, messages[3]));
  EXPECT_FALSE(flow.complete());
  flow.receiverClosed();
  EXPECT_FALSE(holds(flow, messages[3])) << "nothing comes after close()";
}

TEST_F(Ledger, WantsEveryReliableUnorderedMessageOnce) {
  Flow flow(5, unordered());
  const auto messages = send(flow, {100, 0, 100, 0});
  EXPECT_TRUE(holds(flow, messages[2]));
  EXPECT_TRUE(holds(flow, messages[0]));
  EXPECT_FALSE(holds(flow, messages[0])) << "twice";
  EXPECT_TRUE(holds(flow, messages[1]));
  EXPECT_TRUE(flow.complete()) << "one empty message is missing";
  EXPECT_TRUE(holds(flow, messages[3]));
  EXPECT_FALSE(flow.complete());
  EXPECT_FALSE(holds(flow, messages[3])) << "an empty message too many";
}

TEST_F(Ledger, LetsUnreliableMessagesBeMissingButNotTwiceOrOutOfOrder) {
  Flow flow(6, limited(0));
  const auto messages = send(flow, {100, 100, 100});
  EXPECT_TRUE(holds(flow, messages[1]));
  EXPECT_FALSE(holds(flow, messages[1]));
  EXPECT_FALSE(holds(flow, messages[0]));
  EXPECT_FALSE(flow.complete());
}

TEST_F(Ledger, LetsOnlyWhatARestartMayRepeatOrLoseBeRepeatedOrLost) {
  Flow repeated(8, {});
  const auto again = send(repeated, {100, 100, 100});
  EXPECT_TRUE(holds(repeated, again[0]));
  EXPECT_TRUE(holds(repeated, again[1]));
  repeated.receiverReplaced();
  EXPECT_TRUE(holds(repeated, again[1]));
  EXPECT_FALSE(holds(repeated, again[0])) << "back again";
  EXPECT_TRUE(holds(repeated, again[2]));
  EXPECT_FALSE(repeated.complete());

  Flow lost(10, {});
  const auto before = send(lost, {100, 100, 100});
  EXPECT_TRUE(holds(lost, before[0]));
  lost.senderReplaced();
  const auto after = send(lost, {100, 100});
  EXPECT_FALSE(holds(lost, after[1])) << "a hole behind the restart";
  EXPECT_TRUE(holds(lost, after[0]));
  EXPECT_FALSE(holds(lost, before[1])) << "from before the restart";
  EXPECT_TRUE(holds(lost, after[1]));
  EXPECT_FALSE(lost.complete());
}

// Of two equal messages, one from before a restart and one from after it, either may be the one
// that has come, and which it was only the next one tells.
TEST_F(Ledger, TakesNoMessageFromBeforeARestartForItsLikeFromAfterIt) {
  Flow flow(1, {});
  const auto before = send(flow, {100, 100, 0, 100});
  flow.senderReplaced();
  const auto after = send(flow, {0});
  ASSERT_EQ(after[0].binary, before[2].binary);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(holds(flow, before[i]));
  EXPECT_TRUE(holds(flow, after[0]));
  EXPECT_FALSE(flow.complete());
}

TEST(WireWatch, SeesWhatIsSentTooLateOrTooOften) {
  ChannelOptions brief;
  brief.maxPacketLifeTime = 100;
  Flow lasting(2, brief);
  Flow twice(4, limited(1));
  const Timestamp start = Timestamp::milliseconds(1000);
  const auto packet = [&](Flow& flow, uint32_t tsn) {
    const Message message = flow.make(20);
    flow.sent(message, start);
    sctp::DataChunk chunk;
    chunk.tsn = sctp::Tsn(tsn);
    chunk.ppid = sctp::Ppid(53);
    chunk.begin = chunk.end = true;
    chunk.payload = message.data;
    sctp::PacketBuilder builder(5000, 5000, sctp::VerificationTag(1), 1000);
    chunk.writeTo(builder);
    return builder.finish();
  };
  WireWatch watch([&](uint32_t id) -> const Flow* {
    return id == 2 ? &lasting : id == 4 ? &twice : nullptr;
  });
  const Bytes first = packet(lasting, 1);
  EXPECT_FALSE(watch.sending(first, start + Duration::milliseconds(99)));
  EXPECT_TRUE(watch.sending(first, start + Duration::milliseconds(100)));
  const Bytes second = packet(twice, 2);
  EXPECT_FALSE(watch.sending(second, start));
  EXPECT_FALSE(watch.sending(second, start));
  EXPECT_TRUE(watch.sending(second, start));
}

}  // namespace
}  // namespace rtc::sim::channels
