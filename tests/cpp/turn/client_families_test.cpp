// One allocation with two relayed addresses (RFC 8656 section 7), and servers that know of one; and
// where a server sends its clients elsewhere (RFC 8489 section 10).

#include <vector>

#include <gtest/gtest.h>

#include "tests/cpp/turn/client_fixture.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::Method;

const Endpoint kRelayedV4 = at("198.51.100.1", 50000);
const Endpoint kRelayedV6 = at("2001:db8::1", 50001);

/// A client without a family of its choice.
class TurnClientOfBothFamilies : public ClientAlone {
 protected:
  TurnClientOfBothFamilies() {
    startAfresh();
    challenge(request(Method::kAllocate), 401, "nonce");
  }

  void startAfresh() {
    ClientConfig config = testClientConfig(ClientConfig::Transport::kDatagram);
    config.family = std::nullopt;
    ClientAlone::startAfresh(config);
    client_->start(now_);
  }
  void allocate(const std::vector<Endpoint>& relayed) {
    auto success = MessageBuilder::successTo(request(Method::kAllocate));
    for (const Endpoint& endpoint : relayed)
      success.xorAddress(AttributeType::kXorRelayedAddress, endpoint);
    answer(std::move(success.xorAddress(AttributeType::kXorMappedAddress, kClientSource)
                         .u32(AttributeType::kLifetime, 600)));
  }
  void permit(const Endpoint& peer) {
    client_->permit(peer.address, now_);
    answer(MessageBuilder::successTo(request(Method::kCreatePermission)));
  }
};

TEST_F(TurnClientOfBothFamilies, AsksForIpv6BesideIpv4AndTakesWhatThereIs) {
  const std::vector<std::vector<Endpoint>> grants = {
      {kRelayedV4, kRelayedV6}, {kRelayedV6, kRelayedV4}, {kRelayedV4}, {kRelayedV6}};
  for (const auto& granted : grants) {
    startAfresh();
    const auto first = request(Method::kAllocate);
    EXPECT_EQ(first.u32(AttributeType::kAdditionalAddressFamily), 2u << 24);
    EXPECT_FALSE(first.has(AttributeType::kRequestedAddressFamily)) << "section 7.2: 400 with both";
    answer(MessageBuilder::errorTo(first, 401)
               .text(AttributeType::kRealm, "example.org")
               .text(AttributeType::kNonce, "nonce"));
    allocate(granted);
    ASSERT_TRUE(allocated_);
    ASSERT_EQ(allocated_->relayed.size(), granted.size());
    if (granted.size() == 2) {
      EXPECT_EQ(allocated_->relayed, (std::vector{kRelayedV4, kRelayedV6}));
    }
    for (const Endpoint& endpoint : granted)
      EXPECT_TRUE(client_->serves(endpoint.address.family()));
  }
}

TEST_F(TurnClientOfBothFamilies, ToleratesThatTheServerSaysWhyThereIsNoIpv6) {
  // RFC 8656 section 18.9: family, reserved, class, number, reason.
  const Bytes refusal = {0x02, 0x00, 0x04, 40, 'n', 'o', '!', '!'};
  answer(std::move(MessageBuilder::successTo(request(Method::kAllocate))
                       .xorAddress(AttributeType::kXorRelayedAddress, kRelayedV4)
                       .xorAddress(AttributeType::kXorMappedAddress, kClientSource)
                       .u32(AttributeType::kLifetime, 600)
                       .bytes(AttributeType::kAddressErrorCode, refusal)));
  ASSERT_TRUE(allocated_);
  EXPECT_EQ(allocated_->relayed, std::vector{kRelayedV4});
  client_->permit(ip("2001:db8::50"), now_);
  drain();
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_EQ(refused_[0].code, stun::kPeerAddressFamilyMismatch);
}

