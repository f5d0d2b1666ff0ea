// What a TURN server bounds, and what it counts: quotas, its own addresses, the end of service.

#include "tests/cpp/turn/server_fixture.h"

namespace rtc::turn {
namespace {

using TurnServerLimits = TurnServerTest;
using Sent = std::vector<std::pair<Endpoint, std::string>>;

ServerConfig ownAddressConfig(std::vector<Cidr> allow = {}) {
  ServerConfig config = testServerConfig();
  config.policy = PeerPolicy(std::move(allow), {}, {*Cidr::parse("198.51.100.1")});
  return config;
}

TEST_F(TurnServerLimits, LimitsPermissionsPerUserAndInTotal) {
  ServerConfig config = testServerConfig();
  config.maxPermissionsPerUser = 3;
  config.maxPermissionsInTotal = 4;
  begin(config);
  const Login first = allocate(kUdp);
  const Login second = allocate(kStream);
  const Login bob = login(kOther, "bob", "builder");
  ASSERT_EQ(codeOf(kOther, allocateRequest(), bob), 200);
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.1", 1)), first), 200);
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.2", 1)), first), 200);
  EXPECT_EQ(codeOf(kStream, permission(at("203.0.113.3", 1)), second), 200);
  EXPECT_EQ(codeOf(kStream, permission(at("203.0.113.4", 1)), second), 508);
  EXPECT_EQ(codeOf(kStream, channelBind(0x4000, at("203.0.113.4", 1)), second), 508);
  EXPECT_EQ(codeOf(kStream, permission(at("203.0.113.3", 1)), second), 200);
  EXPECT_EQ(codeOf(kOther, permission(at("203.0.113.1", 1)), bob), 200);
  EXPECT_EQ(codeOf(kOther, permission(at("203.0.113.2", 1)), bob), 508);
  EXPECT_EQ(server_->stats().permissions, 4u);
  EXPECT_EQ(server_->stats().quotaRefusals, 3u);
  advance(Duration::seconds(300));
  EXPECT_EQ(server_->stats().permissions, 0u);
  EXPECT_EQ(codeOf(kStream, permission(at("203.0.113.4", 1)), second), 200);
}

// Else a user who allocates a pair of ports and gives the allocation back, time and again, holds
// every port and descriptor that there is.
TEST_F(TurnServerLimits, CountsPortsThatAreKeptForASecondAllocation) {
  ServerConfig config = testServerConfig();
  config.maxAllocationsPerUser = 3;
  config.maxAllocations = 4;
  begin(config);
  const uint8_t reserve = 0x80;
  const auto pair = [&] {
    return std::move(allocateRequest().bytes(AttributeType::kEvenPort, ByteSpan(&reserve, 1)));
  };
  const auto giveBack = [&] {
    return std::move(request(Method::kRefresh).u32(AttributeType::kLifetime, 0));
  };
  const Login me = login(kUdp);
  const auto first = exchange(kUdp, pair(), me);
  ASSERT_TRUE(first && first->success());
  EXPECT_EQ(codeOf(kUdp, giveBack(), me), 200);
  EXPECT_EQ(codeOf(kUdp, pair(), me), 200);
  EXPECT_EQ(codeOf(kUdp, giveBack(), me), 200);
  EXPECT_EQ(server_->stats().reservations, 2u);
  EXPECT_EQ(codeOf(kUdp, pair(), me), 486);
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), me), 200);
  EXPECT_EQ(codeOf(kStream, allocateRequest(), login(kStream)), 486);
  const Login bob = login(kOther, "bob", "builder");
  EXPECT_EQ(codeOf(kOther, pair(), bob), 508);
  EXPECT_EQ(server_->stats().quotaRefusals, 3u);
  // What is kept can be claimed all the same, and counts once.
  const auto token = first->message.u64(AttributeType::kReservationToken);
  ASSERT_TRUE(token);
  EXPECT_EQ(
      codeOf(kStream, std::move(allocateRequest().u64(AttributeType::kReservationToken, *token)),
             login(kStream)),
      200);
  EXPECT_EQ(server_->stats().allocations, 2u);
  EXPECT_EQ(server_->stats().reservations, 1u);
  // What nobody claims is free again.
  advance(Duration::seconds(30));
  EXPECT_EQ(server_->stats().reservations, 0u);
  EXPECT_EQ(codeOf(kOther, pair(), bob), 200);
  EXPECT_EQ(codeOf(kOther, giveBack(), bob), 200);
}

TEST_F(TurnServerLimits, DoesNotCountAPairOfPortsThatCouldNotBeOpened) {
  ServerConfig config = testServerConfig();
  config.maxAllocationsPerUser = 2;
  begin(config);
  openByItself_ = false;
  const uint8_t reserve = 0x80;
  const Login me = login(kUdp);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(exchange(
        kUdp, std::move(allocateRequest().bytes(AttributeType::kEvenPort, ByteSpan(&reserve, 1))),
        me));
    server_->relaySocketFailed(opened_.back().socket, now_);
    server_->relaySocketFailed(*opened_.back().nextPort, now_);
    drain();
    ASSERT_EQ(inbox_[kUdp].size(), 1u);
    EXPECT_EQ(stun::Message::parse(inbox_[kUdp][0])->errorCode()->code, 508);
    inbox_[kUdp].clear();
  }
  EXPECT_EQ(server_->stats().quotaRefusals, 0u);
}

