// What happens to a connection afterwards: consent, loss, recovery, failure, restart.

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using State = IceTransportState;

bool completed(const Pair2& pair) {
  const auto b = pair.b.agent.selectedPair();
  return pair.a.agent.state() == State::kCompleted && b && b->nominated;
}

void connect(Pair2& pair) {
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return completed(pair); }));
}

bool blackout(const Packet&) {
  return true;
}

TEST(IceConsent, IsAskedForEveryFourToSixSeconds) {
  Pair2 pair;
  connect(pair);
  pair.network.log.clear();
  const Timestamp began = pair.now();
  std::vector<Timestamp> times;
  pair.network.drop = [&](const Packet& p) {
    const auto message = stun::Message::parse(p.data);
    if (p.source == at("10.0.0.1", 5000) &&
        message->messageClass() == stun::MessageClass::kRequest) {
      times.push_back(pair.now());
    }
    return false;
  };
  pair.runFor(Duration::seconds(120));
  EXPECT_EQ(pair.a.agent.state(), State::kCompleted);
  ASSERT_GE(times.size(), 20u);
  EXPECT_LE((times[0] - began).ms(), 6000);
  std::set<int64_t> intervals;
  for (size_t i = 1; i < times.size(); ++i) {
    const int64_t interval = (times[i] - times[i - 1]).ms();
    EXPECT_GE(interval, 4000);
    EXPECT_LE(interval, 6000);
    intervals.insert(interval);
  }
  EXPECT_GT(intervals.size(), 5u) << "not randomised";
  EXPECT_EQ(pair.a.agent.selectedPair()->counters.consentRequestsSent, times.size());
  EXPECT_EQ(pair.a.agent.selectedPair()->counters.currentRoundTripTime, Duration::milliseconds(20));
}

TEST(IceConsent, OneLostRequestDoesNotDisconnect) {
  Pair2 pair;
  connect(pair);
  int toDrop = 1;
  pair.network.drop = [&](const Packet& p) {
    return p.source == at("10.0.0.1", 5000) && toDrop-- > 0;
  };
  pair.runFor(Duration::seconds(40));
  EXPECT_EQ(pair.a.states.back(), State::kCompleted);
  EXPECT_EQ(pair.a.states.size(), 3u);
}

TEST(IceConsent, ABlackoutDisconnectsAndItsEndReconnects) {
  Pair2 pair;
  connect(pair);
  pair.network.drop = blackout;
  ASSERT_TRUE(pair.runUntil(
      [&] {
        return pair.a.agent.state() == State::kDisconnected &&
               pair.b.agent.state() == State::kDisconnected;
      },
      Duration::seconds(15)));
  pair.network.drop = nullptr;
  ASSERT_TRUE(pair.runUntil([&] { return pair.isConnected(); }, Duration::seconds(10)));
  EXPECT_EQ(pair.a.states.back(), State::kCompleted);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "again"));
}

TEST(IceConsent, ExpiresAfterThirtySecondsAndNothingIsSentAnyMore) {
  Pair2 pair;
  connect(pair);
  const Timestamp began = pair.now();
  pair.network.drop = blackout;
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
  EXPECT_GE((pair.now() - began).ms(), 24000);
  EXPECT_LE((pair.now() - began).ms(), 30100);
  EXPECT_FALSE(pair.a.agent.send({1}, pair.now()));
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.agent.state() == State::kFailed; }));
  pair.network.drop = nullptr;
  pair.network.log.clear();
  pair.runFor(Duration::seconds(100));
  EXPECT_TRUE(pair.network.log.empty());
}

TEST(IceConsent, ExpiresOnTimeWhereTheTimerForItComesLate) {
  Pair2 pair;
  connect(pair);
  EXPECT_TRUE(pair.a.agent.send({1}, pair.now() + Duration::seconds(24)));
  while (pair.a.agent.poll())
    continue;
  EXPECT_FALSE(pair.a.agent.send({1}, pair.now() + Duration::seconds(30)));
  EXPECT_EQ(pair.a.agent.state(), State::kFailed);
  while (const auto output = pair.a.agent.poll())
    EXPECT_FALSE(std::holds_alternative<Transmit>(*output));
}

TEST(IceFailure, ComesFifteenSecondsAfterTheLastHopeWhenNoCandidateWorks) {
  Pair2 pair;
  pair.network.drop = blackout;
  pair.addHosts();
  const Timestamp began = pair.now();
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
  EXPECT_EQ((pair.now() - began).ms(), 15500);
  EXPECT_EQ(pair.a.states, (std::vector{State::kChecking, State::kFailed}));
}

