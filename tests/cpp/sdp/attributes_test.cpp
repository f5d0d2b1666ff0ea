#include "cpp/sdp/attributes.h"

#include <gtest/gtest.h>

#include "cpp/sdp/candidate.h"

namespace rtc::sdp {
namespace {

TEST(SdpAttribute, PrintsWhatItParsed) {
  for (const char* text : {
           "group:BUNDLE 0 1",
           "group:LS",
           "mid:audio-1",
           "msid-semantic: WMS",
           "msid-semantic: WMS stream",
           "ice-ufrag:abcd",
           "ice-options:trickle ice2",
           "ice-lite",
           "candidate:1 1 udp 1 192.0.2.1 1 typ host",
           "end-of-candidates",
           "setup:actpass",
           "setup:active",
           "setup:passive",
           "setup:holdconn",
           "tls-id:abc3de65cddef001be82",
           "sctp-port:5000",
           "sctpmap:5000 webrtc-datachannel",
           "sctpmap:5000 webrtc-datachannel 1024",
           "max-message-size:0",
           "sctp-init:AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA",
           "bundle-only",
           "sendrecv",
           "sendonly",
           "recvonly",
           "inactive",
           "rtcp-mux",
           "rtcp-mux-only",
           "rtcp-rsize",
           "extmap-allow-mixed",
           "extmap:1 urn:x",
           "extmap:2/sendonly urn:x some attributes",
           "rtpmap:96 VP8/90000",
           "rtpmap:111 opus/48000/2",
           "fmtp:97 apt=96",
           "fmtp:webrtc-datachannel max-message-size=1",
           "rtcp-fb:* nack",
           "rtcp-fb:96 ccm fir",
           "msid:-",
           "msid:stream track",
           "ssrc:1 cname:x",
           "ssrc:1 flag",
           "ssrc-group:FID 1 2",
           "rid:1 send",
           "rid:1 recv pt=96;max-width=1280",
           "simulcast:send 1;~2,3",
           "simulcast:recv 1 send 2",
           "simulcast:send 1 recv 2",
           "something",
           "something:else",
           "something:",
       }) {
    auto attribute = parseAttribute(text);
    ASSERT_TRUE(attribute.ok()) << text;
    EXPECT_EQ(printAttribute(*attribute), text);
  }
}

TEST(SdpAttribute, KnowsWhichAreTyped) {
  EXPECT_TRUE(std::holds_alternative<RawAttribute>(*parseAttribute("something:else")));
  EXPECT_TRUE(std::holds_alternative<Group>(*parseAttribute("group:BUNDLE")));
  EXPECT_TRUE(std::holds_alternative<BundleOnly>(*parseAttribute("bundle-only")));
}

TEST(SdpAttribute, OfRtpIsCarriedAlongInAnyForm) {
  for (const char* text : {
           "rtpmap:96 VP8",
           "rtpmap:128 VP8/90000",
           "rtpmap:96",
           "rtpmap:96 VP8/fast",
           "rtpmap",
           "extmap:1",
           "extmap:x urn:y",
           "extmap:1/sideways urn:y",
           "extmap:65536 urn:y",
           "fmtp:96",
           "rtcp-fb:96",
           "rtcp-fb:96  ",
           "rtcp-fb:128 nack",
           "rtcp-fb:x nack",
           "msid:",
           "msid",
           "ssrc:1",
           "ssrc:x cname:y",
           "ssrc:4294967296 cname:x",
           "ssrc:-1 cname:x",
           "ssrc:1  ",
           "ssrc-group:FID x",
           "rid:1",
           "rid:1 sideways",
           "simulcast:1",
           "simulcast:send 1 send 2",
           "simulcast: send rid=hi;lo",
       }) {
    auto attribute = parseAttribute(text);
    ASSERT_TRUE(attribute.ok()) << text;
    EXPECT_TRUE(std::holds_alternative<RawAttribute>(*attribute)) << text;
    EXPECT_EQ(printAttribute(*attribute), text);
  }
}

TEST(SdpAttribute, OfRtpMayHaveSpacesAround) {
  EXPECT_EQ(std::get<RtpMap>(*parseAttribute("rtpmap:96  VP8/90000 ")).encoding, "VP8");
  EXPECT_EQ(std::get<RtpMap>(*parseAttribute("rtpmap:96  VP8/90000 ")).clockRate, 90000u);
  EXPECT_EQ(std::get<Fmtp>(*parseAttribute("fmtp:97  apt=96 ")).parameters, "apt=96");
  EXPECT_EQ(std::get<RtcpFb>(*parseAttribute("rtcp-fb:*  nack pli ")).feedback, "nack pli");
  EXPECT_EQ(std::get<Extmap>(*parseAttribute("extmap:1  urn:x ")).uri, "urn:x");
  EXPECT_EQ(std::get<Ssrc>(*parseAttribute("ssrc:1  cname:x")).attribute, "cname");
  EXPECT_EQ(std::get<Msid>(*parseAttribute("msid:a  b c")).track, "b");
  EXPECT_EQ(std::get<Msid>(*parseAttribute("msid:a ")).track, std::nullopt);
}

TEST(SdpAttribute, LeavesTheRestOfRtpmapToTheFormat) {
  const auto attribute = parseAttribute("rtpmap:96 VP8/90000/foo");
  EXPECT_EQ(std::get<RtpMap>(*attribute).channels, std::nullopt);
}

TEST(SdpAttribute, OfASsrcMayBeAny) {
  const auto ssrc = std::get<Ssrc>(*parseAttribute("ssrc:5 fmtp:96 x=1:2"));
  EXPECT_EQ(ssrc.attribute, "fmtp");
  EXPECT_EQ(ssrc.text, "96 x=1:2");
  EXPECT_EQ(std::get<Ssrc>(*parseAttribute("ssrc:5 label:")).text, "");
}

TEST(SdpAttribute, ThatIsAFlagIsOneWithAValueToo) {
  EXPECT_TRUE(std::holds_alternative<BundleOnly>(*parseAttribute("bundle-only:x")));
  EXPECT_TRUE(std::holds_alternative<RtcpMux>(*parseAttribute("rtcp-mux ")));
  EXPECT_TRUE(std::holds_alternative<RtcpRsize>(*parseAttribute("rtcp-rsize:")));
  EXPECT_EQ(std::get<Direction>(*parseAttribute("recvonly:x")).direction,
            Direction::Value::kRecvOnly);
  EXPECT_TRUE(std::holds_alternative<RawAttribute>(*parseAttribute("RTCP-MUX")));
  EXPECT_TRUE(std::holds_alternative<RawAttribute>(*parseAttribute("SENDRECV")));
  EXPECT_TRUE(std::holds_alternative<RawAttribute>(*parseAttribute("rtcp-muxes")));
}

TEST(SdpSetup, IsWithoutRegardToCase) {
  const auto attribute = parseAttribute("setup:ActPass");
  ASSERT_TRUE(attribute.ok());
  EXPECT_EQ(std::get<sdp::Setup>(*attribute).role, sdp::Setup::Role::kActpass);
  EXPECT_FALSE(parseAttribute("setup:actpass ").ok());
}

TEST(SdpFingerprint, ComparesWithoutRegardToCase) {
  const auto upper =
      Fingerprint::parse("SHA-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB");
  const auto lower =
      Fingerprint::parse("sha-1 4a:ad:b9:b1:3f:82:18:3b:54:02:12:df:3e:5d:49:6b:19:e5:7c:ab");
  ASSERT_TRUE(upper && lower);
  EXPECT_EQ(*upper, *lower);
  EXPECT_EQ(upper->algorithm, "sha-1");
}

TEST(SdpFingerprint, TakesUnknownHashesOfAnyLength) {
  EXPECT_TRUE(Fingerprint::parse("sha3-256 AA:BB"));
  EXPECT_FALSE(Fingerprint::parse("sha-512 AA:BB"));
}

TEST(SdpIceCredentials, HaveTheLengthsOfRfc8839) {
  EXPECT_FALSE(IceUfrag::parse("abc"));
  EXPECT_TRUE(IceUfrag::parse("abcd"));
  EXPECT_TRUE(IceUfrag::parse(std::string(256, 'a')));
  EXPECT_FALSE(IceUfrag::parse(std::string(257, 'a')));
  EXPECT_FALSE(IcePwd::parse(std::string(21, 'a')));
  EXPECT_TRUE(IcePwd::parse(std::string(22, 'a')));
}

TEST(SdpCandidate, IsTakenApart) {
  auto candidate = parseCandidate(
      "candidate:842163049 1 udp 1677729535 203.0.113.7 54555 typ srflx raddr 10.0.0.1 rport 4000 "
      "generation 0 ufrag F7gI network-cost 999");
  ASSERT_TRUE(candidate.ok());
  EXPECT_EQ(candidate->foundation, "842163049");
  EXPECT_EQ(candidate->component, 1);
  EXPECT_EQ(candidate->transport, "udp");
  EXPECT_EQ(candidate->priority, 1677729535u);
  EXPECT_EQ(candidate->address, "203.0.113.7");
  EXPECT_EQ(candidate->port, 54555);
  EXPECT_EQ(candidate->type, "srflx");
  EXPECT_EQ(candidate->relatedAddress, "10.0.0.1");
  EXPECT_EQ(candidate->relatedPort, 4000);
  EXPECT_EQ(candidate->extension("ufrag"), "F7gI");
  EXPECT_EQ(candidate->extension("network-cost"), "999");
  EXPECT_FALSE(candidate->extension("tcptype"));
}

TEST(SdpCandidate, SaysWhatIsWrong) {
  for (const char* text :
       {"", "candidate", "candidate:", "a=candidate:1 1 udp 1 1.2.3.4 1 typ host",
        "candidate:1 1 udp 4294967296 1.2.3.4 1 typ host", "candidate:1 1 udp 1 1.2.3.4 1 typ"}) {
    auto candidate = parseCandidate(text);
    ASSERT_FALSE(candidate.ok()) << text;
    EXPECT_FALSE(candidate.error().empty());
  }
}

TEST(SdpCandidate, IsCutOutOfItsLine) {
  EXPECT_EQ(trimCandidate("a=candidate:1\r\n"), "candidate:1");
  EXPECT_EQ(trimCandidate("candidate:1"), "candidate:1");
  EXPECT_EQ(trimCandidate(""), "");
}

}  // namespace
}  // namespace rtc::sdp
