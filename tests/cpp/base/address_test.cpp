#include "cpp/base/address.h"

#include <gtest/gtest.h>

namespace rtc {
namespace {

std::string roundTrip(std::string_view text) {
  auto address = IpAddress::parse(text);
  return address ? address->toString() : "refused";
}

TEST(IpAddress, PrintsIpv6AsRfc5952Says) {
  EXPECT_EQ(roundTrip("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(roundTrip("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(roundTrip("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(roundTrip("2001:db8::1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(roundTrip("::"), "::");
  EXPECT_EQ(roundTrip("::1"), "::1");
  EXPECT_EQ(roundTrip("fe80::"), "fe80::");
  EXPECT_EQ(roundTrip("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
  EXPECT_EQ(roundTrip("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
}

TEST(IpAddress, ParsesDottedDecimalOnlyInItsPlainForm) {
  EXPECT_EQ(roundTrip("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(roundTrip("0.0.0.0"), "0.0.0.0");
  for (const char* text : {"192.0.2", "192.0.2.1.5", "192.0.2.256", "192.0.02.1", "1.2.3.4 ",
                           "0x7f.0.0.1", "", ".", "1..2.3", "host.local"}) {
    EXPECT_EQ(roundTrip(text), "refused") << text;
  }
}

TEST(IpAddress, RefusesMalformedIpv6) {
  for (const char* text : {":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                           "12345::", "g::", "::1:", "1:2:3:4:5:6:7:8::", "fe80::1%eth0", "[::1]",
                           "::192.0.2.1:1", "::192.0.2"}) {
    EXPECT_EQ(roundTrip(text), "refused") << text;
  }
}

TEST(IpAddress, KnowsTheSpecialRanges) {
  EXPECT_TRUE(IpAddress::parse("127.8.9.1")->isLoopback());
  EXPECT_TRUE(IpAddress::parse("::1")->isLoopback());
  EXPECT_FALSE(IpAddress::parse("::2")->isLoopback());
  EXPECT_TRUE(IpAddress::parse("172.31.0.1")->isPrivate());
  EXPECT_FALSE(IpAddress::parse("172.32.0.1")->isPrivate());
  EXPECT_TRUE(IpAddress::parse("fd00::2")->isPrivate());
  EXPECT_TRUE(IpAddress::parse("169.254.169.254")->isLinkLocal());
  EXPECT_TRUE(IpAddress::parse("fe80::1")->isLinkLocal());
  EXPECT_TRUE(IpAddress::parse("239.255.255.250")->isMulticast());
  EXPECT_TRUE(IpAddress::parse("ff02::fb")->isMulticast());
  EXPECT_TRUE(IpAddress::parse("::")->isUnspecified());
}

TEST(IpAddress, TakesAnIpv4AddressOutOfItsMappedForm) {
  EXPECT_EQ(IpAddress::parse("::ffff:127.0.0.1")->unmapped(), *IpAddress::parse("127.0.0.1"));
  EXPECT_EQ(IpAddress::parse("::1")->unmapped(), *IpAddress::parse("::1"));
}

TEST(IpAddress, MatchesPrefixesBitByBit) {
  const auto network = *IpAddress::parse("100.64.0.0");
  EXPECT_TRUE(IpAddress::parse("100.127.255.255")->inPrefix(network, 10));
  EXPECT_FALSE(IpAddress::parse("100.128.0.0")->inPrefix(network, 10));
  EXPECT_TRUE(IpAddress::parse("8.8.8.8")->inPrefix(*IpAddress::parse("0.0.0.0"), 0));
  EXPECT_FALSE(IpAddress::parse("::1")->inPrefix(*IpAddress::parse("0.0.0.0"), 0));
}

TEST(Endpoint, PutsIpv6InBrackets) {
  EXPECT_EQ((Endpoint{*IpAddress::parse("::1"), 80}.toString()), "[::1]:80");
  EXPECT_EQ((Endpoint{*IpAddress::parse("192.0.2.1"), 80}.toString()), "192.0.2.1:80");
}

}  // namespace
}  // namespace rtc
