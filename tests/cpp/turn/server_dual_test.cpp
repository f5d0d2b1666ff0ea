// Allocations with an address of each family (RFC 8656 sections 7.2 and 8.1).

#include "tests/cpp/turn/server_fixture.h"

namespace rtc::turn {
namespace {

const Endpoint kPeer6 = at("2001:db8:77::1", 5000);

class TurnServerDual : public TurnServerTest {
 protected:
  MessageBuilder dualRequest() {
    return std::move(allocateRequest().u32(AttributeType::kAdditionalAddressFamily, 2u << 24));
  }
  MessageBuilder refresh(uint32_t family, uint32_t lifetime) {
    return std::move(request(Method::kRefresh)
                         .u32(AttributeType::kRequestedAddressFamily, family << 24)
                         .u32(AttributeType::kLifetime, lifetime));
  }
  static int refusedFamily(const Response& response, int code) {
    const auto error = response->find(AttributeType::kAddressErrorCode);
    if (!error || (*error)[2] * 100 + (*error)[3] != code)
      return 0;
    return (*error)[0];
  }
  Login allocateBoth(ClientId client) {
    const Login me = login(client);
    const auto response = exchange(client, dualRequest(), me);
    EXPECT_TRUE(response && response->success());
    return me;
  }
};

TEST_F(TurnServerDual, GivesAnAddressOfEachFamily) {
  begin();
  const auto response = exchange(kUdp, dualRequest(), login(kUdp));
  ASSERT_TRUE(response && response->success());
  const auto relayed = response->message.xorAddresses(AttributeType::kXorRelayedAddress);
  ASSERT_TRUE(relayed && relayed->size() == 2);
  EXPECT_TRUE((*relayed)[0].address.isV4());
  EXPECT_TRUE((*relayed)[1].address.isV6());
  EXPECT_FALSE(response->message.has(AttributeType::kAddressErrorCode));
  EXPECT_EQ(server_->stats().allocations, 1u);
  EXPECT_EQ(server_->stats().relayedAddresses, 2u);
  EXPECT_EQ(events_.back().detail, "and " + (*relayed)[1].toString());
}

TEST_F(TurnServerDual, RelaysToEachPeerFromTheAddressOfItsFamily) {
  begin();
  const Login me = allocateBoth(kUdp);
  auto both = permission(kPeer);
  both.xorAddress(AttributeType::kXorPeerAddress, kPeer6);
  EXPECT_EQ(codeOf(kUdp, std::move(both), me), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer6), me), 200);
  deliver(kUdp, sendIndication(kPeer, "four"));
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("six"), false));
  EXPECT_EQ(sockets_, (std::vector{opened_[0].socket, opened_[1].socket}));
  server_->relayDatagram(opened_[1].socket, kPeer6, asBytes("back"), now_);
  drain();
  ASSERT_EQ(inbox_[kUdp].size(), 1u);
  EXPECT_EQ(inbox_[kUdp][0], encodeChannelData(kFirstChannel, asBytes("back"), false));
}

TEST_F(TurnServerDual, SaysWhichFamilyItDoesNotServe) {
  for (const bool v6 : {false, true}) {
    ServerConfig config = testServerConfig();
    config.ipv6 = v6;
    config.ipv4 = !v6;
    begin(config);
    const auto response = exchange(kUdp, dualRequest(), login(kUdp));
    ASSERT_TRUE(response && response->success());
    EXPECT_EQ(refusedFamily(*response, 440), v6 ? 1 : 2);
    const auto relayed = response->message.xorAddresses(AttributeType::kXorRelayedAddress);
    ASSERT_TRUE(relayed && relayed->size() == 1);
    EXPECT_EQ((*relayed)[0].address.isV6(), v6);
  }
}

