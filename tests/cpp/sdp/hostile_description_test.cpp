// Descriptions that a hostile peer writes: values of absurd length (CVE-2020-14034), numbers beyond
// any type, lines without end, sections by the thousand (CVE-2022-2294 is of this family).

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/sdp/parser.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/sdp/samples.h"

namespace rtc::sdp {
namespace {

using rtc::testing::bytesInUse;

const std::string kHead = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const std::string kVideo = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n";

/// What is held of a description, in bytes for each of its own.
double memoryPerByte(const std::string& text) {
  const size_t before = bytesInUse();
  auto result = parse(text);
  const size_t after = bytesInUse();
  return static_cast<double>(after - std::min(before, after)) / static_cast<double>(text.size());
}

TEST(HostileDescription, ValuesOfAnyLengthAreTakenOrRefusedAndNeverCut) {
  for (const char* line :
       {"a=rtpmap:96 ", "a=fmtp:96 ", "a=extmap:1 ",
        "a=ssrc:1 cname:", "a=mid:", "a=msid:", "a=rid:", "a=group:BUNDLE ",
        "a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:sha-256 ", "a=candidate:", "a=sctp-port:",
        "a=setup:", "a=simulcast:", "a=max-message-size:", "b=AS:", "i=", "a=x-unknown:"}) {
    for (const size_t length : {size_t{255}, size_t{256}, size_t{65'536}, size_t{1'000'000}}) {
      const std::string text = kHead + kVideo + line + std::string(length, 'A') + "\r\n";
      auto result = parse(text);
      if (result.ok()) {
        EXPECT_EQ(serialize(*result), text) << line;
      } else {
        EXPECT_LE(result.error().message.size(), 300u) << line;
        EXPECT_EQ(result.error().line, 7) << line;
      }
    }
  }
}

TEST(HostileDescription, NumbersBeyondTheirTypeAreRefusedOrKeptAsText) {
  for (const char* number : {"-1", "65536", "4294967296", "18446744073709551616", "1e9", "0x10",
                             "+1", "99999999999999999999999999999999", ""}) {
    const std::string n(number);
    for (const std::string& line :
         {"m=video " + n + " UDP/TLS/RTP/SAVPF 96\r\n", "a=sctp-port:" + n + "\r\n",
          "a=max-message-size:" + n + "\r\n", "a=rtpmap:" + n + " VP8/90000\r\n",
          "a=ssrc:" + n + " cname:x\r\n", "a=extmap:" + n + " urn:x\r\n", "a=rtcp:" + n + "\r\n",
          "a=candidate:1 " + n + " udp 1 10.0.0.1 9 typ host\r\n",
          "a=candidate:1 1 udp " + n + " 10.0.0.1 9 typ host\r\n",
          "a=candidate:1 1 udp 1 10.0.0.1 " + n + " typ host\r\n"}) {
      const std::string text = kHead + kVideo + line;
      auto result = parse(text);
      if (result.ok()) {
        EXPECT_EQ(serialize(*result), text) << line;
      }
    }
  }
}

TEST(HostileDescription, TakesMemoryByItsOwnLengthAlone) {
  std::string sections = kHead;
  for (int i = 0; i < 5000; ++i)
    sections += "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
  std::string attributes = kHead + kVideo;
  for (int i = 0; i < 20'000; ++i)
    attributes += "a=x\r\n";
  std::string formats = kHead + "m=video 9 UDP/TLS/RTP/SAVPF";
  for (int i = 0; i < 50'000; ++i)
    formats += " 1";
  formats += "\r\n";
  std::string group = kHead + "a=group:BUNDLE";
  for (int i = 0; i < 50'000; ++i)
    group += " 1";
  group += "\r\n";
  std::string candidates = kHead + kVideo;
  for (int i = 0; i < 5000; ++i)
    candidates += "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n";
  for (const std::string& text : {sections, attributes, formats, group, candidates})
    EXPECT_LE(memoryPerByte(text), 64.0) << text.substr(kHead.size(), 40);
}

TEST(HostileDescription, EveryTruncationOfEveryRealOneIsTakenOrRefused) {
  for (const auto& sample : samples::all()) {
    for (size_t size = 0; size < sample.text.size(); size += 7) {
      std::string text(sample.text.substr(0, size));
      text.shrink_to_fit();
      auto result = parse(text);
      if (!result.ok()) {
        EXPECT_GE(result.error().line, 1);
      }
    }
  }
}

TEST(HostileDescription, DamageAnywhereIsTakenOrRefused) {
  SeededRandom random(5);
  for (const auto& sample : samples::all()) {
    for (int round = 0; round < 300; ++round) {
      std::string text(sample.text);
      for (uint32_t hit = 0; hit <= random.below(4); ++hit)
        text[random.below(static_cast<uint32_t>(text.size()))] =
            static_cast<char>(random.below(256));
      auto result = parse(text);
      if (result.ok()) {
        // What was understood is the same once it has been written.
        auto again = parse(serialize(*result));
        ASSERT_TRUE(again.ok()) << text;
      }
    }
  }
}

}  // namespace
}  // namespace rtc::sdp
