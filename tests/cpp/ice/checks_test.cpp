// Connectivity checks against a peer whose every packet is written by hand.

#include <gtest/gtest.h>

#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using State = IceTransportState;
using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;

const Endpoint kAgent = at("10.0.0.1", 5000);
const Endpoint kPeer = at("10.0.0.2", 5000);
const Endpoint kElsewhere = at("10.0.0.66", 6666);

/// One agent with one interface; the test plays the peer.
class IceChecks : public testing::Test {
 protected:
  explicit IceChecks(Role role = Role::kControlling) : agent_(config(role), random_) {
    agent_.setLocalCredentials(local_, now_);
    agent_.addInterface(InterfaceId(1), kAgent, InterfaceKind::kUdp, now_);
    agent_.gather(now_);
    agent_.interfacesComplete(now_);
    drain();
  }
  static AgentConfig config(Role role) {
    AgentConfig result;
    result.role = role;
    return result;
  }

  void meet() {
    agent_.setRemoteCredentials(remote_, false, now_);
    addCandidate(kPeer);
  }
  void addCandidate(const Endpoint& endpoint, uint32_t priority = 1000) {
    Candidate candidate;
    candidate.foundation = std::to_string(endpoint.port);
    candidate.endpoint = endpoint;
    candidate.priority = priority;
    agent_.addRemoteCandidate(candidate, now_);
    drain();
  }
  void drain() {
    while (auto output = agent_.poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output))
        sent_.push_back(std::move(*transmit));
      if (auto* data = std::get_if<Received>(&*output))
        received_.push_back(std::move(data->data));
      if (auto* role = std::get_if<RoleChanged>(&*output))
        roles_.push_back(role->role);
    }
  }
  void input(const Endpoint& source, Bytes data) {
    agent_.handleDatagram(InterfaceId(1), source, std::move(data), now_);
    drain();
  }
  void advanceTo(Timestamp time) {
    while (agent_.deadline() <= time) {
      now_ = std::max(now_, agent_.deadline());
      agent_.handleTimeout(now_);
      drain();
    }
    now_ = time;
  }
  /// The last STUN message that the agent sent. The bytes stay valid until the next call.
  stun::Message lastSent() {
    EXPECT_FALSE(sent_.empty());
    last_ = sent_.back().data;
    return *stun::Message::parse(last_);
  }
  MessageBuilder request() {
    MessageBuilder builder(MessageClass::kRequest, stun::Method::kBinding,
                           *stun::TransactionId::random(random_));
    builder.text(AttributeType::kUsername, local_.ufrag + ":" + remote_.ufrag);
    builder.u32(AttributeType::kPriority, 5000);
    return builder;
  }
  Bytes finish(MessageBuilder builder) {
    return builder.integrity(asBytes(local_.password)).fingerprint().build();
  }
  Bytes peerRequest(AttributeType role = AttributeType::kIceControlled, uint64_t tieBreaker = 7,
                    bool useCandidate = false) {
    MessageBuilder builder = request();
    builder.u64(role, tieBreaker);
    if (useCandidate)
      builder.flag(AttributeType::kUseCandidate);
    return finish(std::move(builder));
  }
  Bytes answerTo(const stun::Message& message, const Endpoint& mapped = kAgent) {
    return MessageBuilder::successTo(message)
        .xorAddress(AttributeType::kXorMappedAddress, mapped)
        .integrity(asBytes(remote_.password))
        .fingerprint()
        .build();
  }
  int errorCode() {
    const auto message = lastSent();
    return message.messageClass() == MessageClass::kError ? message.errorCode()->code : 0;
  }

  sim::Chance random_{99};
  Timestamp now_ = Timestamp::milliseconds(1000);
  Credentials local_ = credentials('l');
  Credentials remote_ = credentials('r');
  Agent agent_;
  std::vector<Transmit> sent_;
  std::vector<Bytes> received_;
  std::vector<Role> roles_;
  Bytes last_;
};

class IceControlledChecks : public IceChecks {
 protected:
  IceControlledChecks() : IceChecks(Role::kControlled) {}
};

