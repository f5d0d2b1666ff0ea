#include "cpp/ice/candidate.h"

#include <gtest/gtest.h>

#include "cpp/ice/priority.h"

namespace rtc::ice {
namespace {

Candidate parsed(std::string_view line) {
  auto result = Candidate::parse(line);
  EXPECT_TRUE(result.ok()) << line << ": " << (result.ok() ? "" : result.error().message);
  return result.ok() ? *result : Candidate();
}

void expectRefused(std::string_view line, ParseError::Kind kind = ParseError::Kind::kSyntax) {
  auto result = Candidate::parse(line);
  ASSERT_FALSE(result.ok()) << line;
  EXPECT_EQ(result.error().kind, kind) << line;
}

TEST(IceCandidate, ReadsEveryFieldOfALineFromChromium) {
  const Candidate c = parsed(
      "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.5 rport 46155 "
      "generation 2 ufrag EEtu network-id 3 network-cost 50");
  EXPECT_EQ(c.foundation, "842163049");
  EXPECT_EQ(c.component, 1);
  EXPECT_EQ(c.transport, TransportProtocol::kUdp);
  EXPECT_EQ(c.priority, 1677729535u);
  EXPECT_EQ(c.endpoint.toString(), "203.0.113.7:46154");
  EXPECT_EQ(c.type, CandidateType::kServerReflexive);
  ASSERT_TRUE(c.related.has_value());
  EXPECT_EQ(c.related->toString(), "10.0.0.5:46155");
  EXPECT_EQ(c.generation, 2u);
  EXPECT_EQ(c.ufrag, "EEtu");
  EXPECT_EQ(c.networkId, 3u);
  EXPECT_EQ(c.networkCost, 50u);
}

TEST(IceCandidate, WritesBackExactlyTheLinesThatBrowsersProduce) {
  for (const char* line : {
           "candidate:1 1 udp 2122260223 192.168.1.4 50000 typ host",
           "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0 "
           "generation 0 ufrag EEtu network-id 3 network-cost 50",
           "candidate:3 1 tcp 1518280447 192.168.1.4 9 typ host tcptype active generation 0",
           "candidate:7 1 udp 2113937151 0f8e92c5-9d8b-4d7b-a7e4-2e1f9b3c4d5e.local 56789 typ host "
           "generation 0 ufrag abcd network-cost 999",
           "candidate:9 1 udp 41885439 2001:db8::7 3478 typ relay raddr :: rport 0 x-new value",
           "candidate:11 1 udp 1853693695 10.1.1.1 4000 typ prflx raddr 10.0.0.1 rport 5000",
       }) {
    EXPECT_EQ(parsed(line).toString(), line);
  }
}

TEST(IceCandidate, TakesAnSdpAttributeLineAndAnUpperCaseTransport) {
  const Candidate c = parsed("a=candidate:0 1 UDP 2122252543 10.0.0.1 5000 typ host\r\n");
  EXPECT_EQ(c.toString(), "candidate:0 1 udp 2122252543 10.0.0.1 5000 typ host");
}

TEST(IceCandidate, KeepsANameInPlaceOfAnAddress) {
  const Candidate c = parsed("candidate:1 1 udp 1 abc-1.local 9 typ host");
  EXPECT_EQ(c.hostname, "abc-1.local");
  EXPECT_TRUE(c.endpoint.address.isUnspecified());
  EXPECT_EQ(c.endpoint.port, 9);
}

TEST(IceCandidate, KeepsUnknownExtensionsInTheirOrder) {
  const char* line = "candidate:1 1 udp 1 10.0.0.1 9 typ host zeta 1 alpha x=y,z";
  const Candidate c = parsed(line);
  ASSERT_EQ(c.extensions.size(), 2u);
  EXPECT_EQ(c.extensions[0].first, "zeta");
  EXPECT_EQ(c.extensions[1].second, "x=y,z");
  EXPECT_EQ(c.toString(), line);
}

TEST(IceCandidate, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* line : {
           "",
           "candidate:",
           "1 1 udp 1 10.0.0.1 9 typ host",
           "candidate:1 1 udp 1 10.0.0.1 9 typ",
           "candidate:1 1 udp 1 10.0.0.1 9 host",
           "candidate:! 1 udp 1 10.0.0.1 9 typ host",
           "candidate:123456789012345678901234567890123 1 udp 1 10.0.0.1 9 typ host",
           "candidate:1 0 udp 1 10.0.0.1 9 typ host",
           "candidate:1 257 udp 1 10.0.0.1 9 typ host",
           "candidate:1 1 udp 0 10.0.0.1 9 typ host",
           "candidate:1 1 udp 2147483648 10.0.0.1 9 typ host",
           "candidate:1 1 udp -1 10.0.0.1 9 typ host",
           "candidate:1 1 udp 1 10.0.0.256 9 typ host",
           "candidate:1 1 udp 1 10.0.1 9 typ host",
           "candidate:1 1 udp 1 fe80::1%eth0 9 typ host",
           "candidate:1 1 udp 1 [::1] 9 typ host",
           "candidate:1 1 udp 1 a..local 9 typ host",
           "candidate:1 1 udp 1 10.0.0.1 65536 typ host",
           "candidate:1 1 udp 1 10.0.0.1 9 typ host generation",
           "candidate:1 1 udp 1 10.0.0.1 9 typ host generation x",
           "candidate:1 1 udp 1 10.0.0.1 9 typ srflx raddr ! rport 1",
           "candidate:1 1 udp 1 10.0.0.1 9 typ srflx raddr 10.0.0.1 rport 65536",
           "candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype sideways",
           "candidate:1  1 udp 1 10.0.0.1 9 typ host",
       }) {
    expectRefused(line);
  }
  expectRefused("candidate:1 1 udp 1 10.0.0.1 9 typ host x " + std::string(5000, 'y'));
}

TEST(IceCandidate, TellsAnUnknownTransportOrTypeFromASyntaxError) {
  expectRefused("candidate:1 1 sctp 1 10.0.0.1 9 typ host", ParseError::Kind::kUnsupported);
  expectRefused("candidate:1 1 udp 1 10.0.0.1 9 typ cloud", ParseError::Kind::kUnsupported);
}

TEST(IcePriority, FollowsTheFormulaOfRfc8445) {
  EXPECT_EQ(candidatePriority(CandidateType::kHost, 65535), 2130706431u);
  EXPECT_EQ(candidatePriority(CandidateType::kServerReflexive, 65535), 1694498815u);
  EXPECT_EQ(candidatePriority(CandidateType::kRelay, 0), 255u);
}

TEST(IcePriority, OfAPairIsHigherByOneForTheEndThatHasTheLargerPriority) {
  EXPECT_EQ(pairPriority(2, 1), (uint64_t{1} << 32) + 5);
  EXPECT_EQ(pairPriority(1, 2), (uint64_t{1} << 32) + 4);
  constexpr uint32_t kMax = 0x7fffffff;
  EXPECT_GT(pairPriority(kMax, kMax), pairPriority(kMax, kMax - 1));
}

TEST(IcePriority, LetsTheAddressFamiliesTakeTurnsWithIpv6First) {
  EXPECT_GT(localPreference(AddressFamily::kIpv6, 0), localPreference(AddressFamily::kIpv4, 0));
  EXPECT_GT(localPreference(AddressFamily::kIpv4, 0), localPreference(AddressFamily::kIpv6, 1));
  EXPECT_GT(localPreference(AddressFamily::kIpv6, 1), localPreference(AddressFamily::kIpv4, 1));
}

}  // namespace
}  // namespace rtc::ice
