#include "cpp/jsep/header_extensions.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cpp/sdp/parser.h"

namespace rtc::jsep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
const std::string kLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const std::string kSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
const std::string kCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
const std::string kEncrypt = "urn:ietf:params:rtp-hdrext:encrypt";

sdp::Extmap extmap(const std::string& value) {
  return sdp::Extmap::parse(value).value_or(sdp::Extmap{});
}

std::vector<std::string> values(const std::vector<sdp::Extmap>& extmaps) {
  std::vector<std::string> all;
  for (const sdp::Extmap& one : extmaps)
    all.push_back(*one.value());
  return all;
}

std::vector<HeaderExtensionCapability> audio() {
  return supportedHeaderExtensions(MediaKind::kAudio);
}

std::vector<HeaderExtensionCapability> with(std::vector<HeaderExtensionCapability> list,
                                            const std::string& uri,
                                            std::optional<Direction> direction) {
  for (auto& one : list) {
    if (one.uri == uri)
      one.direction = direction;
  }
  return list;
}

const HeaderExtensionCapability* find(const std::vector<HeaderExtensionCapability>& list,
                                      const std::string& uri) {
  for (const auto& one : list) {
    if (one.uri == uri)
      return &one;
  }
  return nullptr;
}

// --- what we have, and what an application may change --------------------------------------------

TEST(SupportedHeaderExtensions, HaveMidForBothKindsAndSimulcastsForVideo) {
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    const auto* mid = find(supportedHeaderExtensions(kind), kMid);
    ASSERT_NE(mid, nullptr);
    const auto list = supportedHeaderExtensions(kind);
    EXPECT_EQ(find(list, kMid)->direction, Direction::kSendRecv);
    EXPECT_EQ(find(list, kCaptureTime)->direction, std::nullopt);
  }
  const auto picture = supportedHeaderExtensions(MediaKind::kVideo);
  EXPECT_NE(find(picture, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"), nullptr);
  EXPECT_NE(find(picture, "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"), nullptr);
  EXPECT_NE(find(picture, "urn:3gpp:video-orientation"), nullptr);
  EXPECT_EQ(find(picture, kLevel), nullptr);
}

TEST(CheckHeaderExtensions, TakesOtherDirectionsOfTheSameList) {
  EXPECT_TRUE(checkHeaderExtensions(audio(), audio()).ok());
  EXPECT_TRUE(checkHeaderExtensions(audio(), with(audio(), kLevel, std::nullopt)).ok());
  EXPECT_TRUE(checkHeaderExtensions(audio(), with(audio(), kLevel, Direction::kRecvOnly)).ok());
  EXPECT_TRUE(
      checkHeaderExtensions(audio(), with(audio(), kCaptureTime, Direction::kSendRecv)).ok());
}

TEST(CheckHeaderExtensions, RefusesAListOfOtherExtensions) {
  auto shorter = audio();
  shorter.pop_back();
  auto longer = audio();
  longer.push_back({"urn:x", Direction::kSendRecv});
  auto swapped = audio();
  std::swap(swapped[0], swapped[1]);
  auto unknown = audio();
  unknown[0].uri = "4711";
  for (const auto& wanted : {shorter, longer, swapped, unknown, {}}) {
    const auto result = checkHeaderExtensions(audio(), wanted);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::kInvalidModificationError);
  }
}

TEST(CheckHeaderExtensions, RefusesAnEmptyUriAsATypeError) {
  auto wanted = audio();
  wanted[1].uri.clear();
  const auto result = checkHeaderExtensions(audio(), wanted);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kTypeError);
}

TEST(CheckHeaderExtensions, RefusesAnyDirectionOfMidButSendrecv) {
  const std::optional<Direction> directions[] = {Direction::kSendOnly, Direction::kRecvOnly,
                                                 Direction::kInactive, std::nullopt};
  for (const auto& direction : directions) {
    const auto result = checkHeaderExtensions(audio(), with(audio(), kMid, direction));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::kInvalidModificationError);
  }
}

// --- ids -----------------------------------------------------------------------------------------

TEST(HeaderExtensionIds, AreThoseThatBrowsersUse) {
  HeaderExtensionIds ids;
  EXPECT_EQ(ids.assign(kLevel, false), 1);
  EXPECT_EQ(ids.assign(kSendTime, false), 2);
  EXPECT_EQ(ids.assign(kMid, false), 4);
}

TEST(HeaderExtensionIds, AreTakenOverFromThePeerAndStay) {
  HeaderExtensionIds ids;
  EXPECT_EQ(ids.assign(kMid, false), 4);
  ids.learn({extmap("9 " + kMid), extmap("4 urn:other")});
  EXPECT_EQ(ids.assign(kMid, false), 9);
  EXPECT_EQ(ids.assign(kLevel, false), 1);
  EXPECT_EQ(ids.assign(kMid, false), 9);
}

