#include "cpp/turn/client.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/cpp/turn/client_fixture.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

class TurnClientOnItsOwn : public ClientAlone {
 protected:
  TurnClientOnItsOwn() { startAfresh(); }

  void startAfresh() {
    ClientAlone::startAfresh(testClientConfig(ClientConfig::Transport::kDatagram));
  }
  void allocate() {
    client_->start(now_);
    challenge(request(Method::kAllocate), 401, "nonce 1");
    answer(allocated(request(Method::kAllocate)));
    ASSERT_TRUE(client_->isAllocated());
  }
  static MessageBuilder allocated(const stun::Message& request) {
    return MessageBuilder::successTo(request)
        .xorAddress(AttributeType::kXorRelayedAddress, at("198.51.100.1", 50000))
        .xorAddress(AttributeType::kXorMappedAddress, kClientSource)
        .u32(AttributeType::kLifetime, 600);
  }
};

TEST_F(TurnClientOnItsOwn, AsksForUdpWithoutCredentialsAtFirst) {
  client_->start(now_);
  const auto first = request(Method::kAllocate);
  EXPECT_EQ(first.u8(AttributeType::kRequestedTransport), 17);
  EXPECT_EQ(first.text(AttributeType::kSoftware), "turn test");
  EXPECT_FALSE(first.has(AttributeType::kUsername));
  EXPECT_FALSE(first.has(AttributeType::kRequestedAddressFamily));
  EXPECT_FALSE(first.integrity());
  challenge(first, 401, "nonce 1");
  const auto second = request(Method::kAllocate);
  EXPECT_EQ(second.text(AttributeType::kUsername), "alice");
  EXPECT_EQ(second.text(AttributeType::kRealm), "example.org");
  EXPECT_EQ(second.text(AttributeType::kNonce), "nonce 1");
  EXPECT_TRUE(second.verifyIntegrity(key()));
  EXPECT_NE(second.transactionId(), first.transactionId());
}

TEST_F(TurnClientOnItsOwn, ReportsEachRefusalOfAnAllocation) {
  for (int code : {300, 400, 403, 420, 437, 440, 441, 442, 486, 500, 508}) {
    for (bool sign : {true, false}) {
      startAfresh();
      client_->start(now_);
      challenge(request(Method::kAllocate), 401, "nonce 1");
      const Endpoint elsewhere = at("192.0.2.77", 3478);
      auto refusal = MessageBuilder::errorTo(request(Method::kAllocate), code);
      if (code == 300)
        refusal.address(AttributeType::kAlternateServer, elsewhere);
      answer(std::move(refusal), sign);
      ASSERT_TRUE(failed_) << code;
      EXPECT_EQ(failed_->code, code);
      EXPECT_EQ(failed_->reason, stun::reasonPhrase(code));
      EXPECT_EQ(failed_->alternateServer.has_value(), code == 300);
      EXPECT_TRUE(client_->deadline().isNever());
    }
  }
}

TEST_F(TurnClientOnItsOwn, IgnoresAnswersWithoutOrWithWrongIntegrity) {
  client_->start(now_);
  challenge(request(Method::kAllocate), 401, "nonce 1");
  const auto allocate = request(Method::kAllocate);
  answer(allocated(allocate), false);
  EXPECT_FALSE(client_->isAllocated());
  client_->handleDatagram(allocated(allocate).integrity(asBytes("not the key")).build(), now_);
  EXPECT_FALSE(client_->isAllocated());
  client_->handleDatagram(
      MessageBuilder::errorTo(allocate, 508).integrity(asBytes("not the key")).build(), now_);
  EXPECT_FALSE(failed_);
  answer(allocated(allocate));
  EXPECT_TRUE(client_->isAllocated());
}

TEST_F(TurnClientOnItsOwn, IgnoresAnswersToNoRequest) {
  allocate();
  answer(MessageBuilder(MessageClass::kError, Method::kRefresh, {}).error(437, "gone"));
  client_->handleDatagram(text("no stun at all"), now_);
  client_->handleDatagram({}, now_);
  EXPECT_FALSE(failed_);
  EXPECT_TRUE(quiet());
}

