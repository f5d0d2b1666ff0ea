// What a stranger on the network can put into a connection, or make it send: RTP bleed and
// injection (CVE-2017-14099), the DTLS ClientHello race (CVE-2023-49786, CVE-2023-51443),
// reflection, and checks as a flood against somebody else.

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;
using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;

const Endpoint kStranger = at("10.0.0.66", 6666);

void inject(Pair2& pair, Peer& victim, const Endpoint& source, Bytes data) {
  victim.agent.handleDatagram(InterfaceId(1), source, std::move(data), pair.now());
  pair.pump();
}

TEST(IceInjection, WhatAStrangerSendsIsNeverDelivered) {
  Pair2 pair;
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  for (int first = 0; first < 256; ++first) {
    // RTP, RTCP, DTLS, ChannelData and what is none of them, from elsewhere and from ports beside.
    Bytes data(40, static_cast<uint8_t>(first));
    inject(pair, pair.b, kStranger, data);
    inject(pair, pair.b, at("10.0.0.1", static_cast<uint16_t>(1 + first)), data);
  }
  EXPECT_TRUE(pair.b.received.empty());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "genuine"));
}

TEST(IceInjection, AStrangersHelloBeforeAnyCheckIsNotHandedOnWhenThePeerConnects) {
  Pair2 pair;
  pair.addHosts();
  pair.exchangeCredentials();
  pair.trickleAToB();
  pair.trickleBToA();
  // The race: before the first check has come, and while checks are under way.
  for (int i = 0; i < 50; ++i)
    inject(pair, pair.b, kStranger, Bytes{22, 0xfe, 0xff, 0, 0, static_cast<uint8_t>(i)});
  pair.gather();
  for (int i = 0; i < 50; ++i)
    inject(pair, pair.b, kStranger, Bytes{22, 0xfe, 0xff, 0, 1, static_cast<uint8_t>(i)});
  ASSERT_TRUE(pair.runUntilConnected());
  pair.runFor(Duration::seconds(3));
  EXPECT_TRUE(pair.b.received.empty());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "genuine"));
}

TEST(IceInjection, NothingIsSentToWhoHasNotProvedToKnowThePassword) {
  Pair2 pair;
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  size_t toStranger = 0;
  pair.network.bind(kStranger, [&](const Endpoint&, Bytes) { ++toStranger; });
  // The right names, the wrong password, and the wish to be nominated.
  SeededRandom random(4);
  const Credentials ours = credentials('b');
  const Credentials theirs = credentials('a');
  for (int i = 0; i < 100; ++i) {
    MessageBuilder request(MessageClass::kRequest, stun::Method::kBinding,
                           *stun::TransactionId::random(random));
    request.text(AttributeType::kUsername, ours.ufrag + ":" + theirs.ufrag);
    request.u32(AttributeType::kPriority, 0x7fffffff);
    request.u64(AttributeType::kIceControlling, 1);
    request.flag(AttributeType::kUseCandidate);
    inject(pair, pair.b, kStranger,
           request.integrity(asBytes("not the password, but as long")).fingerprint().build());
  }
  pair.runFor(Duration::seconds(10));
  EXPECT_EQ(toStranger, 100u) << "an error for each request, and nothing more";
  for (const SelectedPairChanged& selection : pair.b.selections)
    EXPECT_NE(selection.remote.endpoint, kStranger);
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "genuine"));
}

/// One agent with one socket, before it knows a peer.
class IceReflection : public ::testing::Test {
 protected:
  IceReflection() : agent(AgentConfig(), random) {
    agent.setLocalCredentials(credentials('l'), now);
    agent.addInterface(InterfaceId(1), at("10.0.0.1", 5000), InterfaceKind::kUdp, now);
    agent.gather(now);
    agent.interfacesComplete(now);
    drain();
  }
  struct Sent {
    size_t datagrams = 0;
    size_t bytes = 0;
    size_t largest = 0;
  };
  Sent drain() {
    Sent sent;
    while (auto output = agent.poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        ++sent.datagrams;
        sent.bytes += transmit->data.size();
        sent.largest = std::max(sent.largest, transmit->data.size());
      }
    }
    return sent;
  }
  Sent answerTo(Bytes datagram) {
    agent.handleDatagram(InterfaceId(1), kStranger, std::move(datagram), now);
    return drain();
  }
  Bytes bareRequest() {
    return MessageBuilder(MessageClass::kRequest, stun::Method::kBinding,
                          *stun::TransactionId::random(random))
        .build();
  }

  SeededRandom random{9};
  Timestamp now = Timestamp::milliseconds(1000);
  Agent agent;
};

