// What a peer could make this end keep with channels and their streams.

#include <gtest/gtest.h>

#include "cpp/datachannel/dcep.h"
#include "cpp/sctp/chunk_reconfig.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/datachannel/channel_pair.h"

namespace rtc::datachannel::testing {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr size_t kWindow = 256 * 1024;

sctp::AssociationConfig smallWindow() {
  sctp::AssociationConfig config;
  config.receiveWindow = kWindow;
  return config;
}

/// Nobody knows that parameter: what else the packet has is taken.
void hideRequest(Bytes& packet) {
  sctp::ChunkIterator chunks(sctp::parsePacket(packet, sctp::Checksum::kZero)->chunks);
  while (const auto chunk = chunks.next()) {
    if (chunk->type != static_cast<uint8_t>(sctp::ChunkType::kReConfig))
      continue;
    sctp::ParameterIterator parameters(chunk->value);
    while (const auto parameter = parameters.next()) {
      if (parameter->type == static_cast<uint16_t>(sctp::ReConfigParameter::kOutgoingSsnReset))
        packet[static_cast<size_t>(parameter->whole.data() - packet.data())] = 0x80;
    }
  }
}

/// `b` has reset its stream 0 and uses it anew, while it hears nothing of what `a` asks for.
class ChannelOnAStreamInBetween : public ::testing::Test {
 protected:
  ChannelOnAStreamInBetween() {
    first = pair.open(pair.a, labelled("first"));
    EXPECT_TRUE(pair.connect());
    pair.settle();
    pair.net.filter = [](bool fromA, Bytes& packet) {
      if (fromA)
        hideRequest(packet);
      return true;
    };
    const sctp::StreamId stream(0);
    pair.net.b->resetStreams({&stream, 1}, pair.net.now);
    pair.net.runFor(Duration::seconds(5));
    EXPECT_EQ(pair.a.channels.state(first), ChannelState::kClosing);
    EXPECT_TRUE(send(ppid::kDcep, encodeOpen(labelled("second"))));
  }

  bool send(sctp::Ppid ppid, Bytes message) {
    return pair.net.b->send(sctp::StreamId(0), ppid, std::move(message), {}, pair.net.now).ok();
  }

  ChannelPair pair{1, smallWindow()};
  ChannelId first;
};

TEST_F(ChannelOnAStreamInBetween, MakesThePeerWaitForWhatIsKeptAndLosesNothing) {
  constexpr size_t kMessages = 200;
  constexpr size_t kSize = 20'000;
  for (size_t i = 0; i < kMessages; ++i)
    ASSERT_TRUE(send(ppid::kBinary, Bytes(kSize, static_cast<uint8_t>(i))));
  // All of it is there already, in the sender.
  pair.net.runFor(Duration::seconds(10));
  EXPECT_FALSE(pair.a.channels.state(first) == ChannelState::kClosed);
  const auto arrived = [&] {
    return kMessages * kSize - pair.net.b->bufferedAmount();
  };
  EXPECT_LE(arrived(), kWindow + 64 * 1024);
  EXPECT_TRUE(pair.a.all<MessageReceived>().empty());

  pair.net.filter = nullptr;
  pair.settle();
  const auto messages = pair.a.all<MessageReceived>();
  ASSERT_EQ(messages.size(), kMessages);
  for (size_t i = 0; i < kMessages; ++i)
    EXPECT_EQ(messages[i].data, Bytes(kSize, static_cast<uint8_t>(i)));
  ASSERT_EQ(pair.a.all<ChannelAnnounced>().size(), 1u);
  EXPECT_TRUE(pair.net.established());
}

// A message costs more than its byte, which the peer's count of the window does not know.
TEST_F(ChannelOnAStreamInBetween, EndsNothingForManyMessagesThatAreTiny) {
  // The path is known to be a fast one: much is under way at once.
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        pair.net.b->send(sctp::StreamId(7), ppid::kBinary, Bytes(60'000), {}, pair.net.now).ok());
  }
  pair.net.runFor(Duration::seconds(10));
  constexpr size_t kMessages = 20'000;
  for (size_t i = 0; i < kMessages; ++i)
    ASSERT_TRUE(send(ppid::kBinary, Bytes(1, static_cast<uint8_t>(i))));
  pair.net.runFor(Duration::seconds(10));
  EXPECT_TRUE(pair.a.all<MessageReceived>().empty());
  EXPECT_TRUE(pair.net.established());
  pair.net.filter = nullptr;
  pair.settle();
  const auto messages = pair.a.all<MessageReceived>();
  ASSERT_EQ(messages.size(), kMessages);
  for (size_t i = 0; i < kMessages; ++i)
    EXPECT_EQ(messages[i].data, Bytes(1, static_cast<uint8_t>(i)));
}

TEST_F(ChannelOnAStreamInBetween, TakesNoMemoryForResetsThatFollowEachOther) {
  const sctp::StreamId stream(0);
  const auto reset = [&] {
    pair.net.b->resetStreams({&stream, 1}, pair.net.now);
    pair.net.runFor(Duration::seconds(1));
  };
  reset();
  const size_t before = bytesInUse();
  for (int i = 0; i < 100; ++i)
    reset();
  EXPECT_LE(growthSince(before), 4096u);
}

TEST(ChannelNames, TakeABoundedNumberOfBytesOfAPeerThatOpensManyChannels) {
  sctp::AssociationConfig longMessages;
  longMessages.maxSendMessageSize = 256 * 1024;
  ChannelPair pair(1, longMessages, longMessages);
  ASSERT_TRUE(pair.connect());
  ChannelOptions options;
  options.label = std::string(65'000, 'l');
  options.protocol = std::string(65'000, 'p');
  const Bytes opening = encodeOpen(options);
  for (uint16_t stream = 0; stream < 200; ++stream) {
    ASSERT_TRUE(
        pair.net.b->send(sctp::StreamId(stream), ppid::kDcep, opening, {}, pair.net.now).ok());
    if (stream % 20 == 19)
      pair.net.settle();
  }
  pair.settle();
  const size_t most = 4 * 1024 * 1024;
  const size_t announced = pair.a.all<ChannelAnnounced>().size();
  EXPECT_LE(announced * 130'000, most);
  EXPECT_GT(announced, 10u);
  EXPECT_EQ(pair.a.channels.size(), announced) << "others are reset";
  // Others have room when one is closed.
  pair.a.channels.close(pair.announced(pair.a, 0), pair.net.now);
  pair.settle();
  const sctp::StreamId stream(0);
  pair.net.b->resetStreams({&stream, 1}, pair.net.now);
  pair.settle();
  EXPECT_EQ(pair.a.channels.size(), announced - 1);
  ASSERT_TRUE(pair.net.b->send(sctp::StreamId(500), ppid::kDcep, opening, {}, pair.net.now).ok());
  pair.settle();
  EXPECT_EQ(pair.a.channels.size(), announced);
  EXPECT_TRUE(pair.net.established());
}

}  // namespace
}  // namespace rtc::datachannel::testing