TEST(IceFailure, IsPrecededByDisconnectedWhileThePeerMayHaveMoreCandidates) {
  Pair2 pair;
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.network.drop = blackout;
  pair.exchangeCredentials();
  pair.gather();
  pair.pump();
  ASSERT_EQ(pair.b.candidates.size(), 1u);
  const Timestamp began = pair.now();
  pair.a.agent.addRemoteCandidate(pair.b.candidates[0], pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kDisconnected; }));
  EXPECT_EQ((pair.now() - began).ms(), 15500);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
  EXPECT_EQ((pair.now() - began).ms(), 20500);
  EXPECT_EQ(pair.a.states, (std::vector{State::kChecking, State::kDisconnected, State::kFailed}));
}

TEST(IceFailure, IsOffAgainWhenAnotherCandidateComesWhileDisconnected) {
  Pair2 pair;
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.exchangeCredentials();
  pair.gather();
  pair.pump();
  ASSERT_EQ(pair.b.candidates.size(), 1u);
  Candidate dead = pair.b.candidates[0];
  dead.endpoint = at("203.0.113.100", 10100);
  pair.a.agent.addRemoteCandidate(dead, pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kDisconnected; }));
  pair.a.agent.addRemoteCandidate(pair.b.candidates[0], pair.now());
  pair.pump();
  EXPECT_TRUE(pair.runUntilConnected());
}

TEST(IceFailure, DoesNotComeWithoutThePeersCredentials) {
  Pair2 pair;
  pair.addHosts();
  pair.gather();
  pair.runFor(Duration::seconds(300));
  EXPECT_EQ(pair.a.agent.state(), State::kNew);
}

TEST(IceFailure, ComesWhenThePeerHasNoCandidateAtAll) {
  Pair2 pair;
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.start();
  EXPECT_TRUE(
      pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }, Duration::seconds(16)));
}

TEST(IceFailure, ComesAtOnceWhenWeHaveNoCandidateAndThePeerHasNoMore) {
  Pair2 pair;
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  const Timestamp began = pair.now();
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
  EXPECT_LT((pair.now() - began).ms(), 100);
  EXPECT_EQ(pair.a.states.back(), State::kFailed);
}

TEST(IceFailure, ComesAtOnceWhenOurOnlyRelayRefusesUs) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kRelaySocket)};
  options.serversA[0].password = "wrong";
  Pair2 pair(options);
  pair.addTurn();
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.start();
  ASSERT_TRUE(
      pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }, Duration::seconds(1)));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 401);
}

TEST(IceFailure, ComesInTheEndWhenWeHaveNoCandidateAndThePeerNeverSaysThatItHasNoMore) {
  Pair2 pair;
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.exchangeCredentials();
  pair.gather();
  pair.pump();
  ASSERT_EQ(pair.b.candidates.size(), 1u);
  pair.a.agent.addRemoteCandidate(pair.b.candidates[0], pair.now());
  pair.runFor(Duration::seconds(14));
  EXPECT_EQ(pair.a.agent.state(), State::kChecking);
  pair.runFor(Duration::seconds(2));
  EXPECT_EQ(pair.a.agent.state(), State::kFailed);
}

TEST(IceFailure, WaitsForCandidatesThatMayStillTrickle) {
  Pair2 pair;
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.exchangeCredentials();
  pair.trickleAToB();
  pair.gather();
  // Nothing passes for ten seconds, and `b`'s candidate comes after twelve.
  pair.network.drop = blackout;
  pair.runFor(Duration::seconds(12));
  pair.network.drop = nullptr;
  pair.a.agent.addRemoteCandidate(pair.b.candidates[0], pair.now());
  EXPECT_TRUE(pair.runUntilConnected());
}

TEST(IceTakeover, AnotherPairCarriesOnWhenTheInterfaceGoes) {
  Pair2 pair;
  pair.a.addInterface(2, at("10.0.1.1", 6000));
  connect(pair);
  pair.runFor(Duration::seconds(1));
  const auto before = pair.a.selections.back().local.endpoint;
  pair.a.removeInterface(before == at("10.0.1.1", 6000) ? 2 : 1);
  pair.runFor(Duration::milliseconds(500));
  ASSERT_TRUE(pair.a.agent.selectedPair().has_value());
  EXPECT_NE(pair.a.selections.back().local.endpoint, before);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "carried on"));
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.agent.selectedPair()->nominated; }));
  EXPECT_TRUE(pair.isConnected());
}