TEST_F(IceChecks, ACheckCarriesEverythingThatRfc8445Asks) {
  meet();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(sent_[0].destination, kPeer);
  const auto check = lastSent();
  EXPECT_TRUE(check.is(MessageClass::kRequest, stun::Method::kBinding));
  EXPECT_EQ(check.text(AttributeType::kUsername), "rrrr:llll");
  EXPECT_TRUE(check.verifyIntegrity(asBytes(remote_.password)));
  EXPECT_TRUE(check.hasFingerprint());
  EXPECT_TRUE(check.has(AttributeType::kIceControlling));
  EXPECT_FALSE(check.has(AttributeType::kUseCandidate));
  // Type preference 110 of a peer-reflexive candidate.
  EXPECT_EQ(*check.u32(AttributeType::kPriority) >> 24, 110u);
}

TEST_F(IceChecks, AWorkingPairIsNominatedLaterWhenThereIsNoRandomnessForTheRequest) {
  meet();
  const Bytes answer = answerTo(lastSent());
  advanceTo(now_ + Duration::milliseconds(100));
  const size_t before = sent_.size();
  random_.isBroken = true;
  input(kPeer, answer);
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kSucceeded);
  EXPECT_GT(agent_.deadline(), now_);
  advanceTo(now_ + Duration::seconds(1));
  EXPECT_EQ(sent_.size(), before);
  EXPECT_EQ(agent_.state(), State::kConnected);
  random_.isBroken = false;
  advanceTo(now_ + Duration::milliseconds(100));
  ASSERT_GT(sent_.size(), before);
  EXPECT_TRUE(lastSent().has(AttributeType::kUseCandidate));
}

// Two addresses of one relay, say, of which the first is dead.
TEST_F(IceChecks, APairLikeAnotherDoesNotWaitUntilThatOneHasFailed) {
  agent_.setRemoteCredentials(remote_, false, now_);
  for (const uint16_t port : {5000, 5001, 5002}) {
    Candidate candidate;
    candidate.foundation = "same";
    candidate.endpoint = Endpoint{kPeer.address, port};
    candidate.priority = 6000u - port;
    agent_.addRemoteCandidate(candidate, now_);
  }
  drain();
  advanceTo(now_ + Duration::milliseconds(400));
  EXPECT_EQ(sent_.size(), 1u);
  advanceTo(now_ + Duration::milliseconds(1600));
  std::set<uint16_t> checked;
  for (const Transmit& transmit : sent_)
    checked.insert(transmit.destination.port);
  EXPECT_EQ(checked.size(), 3u);
}

// The better pair fails for want of randomness: what it kept from being nominated is due then.
TEST_F(IceChecks, NothingIsOverdueWhenABetterPairCannotBeCheckedForWantOfRandomness) {
  meet();
  const Bytes answer = answerTo(lastSent());
  random_.isBroken = true;
  addCandidate(Endpoint{kPeer.address, static_cast<uint16_t>(kPeer.port + 1)}, 2000);
  input(kPeer, answer);
  for (int i = 0; i < 20; ++i) {
    now_ = agent_.deadline();
    agent_.handleTimeout(now_);
    drain();
    ASSERT_GT(agent_.deadline(), now_);
  }
}

TEST_F(IceChecks, AreRetransmittedWithDoublingIntervalsAndThenFailThePair) {
  meet();
  const Timestamp began = now_;
  std::vector<int64_t> times = {0};
  while (agent_.pairs()[0].state == PairState::kInProgress) {
    const size_t before = sent_.size();
    advanceTo(agent_.deadline());
    if (sent_.size() > before)
      times.push_back((now_ - began).ms());
  }
  EXPECT_EQ(times, (std::vector<int64_t>{0, 500, 1500, 3500, 7500}));
  EXPECT_EQ((now_ - began).ms(), 15500);
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kFailed);
}

TEST_F(IceChecks, AreSentTaApart) {
  agent_.setRemoteCredentials(remote_, false, now_);
  for (uint16_t port = 5000; port < 5004; ++port)
    addCandidate(at("10.0.0.2", port));
  const Timestamp began = now_;
  std::vector<int64_t> times(sent_.size(), 0);
  while (sent_.size() < 4) {
    const size_t before = sent_.size();
    advanceTo(agent_.deadline());
    if (sent_.size() > before)
      times.push_back((now_ - began).ms());
  }
  EXPECT_EQ(times, (std::vector<int64_t>{0, 20, 40, 60}));
}

