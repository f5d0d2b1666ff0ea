#include "cpp/turn/channel_data.h"
#include "tests/cpp/turn/server_fixture.h"

namespace rtc::turn {
namespace {

using TurnServerRelaying = TurnServerTest;
using Sent = std::vector<std::pair<Endpoint, std::string>>;

TEST_F(TurnServerRelaying, PassesIndicationsBothWaysUnderAPermission) {
  begin();
  const Login me = allocate(kUdp);
  deliver(kUdp, sendIndication(kPeer, "too early"));
  server_->relayDatagram(opened_[0].socket, kPeer, asBytes("too early"), now_);
  drain();
  EXPECT_TRUE(atPeer_.empty());
  EXPECT_TRUE(inbox_[kUdp].empty());
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 200);
  deliver(kUdp, sendIndication(kPeer, "out"));
  EXPECT_EQ(atPeer_, (Sent{{kPeer, "out"}}));
  server_->relayDatagram(opened_[0].socket, kPeer, asBytes("in"), now_);
  drain();
  ASSERT_EQ(inbox_[kUdp].size(), 1u);
  const auto message = stun::Message::parse(inbox_[kUdp][0]);
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(message->is(MessageClass::kIndication, Method::kData));
  EXPECT_EQ(message->xorAddress(AttributeType::kXorPeerAddress), kPeer);
  EXPECT_EQ(message->text(AttributeType::kData), "in");
}

TEST_F(TurnServerRelaying, PassesChannelDataPaddedOnStreamsAlone) {
  begin();
  for (ClientId client : {kUdp, kStream}) {
    opened_.clear();
    atPeer_.clear();
    const Login me = allocate(client);
    EXPECT_EQ(codeOf(client, channelBind(0x4001, kPeer), me), 200);
    deliver(client, encodeChannelData(ChannelNumber(0x4001), asBytes("hello"), client == kStream));
    EXPECT_EQ(atPeer_, (Sent{{kPeer, "hello"}}));
    server_->relayDatagram(opened_[0].socket, kPeer, asBytes("world"), now_);
    drain();
    ASSERT_EQ(inbox_[client].size(), 1u);
    EXPECT_EQ(inbox_[client][0],
              encodeChannelData(ChannelNumber(0x4001), asBytes("world"), client == kStream));
    // The same address from another port has a permission, but no channel.
    server_->relayDatagram(opened_[0].socket, at("203.0.113.50", 9), asBytes("x"), now_);
    drain();
    ASSERT_EQ(inbox_[client].size(), 2u);
    EXPECT_TRUE(stun::Message::parse(inbox_[client][1]).ok());
    inbox_[client].clear();
  }
}

TEST_F(TurnServerRelaying, ForgetsAPermissionAfterFiveMinutes) {
  begin();
  const Login me = allocate(kUdp);
  codeOf(kUdp, permission(kPeer), me);
  advance(Duration::seconds(299));
  deliver(kUdp, sendIndication(kPeer, "still"));
  advance(Duration::seconds(1));
  deliver(kUdp, sendIndication(kPeer, "no more"));
  EXPECT_EQ(atPeer_, (Sent{{kPeer, "still"}}));
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 200);
  deliver(kUdp, sendIndication(kPeer, "again"));
  EXPECT_EQ(atPeer_.size(), 2u);
}

TEST_F(TurnServerRelaying, ForgetsAChannelAfterTenMinutes) {
  begin();
  const Login me = allocate(kUdp);
  codeOf(kUdp, std::move(request(Method::kRefresh).u32(AttributeType::kLifetime, 3600)), me);
  codeOf(kUdp, channelBind(0x4000, kPeer), me);
  for (int i = 0; i < 3; ++i) {
    advance(Duration::seconds(199));
    codeOf(kUdp, permission(kPeer), me);
  }
  const Bytes data = encodeChannelData(kFirstChannel, asBytes("x"), false);
  deliver(kUdp, data);
  EXPECT_EQ(atPeer_.size(), 1u);
  advance(Duration::seconds(3));
  deliver(kUdp, data);
  EXPECT_EQ(atPeer_.size(), 1u);
  deliver(kUdp, sendIndication(kPeer, "the permission stands"));
  EXPECT_EQ(atPeer_.size(), 2u);
  // Both sides of the old binding are free.
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("203.0.113.60", 1)), me), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4002, kPeer), me), 200);
}

