// A relay that is killed and started again under a whole session, in virtual time.

#include <string>

#include <gtest/gtest.h>

#include "tests/sim/session.h"

namespace rtc::sim {
namespace {

using ice::IceTransportState;

constexpr size_t kMegabyte = 1024 * 1024;

/// Both ends reach nothing but the relay, by streams.
SessionOptions onRelayAlone() {
  SessionOptions options;
  options.accessA = options.accessB = Access::kUdpBlocked;
  options.withStun = false;
  options.withTurn = true;
  options.signallingLatency = Duration::milliseconds(50);
  return options;
}

/// A transfer over the relay of which something has arrived.
void beginTransfer(Session& session, Transfer& transfer) {
  session.start();
  ASSERT_TRUE(session.runUntil([&] { return session.isCompleted(); }));
  ASSERT_TRUE(session.runUntil([&] {
    transfer.feed();
    return transfer.bytesArrived() > kMegabyte / 4;
  }));
  ASSERT_FALSE(transfer.arrived());
}

/// The relay loses everything and is back after a while, in which the application goes on.
void restartRelay(Session& session, Transfer& transfer, Duration downtime) {
  session.turn->fall();
  const Timestamp back = session.now() + downtime;
  session.runUntil(
      [&] {
        transfer.feed();
        return session.now() >= back;
      },
      downtime);
  session.turn->rise();
}

void expectWhole(Session& session, Transfer& transfer) {
  ASSERT_TRUE(transfer.run(Duration::seconds(60)));
  EXPECT_TRUE(transfer.isIntact());
  for (const Party* party : {&session.a, &session.b}) {
    EXPECT_TRUE(party->reached(IceTransportState::kFailed).isNever());
    EXPECT_TRUE(party->closed.empty());
  }
}

TEST(RelayFaults, ATransferComesThroughARestartOfTheRelayThatBothEndsAreOn) {
  for (const int64_t downtime : {0, 2, 10, 18}) {
    SCOPED_TRACE(downtime);
    Session session(onRelayAlone());
    Transfer transfer(session, 4 * kMegabyte);
    beginTransfer(session, transfer);
    restartRelay(session, transfer, Duration::seconds(downtime));
    const Timestamp back = session.now();
    ASSERT_TRUE(session.runUntil(
        [&] {
          transfer.feed();
          return session.a.ice == IceTransportState::kConnected ||
                 session.a.ice == IceTransportState::kCompleted;
        },
        Duration::seconds(10)));
    EXPECT_LE(session.now() - back, Duration::seconds(9));
    expectWhole(session, transfer);
    const auto local = session.a.peer.session().localDescription();
    ASSERT_TRUE(local);
    const std::string relay = " typ relay ";
    size_t relays = 0;
    for (size_t at = local->sdp.find(relay); at != std::string::npos;
         at = local->sdp.find(relay, at + 1))
      ++relays;
    size_t alive = 0;
    for (const auto& candidate : session.a.peer.transport()->ice().localCandidates())
      alive += !candidate.removed && candidate.candidate.type == ice::CandidateType::kRelay;
    EXPECT_EQ(relays, alive) << "the description has what there is, and nothing that was";
  }
}

TEST(RelayFaults, WithoutTricklingTheRestartThatIsAskedForBringsTheTransferThrough) {
  Session session(onRelayAlone());
  Transfer transfer(session, 4 * kMegabyte);
  beginTransfer(session, transfer);
  session.trickles = false;
  const Timestamp lost = session.now();
  restartRelay(session, transfer, Duration::seconds(1));
  ASSERT_TRUE(
      session.runUntil([&] { return !session.a.restartNeededAt.isNever(); }, Duration::seconds(8)));
  EXPECT_GE(session.now() - lost, Duration::seconds(4));
  EXPECT_LE(session.now() - lost, Duration::seconds(6));
  EXPECT_TRUE(session.b.restartNeededAt.isNever()) << "one of them asks first";
  EXPECT_FALSE(session.a.peer.session().negotiationNeeded()) << "it is the application's to decide";
  session.trickles = true;
  session.a.peer.restartIce(session.now());
  EXPECT_TRUE(session.a.peer.session().negotiationNeeded());
  session.negotiate(session.a, session.b);
  expectWhole(session, transfer);
}

TEST(RelayFaults, ATransferGoesOnWhenTheStreamsAreCutAgainAndAgain) {
  Session session(onRelayAlone());
  Transfer transfer(session, 4 * kMegabyte);
  beginTransfer(session, transfer);
  for (int i = 0; i < 4; ++i) {
    session.turn->dropStreams();
    const Timestamp next = session.now() + Duration::seconds(12);
    session.runUntil(
        [&] {
          transfer.feed();
          return session.now() >= next;
        },
        Duration::seconds(12));
  }
  expectWhole(session, transfer);
}

}  // namespace
}  // namespace rtc::sim