TEST_F(TurnClientOfBothFamilies, PermitsAndSendsToPeersOfEither) {
  allocate({kRelayedV4, kRelayedV6});
  const Endpoint peerV6 = at("2001:db8::50", 5000);
  permit(kPeer);
  permit(peerV6);
  EXPECT_TRUE(client_->send(kPeer, text("four"), now_));
  EXPECT_TRUE(client_->send(peerV6, text("six"), now_));
  EXPECT_TRUE(refused_.empty());
}

TEST_F(TurnClientOfBothFamilies, RefusesWhatWasPermittedAheadForAFamilyThatDidNotCome) {
  client_->permit(ip("2001:db8::50"), now_);
  client_->permit(kPeer.address, now_);
  EXPECT_TRUE(refused_.empty());
  allocate({kRelayedV4});
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_EQ(refused_[0].peer, ip("2001:db8::50"));
  EXPECT_EQ(request(Method::kCreatePermission).xorAddress(AttributeType::kXorPeerAddress)->address,
            kPeer.address);
}

TEST_F(TurnClientOfBothFamilies, RefreshesBothAtOnce) {
  allocate({kRelayedV4, kRelayedV6});
  client_->probe(now_);
  EXPECT_FALSE(request(Method::kRefresh).has(AttributeType::kRequestedAddressFamily));
}

TEST_F(TurnClientOfBothFamilies, AsksAServerThatHasNoIpv4ForIpv6Alone) {
  answer(MessageBuilder::errorTo(request(Method::kAllocate), 440));
  const auto second = request(Method::kAllocate);
  EXPECT_EQ(second.u32(AttributeType::kRequestedAddressFamily), 2u << 24);
  EXPECT_FALSE(second.has(AttributeType::kAdditionalAddressFamily));
  answer(MessageBuilder::errorTo(second, 440));
  ASSERT_TRUE(failed_);
  EXPECT_EQ(failed_->code, 440);
}

TEST_F(TurnClientOfBothFamilies, AsksAServerThatStumblesOverTheAttributeWithoutIt) {
  for (const int code : {400, 420}) {
    SCOPED_TRACE(code);
    startAfresh();
    challenge(request(Method::kAllocate), 401, "nonce");
    answer(MessageBuilder::errorTo(request(Method::kAllocate), code));
    const auto second = request(Method::kAllocate);
    EXPECT_FALSE(second.has(AttributeType::kAdditionalAddressFamily));
    EXPECT_FALSE(second.has(AttributeType::kRequestedAddressFamily));
    answer(MessageBuilder::errorTo(second, code));
    ASSERT_TRUE(failed_) << "asked once more, not for ever";
    EXPECT_EQ(failed_->code, code);
  }
}

TEST_F(TurnClientOfBothFamilies, TellsWhereTheServerSendsItAndUnderWhichName) {
  answer(std::move(MessageBuilder::errorTo(request(Method::kAllocate), 300)
                       .address(AttributeType::kAlternateServer, at("192.0.2.77", 3479))
                       .text(AttributeType::kAlternateDomain, "other.example.org")));
  ASSERT_TRUE(failed_);
  EXPECT_EQ(failed_->code, 300);
  EXPECT_EQ(failed_->alternateServer, at("192.0.2.77", 3479));
  EXPECT_EQ(failed_->alternateDomain, "other.example.org");
}

TEST_F(TurnClientOfBothFamilies, ADomainThatIsNoneIsNotTold) {
  answer(std::move(MessageBuilder::errorTo(request(Method::kAllocate), 300)
                       .address(AttributeType::kAlternateServer, at("192.0.2.77", 3479))
                       .text(AttributeType::kAlternateDomain, std::string(300, 'x'))));
  ASSERT_TRUE(failed_);
  EXPECT_EQ(failed_->alternateDomain, "");
}

TEST(TurnClientProbe, FindsOutThatTheServerForgotTheAllocation) {
  TurnPair pair(testClientConfig(ClientConfig::Transport::kDatagram), testServerConfig());
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return pair.client.isAllocated(); }));
  pair.client.probe(pair.now());
  pair.run(Duration::seconds(1));
  EXPECT_TRUE(pair.client.isAllocated()) << "it stands";
}

}  // namespace
}  // namespace rtc::turn