TEST_F(TurnServerLimits, LimitsChannelsPerUserAndInTotal) {
  ServerConfig config = testServerConfig();
  config.maxChannelsPerUser = 2;
  config.maxChannelsInTotal = 3;
  begin(config);
  const Login first = allocate(kUdp);
  const Login second = allocate(kStream);
  const Login bob = login(kOther, "bob", "builder");
  ASSERT_EQ(codeOf(kOther, allocateRequest(), bob), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), first), 200);
  EXPECT_EQ(codeOf(kStream, channelBind(0x4000, kPeer), second), 200);
  EXPECT_EQ(codeOf(kStream, channelBind(0x4001, at("203.0.113.50", 1)), second), 508);
  EXPECT_EQ(codeOf(kStream, channelBind(0x4000, kPeer), second), 200);
  EXPECT_EQ(codeOf(kOther, channelBind(0x4000, kPeer), bob), 200);
  EXPECT_EQ(codeOf(kOther, channelBind(0x4001, at("203.0.113.50", 1)), bob), 508);
  EXPECT_EQ(server_->stats().channels, 3u);
  // An allocation that ends gives back what was counted for it.
  server_->clientClosed(kUdp, now_);
  drain();
  EXPECT_EQ(server_->stats().channels, 2u);
  EXPECT_EQ(codeOf(kStream, channelBind(0x4001, at("203.0.113.50", 1)), second), 200);
}

TEST_F(TurnServerLimits, RefusesItsOwnAddressesWhereNoAllocationIs) {
  begin(ownAddressConfig());
  const Login me = login(kUdp);
  ASSERT_EQ(
      codeOf(kUdp,
             std::move(allocateRequest().u32(AttributeType::kAdditionalAddressFamily, 2u << 24)),
             me),
      200);
  const Endpoint mine = at("198.51.100.1", 49152);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("198.51.100.1", 53)), me), 403);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("2001:db8:5::1", 53)), me), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4001, mine), me), 200);
  EXPECT_EQ(codeOf(kUdp, permission(at("198.51.100.1", 53)), me), 200);
  deliver(kUdp, sendIndication(at("198.51.100.1", 53), "to the machine's own resolver"));
  EXPECT_TRUE(atPeer_.empty());
  server_->relayDatagram(opened_[0].socket, at("198.51.100.1", 53), asBytes("its answer"), now_);
  drain();
  EXPECT_TRUE(inbox_[kUdp].empty());
  EXPECT_EQ(server_->stats().drops.ownAddress, 2u);
  EXPECT_EQ(server_->stats().peersRefused, 1u);
}

TEST_F(TurnServerLimits, RefusesAnOwnAddressThatRelaysNothing) {
  ServerConfig config = testServerConfig();
  config.policy = PeerPolicy({}, {}, {*Cidr::parse("203.0.113.200")});
  begin(config);
  const Login me = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.200", 53)), me), 403);
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.201", 53)), me), 200);
}

TEST_F(TurnServerLimits, RefusesAnAddressThatItsMachineGotLater) {
  begin();
  const Login me = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.200", 53)), me), 200);
  server_->setOwnAddresses({*Cidr::parse("203.0.113.200")});
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.200", 53)), me), 403);
  server_->setOwnAddresses({});
  EXPECT_EQ(codeOf(kUdp, permission(at("203.0.113.200", 53)), me), 200);
}

TEST_F(TurnServerLimits, OpensItsOwnAddressesWhenTheOperatorSaysSo) {
  begin(ownAddressConfig({*Cidr::parse("198.51.100.1")}));
  const Login me = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("198.51.100.1", 53)), me), 200);
  deliver(kUdp, sendIndication(at("198.51.100.1", 53), "out"));
  EXPECT_EQ(atPeer_, (Sent{{at("198.51.100.1", 53), "out"}}));
}

TEST_F(TurnServerLimits, RelaysBetweenItsAllocationsWithoutASocket) {
  begin(ownAddressConfig());
  const Login alice = allocate(kUdp);
  const Login bob = login(kStream, "bob", "builder");
  ASSERT_EQ(codeOf(kStream, allocateRequest(), bob), 200);
  const Endpoint ofAlice = at("198.51.100.1", 49152);
  const Endpoint ofBob = at("198.51.100.1", 49154);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, ofBob), alice), 200);
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("not permitted yet"), false));
  EXPECT_TRUE(inbox_[kStream].empty());
  EXPECT_EQ(codeOf(kStream, permission(ofAlice), bob), 200);
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("hello"), false));
  ASSERT_EQ(inbox_[kStream].size(), 1u);
  const auto message = stun::Message::parse(inbox_[kStream][0]);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->xorAddress(AttributeType::kXorPeerAddress), ofAlice);
  EXPECT_EQ(message->text(AttributeType::kData), "hello");
  deliver(kStream, sendIndication(ofAlice, "and back"));
  ASSERT_EQ(inbox_[kUdp].size(), 1u);
  EXPECT_EQ(inbox_[kUdp][0], encodeChannelData(kFirstChannel, asBytes("and back"), false));
  EXPECT_TRUE(atPeer_.empty());
  // Once it is gone nothing goes there.
  server_->clientClosed(kStream, now_);
  drain();
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("gone"), false));
  EXPECT_TRUE(atPeer_.empty());
}