TEST_F(TurnServerRelaying, NeedsAPermissionEvenForABoundChannel) {
  begin();
  const Login me = allocate(kUdp);
  codeOf(kUdp, channelBind(0x4000, kPeer), me);
  advance(Duration::seconds(301));
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("x"), false));
  EXPECT_TRUE(atPeer_.empty());
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), me), 200);
  deliver(kUdp, encodeChannelData(kFirstChannel, asBytes("x"), false));
  EXPECT_EQ(atPeer_.size(), 1u);
}

TEST_F(TurnServerRelaying, RefusesMalformedPermissionsAndChannels) {
  begin();
  const Login me = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, request(Method::kCreatePermission), me), 400);
  EXPECT_EQ(codeOf(kUdp,
                   std::move(request(Method::kCreatePermission)
                                 .bytes(AttributeType::kXorPeerAddress, Bytes(7))),
                   me),
            400);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x3fff, kPeer), me), 400);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x7fff, kPeer), me), 400);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("203.0.113.50", 0)), me), 400);
  EXPECT_EQ(codeOf(kUdp, request(Method::kChannelBind), me), 400);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), me), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("203.0.113.50", 1)), me), 400);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4001, kPeer), me), 400);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), me), 200);
}

TEST_F(TurnServerRelaying, RefusesInsidePeersInEveryForm) {
  begin();
  const Login four = allocate(kUdp);
  const Login six = login(kOther);
  ASSERT_EQ(
      codeOf(kOther,
             std::move(allocateRequest().u32(AttributeType::kRequestedAddressFamily, 2u << 24)),
             six),
      200);
  for (const char* peer :
       {"127.0.0.1", "0.0.0.0", "10.0.0.1", "169.254.169.254", "::", "::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", "fd00::1", "::127.0.0.1"}) {
    const bool v4 = ip(peer).isV4();
    const ClientId client = v4 ? kUdp : kOther;
    const Login& me = v4 ? four : six;
    EXPECT_EQ(codeOf(client, permission(at(peer, 80)), me), 403) << peer;
    EXPECT_EQ(codeOf(client, channelBind(0x4000, at(peer, 80)), me), 403) << peer;
    deliver(client, sendIndication(at(peer, 80), "x"));
  }
  EXPECT_TRUE(atPeer_.empty());
}

TEST_F(TurnServerRelaying, RefusesPeersOfTheOtherFamily) {
  begin();
  const Login four = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, permission(at("2001:db8::1", 1)), four), 443);
  EXPECT_EQ(codeOf(kUdp, permission(at("::ffff:203.0.113.50", 1)), four), 443);
  const Login six = login(kOther);
  codeOf(kOther, std::move(allocateRequest().u32(AttributeType::kRequestedAddressFamily, 2u << 24)),
         six);
  EXPECT_EQ(codeOf(kOther, permission(kPeer), six), 443);
  EXPECT_EQ(codeOf(kOther, permission(at("::ffff:203.0.113.50", 1)), six), 443);
  EXPECT_EQ(codeOf(kOther, permission(at("2001:db8::1", 1)), six), 200);
}

