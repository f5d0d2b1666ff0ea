// What other implementations offer and answer, one folder of tests/fixtures/sdp after the other.

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "cpp/jsep/codec_matching.h"
#include "cpp/jsep/codecs.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/simulcast.h"
#include "cpp/sdp/text.h"
#include "tests/cpp/jsep/real_world_fixtures.h"
#include "tests/cpp/jsep/session_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using sdp::MediaSection;
using sdp::SessionDescription;

bool sendsIn(Direction direction) {
  return direction == Direction::kSendRecv || direction == Direction::kSendOnly;
}
bool receivesIn(Direction direction) {
  return direction == Direction::kSendRecv || direction == Direction::kRecvOnly;
}
Direction reversed(Direction direction) {
  if (direction == Direction::kSendOnly)
    return Direction::kRecvOnly;
  return direction == Direction::kRecvOnly ? Direction::kSendOnly : direction;
}

// --- texts ---------------------------------------------------------------------------------------

/// With CRLF behind every line, no blanks behind the last one, and one space between the words of
/// the lines that are taken apart: how we write what we read.
std::string asWritten(const std::string& text) {
  std::string result;
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.ends_with('\r'))
      line.pop_back();
    if (line.starts_with("m=") || line.starts_with("o=")) {
      std::string words;
      for (size_t i = 0; i < line.size(); ++i) {
        if (line[i] != ' ' || (i + 1 < line.size() && line[i + 1] != ' '))
          words += line[i];
      }
      line = words;
    }
    result += line + "\r\n";
    line.clear();
  }
  while (!result.empty() && std::string_view("\r\n ").find(result.back()) != std::string_view::npos)
    result.pop_back();
  return result + "\r\n";
}

// --- what a good answer is -----------------------------------------------------------------------

/// Holds our answer against the offer: RFC 9429 section 5.3, RFC 3264, RFC 9143, RFC 8285.
class AnswerCheck {
 public:
  AnswerCheck(const SessionDescription& offer, const SessionDescription& answer,
              std::vector<size_t> rejected)
      : offer_(offer), answer_(answer), rejected_(std::move(rejected)) {}

  void run() {
    ASSERT_EQ(answer_.media.size(), offer_.media.size());
    EXPECT_TRUE(answer_.session.has<sdp::IceOptions>() || answer_.media.empty() ||
                canTrickle(answer_) || !anyAccepted());
    for (size_t i = 0; i < offer_.media.size(); ++i) {
      SCOPED_TRACE("m-section " + std::to_string(i) + " (" + offer_.media[i].kind + ")");
      section(i);
    }
    groups();
  }

 private:
  bool anyAccepted() const {
    return std::any_of(answer_.media.begin(), answer_.media.end(),
                       [](const MediaSection& section) { return section.port != 0; });
  }
  bool shouldAccept(size_t i) const {
    return !isRejected(offer_, i) &&
           std::find(rejected_.begin(), rejected_.end(), i) == rejected_.end();
  }

  void section(size_t i) {
    const MediaSection& offered = offer_.media[i];
    const MediaSection& answered = answer_.media[i];
    EXPECT_EQ(answered.kind, offered.kind);
    EXPECT_EQ(answered.protocol, offered.protocol);
    EXPECT_FALSE(answered.formats.empty());
    if (midOf(offered)) {
      EXPECT_EQ(midOf(answered), midOf(offered));
    }
    ASSERT_EQ(answered.port != 0, shouldAccept(i));
    if (answered.port == 0)
      return;
    EXPECT_FALSE(answered.has<sdp::BundleOnly>());
    transport(i);
    if (rtpKind(offered))
      rtp(i);
    else
      data(i);
  }

  void transport(size_t i) {
    const auto credentials = iceCredentials(answer_, i);
    ASSERT_TRUE(credentials.has_value());
    EXPECT_GE(credentials->ufrag.size(), 4u);
    EXPECT_GE(credentials->password.size(), 22u);
    EXPECT_FALSE(fingerprints(answer_, i).empty());
    EXPECT_FALSE(isLite(answer_));
    using Role = sdp::Setup::Role;
    const Role offered = setupRole(offer_, i).value_or(Role::kActpass);
    // RFC 8842 section 5.3: active, where we may choose.
    EXPECT_EQ(setupRole(answer_, i), offered == Role::kActive ? Role::kPassive : Role::kActive);
  }