TEST_F(TurnClientOnItsOwn, FailsOnASuccessWithoutARelayedAddress) {
  client_->start(now_);
  challenge(request(Method::kAllocate), 401, "nonce 1");
  answer(MessageBuilder::successTo(request(Method::kAllocate)).u32(AttributeType::kLifetime, 600));
  ASSERT_TRUE(failed_);
  EXPECT_EQ(failed_->code, 500);
}

TEST_F(TurnClientOnItsOwn, RepeatsARequestWithTheFreshNonce) {
  allocate();
  client_->permit(kPeer.address, now_);
  const auto stale = request(Method::kCreatePermission);
  EXPECT_EQ(stale.text(AttributeType::kNonce), "nonce 1");
  challenge(stale, 438, "nonce 2");
  const auto fresh = request(Method::kCreatePermission);
  EXPECT_EQ(fresh.text(AttributeType::kNonce), "nonce 2");
  EXPECT_TRUE(fresh.verifyIntegrity(key()));
  EXPECT_EQ(fresh.xorAddress(AttributeType::kXorPeerAddress)->address, kPeer.address);
}

TEST_F(TurnClientOnItsOwn, GivesUpOnAServerThatIsNeverContentWithANonce) {
  client_->start(now_);
  challenge(request(Method::kAllocate), 401, "nonce 0");
  int rounds = 0;
  while (!failed_ && rounds < 100) {
    ++rounds;
    challenge(request(Method::kAllocate), 438, "another");
  }
  ASSERT_TRUE(failed_);
  EXPECT_EQ(failed_->code, 438);
  EXPECT_LT(rounds, 10);
}

TEST_F(TurnClientOnItsOwn, LosesTheAllocationWhenTheServerDoesNotKnowIt) {
  allocate();
  client_->permit(kPeer.address, now_);
  answer(MessageBuilder::errorTo(request(Method::kCreatePermission), 437));
  ASSERT_TRUE(failed_);
  EXPECT_EQ(failed_->code, 437);
}

TEST_F(TurnClientOnItsOwn, SurvivesARefusedPermissionAndAsksAgainLater) {
  allocate();
  client_->send(kPeer, asBytes("x"), now_);
  answer(MessageBuilder::errorTo(request(Method::kCreatePermission), 508));
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_EQ(refused_[0].code, 508);
  EXPECT_FALSE(failed_);
  client_->send(kPeer, asBytes("y"), now_);
  request(Method::kCreatePermission);
}

TEST_F(TurnClientOnItsOwn, RefusesPeersOfTheOtherFamilyAndTooManyPeersByItself) {
  allocate();
  client_->permit(ip("2001:db8::1"), now_);
  EXPECT_TRUE(quiet());
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_EQ(refused_[0].code, 443);
  for (int i = 0; i < 300; ++i) {
    client_->permit(
        IpAddress::v4({203, 0, static_cast<uint8_t>(i / 256), static_cast<uint8_t>(i % 256)}),
        now_);
  }
  drain();
  EXPECT_EQ(requests_.size(), 256u);
  EXPECT_EQ(refused_.back().code, 486);
}

TEST_F(TurnClientOnItsOwn, GoesOnWithIndicationsWhenAChannelIsRefused) {
  allocate();
  client_->send(kPeer, asBytes("x"), now_);
  answer(MessageBuilder::successTo(request(Method::kCreatePermission)));
  answer(MessageBuilder(MessageClass::kIndication, Method::kData, {})
             .xorAddress(AttributeType::kXorPeerAddress, kPeer)
             .text(AttributeType::kData, "hello"),
         false);
  ASSERT_EQ(received_.size(), 1u);
  answer(MessageBuilder::errorTo(request(Method::kChannelBind), 508));
  EXPECT_FALSE(failed_);
  EXPECT_TRUE(client_->send(kPeer, asBytes("y"), now_));
  auto output = client_->poll();
  ASSERT_TRUE(output);
  const Bytes sent = std::get<Client::Transmit>(*output).data;
  const auto message = stun::Message::parse(sent);
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(message->is(MessageClass::kIndication, Method::kSend));
}