TEST(IceTakeover, ANewInterfaceReplacesTheOnlyOneWithoutARestart) {
  Pair2 pair;
  connect(pair);
  pair.a.removeInterface(1);
  pair.pump();
  EXPECT_EQ(pair.a.agent.state(), State::kDisconnected);
  pair.a.addInterface(2, at("10.0.7.7", 7000));
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kCompleted; }));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "from the new place"));
  EXPECT_TRUE(pair.runUntil([&] { return pair.delivers(pair.b, pair.a, "to the new place"); }));
}

TEST(IceTakeover, LosingTheOnlyInterfaceFailsInTheEnd) {
  Pair2 pair;
  connect(pair);
  pair.a.removeInterface(1);
  EXPECT_TRUE(
      pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }, Duration::seconds(31)));
  EXPECT_EQ(pair.a.states.back(), State::kFailed);
}

TEST(IceTakeover, ALostAllocationTakesItsPairsWithIt) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kRelaySocket)};
  Pair2 pair(options);
  TurnNode& turn = pair.addTurn();
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  turn.fall();
  pair.pump();
  EXPECT_TRUE(pair.a.agent.pairs().empty());
  EXPECT_EQ(pair.a.agent.state(), State::kDisconnected);
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 701);
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
}

TEST(IceTakeover, AStaleSelectedPairYieldsToAHealthyOne) {
  Pair2 pair;
  pair.a.addInterface(2, at("10.0.1.1", 6000));
  connect(pair);
  pair.runFor(Duration::seconds(1));
  const auto dead = pair.a.selections.back().local.endpoint;
  pair.network.drop = [&](const Packet& p) {
    return p.source == dead || p.destination == dead;
  };
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.selections.back().local.endpoint != dead; },
                            Duration::seconds(30)));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "around the hole"));
  EXPECT_TRUE(pair.runUntil([&] { return pair.delivers(pair.b, pair.a, "and back"); },
                            Duration::seconds(30)));
}

/// Connected from many places, of which those in `dead` do not work any more.
struct IceTakeoverOfMany : testing::Test {
  void SetUp() override {
    connect(pair);
    for (uint32_t id = 2; id <= kPlaces; ++id)
      pair.a.addInterface(id, at("10.0." + std::to_string(id) + ".1", 6000));
    ASSERT_TRUE(pair.runUntil([this] {
      const auto pairs = pair.a.agent.pairs();
      return pairs.size() == kPlaces && std::all_of(pairs.begin(), pairs.end(), [](const auto& p) {
               return p.state == PairState::kSucceeded;
             });
    }));
    pair.network.drop = [this](const Packet& p) {
      return dead.contains(p.source) || dead.contains(p.destination);
    };
  }
  Endpoint place(const PairInfo& info) const {
    for (const LocalCandidateInfo& local : pair.a.agent.localCandidates()) {
      if (local.id == info.local)
        return local.candidate.endpoint;
    }
    return {};
  }
  bool nominatedIsAlive() const {
    const auto ofA = pair.a.agent.selectedPair();
    const auto ofB = pair.b.agent.selectedPair();
    return ofA && ofB && ofA->nominated && ofB->nominated && !dead.contains(place(*ofA)) &&
           pair.b.selections.back().remote.endpoint == place(*ofA);
  }

  static constexpr uint32_t kPlaces = 6;
  Pair2 pair;
  std::set<Endpoint> dead;
};

TEST_F(IceTakeoverOfMany, AllButTheWorstDieAtOnceAndNoneOfTheseIsTriedInItsTurn) {
  const auto pairs = pair.a.agent.pairs();
  for (const PairInfo& info : pairs) {
    if (info.id != pairs.back().id)
      dead.insert(place(info));
  }
  const size_t before = pair.a.selections.size();
  // Two requests for consent, up to six seconds apart and answered by nobody; the others are asked
  // then.
  EXPECT_TRUE(pair.runUntil([this] { return nominatedIsAlive(); }, Duration::seconds(15)));
  EXPECT_LE(pair.a.selections.size(), before + 2);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "the worst"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back"));
}