TEST_F(IceReflection, AForgedSourceGetsOneShortAnswerAtMost) {
  constexpr size_t kIpAndUdp = 28;
  const Bytes smallest = bareRequest();
  ASSERT_EQ(smallest.size(), 20u);
  const Sent answer = answerTo(smallest);
  EXPECT_EQ(answer.datagrams, 1u);
  // With the headers that any datagram has, less than twice of what was sent.
  EXPECT_LT(answer.bytes + kIpAndUdp, 2 * (smallest.size() + kIpAndUdp));
  // And none to what is no request.
  for (int first = 0; first < 256; ++first) {
    EXPECT_EQ(answerTo(Bytes(100, static_cast<uint8_t>(first))).datagrams, 0u) << first;
  }
  for (const auto kind :
       {MessageClass::kIndication, MessageClass::kSuccess, MessageClass::kError}) {
    EXPECT_EQ(
        answerTo(MessageBuilder(kind, stun::Method::kBinding, *stun::TransactionId::random(random))
                     .build())
            .datagrams,
        0u);
  }
}

TEST_F(IceReflection, AnAnswerIsNoLongerForALongRequest) {
  MessageBuilder request(MessageClass::kRequest, stun::Method::kBinding,
                         *stun::TransactionId::random(random));
  for (uint16_t type = 0x7f00; type < 0x7f40; ++type)
    request.u32(static_cast<AttributeType>(type), 1);  // all of them required, and unknown
  const Bytes bytes = request.build();
  EXPECT_LE(answerTo(bytes).bytes, 76u);
}

TEST_F(IceReflection, AFloodOfDatagramsLeavesNothingBehind) {
  (void)answerTo(bareRequest());
  for (int i = 0; i < 64; ++i)
    (void)answerTo(Bytes(1200, 22));
  const size_t before = bytesInUse();
  for (int i = 0; i < 5000; ++i) {
    (void)answerTo(bareRequest());
    (void)answerTo(Bytes(1200, 22));
    (void)answerTo(Bytes(1200, 128));
  }
  EXPECT_LE(growthSince(before), 1024u);
}

TEST_F(IceReflection, AVictimThatIsNamedAsACandidateGetsFewChecksAtAPace) {
  // A hostile peer, or whoever does the signalling, names somebody else: 500 times, under the
  // longest username that there may be.
  agent.setRemoteCredentials({std::string(256, 'r'), std::string(256, 'p')}, false, now);
  for (uint16_t port = 1; port <= 500; ++port) {
    Candidate candidate;
    candidate.foundation = std::to_string(port);
    candidate.endpoint = Endpoint{kStranger.address, port};
    candidate.priority = 1000;
    agent.addRemoteCandidate(candidate, now);
  }
  Sent sum = drain();
  std::vector<size_t> bySecond(60);
  const Timestamp begin = now;
  while (!agent.deadline().isNever() && agent.deadline() < begin + Duration::seconds(60)) {
    now = std::max(now, agent.deadline());
    agent.handleTimeout(now);
    const Sent sent = drain();
    sum.datagrams += sent.datagrams;
    sum.largest = std::max(sum.largest, sent.largest);
    bySecond[static_cast<size_t>((now - begin).ms() / 1000)] += sent.datagrams;
  }
  const Timings timings;
  const Limits limits;
  EXPECT_LE(sum.datagrams,
            limits.remoteCandidates * static_cast<size_t>(timings.checkTransmissions));
  EXPECT_LE(sum.largest, 360u);
  for (const size_t datagrams : bySecond)
    EXPECT_LE(datagrams, static_cast<size_t>(1000 / timings.pacing.ms()) + 100);
}

}  // namespace
}  // namespace rtc::ice::test
