#include "cpp/turn/peer_policy.h"

#include <gtest/gtest.h>

namespace rtc::turn {
namespace {

IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}
Cidr range(const char* text) {
  return *Cidr::parse(text);
}

TEST(TurnPeerPolicy, RefusesTheInsideByDefault) {
  const PeerPolicy policy;
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.100.100.200",
                              "127.0.0.1",
                              "127.255.255.254",
                              "168.63.129.16",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.192",
                              "192.168.1.1",
                              "198.18.0.1",
                              "224.0.0.1",
                              "239.255.255.250",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "febf::1",
                              "fec0::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "ff02::fb",
                              "100::1",
                              "200:1234::1",
                              "2001::1",
                              "64:ff9b:1::1"}) {
    EXPECT_FALSE(policy.allowed(ip(address))) << address;
  }
}

TEST(TurnPeerPolicy, RefusesInsideAddressesInDisguise) {
  const PeerPolicy policy;
  for (const char* address :
       {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1",
        "2002:c0a8:101::", "::127.0.0.1", "::10.0.0.1", "2001:db8::5efe:10.0.0.1",
        "2001:db8::200:5efe:127.0.0.1", "::ffff:0:127.0.0.1", "::ffff:0:a00:1",
        // 6to4 by its prefix and ISATAP by its interface, with an address that is public in one of
        // them.
        "2002:a00:1::5efe:8.8.8.8", "2002:808:808::5efe:10.0.0.1",
        "2002:7f00:1::200:5efe:8.8.8.8"}) {
    EXPECT_FALSE(policy.allowed(ip(address))) << address;
  }
}

TEST(TurnPeerPolicy, LetsPublicAddressesPass) {
  const PeerPolicy policy;
  for (const char* address : {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1",
                              "172.32.0.1", "192.169.0.1", "223.255.255.255", "2606:4700::1111",
                              "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_TRUE(policy.allowed(ip(address))) << address;
  }
}

TEST(TurnPeerPolicy, OpensARangeForTheOperatorInEveryForm) {
  const PeerPolicy policy({range("127.0.0.0/8"), range("fd00::/8")}, {});
  EXPECT_TRUE(policy.allowed(ip("127.0.0.1")));
  EXPECT_TRUE(policy.allowed(ip("::ffff:127.0.0.1")));
  EXPECT_TRUE(policy.allowed(ip("fd12::1")));
  EXPECT_FALSE(policy.allowed(ip("::1")));
  EXPECT_FALSE(policy.allowed(ip("10.0.0.1")));
  EXPECT_FALSE(policy.allowed(ip("fc00::1")));
  EXPECT_TRUE(policy.allowed(ip("2002:7f00:1::5efe:127.0.0.1")));
  EXPECT_FALSE(policy.allowed(ip("2002:7f00:1::5efe:10.0.0.1")));
}

TEST(TurnPeerPolicy, PutsTheOperatorsDenialsFirst) {
  const PeerPolicy policy({range("10.0.0.0/8"), range("0.0.0.0/0")},
                          {range("10.1.0.0/16"), range("8.8.8.8")});
  EXPECT_TRUE(policy.allowed(ip("10.0.0.1")));
  EXPECT_FALSE(policy.allowed(ip("10.1.0.1")));
  EXPECT_FALSE(policy.allowed(ip("::ffff:10.1.0.1")));
  EXPECT_FALSE(policy.allowed(ip("8.8.8.8")));
  EXPECT_FALSE(policy.allowed(ip("64:ff9b::808:808")));
}

TEST(TurnPeerPolicy, ParsesRangesAndNothingElse) {
  EXPECT_EQ(range("10.0.0.0/8").prefixLength, 8u);
  EXPECT_EQ(range("10.0.0.1").prefixLength, 32u);
  EXPECT_EQ(range("::1").prefixLength, 128u);
  EXPECT_TRUE(range("0.0.0.0/0").contains(ip("203.0.113.1")));
  EXPECT_FALSE(range("0.0.0.0/0").contains(ip("2001:db8::1")));
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                           "10.0.0.0/8x", "10.0.0/8", "host/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
  }
}

TEST(TurnPeerPolicy, TellsTheRelaysOwnAddressesFromOthers) {
  using Verdict = PeerPolicy::Verdict;
  const PeerPolicy policy({range("203.0.113.2")}, {range("203.0.113.3")},
                          {range("203.0.113.1"), range("203.0.113.2"), range("203.0.113.3"),
                           range("2001:db8::1"), range("10.0.0.1")});
  EXPECT_EQ(policy.judge(ip("203.0.113.1")), Verdict::kOwn);
  EXPECT_EQ(policy.judge(ip("::ffff:203.0.113.1")), Verdict::kOwn);
  EXPECT_EQ(policy.judge(ip("64:ff9b::203.0.113.1")), Verdict::kOwn);
  EXPECT_EQ(policy.judge(ip("2001:db8::1")), Verdict::kOwn);
  EXPECT_EQ(policy.judge(ip("203.0.113.2")), Verdict::kAllowed);
  EXPECT_EQ(policy.judge(ip("203.0.113.3")), Verdict::kDenied);
  EXPECT_EQ(policy.judge(ip("203.0.113.4")), Verdict::kAllowed);
  // Its private ones are refused as any other.
  EXPECT_EQ(policy.judge(ip("10.0.0.1")), Verdict::kDenied);
  EXPECT_FALSE(policy.allowed(ip("203.0.113.1")));
}

}  // namespace
}  // namespace rtc::turn