TEST_F(TurnServerDual, DoesWithOneFamilyWhenTheOtherSocketFailsOrDoesNotOpen) {
  for (const bool late : {false, true}) {
    begin();
    opened_.clear();
    inbox_.clear();
    openByItself_ = false;
    const Login me = login(kUdp);
    EXPECT_FALSE(exchange(kUdp, dualRequest(), me));
    ASSERT_EQ(opened_.size(), 2u);
    server_->relaySocketOpened(opened_[1].socket, at("2001:db8:5::1", 50000), now_);
    if (late) {
      advance(Duration::seconds(10));
    } else {
      server_->relaySocketFailed(opened_[0].socket, now_);
      drain();
    }
    ASSERT_EQ(inbox_[kUdp].size(), 1u);
    const auto message = stun::Message::parse(inbox_[kUdp][0]);
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->xorAddress(AttributeType::kXorRelayedAddress), at("2001:db8:5::1", 50000));
    const auto error = message->find(AttributeType::kAddressErrorCode);
    ASSERT_TRUE(error);
    EXPECT_EQ((*error)[0], 1);
    EXPECT_EQ((*error)[2] * 100 + (*error)[3], 508);
    inbox_[kUdp].clear();
    // Too late now.
    server_->relaySocketOpened(opened_[0].socket, at("198.51.100.1", 50000), now_);
    drain();
    EXPECT_EQ(closedSockets_.back(), opened_[0].socket);
    EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 443);
    EXPECT_EQ(codeOf(kUdp, permission(kPeer6), me), 200);
  }
}

TEST_F(TurnServerDual, RefusesWhenNeitherSocketOpens) {
  begin();
  openByItself_ = false;
  const Login me = login(kUdp);
  EXPECT_FALSE(exchange(kUdp, dualRequest(), me));
  server_->relaySocketFailed(opened_[1].socket, now_);
  server_->relaySocketFailed(opened_[0].socket, now_);
  drain();
  ASSERT_EQ(inbox_[kUdp].size(), 1u);
  EXPECT_EQ(stun::Message::parse(inbox_[kUdp][0])->errorCode()->code, 508);
  EXPECT_EQ(server_->stats().allocations, 0u);
}

TEST_F(TurnServerDual, RefreshesBothFamiliesOrTheOneThatIsNamed) {
  begin();
  const Login me = allocateBoth(kUdp);
  EXPECT_EQ(codeOf(kUdp, refresh(2, 1800), me), 200);
  advance(Duration::seconds(600));
  EXPECT_EQ(closedSockets_, std::vector{opened_[0].socket});
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 443);
  EXPECT_EQ(codeOf(kUdp, refresh(1, 600), me), 443);
  EXPECT_EQ(codeOf(kUdp, request(Method::kRefresh), me), 200);
  advance(Duration::seconds(600));
  EXPECT_EQ(server_->stats().allocations, 0u);
}

TEST_F(TurnServerDual, EndsOneFamilyWithItsPermissionsAndLeavesTheOther) {
  begin();
  const Login me = allocateBoth(kUdp);
  codeOf(kUdp, channelBind(0x4000, kPeer), me);
  codeOf(kUdp, channelBind(0x4001, kPeer6), me);
  EXPECT_EQ(server_->stats().permissions, 2u);
  EXPECT_EQ(codeOf(kUdp, refresh(1, 0), me), 200);
  EXPECT_EQ(closedSockets_, std::vector{opened_[0].socket});
  EXPECT_EQ(server_->stats().permissions, 1u);
  EXPECT_EQ(server_->stats().channels, 1u);
  deliver(kUdp, encodeChannelData(ChannelNumber(0x4000), asBytes("x"), false));
  deliver(kUdp, encodeChannelData(ChannelNumber(0x4001), asBytes("y"), false));
  EXPECT_EQ(sockets_, std::vector{opened_[1].socket});
  EXPECT_EQ(codeOf(kUdp, refresh(2, 0), me), 200);
  EXPECT_EQ(server_->stats().allocations, 0u);
  EXPECT_EQ(server_->stats().permissions, 0u);
}

TEST_F(TurnServerDual, GoesOnWithOneFamilyWhenTheOtherSocketBreaks) {
  begin();
  const Login me = allocateBoth(kUdp);
  server_->relaySocketFailed(opened_[0].socket, now_);
  drain();
  EXPECT_EQ(server_->stats().allocations, 1u);
  EXPECT_EQ(codeOf(kUdp, permission(kPeer6), me), 200);
  server_->relaySocketFailed(opened_[1].socket, now_);
  drain();
  EXPECT_EQ(server_->stats().allocations, 0u);
}

TEST_F(TurnServerDual, AnswersARetransmissionWithBothAddressesAgain) {
  begin();
  const Bytes bytes = sign(dualRequest(), login(kUdp));
  const auto first = exchange(kUdp, bytes);
  const auto again = exchange(kUdp, bytes);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first->bytes, *again->bytes);
  EXPECT_EQ(opened_.size(), 2u);
}

}  // namespace
}  // namespace rtc::turn