TEST(HeaderExtensionIds, NeverMeanTwoExtensions) {
  HeaderExtensionIds ids;
  ids.learn({extmap("4 urn:other")});
  const auto mid = ids.assign(kMid, false);
  EXPECT_TRUE(mid && mid != 4);
  ids.learn({extmap(std::to_string(*mid) + " urn:yet-another")});
  EXPECT_NE(ids.assign(kMid, false), mid);
}

TEST(HeaderExtensionIds, GoUpTo14InTheOneByteForm) {
  HeaderExtensionIds ids;
  std::set<uint16_t> given;
  for (int i = 0; i < 14; ++i) {
    const auto id = ids.assign("urn:" + std::to_string(i), false);
    ASSERT_TRUE(id);
    EXPECT_TRUE(*id >= 1 && *id <= 14 && given.insert(*id).second);
  }
  EXPECT_EQ(ids.assign("urn:one-more", false), std::nullopt);
  EXPECT_EQ(ids.assign("urn:3", false), ids.assign("urn:3", true));
}

TEST(HeaderExtensionIds, GoOnBehind15InTheTwoByteForm) {
  HeaderExtensionIds ids;
  std::set<uint16_t> given;
  for (int i = 0; i < 254; ++i) {
    const auto id = ids.assign("urn:" + std::to_string(i), true);
    ASSERT_TRUE(id);
    EXPECT_TRUE(*id != 15 && given.insert(*id).second);
  }
  EXPECT_EQ(*given.rbegin(), 255);
  EXPECT_EQ(ids.assign("urn:one-more", true), std::nullopt);
}

TEST(HeaderExtensionIds, AboveTheOneByteFormAreNotUsedWithoutMixing) {
  HeaderExtensionIds ids;
  ids.learn({extmap("20 " + kMid), extmap("0 " + kLevel), extmap("4100 " + kSendTime)});
  EXPECT_EQ(ids.assign(kMid, true), 20);
  EXPECT_EQ(ids.assign(kMid, false), 4);
  EXPECT_EQ(ids.assign(kLevel, true), 1);
  EXPECT_EQ(ids.assign(kSendTime, true), 2);
}

// --- descriptions --------------------------------------------------------------------------------