TEST_F(IceChecks, ARequestWithoutUsernameOrIntegrityGets400) {
  meet();
  input(kPeer, MessageBuilder(MessageClass::kRequest, stun::Method::kBinding,
                              *stun::TransactionId::random(random_))
                   .fingerprint()
                   .build());
  EXPECT_EQ(errorCode(), 400);
  input(kPeer, request().fingerprint().build());
  EXPECT_EQ(errorCode(), 400);
}

TEST_F(IceChecks, ARequestWithTheWrongUsernameOrPasswordGets401AndChangesNothing) {
  meet();
  const auto before = agent_.pairs()[0];
  const auto refused = [&](std::string_view username, std::string_view password) {
    MessageBuilder builder(MessageClass::kRequest, stun::Method::kBinding,
                           *stun::TransactionId::random(random_));
    builder.text(AttributeType::kUsername, username).u32(AttributeType::kPriority, 1);
    input(kElsewhere, builder.integrity(asBytes(password)).fingerprint().build());
    return errorCode();
  };
  EXPECT_EQ(refused("llll:rrrr", "guess"), 401);
  EXPECT_EQ(refused("llll", local_.password), 401);
  EXPECT_EQ(refused("xxxx:rrrr", local_.password), 401);
  EXPECT_EQ(refused("llll:xxxx", local_.password), 401);
  EXPECT_EQ(refused("rrrr:llll", local_.password), 401);
  ASSERT_EQ(agent_.pairs().size(), 1u);
  EXPECT_EQ(agent_.pairs()[0].counters.requestsReceived, before.counters.requestsReceived);
  EXPECT_EQ(agent_.remoteCandidates().size(), 1u);
}

TEST_F(IceChecks, ARequestWithAnUnknownRequiredAttributeGets420) {
  meet();
  MessageBuilder builder = request();
  builder.u32(static_cast<AttributeType>(0x7fff), 1);
  input(kPeer, finish(std::move(builder)));
  EXPECT_EQ(errorCode(), 420);
  EXPECT_EQ(lastSent().unknownAttributes(), std::vector<uint16_t>{0x7fff});
}

TEST_F(IceChecks, ARequestIsAnsweredWithTheAddressItCameFrom) {
  meet();
  input(kElsewhere, peerRequest());
  stun::Message answer = lastSent();
  for (const Transmit& sent : sent_) {
    last_ = sent.data;
    if (stun::Message::parse(last_)->messageClass() == MessageClass::kSuccess) {
      answer = *stun::Message::parse(last_);
      break;
    }
  }
  EXPECT_EQ(answer.messageClass(), MessageClass::kSuccess);
  EXPECT_EQ(answer.xorAddress(AttributeType::kXorMappedAddress), kElsewhere);
  EXPECT_TRUE(answer.verifyIntegrity(asBytes(local_.password)));
  EXPECT_TRUE(answer.hasFingerprint());
}

TEST_F(IceChecks, ARequestFromAnUnknownAddressMakesAPeerReflexiveCandidateAndATriggeredCheck) {
  meet();
  sent_.clear();
  input(kElsewhere, peerRequest());
  advanceTo(now_ + Duration::milliseconds(20));
  ASSERT_EQ(agent_.remoteCandidates().size(), 2u);
  const Candidate learned = agent_.remoteCandidates()[1].candidate;
  EXPECT_EQ(learned.type, CandidateType::kPeerReflexive);
  EXPECT_EQ(learned.priority, 5000u);
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_EQ(sent_[1].destination, kElsewhere);
}

TEST_F(IceChecks, ALateSignalledCandidateReplacesThePeerReflexiveOne) {
  meet();
  input(kElsewhere, peerRequest());
  addCandidate(kElsewhere, 90000);
  ASSERT_EQ(agent_.remoteCandidates().size(), 2u);
  EXPECT_EQ(agent_.remoteCandidates()[1].candidate.type, CandidateType::kHost);
  EXPECT_EQ(agent_.pairs().size(), 2u);
  EXPECT_GT(agent_.pairs()[0].priority, agent_.pairs()[1].priority);
}