  void rtp(size_t i) {
    const MediaSection& offered = offer_.media[i];
    const MediaSection& answered = answer_.media[i];
    EXPECT_TRUE(usesRtcpMux(answer_, i));
    const Direction offers = directionOf(offer_, i);
    const Direction answers = directionOf(answer_, i);
    EXPECT_TRUE(receivesIn(offers) || !sendsIn(answers));
    EXPECT_TRUE(sendsIn(offers) || !receivesIn(answers));
    EXPECT_EQ(receivesIn(answers), sendsIn(offers)) << "we take whatever is sent";

    const auto known = codecsOf(offered);
    const auto chosen = codecsOf(answered);
    EXPECT_EQ(chosen.size(), answered.formats.size());
    EXPECT_TRUE(std::any_of(chosen.begin(), chosen.end(), [](const RtpCodec& codec) {
      return roleOf(codec) == CodecRole::kMedia;
    }));
    for (const RtpCodec& codec : chosen) {
      EXPECT_TRUE(isSupported(codec)) << codec.name;
      const auto same = std::find_if(known.begin(), known.end(), [&](const RtpCodec& other) {
        return other.payloadType == codec.payloadType;
      });
      ASSERT_NE(same, known.end()) << int{*codec.payloadType} << " was not offered";
      EXPECT_TRUE(sdp::equalsIgnoringCase(same->name, codec.name));
      EXPECT_EQ(same->clockRate, codec.clockRate);
      for (const std::string& feedback : codec.feedback) {
        EXPECT_NE(std::find(same->feedback.begin(), same->feedback.end(), feedback),
                  same->feedback.end())
            << feedback << " was not offered";
      }
    }

    for (const sdp::Extmap& extension : answered.all<sdp::Extmap>()) {
      const auto all = offered.all<sdp::Extmap>();
      const auto same = std::find_if(all.begin(), all.end(), [&](const sdp::Extmap& other) {
        return other.uri == extension.uri && (other.id == extension.id || other.id >= 4096);
      });
      EXPECT_NE(same, all.end()) << extension.uri << " was not offered as " << extension.id;
      EXPECT_LE(extension.id, 255);
    }
    // RFC 9429 section 3.7: simulcast is sent, never received.
    EXPECT_TRUE(receivedRids(answered).empty());
    const auto received = receivedRids(offered);
    for (const std::string& rid : sentRids(answered))
      EXPECT_NE(std::find(received.begin(), received.end(), rid), received.end());
  }

  void data(size_t i) {
    const auto form = dataForm(offer_.media[i]);
    EXPECT_EQ(dataForm(answer_.media[i]), form);
    EXPECT_EQ(answer_.media[i].formats, offer_.media[i].formats);
    EXPECT_EQ(answer_.media[i].has<sdp::SctpPort>(), form == DataForm::kCurrent);
    EXPECT_EQ(answer_.media[i].has<sdp::SctpMap>(), form == DataForm::kSctpMap);
  }

  // What was offered in a group and is accepted is in that group, in the offer's order; rejected
  // sections are in none.
  void groups() {
    std::vector<std::vector<std::string>> expected;
    for (auto& mids : bundleGroups(offer_)) {
      std::erase_if(mids, [&](const std::string& mid) {
        const auto index = findMid(offer_, mid);
        return !index || answer_.media[*index].port == 0;
      });
      if (!mids.empty())
        expected.push_back(std::move(mids));
    }
    EXPECT_EQ(bundleGroups(answer_), expected);
  }

  const SessionDescription& offer_;
  const SessionDescription& answer_;
  const std::vector<size_t> rejected_;
};