TEST_F(TurnClientOnItsOwn, TakesNoDataFromWhomItDidNotPermit) {
  allocate();
  answer(MessageBuilder(MessageClass::kIndication, Method::kData, {})
             .xorAddress(AttributeType::kXorPeerAddress, kPeer)
             .text(AttributeType::kData, "hello"),
         false);
  client_->handleDatagram(encodeChannelData(kFirstChannel, asBytes("hello"), false), now_);
  drain();
  EXPECT_TRUE(received_.empty());
}

TEST_F(TurnClientOnItsOwn, DoesNotSpinOnALifetimeOfNothing) {
  client_->start(now_);
  challenge(request(Method::kAllocate), 401, "nonce 1");
  const auto allocate = request(Method::kAllocate);
  answer(MessageBuilder::successTo(allocate)
             .xorAddress(AttributeType::kXorRelayedAddress, at("198.51.100.1", 50000))
             .xorAddress(AttributeType::kXorMappedAddress, kClientSource)
             .u32(AttributeType::kLifetime, 0));
  EXPECT_GE(client_->deadline() - now_, Duration::seconds(1));
}

TEST_F(TurnClientOnItsOwn, SaysNothingBehindItsFailure) {
  client_->start(now_);
  challenge(request(Method::kAllocate), 401, "nonce 1");
  answer(MessageBuilder::successTo(request(Method::kAllocate))
             .xorAddress(AttributeType::kXorRelayedAddress, at("198.51.100.1", 50000))
             .xorAddress(AttributeType::kXorMappedAddress, kClientSource)
             .u32(AttributeType::kLifetime, 10));
  ASSERT_TRUE(client_->isAllocated());
  // The Refresh goes unanswered until only its last wait is left.
  for (int i = 0; i < 7; ++i) {
    now_ = client_->deadline();
    client_->handleTimeout(now_);
  }
  drain();
  for (uint8_t i = 0; i < 16; ++i)
    client_->permit(IpAddress::v4({203, 0, 113, i}), now_);
  drain();
  client_->handleTimeout(now_ + Duration::seconds(60));
  int outputs = 0;
  int failedAs = 0;
  while (auto output = client_->poll()) {
    ++outputs;
    if (std::holds_alternative<Client::Failed>(*output))
      failedAs = outputs;
  }
  EXPECT_GT(failedAs, 0);
  EXPECT_EQ(failedAs, outputs);
}

TEST_F(TurnClientOnItsOwn, IsSilentBeforeStartAndAfterClose) {
  EXPECT_FALSE(client_->send(kPeer, asBytes("x"), now_));
  client_->close(now_);
  auto output = client_->poll();
  ASSERT_TRUE(output);
  EXPECT_TRUE(std::holds_alternative<Client::Closed>(*output));
  client_->start(now_);
  client_->permit(kPeer.address, now_);
  client_->handleTimeout(now_ + Duration::seconds(1000));
  EXPECT_FALSE(client_->poll());
}

TEST(TurnClient, FailsWhenTheRandomSourceDoes) {
  class Broken final : public RandomSource {
   public:
    [[nodiscard]] bool fill(MutableByteSpan) override { return false; }
  } random;
  Client client(testClientConfig(ClientConfig::Transport::kDatagram), random);
  client.start(Timestamp::milliseconds(1));
  auto output = client.poll();
  ASSERT_TRUE(output);
  EXPECT_TRUE(std::holds_alternative<Client::Failed>(*output));
}

TEST(TurnClient, FailsOnAStreamThatCarriesSomethingElse) {
  SeededRandom random(1);
  Client client(testClientConfig(ClientConfig::Transport::kStream), random);
  client.start(Timestamp::milliseconds(1));
  ASSERT_TRUE(client.poll());
  client.handleStreamData(asBytes("SSH-2.0-server\r\n"), Timestamp::milliseconds(2));
  auto output = client.poll();
  ASSERT_TRUE(output);
  ASSERT_TRUE(std::holds_alternative<Client::Failed>(*output));
  EXPECT_EQ(std::get<Client::Failed>(*output).code, 701);
}

}  // namespace
}  // namespace rtc::turn