TEST_F(IceTakeoverOfMany, OneThatDiesWhileItIsNominatedIsGivenUpBeforeItsCheckIs) {
  const Endpoint first = place(*pair.a.agent.selectedPair());
  dead.insert(first);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.selections.back().local.endpoint != first; }));
  const auto nominee = pair.a.agent.selectedPair();
  ASSERT_FALSE(nominee->nominated);
  dead.insert(place(*nominee));
  EXPECT_TRUE(pair.runUntil([this] { return nominatedIsAlive(); }, Duration::seconds(14)));
}

/// What offerer and answerer do for a restart that `from` asks for.
void restart(Pair2& pair, Peer& from, Peer& to) {
  from.agent.restart(credentials('c'), pair.now());
  pair.pump();
  to.agent.setRemoteCredentials(credentials('c'), false, pair.now());
  for (const Candidate& c : from.candidates)
    to.agent.addRemoteCandidate(c, pair.now());
  to.agent.restart(credentials('d'), pair.now());
  pair.pump();
  from.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  for (const Candidate& c : to.candidates)
    from.agent.addRemoteCandidate(c, pair.now());
  pair.pump();
}

TEST(IceRestart, TheOldPairCarriesDataUntilTheNewOneIsNominated) {
  Pair2 pair;
  connect(pair);
  const PairId old = pair.a.agent.selectedPair()->id;
  const PairId oldOfB = pair.b.agent.selectedPair()->id;
  pair.a.candidates.clear();
  pair.b.candidates.clear();
  restart(pair, pair.a, pair.b);
  EXPECT_EQ(pair.a.agent.selectedPair()->id, old);
  EXPECT_TRUE(pair.isConnected());
  EXPECT_TRUE(pair.a.agent.send({20, 1}, pair.now()));
  EXPECT_TRUE(pair.b.agent.send({20, 2}, pair.now()));
  ASSERT_TRUE(pair.runUntil([&] {
    const auto ofA = pair.a.agent.selectedPair();
    const auto ofB = pair.b.agent.selectedPair();
    EXPECT_TRUE(ofA->nominated && ofB->nominated) << "a valid pair must not displace the old one";
    return ofA->id != old && ofB->id != oldOfB;
  }));
  EXPECT_EQ(pair.a.received.size(), 1u);
  EXPECT_EQ(pair.b.received.size(), 1u);
  for (State state : pair.a.states)
    EXPECT_NE(state, State::kDisconnected);
  EXPECT_EQ(pair.a.candidates[0].ufrag, "cccc");
  EXPECT_EQ(pair.a.candidates[0].generation, 1u);
  EXPECT_EQ(pair.a.selections.front().local.ufrag, "aaaa");
  EXPECT_EQ(pair.a.selections.back().local.ufrag, "cccc");
  EXPECT_EQ(pair.a.selections.back().local.generation, 1u);
  pair.runFor(Duration::seconds(60));
  EXPECT_EQ(pair.a.agent.pairs().size(), 1u) << "the old one is forgotten in the end";
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "on the new pair"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back on it"));
}

TEST(IceRestart, TheControlledEndMayAskForItAsWell) {
  Pair2 pair;
  connect(pair);
  pair.a.candidates.clear();
  pair.b.candidates.clear();
  restart(pair, pair.b, pair.a);
  ASSERT_TRUE(pair.runUntil(
      [&] { return pair.a.agent.selectedPair()->nominated && pair.a.agent.pairs().size() == 1; }));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "fine"));
}

TEST(IceRestart, RevivesAFailedConnection) {
  Pair2 pair;
  connect(pair);
  pair.network.drop = blackout;
  ASSERT_TRUE(pair.runUntil([&] {
    return pair.a.agent.state() == State::kFailed && pair.b.agent.state() == State::kFailed;
  }));
  pair.network.drop = nullptr;
  restart(pair, pair.a, pair.b);
  EXPECT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "revived"));
}

TEST(IceRestart, CanBeTakenBack) {
  Pair2 pair;
  connect(pair);
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.runFor(Duration::seconds(1));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "meanwhile"));
  ASSERT_TRUE(pair.a.agent.cancelRestart(credentials('a'), pair.now()));
  EXPECT_EQ(pair.a.agent.localCredentials(), credentials('a'));
  EXPECT_EQ(pair.a.agent.remoteCredentials(), credentials('b'));
  pair.runFor(Duration::seconds(60));
  EXPECT_EQ(pair.a.agent.state(), State::kCompleted);
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "as before"));
  EXPECT_FALSE(pair.a.agent.cancelRestart(credentials('a'), pair.now()));
}

