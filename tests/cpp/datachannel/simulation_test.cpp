// Whole sessions with many channels of all kinds over bad networks, by seed.

#include <deque>
#include <map>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/cpp/datachannel/channel_pair.h"

namespace rtc::datachannel::testing {
namespace {

struct Expectation {
  ChannelOptions options;
  std::vector<Bytes> sent;
};

Bytes stamped(uint32_t channel, uint32_t number, size_t size) {
  ByteWriter writer;
  writer.u32(channel);
  writer.u32(number);
  writer.bytes(sctp::testing::pattern(size, channel * 1000 + number));
  return writer.take();
}

/// Shard, and whether messages are interleaved.
class DataChannelSimulation : public ::testing::TestWithParam<std::tuple<int, bool>> {};

TEST_P(DataChannelSimulation, EveryReliableMessageArrivesOnceIntactAndInOrder) {
  constexpr int kSessionsPerShard = 40;
  const auto [shard, interleaving] = GetParam();
  sctp::AssociationConfig config;
  config.interleaving = interleaving;
  for (int session = 0; session < kSessionsPerShard; ++session) {
    const uint64_t seed = static_cast<uint64_t>(shard * kSessionsPerShard + session + 1);
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed * 77);
    ChannelPair pair(seed, config, config);
    pair.net.network.loss = random.below(4) == 0 ? 0 : random.below(30) / 100.0;
    pair.net.network.duplication = random.below(3) == 0 ? random.below(20) / 100.0 : 0;
    pair.net.network.delay = Duration::milliseconds(1 + random.below(60));
    pair.net.network.jitter = Duration::milliseconds(random.below(2) ? random.below(40) : 0);

    // Channel number (in the messages) -> what was sent on it.
    std::map<uint32_t, Expectation> expected;
    std::map<uint32_t, std::pair<End*, ChannelId>> open;
    uint32_t nextNumber = 0;
    const auto openOne = [&] {
      End& end = random.below(2) ? pair.a : pair.b;
      ChannelOptions options;
      const uint32_t number = nextNumber++;
      options.label = std::to_string(number);
      options.ordered = random.below(2) == 0;
      if (random.below(4) == 0)
        options.maxRetransmits = static_cast<uint16_t>(random.below(3));
      if (!options.maxRetransmits && random.below(4) == 0) {
        options.maxPacketLifeTime = static_cast<uint16_t>(random.below(300));
      }
      const auto opened = end.channels.open(options, pair.net.now);
      ASSERT_TRUE(opened.ok());
      expected[number].options = options;
      open[number] = {&end, *opened};
    };
    for (uint32_t i = 0; i < 1 + random.below(8); ++i)
      openOne();
    ASSERT_TRUE(pair.connect());
    for (int action = 0; action < 80; ++action) {
      const uint32_t kind = random.below(20);
      if (kind == 0) {
        openOne();
      } else if (kind == 1 && !open.empty()) {
        auto it = open.begin();
        std::advance(it, random.below(static_cast<uint32_t>(open.size())));
        it->second.first->channels.close(it->second.second, pair.net.now);
        open.erase(it);
      } else if (kind < 15 && !open.empty()) {
        auto it = open.begin();
        std::advance(it, random.below(static_cast<uint32_t>(open.size())));
        auto& list = expected[it->first].sent;
        const size_t size = random.below(random.below(8) == 0 ? 20000 : 400);
        Bytes message = stamped(it->first, static_cast<uint32_t>(list.size()), size);
        ASSERT_TRUE(
            it->second.first->channels.sendBinary(it->second.second, message, pair.net.now).ok());
        list.push_back(std::move(message));
      } else {
        pair.net.runFor(Duration::milliseconds(random.below(100)));
      }
    }
    for (auto& [number, place] : open)
      place.first->channels.close(place.second, pair.net.now);
    ASSERT_TRUE(
        pair.net.runUntil([&] { return pair.a.channels.size() + pair.b.channels.size() == 0; },
                          Duration::seconds(1000)));
    pair.settle();

    std::map<uint32_t, std::vector<uint32_t>> arrived;
    for (const End* end : {&pair.a, &pair.b}) {
      std::map<ChannelId, std::string> labels;
      for (const auto& channel : end->all<ChannelAnnounced>()) {
        labels[channel.channel] = channel.options.label;
      }
      for (const auto& message : end->all<MessageReceived>()) {
        ByteReader reader(message.data);
        const uint32_t channel = *reader.u32();
        const uint32_t number = *reader.u32();
        ASSERT_EQ(labels[message.channel], std::to_string(channel));
        ASSERT_TRUE(message.data == expected[channel].sent.at(number));
        arrived[channel].push_back(number);
      }
      for (const auto& closed : end->all<ChannelClosed>())
        EXPECT_FALSE(closed.error);
    }
    for (const auto& [number, expectation] : expected) {
      std::vector<uint32_t>& numbers = arrived[number];
      if (expectation.options.ordered) {
        EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << "channel " << number;
      }
      std::set<uint32_t> distinct(numbers.begin(), numbers.end());
      EXPECT_EQ(distinct.size(), numbers.size()) << "twice on channel " << number;
      if (!expectation.options.maxRetransmits && !expectation.options.maxPacketLifeTime) {
        EXPECT_EQ(numbers.size(), expectation.sent.size()) << "channel " << number;
      }
    }
    EXPECT_EQ(pair.net.a->statistics().reassemblyBytes, 0u);
    EXPECT_EQ(pair.net.b->statistics().reassemblyBytes, 0u);
    EXPECT_EQ(pair.net.a->bufferedAmount() + pair.net.b->bufferedAmount(), 0u);
    if (HasFailure())
      return;
  }
}

// Seeds that once failed: a FORWARD TSN that named messages from before a stream reset stalled the
// stream's next life.
INSTANTIATE_TEST_SUITE_P(Regressions, DataChannelSimulation,
                         ::testing::Combine(::testing::Values(282, 350, 665), ::testing::Bool()));
INSTANTIATE_TEST_SUITE_P(Shards, DataChannelSimulation,
                         ::testing::Combine(::testing::Range(0, 10), ::testing::Bool()));

}  // namespace
}  // namespace rtc::datachannel::testing