TEST_F(TurnServerRelaying, InstallsAllPermissionsOfARequestOrNone) {
  ServerConfig config = testServerConfig();
  config.maxPermissions = 3;
  begin(config);
  const Login me = allocate(kUdp);
  auto mixed = permission(kPeer);
  mixed.xorAddress(AttributeType::kXorPeerAddress, at("10.0.0.1", 1));
  EXPECT_EQ(codeOf(kUdp, std::move(mixed), me), 403);
  auto many = request(Method::kCreatePermission);
  for (uint8_t i = 0; i < 4; ++i) {
    many.xorAddress(AttributeType::kXorPeerAddress, {IpAddress::v4({203, 0, 113, i}), 1});
  }
  EXPECT_EQ(codeOf(kUdp, std::move(many), me), 508);
  deliver(kUdp, sendIndication(kPeer, "x"));
  EXPECT_TRUE(atPeer_.empty());
  auto three = request(Method::kCreatePermission);
  for (uint8_t i = 0; i < 4; ++i) {
    three.xorAddress(AttributeType::kXorPeerAddress,
                     {IpAddress::v4({203, 0, 113, static_cast<uint8_t>(i % 3)}), i});
  }
  EXPECT_EQ(codeOf(kUdp, std::move(three), me), 200);
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 508);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), me), 508);
  EXPECT_EQ(codeOf(kUdp, permission({IpAddress::v4({203, 0, 113, 0}), 1}), me), 200);
  advance(Duration::seconds(300));
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 200);
}

TEST_F(TurnServerRelaying, LimitsTheChannelsOfAnAllocation) {
  ServerConfig config = testServerConfig();
  config.maxChannels = 2;
  begin(config);
  const Login me = allocate(kUdp);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, at("203.0.113.50", 1)), me), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4001, at("203.0.113.50", 2)), me), 200);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4002, at("203.0.113.50", 3)), me), 508);
}

TEST_F(TurnServerRelaying, DropsWhatExceedsTheUsersOrTheTotalBandwidth) {
  ServerConfig config = testServerConfig();
  config.bytesPerSecondPerUser = 100000;
  config.bytesPerSecond = 150000;
  begin(config);
  const Login alice = allocate(kUdp);
  const Login bob = login(kOther, "bob", "builder");
  ASSERT_EQ(codeOf(kOther, allocateRequest(), bob), 200);
  codeOf(kUdp, permission(kPeer), alice);
  codeOf(kOther, permission(kPeer), bob);
  const std::string kilobyte(1000, 'x');
  for (int i = 0; i < 300; ++i)
    deliver(kUdp, sendIndication(kPeer, kilobyte));
  EXPECT_EQ(atPeer_.size(), 100u);
  for (int i = 0; i < 300; ++i)
    deliver(kOther, sendIndication(kPeer, kilobyte));
  EXPECT_EQ(atPeer_.size(), 150u);
  EXPECT_EQ(server_->stats().drops.bandwidth, 450u);
  EXPECT_EQ(server_->stats().drops.total(), 450u);
  advance(Duration::seconds(1));
  server_->relayDatagram(opened_[0].socket, kPeer, asBytes(kilobyte), now_);
  drain();
  EXPECT_EQ(inbox_[kUdp].size(), 1u);
}

TEST_F(TurnServerRelaying, DropsSendIndicationsThatMustNotBeFragmented) {
  begin();
  const Login me = allocate(kUdp);
  codeOf(kUdp, permission(kPeer), me);
  deliver(kUdp, MessageBuilder(MessageClass::kIndication, Method::kSend, {})
                    .xorAddress(AttributeType::kXorPeerAddress, kPeer)
                    .flag(AttributeType::kDontFragment)
                    .text(AttributeType::kData, "x")
                    .build());
  EXPECT_TRUE(atPeer_.empty());
}

TEST_F(TurnServerRelaying, ClosesTheSocketWithItsClientAndTheAllocationWithItsSocket) {
  begin();
  allocate(kUdp);
  server_->clientClosed(kUdp, now_);
  drain();
  EXPECT_EQ(closedSockets_, std::vector{opened_[0].socket});
  EXPECT_EQ(server_->stats().clients, 2u);
  const Login me = allocate(kOther);
  server_->relaySocketFailed(opened_[1].socket, now_);
  drain();
  EXPECT_EQ(server_->stats().allocations, 0u);
  EXPECT_EQ(codeOf(kOther, request(Method::kRefresh), me), 437);
  server_->relayDatagram(opened_[1].socket, kPeer, asBytes("late"), now_);
  drain();
  EXPECT_TRUE(inbox_[kOther].empty());
}

}  // namespace
}  // namespace rtc::turn