TEST_F(TurnServerLimits, MakesNoAllocationsAnyMoreButKeepsThoseThatAreThere) {
  begin();
  const Login me = allocate(kUdp);
  server_->stopAllocating();
  EXPECT_EQ(codeOf(kOther, allocateRequest(), login(kOther)), 508);
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 200);
  EXPECT_EQ(codeOf(kUdp, request(Method::kRefresh), me), 200);
  deliver(kUdp, sendIndication(kPeer, "still"));
  EXPECT_EQ(atPeer_.size(), 1u);
  EXPECT_EQ(server_->stats().allocationsRefused, 1u);
  EXPECT_EQ(server_->stats().quotaRefusals, 0u);
}

TEST_F(TurnServerLimits, CountsWhatItDropsByCause) {
  begin();
  const Login me = allocate(kUdp);
  deliver(kUdp, sendIndication(kPeer, "no permission"));
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("no channel"), false));
  deliver(kOther, encodeChannelData(kFirstChannel, asBytes("no allocation"), false));
  server_->relayDatagram(opened_[0].socket, kPeer, asBytes("no permission"), now_);
  drain();
  const auto drops = server_->stats().drops;
  EXPECT_EQ(drops.noPermission, 2u);
  EXPECT_EQ(drops.noChannel, 1u);
  EXPECT_EQ(drops.invalid, 1u);
  EXPECT_EQ(drops.total(), 4u);
}

TEST_F(TurnServerLimits, TakesTheChannelNumbersThatOlderClientsDraw) {
  begin();
  const Login me = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x7ffe, kPeer), me), 200);
  deliver(kUdp, encodeChannelData(kLastLegacyChannel, asBytes("x"), false));
  EXPECT_EQ(atPeer_.size(), 1u);
}

// A datagram's source can be forged; what comes back to it is bounded in size and number.
TEST_F(TurnServerLimits, AnswersAtMost128BytesToADatagramThatProvesNothing) {
  ServerConfig config = testServerConfig();
  config.realm = "a.realm.of.32.characters.example";
  config.software = std::string(200, 's');
  begin(config);
  for (const Method method : {Method::kAllocate, Method::kRefresh, Method::kCreatePermission,
                              Method::kChannelBind, Method::kBinding}) {
    const Bytes smallest = request(method).build();
    const auto response = exchange(kUdp, smallest);
    ASSERT_TRUE(response);
    EXPECT_LE(response->bytes->size(), 128u) << static_cast<int>(method);
    // Not even once for credentials that are made up.
    const auto signedOne = exchange(kUdp, request(method), Login{});
    ASSERT_TRUE(signedOne);
    EXPECT_LE(signedOne->bytes->size(), 128u) << static_cast<int>(method);
  }
}

TEST_F(TurnServerLimits, AnswersAtMost128BytesToADatagramFullOfUnknownAttributes) {
  begin();
  auto strange = request(Method::kBinding);
  // As many as a UDP datagram holds.
  for (uint16_t type = 0x3000; type < 0x3000 + 16'000; ++type)
    strange.flag(static_cast<AttributeType>(type));
  const auto response = exchange(kUdp, strange.fingerprint().build());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->code(), 420);
  EXPECT_EQ(response->message.unknownAttributes().size(), stun::Message::kMostUnknown);
  EXPECT_LE(response->bytes->size(), 128u);
}

TEST_F(TurnServerLimits, AnswersABoundedNumberOfBindingRequestsOfOneSource) {
  ServerConfig config = testServerConfig();
  config.bindingBurst = 20;
  config.bindingsPerSecond = 10;
  begin(config);
  const auto answersOf = [&](ClientId client) {
    int answers = 0;
    for (int i = 0; i < 100; ++i)
      answers += exchange(client, request(Method::kBinding).build()) ? 1 : 0;
    return answers;
  };
  EXPECT_EQ(answersOf(kUdp), 20);
  EXPECT_EQ(answersOf(kOther), 20);    // another source
  EXPECT_EQ(answersOf(kStream), 100);  // a connection has a source that is real
  EXPECT_EQ(server_->stats().challengesSuppressed, 160u);
  advance(Duration::seconds(1));
  EXPECT_EQ(answersOf(kUdp), 10);
  allocate(kUdp);
  EXPECT_EQ(answersOf(kUdp), 100);
}

}  // namespace
}  // namespace rtc::turn
