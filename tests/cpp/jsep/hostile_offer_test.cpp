// Descriptions that are well-formed, and written to make as much work, memory or transports as they
// can: lists that are multiplied by each other, by sections or by formats.

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/jsep/session.h"
#include "tests/cpp/base/bytes_in_use.h"

namespace rtc::jsep {
namespace {

using rtc::testing::bytesInUse;

SessionConfig configOf(BundlePolicy policy = BundlePolicy::kBalanced) {
  SessionConfig config;
  config.bundlePolicy = policy;
  std::string digest = "00";
  for (int i = 1; i < 32; ++i)
    digest += ":00";
  config.fingerprints = {{"sha-256", digest}};
  return config;
}

std::string repeat(size_t count, const std::function<std::string(size_t)>& one) {
  std::string all;
  for (size_t i = 0; i < count; ++i)
    all += one(i);
  return all;
}

/// `session` stands behind t=.
std::string describe(const std::string& session, const std::string& media) {
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + session +
         "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00" +
         repeat(31, [](size_t) { return ":00"; }) + "\r\na=setup:actpass\r\na=rtcp-mux\r\n" + media;
}

std::string section(size_t i) {
  return "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtcp-mux\r\na=mid:" + std::to_string(i) + "\r\n";
}

const std::string kVideo = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=rtpmap:96 VP8/90000\r\n";

class HostileOffer : public ::testing::Test {
 protected:
  explicit HostileOffer(BundlePolicy policy = BundlePolicy::kBalanced)
      : session(configOf(policy), random) {}

  Status<Error> set(const std::string& sdp) { return session.setRemote({SdpType::kOffer, sdp}); }

  void answer(const std::string& sdp) {
    ASSERT_TRUE(set(sdp).ok());
    ASSERT_TRUE(session.createAnswer().ok());
    ASSERT_TRUE(session.setLocal().ok());
  }

  SeededRandom random{1};
  Session session;
};

TEST_F(HostileOffer, OfMoreSectionsThanThereEverAreIsRefused) {
  const auto offer = [](size_t count) {
    return describe(
        "a=group:BUNDLE" + repeat(count, [](size_t i) { return " " + std::to_string(i); }) + "\r\n",
        repeat(count, section));
  };
  const auto refused = set(offer(1025));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidAccessError);
  EXPECT_EQ(session.signalingState(), SignalingState::kStable);
  EXPECT_TRUE(session.transceivers().empty());
  EXPECT_TRUE(set(offer(300)).ok());
}

TEST_F(HostileOffer, OfATransportForEachSectionIsRefused) {
  // A BUNDLE group of its own for each.
  const auto offer = [](size_t count) {
    return describe(
        repeat(count, [](size_t i) { return "a=group:BUNDLE " + std::to_string(i) + "\r\n"; }),
        repeat(count, section));
  };
  const auto refused = set(offer(65));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidAccessError);
  EXPECT_TRUE(set(offer(64)).ok());
}

TEST_F(HostileOffer, WhatIsNotBundledIsNoTransportWhereThePolicyRejectsIt) {
  answer(describe("", repeat(200, section)));
  size_t transports = 0;
  while (auto output = session.poll())
    transports += std::holds_alternative<StartGathering>(*output);
  EXPECT_EQ(transports, 1u);
}

class HostileOfferToMaxCompat : public HostileOffer {
 protected:
  HostileOfferToMaxCompat() : HostileOffer(BundlePolicy::kMaxCompat) {}
};

TEST_F(HostileOfferToMaxCompat, OfATransportForEachSectionIsRefused) {
  EXPECT_FALSE(set(describe("", repeat(65, section))).ok());
  EXPECT_TRUE(set(describe("", repeat(64, section))).ok());
}