TEST(Extmaps, OfTheSessionCountForEverySection) {
  auto parsed = sdp::parse("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\na=extmap:3 " + kSendTime +
                           "\nm=audio 9 UDP/TLS/RTP/SAVPF 0\na=extmap:1 " + kLevel +
                           "\nm=video 9 UDP/TLS/RTP/SAVPF 96\na=extmap-allow-mixed\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(values(extmapsOf(*parsed, 0)), ElementsAre("1 " + kLevel, "3 " + kSendTime));
  EXPECT_THAT(values(extmapsOf(*parsed, 1)), ElementsAre("3 " + kSendTime));
  EXPECT_FALSE(allowsMixed(*parsed, 0));
  EXPECT_TRUE(allowsMixed(*parsed, 1));
}

TEST(OfferExtmaps, AreWhatIsNotStopped) {
  HeaderExtensionIds ids;
  EXPECT_THAT(values(offerExtmaps(audio(), true, ids)),
              ElementsAre("1 " + kLevel, "2 " + kSendTime,
                          "3 http://www.ietf.org/id/"
                          "draft-holmer-rmcat-transport-wide-cc-extensions-01",
                          "4 " + kMid));
  EXPECT_THAT(
      values(offerExtmaps(
          {{kLevel, std::nullopt}, {kSendTime, Direction::kRecvOnly}, {kMid, Direction::kInactive}},
          true, ids)),
      ElementsAre("2/recvonly " + kSendTime, "4/inactive " + kMid));
}

TEST(OfferExtmaps, HaveOneIdInAllSections) {
  HeaderExtensionIds ids;
  const auto sound = offerExtmaps(audio(), true, ids);
  const auto picture = offerExtmaps(supportedHeaderExtensions(MediaKind::kVideo), true, ids);
  EXPECT_EQ(conflictingExtensionId({sound, picture}), std::nullopt);
  std::set<std::string> uris;
  std::set<uint16_t> numbers;
  for (const auto& list : {sound, picture}) {
    for (const sdp::Extmap& one : list) {
      uris.insert(one.uri);
      numbers.insert(one.id);
    }
  }
  EXPECT_EQ(uris.size(), numbers.size());
}

TEST(AnswerExtmaps, AreTheOffersThatWeHaveInItsOrderWithItsIds) {
  HeaderExtensionIds ids;
  const std::vector<sdp::Extmap> offered = {extmap("7 " + kMid), extmap("1 urn:unknown"),
                                            extmap("3 " + kCaptureTime), extmap("12 " + kLevel)};
  EXPECT_THAT(values(answerExtmaps(offered, audio(), true, ids)),
              ElementsAre("7 " + kMid, "12 " + kLevel));
}

TEST(AnswerExtmaps, GoInTheDirectionsThatBothWant) {
  const struct {
    const char* offered;
    Direction ours;
    const char* answered;
  } cases[] = {
      {"1", Direction::kSendRecv, "1"},
      {"1/sendrecv", Direction::kSendOnly, "1/sendonly"},
      {"1/sendonly", Direction::kSendRecv, "1/recvonly"},
      {"1/recvonly", Direction::kSendRecv, "1/sendonly"},
      {"1/sendonly", Direction::kSendOnly, "1/inactive"},
      {"1/inactive", Direction::kSendRecv, "1/inactive"},
      {"1", Direction::kInactive, "1/inactive"},
  };
  for (const auto& one : cases) {
    HeaderExtensionIds ids;
    EXPECT_THAT(values(answerExtmaps({extmap(std::string(one.offered) + " " + kLevel)},
                                     {{kLevel, one.ours}}, true, ids)),
                ElementsAre(std::string(one.answered) + " " + kLevel));
  }
}

TEST(AnswerExtmaps, LeaveOutIdsThatCannotBeUsed) {
  HeaderExtensionIds ids;
  const std::vector<sdp::Extmap> offered = {extmap("0 " + kLevel), extmap("15 " + kMid),
                                            extmap("16 " + kSendTime)};
  EXPECT_THAT(answerExtmaps(offered, audio(), false, ids), IsEmpty());
  EXPECT_THAT(values(answerExtmaps(offered, audio(), true, ids)), ElementsAre("16 " + kSendTime));
  EXPECT_THAT(answerExtmaps({extmap("300 " + kLevel), extmap("5000 " + kMid)}, audio(), true, ids),
              IsEmpty());
}

TEST(AnswerExtmaps, TakeEachIdAndEachExtensionOnce) {
  HeaderExtensionIds ids;
  EXPECT_THAT(values(answerExtmaps({extmap("5 " + kLevel), extmap("5 " + kMid),
                                    extmap("6 " + kLevel), extmap("7 " + kMid)},
                                   audio(), true, ids)),
              ElementsAre("5 " + kLevel, "7 " + kMid));
}

TEST(AnswerExtmaps, ChooseAnIdWhereTheOfferAsksForOne) {
  HeaderExtensionIds ids;
  ids.learn({extmap("4 urn:other")});
  const auto answered =
      answerExtmaps({extmap("4096 " + kMid), extmap("4351 " + kLevel)}, audio(), false, ids);
  ASSERT_EQ(answered.size(), 2u);
  for (const sdp::Extmap& one : answered)
    EXPECT_TRUE(one.id >= 1 && one.id <= 14 && one.id != 4);
}

TEST(AnswerExtmaps, NeverHaveEncryptedOnes) {
  HeaderExtensionIds ids;
  EXPECT_THAT(values(answerExtmaps({extmap("3 " + kEncrypt + " " + kMid), extmap("4 " + kMid)},
                                   audio(), true, ids)),
              ElementsAre("4 " + kMid));
}

// --- what came of it -----------------------------------------------------------------------------

TEST(NegotiatedExtensions, AreWhatTheAnswerSaysSeenFromUs) {
  const std::vector<HeaderExtensionCapability> wanted = {{kLevel, Direction::kSendRecv},
                                                         {kSendTime, Direction::kSendRecv},
                                                         {kMid, Direction::kSendRecv}};
  const std::vector<sdp::Extmap> answered = {extmap("4 " + kMid),
                                             extmap("9/sendonly " + kSendTime)};
  const auto remote = negotiatedExtensions(wanted, answered, true);
  EXPECT_EQ(remote, (std::vector<HeaderExtensionCapability>{{kLevel, std::nullopt},
                                                            {kSendTime, Direction::kRecvOnly},
                                                            {kMid, Direction::kSendRecv}}));
  EXPECT_THAT(sendExtensions(remote, answered), ElementsAre(RtpHeaderExtension{kMid, 4, false}));
  EXPECT_THAT(
      receiveExtensions(remote, answered),
      ElementsAre(RtpHeaderExtension{kSendTime, 9, false}, RtpHeaderExtension{kMid, 4, false}));
  const auto local = negotiatedExtensions(wanted, answered, false);
  EXPECT_EQ(local[1].direction, Direction::kSendOnly);
  EXPECT_EQ(sendExtensions(local, answered).size(), 2u);
}

TEST(ConflictingExtensionId, IsOneThatMeansTwoExtensions) {
  EXPECT_EQ(conflictingExtensionId({{extmap("1 " + kLevel)}, {extmap("1 " + kMid)}}), 1);
  EXPECT_EQ(conflictingExtensionId({{extmap("1 " + kLevel), extmap("2 " + kMid)},
                                    {extmap("2 " + kMid)},
                                    {extmap("4096 urn:a"), extmap("4096 urn:b")}}),
            std::nullopt);
}

}  // namespace
}  // namespace rtc::jsep