TEST_F(IceChecks, ATriggeredCheckReplacesTheOneInProgressWhoseAnswerStillCounts) {
  meet();
  const Bytes first = sent_[0].data;
  input(kPeer, peerRequest());
  advanceTo(now_ + Duration::milliseconds(20));
  const auto second = lastSent();
  EXPECT_EQ(second.messageClass(), MessageClass::kRequest);
  EXPECT_NE(second.transactionId(), stun::Message::parse(first)->transactionId());
  input(kPeer, answerTo(*stun::Message::parse(first)));
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kSucceeded);
}

TEST_F(IceChecks, AnAnswerWithTheWrongIntegrityIsAsIfItHadNotCome) {
  meet();
  const auto check = lastSent();
  input(kPeer, MessageBuilder::successTo(check)
                   .xorAddress(AttributeType::kXorMappedAddress, kAgent)
                   .integrity(asBytes("guess"))
                   .fingerprint()
                   .build());
  input(kPeer, MessageBuilder::successTo(check)
                   .xorAddress(AttributeType::kXorMappedAddress, kAgent)
                   .fingerprint()
                   .build());
  input(kPeer, MessageBuilder::errorTo(check, 487).fingerprint().build());
  input(kPeer, MessageBuilder::errorTo(check, 400).fingerprint().build());
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kInProgress);
  EXPECT_EQ(agent_.role(), Role::kControlling);
  EXPECT_EQ(agent_.counters().refusedMessages, 4u);
  input(kPeer, answerTo(check));
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kSucceeded);
}

TEST_F(IceChecks, AnAnswerFromAnotherAddressFailsThePair) {
  meet();
  input(kElsewhere, answerTo(lastSent()));
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kFailed);
}

TEST_F(IceChecks, AnAnswerToNothingIsIgnored) {
  meet();
  MessageBuilder unrelated = request();
  const Bytes bytes = unrelated.build();
  input(kPeer, answerTo(*stun::Message::parse(bytes)));
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kInProgress);
}

TEST_F(IceChecks, AnAuthenticatedErrorFailsThePair) {
  meet();
  input(kPeer, MessageBuilder::errorTo(lastSent(), 500)
                   .integrity(asBytes(remote_.password))
                   .fingerprint()
                   .build());
  EXPECT_EQ(agent_.pairs()[0].state, PairState::kFailed);
}

TEST_F(IceChecks, A487MakesUsChangeSidesAndCheckAgain) {
  meet();
  input(kPeer, MessageBuilder::errorTo(lastSent(), 487)
                   .integrity(asBytes(remote_.password))
                   .fingerprint()
                   .build());
  EXPECT_EQ(agent_.role(), Role::kControlled);
  EXPECT_EQ(roles_, std::vector<Role>{Role::kControlled});
  advanceTo(now_ + Duration::milliseconds(20));
  const auto again = lastSent();
  EXPECT_TRUE(again.has(AttributeType::kIceControlled));
}

TEST_F(IceChecks, AControllingPeerWithASmallerTieBreakerGets487) {
  meet();
  input(kPeer, peerRequest(AttributeType::kIceControlling, 0));
  EXPECT_EQ(errorCode(), 487);
  EXPECT_TRUE(lastSent().verifyIntegrity(asBytes(local_.password)));
  EXPECT_EQ(agent_.role(), Role::kControlling);
}

TEST_F(IceChecks, AControllingPeerWithALargerTieBreakerMakesUsControlled) {
  meet();
  input(kPeer, peerRequest(AttributeType::kIceControlling, UINT64_MAX));
  EXPECT_EQ(agent_.role(), Role::kControlled);
  EXPECT_EQ(agent_.pairs()[0].counters.responsesSent, 1u);
}

