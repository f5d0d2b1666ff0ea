#include "cpp/sdp/parser.h"

#include <gtest/gtest.h>

#include "tests/cpp/sdp/samples.h"

namespace rtc::sdp {
namespace {

const std::string kHead = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

SessionDescription parsed(std::string_view text) {
  auto result = parse(text);
  EXPECT_TRUE(result.ok()) << "line " << (result.ok() ? 0 : result.error().line) << ": "
                           << (result.ok() ? "" : result.error().message);
  return result.ok() ? *result : SessionDescription{};
}

SdpError refused(std::string_view text) {
  auto result = parse(text);
  EXPECT_FALSE(result.ok()) << text;
  return result.ok() ? SdpError{} : result.error();
}

TEST(SdpParser, GivesBackWhatRealPeersWriteByteForByte) {
  for (const auto& sample : samples::all()) {
    auto result = parse(sample.text);
    ASSERT_TRUE(result.ok()) << sample.name << ", line " << result.error().line << ": "
                             << result.error().message;
    EXPECT_EQ(serialize(*result), sample.text) << sample.name;
  }
}

TEST(SdpParser, ReadsTheHead) {
  const auto description = parsed(samples::firefoxDataOffer());
  EXPECT_EQ(description.origin.username, "mozilla...THIS_IS_SDPARTA-99.0");
  EXPECT_EQ(description.origin.sessionId, "5151671213407387153");
  EXPECT_EQ(description.origin.sessionVersion, "0");
  EXPECT_EQ(description.origin.address, "0.0.0.0");
  EXPECT_EQ(description.name, "-");
  ASSERT_NE(description.session.other('t'), nullptr);
  EXPECT_EQ(*description.session.other('t'), "0 0");
  EXPECT_EQ(description.session.find<Group>()->mids, std::vector<std::string>{"0"});
}

TEST(SdpParser, ReadsAnApplicationSection) {
  const auto description = parsed(samples::chromiumGatheredOffer());
  ASSERT_EQ(description.media.size(), 1u);
  const MediaSection& section = description.media[0];
  EXPECT_EQ(section.kind, "application");
  EXPECT_EQ(section.port, 54555);
  EXPECT_EQ(section.protocol, "UDP/DTLS/SCTP");
  EXPECT_EQ(section.formats, std::vector<std::string>{"webrtc-datachannel"});
  EXPECT_EQ(*section.other('c'), "IN IP4 203.0.113.7");
  EXPECT_EQ(section.find<IceUfrag>()->ufrag, "F7gI");
  EXPECT_EQ(section.find<IcePwd>()->password, "x9cml/YzichV2+XlhiMu8gZl");
  EXPECT_TRUE(section.find<IceOptions>()->has("trickle"));
  EXPECT_FALSE(section.find<IceOptions>()->has("ice2"));
  EXPECT_EQ(section.find<Fingerprint>()->algorithm, "sha-256");
  EXPECT_EQ(section.find<sdp::Setup>()->role, sdp::Setup::Role::kActpass);
  EXPECT_EQ(section.find<Mid>()->id, "0");
  EXPECT_EQ(section.find<SctpPort>()->port, 5000);
  EXPECT_EQ(section.find<MaxMessageSize>()->size, 262144u);
  EXPECT_EQ(section.all<Candidate>().size(), 3u);
  EXPECT_FALSE(section.has<EndOfCandidates>());
}

TEST(SdpParser, ReadsMediaSections) {
  const auto description = parsed(samples::chromiumMediaOffer());
  ASSERT_EQ(description.media.size(), 3u);
  const MediaSection& audio = description.media[0];
  EXPECT_EQ(audio.formats.size(), 8u);
  EXPECT_EQ(audio.find<RtpMap>()->encoding, "opus");
  EXPECT_EQ(audio.find<RtpMap>()->clockRate, 48000u);
  EXPECT_EQ(audio.find<RtpMap>()->channels, 2u);
  EXPECT_EQ(audio.find<Fmtp>()->parameters, "minptime=10;useinbandfec=1");
  EXPECT_EQ(audio.find<Msid>()->track, "track-a");
  EXPECT_TRUE(audio.has<RtcpMux>());
  EXPECT_EQ(audio.all<Extmap>().size(), 3u);
  const MediaSection& video = description.media[1];
  EXPECT_EQ(video.find<Direction>()->direction, Direction::Value::kSendOnly);
  EXPECT_EQ(video.find<SsrcGroup>()->ssrcs, (std::vector<uint32_t>{2231627014u, 632943048u}));
  EXPECT_EQ(video.all<Rid>().size(), 2u);
  EXPECT_EQ(video.find<Simulcast>()->send, "hi;lo");
  EXPECT_EQ(video.all<RtcpFb>()[1].feedback, "ccm fir");
}

TEST(SdpParser, ReadsTheOldSctpMap) {
  const auto description = parsed(samples::aiortcSctpMapOffer());
  const auto* map = description.media[0].find<SctpMap>();
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(map->port, 5000);
  EXPECT_EQ(map->application, "webrtc-datachannel");
  EXPECT_EQ(map->streams, 256);
}

TEST(SdpParser, TakesLineFeedsAndBlankLinesAtTheEnd) {
  EXPECT_EQ(serialize(parsed("v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n")), kHead);
  EXPECT_EQ(serialize(parsed(kHead + "\r\n\n")), kHead);
  EXPECT_EQ(serialize(parsed("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0")), kHead);
}

TEST(SdpParser, KeepsUnknownLinesInTheirPlace) {
  const std::string text = kHead +
                           "x=something new\r\na=weird-flag\r\na=weird:value:with=all sorts\r\n"
                           "m=audio 9/2 RTP/AVP 0\r\ni=a title\r\nb=AS:30\r\ny=1\r\na=sendrecv\r\n"
                           "k=clear:x\r\na=after\r\n";
  EXPECT_EQ(serialize(parsed(text)), text);
}

TEST(SdpParser, NamesTheLineOfEachMistakeInTheHead) {
  struct Case {
    const char* text;
    int line;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", 1},
           {"Invalid SDP", 1},
           {"o=- 1 2 IN IP4 127.0.0.1\r\n", 1},
           {"v=1\r\n", 1},
           {"\r\nv=0\r\n", 1},
           {"v=0\r\n", 2},
           {"v=0\r\ns=-\r\n", 2},
           {"v=0\r\no=- 1 2 IN IP4\r\ns=-\r\nt=0 0\r\n", 2},
           {"v=0\r\no=- x 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", 2},
           {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nt=0 0\r\n", 3},
           {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n", 4},
           {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0\r\n", 4},
           {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 9 RTP/AVP 0\r\n", 4},
       }) {
    const SdpError error = refused(c.text);
    EXPECT_EQ(error.line, c.line) << c.text << ": " << error.message;
    EXPECT_FALSE(error.message.empty());
  }
}

TEST(SdpParser, NamesTheLineOfEachMistakeInALine) {
  for (const char* bad : {
           "a",
           "a:mid",
           "A=mid:0",
           "a= mid:0",
           "a=",
           "a=:value",
           "v=0",
           "o=- 1 2 IN IP4 127.0.0.1",
           "s=again",
           "c=IN IP4",
           "b=AS",
           "b=AS:many",
           "b=TIAS: 64000",
           "t=now later",
           "m=audio",
           "m=audio 9 RTP/AVP",
           "m=audio 65536 RTP/AVP 0",
           "m=audio -1 RTP/AVP 0",
           "m=audio 9/ RTP/AVP 0",
           "a=mid",
           "a=mid:",
           "a=mid:two words",
           "a=group",
           "a=ice-ufrag:abc",
           "a=ice-ufrag:ab cd",
           "a=ice-pwd:tooshort",
           "a=fingerprint:sha-256",
           "a=fingerprint:sha-256 ZZ",
           "a=fingerprint:sha-256 AA:BB",
           "a=fingerprint:sha-256 AA:",
           "a=setup:maybe",
           "a=setup",
           "a=candidate:1 1 udp",
           "a=candidate:1 0 udp 1 192.0.2.1 1 typ host",
           "a=candidate:1 1 udp 1 192.0.2.1 70000 typ host",
           "a=candidate:1 1 udp 1 192.0.2.1 1 type host",
           "a=candidate:1 1 udp 1 192.0.2.1 1 typ host raddr",
           "a=sctp-port:65536",
           "a=sctp-port:",
           "a=max-message-size:-1",
           "a=max-message-size:99999999999999999999999",
       }) {
    const SdpError error = refused(kHead + "a=fine\r\n" + bad + "\r\na=fine\r\n");
    EXPECT_EQ(error.line, 6) << bad << ": " << error.message;
  }
}

TEST(SdpParser, RefusesBlankLinesInTheMiddleAndControlBytes) {
  EXPECT_EQ(refused(kHead + "\r\na=x\r\n").line, 5);
  EXPECT_EQ(refused(kHead + std::string("a=x\0y\r\n", 7)).line, 5);
  EXPECT_EQ(refused(kHead + "a=x\ry\r\n").line, 5);
}

TEST(SdpParser, CarriesOddMediaAttributesAlongUninterpreted) {
  const std::string text = kHead +
                           "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=fmtp:96\r\na=rtcp-fb:96\r\n"
                           "a=rid:1\r\na=simulcast:1\r\na=ssrc-group:FID x\r\na=rtpmap:96\r\n"
                           "a=extmap:0x1 urn:x\r\na=msid:\r\na=ssrc:1\r\na=ice-options\r\n";
  const auto description = parsed(text);
  EXPECT_EQ(serialize(description), text);
  EXPECT_FALSE(description.media[0].has<Fmtp>());
  EXPECT_FALSE(description.media[0].has<RtpMap>());
  EXPECT_FALSE(description.media[0].has<Extmap>());
}

TEST(SdpParser, PassesOnWhatTelephonesAndCamerasSay) {
  const std::string text =
      kHead +
      "b=CT:1000\r\nm=video 49170/2 RTP/SAVPF 31 96 34\r\n"
      "i=Front door\r\nc=IN IP4 224.2.1.1/127/3\r\nc=IN IP6 ::1\r\n"
      "b=AS:500\r\nb=TIAS:475000\r\nb=RS:0\r\nb=RR:0\r\nb=X-YZ:fast lane\r\n"
      "k=prompt\r\na=rtcp:53020 IN IP4 126.16.64.4\r\na=rtcp:53020\r\n"
      "a=rtcp-xr:rcvr-rtt=all\r\na=ptime:20\r\na=maxptime:soon\r\n"
      "a=imageattr:96 send [x=640,y=480,q=0.6] recv *\r\na=framerate:29.97\r\n"
      "a=framesize:96 640-480\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
      "a=control:trackID=1\r\na=x-google-flag:conference\r\na=quality:10\r\n"
      "a=ssrc:1 fmtp:96 x=1\r\na=ssrc:1 previous-ssrc:2 3\r\n"
      "a=rtcp-fb:* trr-int 100\r\na=extmap:4097/inactive urn:x a b=c\r\n"
      "b=AS:30\r\na=T38FaxVersion:0\r\n";
  const auto description = parsed(text);
  EXPECT_EQ(serialize(description), text);
  const MediaSection& section = description.media[0];
  EXPECT_EQ(section.find<Extmap>()->id, 4097);
  EXPECT_EQ(section.find<Extmap>()->direction, "inactive");
  EXPECT_EQ(section.find<Extmap>()->attributes, "a b=c");
  EXPECT_EQ(section.find<RtcpFb>()->feedback, "trr-int 100");
}

TEST(SdpSection, InsertsBehindTheLastOfAKindElseBeforeTheAttributes) {
  auto description = parsed(kHead +
                            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                            "c=IN IP4 0.0.0.0\r\na=mid:0\r\n");
  MediaSection& section = description.media[0];
  section.addAfter<Candidate>(Candidate{"candidate:1 1 udp 1 192.0.2.1 1 typ host"});
  section.addAfter<Candidate>(Candidate{"candidate:2 1 udp 1 192.0.2.1 2 typ host"});
  section.addAfter<Candidate>(EndOfCandidates{});
  section.setOther('c', "IN IP4 192.0.2.1");
  section.setOther('b', "AS:1");
  EXPECT_EQ(serialize(description),
            kHead +
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                "c=IN IP4 192.0.2.1\r\nb=AS:1\r\n"
                "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n"
                "a=candidate:2 1 udp 1 192.0.2.1 2 typ host\r\na=end-of-candidates\r\n"
                "a=mid:0\r\n");
}

}  // namespace
}  // namespace rtc::sdp