/// What a script sees of the transceivers once the answer is there.
void expectTransceivers(const Session& session, const SessionDescription& offer,
                        const SessionDescription& answer) {
  const auto all = session.transceivers();
  size_t expected = 0;
  for (size_t i = 0; i < offer.media.size(); ++i) {
    if (!rtpKind(offer.media[i]))
      continue;
    SCOPED_TRACE("m-section " + std::to_string(i));
    const auto one = std::find_if(
        all.begin(), all.end(), [&](const TransceiverInfo& info) { return info.mLineIndex == i; });
    if (answer.media[i].port == 0) {
      if (isRejected(offer, i)) {
        EXPECT_EQ(one, all.end());
      }
      continue;
    }
    ++expected;
    ASSERT_NE(one, all.end());
    EXPECT_EQ(one->kind, *rtpKind(offer.media[i]));
    EXPECT_EQ(one->currentDirection, directionOf(answer, i));
    EXPECT_EQ(one->remoteSends, sendsIn(directionOf(offer, i)));
    EXPECT_TRUE(one->mid.has_value());
    EXPECT_TRUE(one->transport.has_value());
    if (midOf(offer.media[i])) {
      EXPECT_EQ(one->mid, midOf(offer.media[i]));
    }
    EXPECT_EQ(session.receiveParameters(one->id).codecs.empty(),
              !receivesIn(directionOf(answer, i)));
    EXPECT_FALSE(session.sendParameters(one->id).codecs.empty());
  }
  EXPECT_GE(all.size(), expected);
  const bool data = std::any_of(answer.media.begin(), answer.media.end(), [](const auto& section) {
    return section.kind == "application" && section.port != 0;
  });
  EXPECT_EQ(session.sctp().has_value() && session.sctp()->negotiated, data);
}

/// What each transport that the answer leaves is told: to gather, and of which candidates.
void expectTransports(const std::vector<Output>& outputs, const SessionDescription& offer,
                      const SessionDescription& answer) {
  std::set<TransportId> gathering;
  std::set<TransportId> connecting;
  std::vector<std::vector<std::string>> told;
  for (const Output& output : outputs) {
    if (const auto* start = std::get_if<StartGathering>(&output))
      gathering.insert(start->transport);
    if (const auto* remote = std::get_if<RemoteIce>(&output)) {
      connecting.insert(remote->transport);
      told.push_back(remote->candidates);
    }
  }
  EXPECT_EQ(gathering, connecting);
  // Sections that are not bundled may have the same credentials, but not the same candidates.
  for (size_t i = 0; i < offer.media.size(); ++i) {
    if (answer.media[i].port == 0 || !bundleGroup(answer, i).empty() || told.empty())
      continue;
    std::vector<std::string> own;
    for (const sdp::Candidate& candidate : offer.media[i].all<sdp::Candidate>())
      own.push_back(candidate.text);
    EXPECT_NE(std::find(told.begin(), told.end(), own), told.end())
        << "no transport has the candidates of m-section " << i << " and no others";
  }
}

/// Applies an offer and answers it.
void takeOffer(Side& side, const Fixture& fixture) {
  SCOPED_TRACE(fixture.path);
  const auto taken = side->setRemote({SdpType::kOffer, fixture.sdp});
  ASSERT_TRUE(taken.ok()) << errorName(taken.error().kind) << ": " << taken.error().message;
  const auto created = side->createAnswer();
  ASSERT_TRUE(created.ok()) << created.error().message;
  const auto answer = sdp::parse(created->sdp);
  ASSERT_TRUE(answer.ok()) << created->sdp;
  const auto offer = parsed(fixture.sdp);
  AnswerCheck(offer, *answer, fixture.rejected).run();
  EXPECT_OK(side->setLocal({SdpType::kAnswer, created->sdp}));
  EXPECT_EQ(side->signalingState(), SignalingState::kStable);
  expectTransceivers(side.session, offer, *answer);
  expectTransports(side.drain(), offer, *answer);
}

// --- offers like theirs --------------------------------------------------------------------------

/// A session that offers what the fixture's peer does: the same sections in the same places.
class Imitation {
 public:
  explicit Imitation(Side& side) : side_(side) {}