TEST_F(IceChecks, ThePeerOfTheCredentialsBeforeHasNoSayInTheRole) {
  meet();
  input(kPeer, answerTo(lastSent()));
  agent_.setRemoteCredentials(credentials('n'), false, now_);
  agent_.setLocalCredentials(local_, now_);
  drain();
  input(kPeer, peerRequest(AttributeType::kIceControlling, UINT64_MAX));
  EXPECT_EQ(lastSent().messageClass(), MessageClass::kSuccess);
  advanceTo(now_ + Duration::seconds(6));
  ASSERT_EQ(lastSent().messageClass(), MessageClass::kRequest) << "it is asked for consent";
  input(kPeer, MessageBuilder::errorTo(lastSent(), 487)
                   .integrity(asBytes(remote_.password))
                   .fingerprint()
                   .build());
  EXPECT_TRUE(roles_.empty());
  EXPECT_EQ(agent_.role(), Role::kControlling);
}

TEST_F(IceControlledChecks, AControlledPeerWithALargerTieBreakerGets487) {
  meet();
  input(kPeer, peerRequest(AttributeType::kIceControlled, UINT64_MAX));
  EXPECT_EQ(errorCode(), 487);
  EXPECT_EQ(agent_.role(), Role::kControlled);
}

TEST_F(IceControlledChecks, AControlledPeerWithASmallerTieBreakerMakesUsControlling) {
  meet();
  input(kPeer, peerRequest(AttributeType::kIceControlled, 0));
  EXPECT_EQ(agent_.role(), Role::kControlling);
}

TEST_F(IceControlledChecks, UseCandidateBeforeOurSuccessNominatesWithIt) {
  meet();
  input(kPeer, peerRequest(AttributeType::kIceControlling, 7, true));
  EXPECT_FALSE(agent_.pairs()[0].nominated);
  advanceTo(now_ + Duration::milliseconds(20));
  input(kPeer, answerTo(lastSent()));
  EXPECT_TRUE(agent_.pairs()[0].nominated);
}

TEST_F(IceControlledChecks, UseCandidateOnAValidPairNominatesIt) {
  meet();
  input(kPeer, answerTo(lastSent()));
  EXPECT_FALSE(agent_.pairs()[0].nominated);
  input(kPeer, peerRequest(AttributeType::kIceControlling, 7, true));
  EXPECT_TRUE(agent_.pairs()[0].nominated);
}

TEST_F(IceControlledChecks, AggressiveNominationSelectsTheBestOfTheNominatedPairs) {
  meet();
  const auto checkOfFirst = Bytes(sent_.back().data);
  const Endpoint better = at("10.0.0.3", 5001);
  addCandidate(better, 500000);
  advanceTo(now_ + Duration::milliseconds(20));
  const auto checkOfBetter = Bytes(sent_.back().data);
  input(kPeer, answerTo(*stun::Message::parse(checkOfFirst)));
  input(kPeer, peerRequest(AttributeType::kIceControlling, 7, true));
  EXPECT_EQ(agent_.pairs()[1].selected, true);
  input(better, answerTo(*stun::Message::parse(checkOfBetter)));
  input(better, peerRequest(AttributeType::kIceControlling, 7, true));
  EXPECT_TRUE(agent_.pairs()[0].selected);
  EXPECT_TRUE(agent_.pairs()[0].nominated && agent_.pairs()[1].nominated);
}

TEST_F(IceControlledChecks, TheControlledEndNeverNominates) {
  meet();
  input(kPeer, answerTo(lastSent()));
  sent_.clear();
  advanceTo(now_ + Duration::seconds(20));
  ASSERT_FALSE(sent_.empty());
  for (const Transmit& sent : sent_) {
    EXPECT_FALSE(stun::Message::parse(sent.data)->has(AttributeType::kUseCandidate));
  }
}

TEST_F(IceChecks, TheControllingEndNominatesWithASecondCheck) {
  meet();
  input(kPeer, answerTo(lastSent()));
  EXPECT_EQ(agent_.state(), State::kConnected);
  advanceTo(now_ + Duration::milliseconds(20));
  const auto nomination = lastSent();
  EXPECT_TRUE(nomination.has(AttributeType::kUseCandidate));
  EXPECT_FALSE(agent_.pairs()[0].nominated);
  input(kPeer, answerTo(nomination));
  EXPECT_TRUE(agent_.pairs()[0].nominated);
  EXPECT_EQ(agent_.state(), State::kConnected);
  agent_.endOfRemoteCandidates(now_);
  EXPECT_EQ(agent_.state(), State::kCompleted);
}