TEST(IceRestart, IsTakenBackToOneThatHasNotConnectedYet) {
  Pair2 pair;
  connect(pair);
  restart(pair, pair.a, pair.b);
  pair.a.agent.restart(credentials('e'), pair.now());
  pair.runFor(Duration::seconds(1));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "on the first pair")) << "which nothing replaced yet";
  ASSERT_TRUE(pair.a.agent.cancelRestart(credentials('c'), pair.now()));
  EXPECT_EQ(pair.a.agent.localCredentials(), credentials('c'));
  EXPECT_EQ(pair.a.agent.remoteCredentials(), credentials('d'));
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.selections.back().local.ufrag == "cccc"; }));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "and on the second"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "both ways"));
  pair.runFor(Duration::seconds(60));
  EXPECT_TRUE(completed(pair));
}

TEST(IceRestart, AfterRestartIsTakenBackToTheLastThatWasAnswered) {
  Pair2 pair;
  pair.network.drop = blackout;
  pair.addHosts();
  pair.start();
  restart(pair, pair.a, pair.b);
  for (const char letter : {'e', 'f', 'g'})
    pair.a.agent.restart(credentials(letter), pair.now());
  pair.network.drop = nullptr;
  ASSERT_TRUE(pair.a.agent.cancelRestart(credentials('c'), pair.now()));
  EXPECT_EQ(pair.a.agent.remoteCredentials(), credentials('d'));
  EXPECT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "fine"));
}

TEST(IceRestart, WhenTakenBackTellsWhatWasFoundMeanwhile) {
  Pair2 pair;
  pair.addHosts();
  pair.exchangeCredentials();
  pair.a.agent.gather(pair.now());
  pair.pump();
  pair.a.candidates.clear();
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.a.addInterface(2, at("10.0.1.1", 6000));
  pair.a.agent.interfacesComplete(pair.now());
  pair.pump();
  EXPECT_EQ(pair.a.ended, std::vector<std::string>{"cccc"});
  ASSERT_TRUE(pair.a.agent.cancelRestart(credentials('a'), pair.now()));
  pair.pump();
  std::vector<std::string> told;
  for (const Candidate& c : pair.a.candidates)
    told.push_back(c.ufrag + " " + c.endpoint.toString());
  EXPECT_EQ(told, (std::vector<std::string>{"cccc 10.0.0.1:5000", "cccc 10.0.1.1:6000",
                                            "aaaa 10.0.1.1:6000"}));
  EXPECT_EQ(pair.a.ended, (std::vector<std::string>{"cccc", "aaaa"}));
}

TEST(IceRestart, OfThePeerAloneGoesOnWithOurCredentials) {
  Pair2 pair;
  connect(pair);
  const size_t told = pair.a.candidates.size();
  pair.b.agent.restart(credentials('d'), pair.now());
  pair.b.agent.setRemoteCredentials(credentials('a'), false, pair.now());
  pair.a.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  pair.a.agent.setLocalCredentials(credentials('a'), pair.now());
  for (const Candidate& c : pair.a.candidates)
    pair.b.agent.addRemoteCandidate(c, pair.now());
  for (const Candidate& c : pair.b.candidates)
    pair.a.agent.addRemoteCandidate(c, pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.selections.back().local.ufrag == "dddd"; }));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "fine"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "this way too"));
  EXPECT_EQ(pair.a.candidates.size(), told) << "told twice under one username fragment";
}

TEST(IceRestart, LeavesTheOldConnectionAloneWhenThePeerNeverAnswers) {
  Pair2 pair;
  connect(pair);
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.runFor(Duration::seconds(120));
  EXPECT_TRUE(pair.isConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "still here"));
}

TEST(IceRestart, ThatNobodyAnswersFailsWithTheOldPathAndTheAnswerBringsItToLife) {
  Pair2 pair;
  connect(pair);
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.network.drop = blackout;
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
  pair.network.drop = nullptr;
  pair.b.agent.setRemoteCredentials(credentials('c'), false, pair.now());
  pair.b.agent.restart(credentials('d'), pair.now());
  pair.pump();
  pair.a.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  EXPECT_EQ(pair.a.agent.state(), State::kChecking);
  pair.trickleAToB();
  pair.trickleBToA();
  for (const Candidate& c : pair.a.candidates)
    pair.b.agent.addRemoteCandidate(c, pair.now());
  for (const Candidate& c : pair.b.candidates)
    pair.a.agent.addRemoteCandidate(c, pair.now());
  EXPECT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "alive"));
}