  /// Does to the session what the peer must have done before this offer, and offers.
  void offer(const Fixture& fixture) {
    const auto next = parsed(fixture.sdp);
    OfferOptions options;
    for (size_t i = 0; i < next.media.size(); ++i)
      imitate(next, i, options);
    const Description offer = offerOf(side_, options);
    EXPECT_OK(setLocal(side_, offer));
    const auto ours = parsed(offer.sdp);
    ASSERT_EQ(ours.media.size(), next.media.size()) << offer.sdp;
    for (size_t i = 0; i < next.media.size(); ++i) {
      SCOPED_TRACE("m-section " + std::to_string(i));
      ASSERT_EQ(ours.media[i].kind, next.media[i].kind);
      ASSERT_EQ(isRejected(ours, i), isRejected(next, i));
      if (!isRejected(next, i)) {
        ASSERT_EQ(midOf(ours.media[i]), midOf(next.media[i]));
      }
    }
    previous_ = next;
  }

 private:
  void imitate(const SessionDescription& next, size_t i, OfferOptions& options) {
    const MediaSection& section = next.media[i];
    const bool wasThere = i < previous_.media.size() && !isRejected(previous_, i) &&
                          midOf(previous_.media[i]) == midOf(section);
    if (isRejected(next, i)) {
      if (wasThere && rtpKind(section))
        side_->stopTransceiver(transceiverAt(i));
      return;
    }
    if (section.kind == "application") {
      side_->requestDataChannels();
    } else if (wasThere) {
      side_->setDirection(transceiverAt(i), directionOf(next, i));
    } else {
      TransceiverInit init;
      init.kind = *rtpKind(section);
      init.direction = directionOf(next, i);
      init.hasTrack = sendsIn(init.direction);
      init.streams = {"stream"};
      init.rids = sentRids(section);
      ASSERT_TRUE(side_->addTransceiver(init).ok());
    }
    if (wasThere && iceCredentials(next, i) != iceCredentials(previous_, i))
      options.iceRestart = true;
  }

  TransceiverId transceiverAt(size_t index) {
    for (const TransceiverInfo& info : side_->transceivers()) {
      if (info.mLineIndex == index)
        return info.id;
    }
    ADD_FAILURE() << "no transceiver for m-section " << index;
    return {};
  }

  Side& side_;
  SessionDescription previous_;
};

/// What a script sees once the answer is there.
void expectAnswered(Session& session, const SessionDescription& answer) {
  EXPECT_EQ(session.signalingState(), SignalingState::kStable);
  const auto all = session.transceivers();
  for (size_t i = 0; i < answer.media.size(); ++i) {
    if (answer.media[i].kind == "application") {
      const auto sctp = session.sctp();
      EXPECT_EQ(sctp.has_value() && sctp->negotiated, answer.media[i].port != 0);
      continue;
    }
    SCOPED_TRACE("m-section " + std::to_string(i));
    const auto one = std::find_if(
        all.begin(), all.end(), [&](const TransceiverInfo& info) { return info.mLineIndex == i; });
    if (answer.media[i].port == 0) {
      EXPECT_EQ(one, all.end()) << "a rejected section stops its transceiver";
      continue;
    }
    ASSERT_NE(one, all.end());
    EXPECT_EQ(one->currentDirection, reversed(directionOf(answer, i)));
    EXPECT_FALSE(session.sendParameters(one->id).codecs.empty());
  }
}

void expectRefused(Side& side, SdpType type, const Fixture& fixture) {
  const auto before = visible(side.session);
  const auto result = side->setRemote({type, fixture.sdp});
  ASSERT_FALSE(result.ok());
  const Error& error = result.error();
  EXPECT_EQ(errorName(error.kind), fixture.error->name);
  EXPECT_NE(error.message.find(fixture.error->message), std::string::npos) << error.message;
  EXPECT_EQ(error.sdpLineNumber, fixture.error->line) << error.message;
  const bool syntax = error.kind == ErrorKind::kRtcError;
  EXPECT_EQ(error.detail, syntax ? RtcErrorDetail::kSdpSyntaxError : RtcErrorDetail::kNone);
  EXPECT_TRUE(before == visible(side.session));
  EXPECT_FALSE(side->poll().has_value());
}

