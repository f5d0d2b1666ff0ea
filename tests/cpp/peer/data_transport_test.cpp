#include "cpp/peer/data_transport.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::peer {
namespace {

/// Two transports whose packets are carried by hand.
class DataTransportPair : public ::testing::Test {
 protected:
  struct End {
    explicit End(uint64_t seed) : random(seed), transport(random) {}
    SeededRandom random;
    DataTransport transport;
    std::vector<Bytes> sent;
    SctpState state = SctpState::kConnecting;
    std::vector<datachannel::ChannelClosed> closed;
  };

  void drain(End& end) {
    while (auto output = end.transport.poll(now)) {
      if (auto* packet = std::get_if<DataTransport::Packet>(&*output))
        end.sent.push_back(std::move(packet->data));
      else if (auto* change = std::get_if<SctpStateChanged>(&*output))
        end.state = change->state;
      else if (auto* event = std::get_if<datachannel::Output>(&*output)) {
        if (auto* one = std::get_if<datachannel::ChannelClosed>(event))
          end.closed.push_back(std::move(*one));
      }
    }
  }
  void deliver(End& from, End& to) {
    for (const Bytes& packet : std::exchange(from.sent, {}))
      to.transport.handlePacket(packet, now);
  }
  void connect() {
    ASSERT_TRUE(a.transport.open({}, now));
    a.transport.start({}, datachannel::DtlsRole::kClient, {}, now);
    b.transport.start({}, datachannel::DtlsRole::kServer, {}, now);
    for (int i = 0; i < 10; ++i) {
      drain(a);
      drain(b);
      deliver(a, b);
      deliver(b, a);
    }
    drain(b);
    ASSERT_EQ(b.state, SctpState::kConnected);
  }

  Timestamp now = Timestamp() + Duration::seconds(1);
  End a{1};
  End b{2};
};

TEST_F(DataTransportPair, TellsTheAbortThatCameTogetherWithTheEndOfDtls) {
  connect();
  a.transport.close(std::nullopt, now);
  drain(a);
  deliver(a, b);
  // Nothing was drained between the packet and this.
  b.transport.close(std::nullopt, now);
  drain(b);
  EXPECT_EQ(b.state, SctpState::kClosed);
  ASSERT_EQ(b.closed.size(), 1u);
  EXPECT_TRUE(b.closed[0].error);
}

TEST_F(DataTransportPair, ClosesWithoutAnErrorWhenThereWasNoAbort) {
  connect();
  b.transport.close(std::nullopt, now);
  drain(b);
  ASSERT_EQ(b.closed.size(), 1u);
  EXPECT_FALSE(b.closed[0].error);
}

}  // namespace
}  // namespace rtc::peer
