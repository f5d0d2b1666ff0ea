// What networks do to a session, and that a transfer comes through it whole, in virtual time.

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/session.h"

namespace rtc::sim {
namespace {

using ice::IceTransportState;

constexpr size_t kMegabyte = 1024 * 1024;

/// A megabyte takes half a second at least.
LinkOptions broadband() {
  LinkOptions link;
  link.latency = Duration::milliseconds(5);
  link.rate = 16'000'000;
  return link;
}

SessionOptions options(const LinkOptions& link) {
  SessionOptions result;
  result.linkA = link;
  result.linkB = link;
  return result;
}

void connect(Session& session) {
  session.start();
  ASSERT_TRUE(session.runUntil([&] { return session.isCompleted(); }));
}

/// Feeds the transfer until a megabyte has arrived.
bool runUntilUnderWay(Session& session, Transfer& transfer) {
  return session.runUntil(
      [&] {
        transfer.feed();
        return transfer.bytesArrived() > kMegabyte;
      },
      Duration::seconds(10));
}

TEST(Faults, CarriesATransferThroughThirtyPercentOfLossForTenSeconds) {
  Session session(options(broadband()));
  connect(session);
  Transfer transfer(session, 16 * kMegabyte);
  const auto feedFor = [&](Duration time) {
    const Timestamp end = session.now() + time;
    session.runUntil(
        [&] {
          transfer.feed();
          return session.now() >= end || transfer.arrived();
        },
        time);
  };
  feedFor(Duration::seconds(1));
  ASSERT_FALSE(transfer.arrived());
  LinkOptions lossy = broadband();
  lossy.loss = 0.3;
  session.network.setLink(session.a.address, lossy);
  feedFor(Duration::seconds(10));
  EXPECT_FALSE(transfer.arrived());
  session.network.setLink(session.a.address, broadband());
  ASSERT_TRUE(transfer.run(Duration::seconds(60)));
  EXPECT_TRUE(transfer.isIntact());
  EXPECT_TRUE(session.a.closed.empty());
  EXPECT_NE(session.a.ice, IceTransportState::kFailed);
}

TEST(Faults, GoesOnAfterTwentySecondsOfSilence) {
  Session session(options(broadband()));
  connect(session);
  Transfer transfer(session, 4 * kMegabyte);
  ASSERT_TRUE(runUntilUnderWay(session, transfer));
  const Timestamp silentFrom = session.now();
  session.network.drop = [](const Packet&) {
    return true;
  };
  session.run(Duration::seconds(20));
  for (const Party* party : {&session.a, &session.b}) {
    EXPECT_EQ(party->ice, IceTransportState::kDisconnected);
    EXPECT_TRUE(party->reached(IceTransportState::kFailed).isNever());
  }
  session.network.drop = nullptr;
  ASSERT_TRUE(transfer.run(Duration::seconds(30)));
  EXPECT_TRUE(transfer.isIntact());
  EXPECT_TRUE(session.runUntil([&] { return session.isCompleted(); }, Duration::seconds(10)));
  EXPECT_TRUE(session.a.reached(IceTransportState::kFailed, silentFrom).isNever());
}

TEST(Faults, IsDisconnectedFirstAndFailsThirtySecondsAfterTheLastConsent) {
  Session session(options(broadband()));
  connect(session);
  // When the last answer to a check entered the core on its way to each end.
  std::map<IpAddress, Timestamp> lastResponse;
  bool isSilent = false;
  session.network.drop = [&](const Packet& packet) {
    const bool isSuccess = packet.data[0] == 0x01 && packet.data[1] == 0x01;
    if (isSuccess && !isSilent)
      lastResponse[packet.destination.address] = session.now();
    return isSilent;
  };
  session.run(Duration::seconds(20));
  isSilent = true;
  const Timestamp silentFrom = session.now();
  session.run(Duration::seconds(60));
  for (const Party* party : {&session.a, &session.b}) {
    const Timestamp disconnected = party->reached(IceTransportState::kDisconnected, silentFrom);
    const Timestamp failed = party->reached(IceTransportState::kFailed, silentFrom);
    ASSERT_FALSE(failed.isNever());
    EXPECT_LT(disconnected, failed);
    // Two requests, of which one leaves every 4 to 6 s, and 5 s without an answer.
    EXPECT_LE(disconnected - silentFrom, Duration::seconds(6 + 6));
    const Timestamp lastArrived =
        lastResponse.at(party->address) + session.network.latency + broadband().latency;
    EXPECT_NEAR((failed - lastArrived).seconds(), 30, 0.001) << "RFC 7675 section 5.1";
    EXPECT_EQ(party->ice, IceTransportState::kFailed);
  }
}

TEST(Faults, CarriesATransferOverALinkThatDuplicatesReordersAndJitters) {
  LinkOptions link = broadband();
  link.jitter = Duration::milliseconds(30);
  link.duplicate = 0.1;
  link.reorder = 0.1;
  link.reorderBy = Duration::milliseconds(15);
  Session session(options(link));
  connect(session);
  Transfer transfer(session, 4 * kMegabyte);
  ASSERT_TRUE(transfer.run(Duration::seconds(60)));
  EXPECT_TRUE(transfer.isIntact());
  EXPECT_EQ(session.b.messages.size(), 4 * kMegabyte / (16 * 1024)) << "none twice";
}

TEST(Faults, FollowsAHostFromOneAddressToAnother) {
  for (const int gapSeconds : {-1, 0, 3}) {
    SCOPED_TRACE(gapSeconds);
    Session session(options(broadband()));
    connect(session);
    Transfer transfer(session, 4 * kMegabyte);
    ASSERT_TRUE(runUntilUnderWay(session, transfer));
    const IpAddress before = session.b.address;
    const IpAddress after = ip("10.2.0.9");
    if (gapSeconds < 0) {
      session.b.addAddress(after);
      session.run(Duration::seconds(1));
    }
    session.b.removeAddress(before);
    if (gapSeconds >= 0) {
      session.run(Duration::seconds(gapSeconds));
      session.b.addAddress(after);
    }
    ASSERT_TRUE(transfer.run(Duration::seconds(30)));
    EXPECT_TRUE(transfer.isIntact());
    for (const Party* party : {&session.a, &session.b}) {
      EXPECT_TRUE(party->reached(IceTransportState::kFailed).isNever());
      EXPECT_TRUE(party->closed.empty());
    }
  }
}

struct MtuCase {
  const char* what;
  bool ipv6;
  Access access;
};

TEST(Faults, SendsNothingButAProbeThatTheMinimumMtuOfIpv6DoesNotCarry) {
  for (const MtuCase& one :
       {MtuCase{"IPv4", false, Access::kOpen}, MtuCase{"IPv6", true, Access::kOpen},
        MtuCase{"TURN over UDP", false, Access::kSymmetric}}) {
    SCOPED_TRACE(one.what);
    LinkOptions link = broadband();
    link.mtu = 1280;
    SessionOptions setup = options(link);
    setup.ipv6 = one.ipv6;
    setup.accessA = one.access;
    setup.accessB = one.access;
    setup.withStun = !one.ipv6;
    setup.withTurn = one.access == Access::kSymmetric;
    Session session(setup);
    connect(session);
    Transfer transfer(session, kMegabyte);
    ASSERT_TRUE(transfer.run(Duration::seconds(10)));
    EXPECT_TRUE(transfer.isIntact());
    // The probe for more.
    EXPECT_EQ(session.network.count(Fate::kMtu), 1u);
  }
}

// IPv4 may have such paths, no host on today's Internet has. As in browsers, packets do not shrink
// below what IPv6 carries: what fits into one of them passes, and what does not ends the
// association instead of hanging.
TEST(Faults, EndsTheAssociationWithAnErrorWhenAPathCarriesShortPacketsOnly) {
  LinkOptions link = broadband();
  link.mtu = 1000;
  Session session(options(link));
  connect(session);
  ASSERT_TRUE(session.a.peer.sendString(session.channel, std::string(700, 'x'), session.now()));
  ASSERT_TRUE(session.runUntil([&] { return session.b.messages.size() == 1; }));
  ASSERT_TRUE(session.a.peer.sendString(session.channel, std::string(5000, 'x'), session.now()));
  EXPECT_TRUE(session.runUntil([&] { return !session.a.closed.empty(); }, Duration::seconds(90)));
  ASSERT_EQ(session.a.closed.size(), 1u);
  EXPECT_TRUE(session.a.closed[0].error);
  EXPECT_EQ(session.a.sctp, peer::SctpState::kClosed);
  EXPECT_EQ(session.b.messages.size(), 1u);
}

}  // namespace
}  // namespace rtc::sim