TEST_F(IceChecks, ABetterPairThatIsStillCheckedIsWaitedForButNotForLong) {
  meet();
  const Bytes ofFirst = sent_.back().data;
  addCandidate(at("10.0.0.3", 5001), 500000);
  advanceTo(now_ + Duration::milliseconds(20));
  input(kPeer, answerTo(*stun::Message::parse(ofFirst)));
  const Timestamp valid = now_;
  sent_.clear();
  while (sent_.empty())
    advanceTo(agent_.deadline());
  EXPECT_TRUE(lastSent().has(AttributeType::kUseCandidate));
  EXPECT_EQ((now_ - valid).ms(), 150);
}

TEST_F(IceChecks, DataIsSentOnAValidPairBeforeNomination) {
  meet();
  EXPECT_FALSE(agent_.send({1}, now_));
  input(kPeer, answerTo(lastSent()));
  EXPECT_TRUE(agent_.send({20, 1}, now_));
  drain();
  EXPECT_EQ(sent_.back().data, (Bytes{20, 1}));
  EXPECT_EQ(sent_.back().destination, kPeer);
}

TEST_F(IceChecks, DataIsTakenOnlyFromWhereACheckPassed) {
  meet();
  input(kPeer, {20, 1});
  EXPECT_TRUE(received_.empty());
  input(kPeer, peerRequest());
  input(kPeer, {20, 2});
  input(kElsewhere, {20, 3});
  EXPECT_EQ(received_, (std::vector<Bytes>{{20, 2}}));
  EXPECT_EQ(agent_.counters().droppedDatagrams, 2u);
}

TEST_F(IceChecks, ALitePeerMakesUsControllingAndIsNominatedWithoutEverChecking) {
  agent_.setRole(Role::kControlled, now_);
  agent_.setRemoteCredentials(remote_, true, now_);
  EXPECT_EQ(agent_.role(), Role::kControlling);
  agent_.setRole(Role::kControlled, now_);
  EXPECT_EQ(agent_.role(), Role::kControlling);
  addCandidate(kPeer);
  input(kPeer, answerTo(lastSent()));
  advanceTo(now_ + Duration::milliseconds(20));
  EXPECT_TRUE(lastSent().has(AttributeType::kUseCandidate));
  input(kPeer, answerTo(lastSent()));
  EXPECT_TRUE(agent_.pairs()[0].nominated);
}

TEST_F(IceChecks, CandidatesOfAnotherComponentUfragOrWithoutAUsableAddressAreIgnored) {
  meet();
  for (const char* line : {
           "candidate:1 2 udp 5 10.0.0.9 1 typ host",
           "candidate:1 1 udp 5 10.0.0.9 1 typ host ufrag older",
           "candidate:1 1 udp 5 10.0.0.9 0 typ host",
           "candidate:1 1 udp 5 0.0.0.0 1 typ host",
           "candidate:1 1 udp 5 224.0.0.1 1 typ host",
       }) {
    agent_.addRemoteCandidate(*Candidate::parse(line), now_);
  }
  EXPECT_EQ(agent_.remoteCandidates().size(), 1u);
  agent_.addRemoteCandidate(*Candidate::parse("candidate:1 1 udp 5 10.0.0.9 1 typ host ufrag rrrr"),
                            now_);
  EXPECT_EQ(agent_.remoteCandidates().size(), 2u);
}

TEST_F(IceChecks, TcpCandidatesAreKnownButNotPaired) {
  meet();
  agent_.addRemoteCandidate(
      *Candidate::parse("candidate:1 1 tcp 5 10.0.0.9 9 typ host tcptype active"), now_);
  EXPECT_EQ(agent_.remoteCandidates().size(), 2u);
  EXPECT_EQ(agent_.pairs().size(), 1u);
}