TEST_F(HostileOffer, OfHeaderExtensionsForTheSessionDoesNotMultiplyThemBySections) {
  const auto offer = [](size_t extmaps) {
    return describe("a=group:BUNDLE" +
                        repeat(500, [](size_t i) { return " " + std::to_string(i); }) + "\r\n" +
                        repeat(extmaps,
                               [](size_t i) {
                                 const std::string id = std::to_string(1 + i % 255);
                                 return "a=extmap:" + id + " urn:" + id + "\r\n";
                               }),
                    repeat(500, section));
  };
  const auto refused = set(offer(257));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidAccessError);
  answer(offer(200));
}

TEST_F(HostileOffer, OfFeedbackForAllFormatsDoesNotMultiplyThem) {
  const std::string formats = repeat(96, [](size_t i) {
    const size_t number = i < 64 ? i : i + 32;
    return number == 96 ? std::string() : " " + std::to_string(number);
  });
  const std::string media =
      "m=video 9 UDP/TLS/RTP/SAVPF 96" + formats + "\r\na=rtpmap:96 VP8/90000\r\n" +
      repeat(5000, [](size_t i) { return "a=rtcp-fb:* kind" + std::to_string(i) + "\r\n"; }) +
      "a=rtcp-fb:* " + std::string(100'000, 'x') + "\r\n";
  const std::string sdp = describe("", media);
  ASSERT_TRUE(set(sdp).ok());
  ASSERT_TRUE(session.createAnswer().ok());
}

TEST_F(HostileOffer, OfLayersByTheThousandIsTakenWithAsManyAsAreOfUse) {
  const auto name = [](size_t i) {
    return "r" + std::to_string(i);
  };
  const std::string media =
      kVideo + repeat(5000, [&](size_t i) { return "a=rid:" + name(i) + " recv\r\n"; }) +
      "a=simulcast:recv " + repeat(5000, [&](size_t i) { return (i ? ";" : "") + name(i); }) +
      "\r\n";
  ASSERT_TRUE(set(describe("", media)).ok());
  EXPECT_EQ(session.transceivers().at(0).sendRids.size(), 3u);
}

TEST_F(HostileOffer, OfStreamsByTheThousandIsTakenWithSome) {
  const std::string media =
      kVideo + repeat(5000, [](size_t i) { return "a=msid:s" + std::to_string(i) + "\r\n"; });
  ASSERT_TRUE(set(describe("", media)).ok());
  EXPECT_EQ(session.transceivers().at(0).remoteStreams.size(), 256u);
}

TEST_F(HostileOffer, CandidatesWithoutEndAreKeptUpToABound) {
  ASSERT_TRUE(set(describe("a=group:BUNDLE v\r\n", kVideo)).ok());
  ASSERT_TRUE(session.createAnswer().ok());
  ASSERT_TRUE(session.setLocal().ok());
  const auto add = [&](size_t i) {
    RemoteCandidate candidate;
    candidate.candidate = "candidate:1 1 udp 1 10." + std::to_string(i / 250) + ".0." +
                          std::to_string(i % 250) + " 9 typ host";
    candidate.sdpMid = "v";
    return session.addCandidate(candidate);
  };
  for (size_t i = 0; i < 600; ++i)
    ASSERT_TRUE(add(i).ok());
  size_t told = 0;
  while (auto output = session.poll())
    told += std::holds_alternative<RemoteCandidateAdded>(*output);
  EXPECT_EQ(told, 512u);
  const size_t length = session.currentRemoteDescription()->sdp.size();
  const size_t before = bytesInUse();
  for (size_t i = 600; i < 5000; ++i)
    ASSERT_TRUE(add(i).ok()) << "they are passed over";
  EXPECT_EQ(session.currentRemoteDescription()->sdp.size(), length);
  EXPECT_LT(bytesInUse(), before + 64 * 1024);
  RemoteCandidate end;
  end.sdpMid = "v";
  EXPECT_TRUE(session.addCandidate(end).ok());
  EXPECT_NE(session.currentRemoteDescription()->sdp.find("a=end-of-candidates"), std::string::npos);
}

}  // namespace
}  // namespace rtc::jsep