// --- the tests -----------------------------------------------------------------------------------

class RealWorld : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<Fixture> fixtures() const { return fixturesOf(GetParam()); }
};

TEST_P(RealWorld, EveryLineIsKept) {
  for (const Fixture& fixture : fixtures()) {
    SCOPED_TRACE(fixture.path);
    if (fixture.error && fixture.error->line)
      continue;
    const auto result = sdp::parse(fixture.sdp);
    ASSERT_TRUE(result.ok()) << "line " << result.error().line << ": " << result.error().message;
    EXPECT_EQ(sdp::serialize(*result), asWritten(fixture.sdp));
  }
}

TEST_P(RealWorld, EveryOfferIsAnsweredByAFreshSession) {
  for (const Fixture& fixture : fixtures()) {
    if (!fixture.isOffer || fixture.error)
      continue;
    Side side(1);
    takeOffer(side, fixture);
  }
}

TEST_P(RealWorld, EveryOfferIsAnsweredByASessionThatSends) {
  for (const Fixture& fixture : fixtures()) {
    if (!fixture.isOffer || fixture.error)
      continue;
    SessionConfig config;
    config.bundlePolicy = BundlePolicy::kMaxCompat;
    Side side(2, config);
    side->requestDataChannels();
    for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo})
      ASSERT_TRUE(side->addTrack(kind, toString(kind), {"ours"}).ok());
    takeOffer(side, fixture);
  }
}

TEST_P(RealWorld, OffersThatFollowEachOtherAreAnsweredInTurn) {
  for (const Fixture& fixture : fixtures()) {
    if (!fixture.isOffer || fixture.error || fixture.after.empty())
      continue;
    SCOPED_TRACE(fixture.path);
    Side side(3);
    for (const std::string& path : fixture.after)
      takeOffer(side, fixtureAt(path));
    takeOffer(side, fixture);
  }
}

TEST_P(RealWorld, EveryAnswerIsTakenForAnOfferLikeTheOneItAnswers) {
  for (const Fixture& fixture : fixtures()) {
    // What a peer says after an answer that is refused has nothing to follow.
    const bool follows =
        std::none_of(fixture.after.begin(), fixture.after.end(),
                     [](const std::string& path) { return fixtureAt(path).error.has_value(); });
    if (fixture.isOffer || !follows)
      continue;
    SCOPED_TRACE(fixture.path);
    Side side(4);
    Imitation imitation(side);
    for (const std::string& path : fixture.after) {
      const Fixture& earlier = fixtureAt(path);
      imitation.offer(fixtureAt(earlier.to));
      EXPECT_OK(side->setRemote({SdpType::kAnswer, earlier.sdp}));
    }
    imitation.offer(fixtureAt(fixture.to));
    side.drain();
    if (HasFatalFailure())
      return;
    if (fixture.error) {
      expectRefused(side, SdpType::kAnswer, fixture);
      continue;
    }
    const auto taken = side->setRemote({SdpType::kAnswer, fixture.sdp});
    ASSERT_TRUE(taken.ok()) << errorName(taken.error().kind) << ": " << taken.error().message;
    expectAnswered(side.session, parsed(fixture.sdp));
  }
}

TEST_P(RealWorld, WhatIsRefusedSaysWhyAndWhere) {
  for (const Fixture& fixture : fixtures()) {
    if (!fixture.isOffer || !fixture.error)
      continue;
    SCOPED_TRACE(fixture.path);
    Side side(5);
    expectRefused(side, SdpType::kOffer, fixture);
  }
}

INSTANTIATE_TEST_SUITE_P(All, RealWorld, ::testing::ValuesIn(fixtureFolders()),
                         [](const ::testing::TestParamInfo<std::string>& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(RealWorldFixtures, AreAllThere) {
  size_t count = 0;
  for (const std::string& folder : fixtureFolders())
    count += fixturesOf(folder).size();
  EXPECT_GT(count, 600u);
}

}  // namespace
}  // namespace rtc::jsep