TEST(IceRestart, ThatIsAnsweredWithoutACandidateFailsWithTheOldPath) {
  Pair2 pair;
  connect(pair);
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.a.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  pair.runFor(Duration::seconds(60));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "on the old path"));
  pair.network.drop = blackout;
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
}

TEST(IceRestart, BeforeThereWasAPathWaitsForTheAnswerAsLongAsItTakes) {
  Pair2 pair;
  pair.addHosts();
  pair.a.agent.setLocalCredentials(credentials('a'), pair.now());
  pair.gather();
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.runFor(Duration::seconds(600));
  EXPECT_EQ(pair.a.agent.state(), State::kNew);
  pair.b.agent.setLocalCredentials(credentials('b'), pair.now());
  pair.b.agent.setRemoteCredentials(credentials('c'), false, pair.now());
  pair.a.agent.setRemoteCredentials(credentials('b'), false, pair.now());
  for (const Candidate& c : pair.a.candidates)
    pair.b.agent.addRemoteCandidate(c, pair.now());
  EXPECT_TRUE(pair.runUntilConnected());
}

// Its consent is answered, so what it sends counts.
TEST(IceRestart, TakesDataOnTheOldPathFromWhereANatHasMovedThePeerMeanwhile) {
  Pair2 pair;
  sim::Nat& nat = pair.network.addNat(ip("10.0.0.2"), ip("203.0.113.2"), sim::kFullCone);
  pair.a.addInterface(1, at("198.51.100.77", 5000));
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return completed(pair); }));
  // What is found anew is never told.
  pair.a.onCandidate = pair.b.onCandidate = nullptr;
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.b.agent.restart(credentials('d'), pair.now());
  pair.a.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  pair.b.agent.setRemoteCredentials(credentials('c'), false, pair.now());
  nat.reset();
  pair.runFor(Duration::seconds(20));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "from another port"));
}

TEST(IceRestart, LeavesNoCandidateBehindHoweverOftenItHappens) {
  Pair2::Options options;
  options.serversA = {stunServer()};
  Pair2 pair(options);
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  connect(pair);
  for (char letter = 'c'; letter < 'y'; letter += 2) {
    const Credentials ofA = credentials(letter);
    const Credentials ofB = credentials(static_cast<char>(letter + 1));
    pair.a.agent.restart(ofA, pair.now());
    pair.b.agent.restart(ofB, pair.now());
    pair.a.agent.setRemoteCredentials(ofB, false, pair.now());
    pair.b.agent.setRemoteCredentials(ofA, false, pair.now());
    pair.runFor(Duration::seconds(20));
  }
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "still"));
  // The address and what the NAT makes of it.
  EXPECT_EQ(pair.a.agent.localCandidates().size(), 2u);
}

TEST(IceRestart, AsksTheStunServerAgainAndKeepsTheAllocation) {
  Pair2::Options options;
  options.serversA = {stunServer(), turnServer(Server::Transport::kUdp)};
  Pair2 pair(options);
  TurnNode& turn = pair.addTurn();
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  connect(pair);
  ASSERT_EQ(pair.a.candidates.size(), 3u);
  pair.a.candidates.clear();
  pair.a.agent.restart(credentials('c'), pair.now());
  ASSERT_TRUE(
      pair.runUntil([&] { return pair.a.agent.gatheringState() == GatheringState::kComplete; }));
  EXPECT_EQ(pair.a.candidates.size(), 3u);
  EXPECT_EQ(turn.openRelays(), 1u);
}

TEST(IceRoles, TwoControllingEndsSettleTheConflict) {
  for (const Role role : {Role::kControlling, Role::kControlled}) {
    Pair2::Options options;
    options.roleA = options.roleB = role;
    Pair2 pair(options);
    pair.addHosts();
    pair.start();
    ASSERT_TRUE(pair.runUntil([&] {
      const auto a = pair.a.agent.selectedPair();
      const auto b = pair.b.agent.selectedPair();
      return a && a->nominated && b && b->nominated;
    }));
    EXPECT_NE(pair.a.agent.role(), pair.b.agent.role());
    EXPECT_EQ(pair.a.roles.size() + pair.b.roles.size(), 1u);
  }
}

}  // namespace
}  // namespace rtc::ice::test