TEST_F(IceChecks, WhatAPeerCanMakeUsHoldIsBounded) {
  meet();
  for (uint16_t i = 1; i <= 500; ++i)
    addCandidate(at("10.1.0.1", i));
  EXPECT_EQ(agent_.remoteCandidates().size(), Limits().remoteCandidates);
  for (uint32_t id = 2; id <= 10; ++id) {
    agent_.addInterface(InterfaceId(id), Endpoint{kAgent.address, static_cast<uint16_t>(6000 + id)},
                        InterfaceKind::kUdp, now_);
  }
  EXPECT_LE(agent_.pairs().size(), Limits().pairs);
  EXPECT_GE(agent_.pairs().size(), Limits().pairs - 1);
}

TEST_F(IceChecks, PeerReflexiveCandidatesAreBounded) {
  meet();
  for (uint16_t i = 1; i <= 500; ++i)
    input(at("10.1.0.1", i), peerRequest());
  EXPECT_EQ(agent_.remoteCandidates().size(), 1 + Limits().peerReflexive);
}

TEST_F(IceChecks, EarlyChecksAndEarlyDataAreBounded) {
  for (uint16_t i = 1; i <= 500; ++i) {
    input(at("10.1.0.1", i), peerRequest());
    input(at("10.1.0.1", i), {20});
    input(at("10.1.0.1", 1), {20});
  }
  EXPECT_TRUE(agent_.remoteCandidates().empty());
  meet();
  EXPECT_EQ(agent_.remoteCandidates().size(), 1 + Limits().earlyChecks);
  EXPECT_EQ(received_.size(), Limits().earlyDatagrams);
}

TEST_F(IceChecks, AFullCheckListPrefersTheBetterPair) {
  CheckList list(2);
  const auto make = [](uint32_t id, uint64_t priority, const char* foundation) {
    auto pair = std::make_unique<Pair>();
    pair->id = PairId(id);
    pair->priority = priority;
    pair->foundation = foundation;
    return pair;
  };
  EXPECT_NE(list.add(make(1, 10, "a")), nullptr);
  EXPECT_NE(list.add(make(2, 20, "b")), nullptr);
  EXPECT_EQ(list.add(make(3, 5, "c")), nullptr);
  EXPECT_NE(list.add(make(4, 30, "d")), nullptr);
  EXPECT_EQ(list.find(PairId(1)), nullptr);
  EXPECT_EQ(list.pairs().front()->id, PairId(4));
}

TEST_F(IceChecks, PairsOfOneFoundationWaitForTheFirstOfThem) {
  CheckList list(10);
  const auto add = [&](uint32_t id, uint64_t priority, const char* foundation) {
    auto pair = std::make_unique<Pair>();
    pair->id = PairId(id);
    pair->priority = priority;
    pair->foundation = foundation;
    return list.add(std::move(pair));
  };
  Pair* first = add(1, 30, "x");
  Pair* second = add(2, 20, "x");
  Pair* other = add(3, 10, "y");
  EXPECT_EQ(first->state, PairState::kWaiting);
  EXPECT_EQ(second->state, PairState::kFrozen);
  EXPECT_EQ(other->state, PairState::kWaiting);
  EXPECT_EQ(list.next(true), first);
  first->state = PairState::kInProgress;
  EXPECT_EQ(list.next(true), other);
  other->state = PairState::kInProgress;
  EXPECT_EQ(list.next(true), nullptr);
  first->state = PairState::kFailed;
  EXPECT_EQ(list.next(true), second);
  second->state = PairState::kFrozen;
  list.unfreeze("x");
  EXPECT_EQ(second->state, PairState::kWaiting);
}

TEST_F(IceChecks, TriggeredChecksComeFirstAndOnlyOnce) {
  CheckList list(10);
  auto make = [&](uint32_t id, uint64_t priority) {
    auto pair = std::make_unique<Pair>();
    pair->id = PairId(id);
    pair->priority = priority;
    pair->foundation = std::to_string(id);
    return list.add(std::move(pair));
  };
  make(1, 30);
  Pair* low = make(2, 10);
  list.trigger(*low);
  list.trigger(*low);
  EXPECT_EQ(list.next(false), low);
  EXPECT_EQ(list.next(false), nullptr);
}

}  // namespace
}  // namespace rtc::ice::test
