#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/jsep/session.h"
#include "cpp/sdp/parser.h"

/// Helpers for tests of two sessions that negotiate with each other.
namespace rtc::jsep::testing {

inline sdp::Fingerprint fingerprintOf(char digit) {
  std::string digest;
  for (int i = 0; i < 32; ++i) {
    if (i > 0)
      digest += ':';
    digest += digit;
    digest += digit;
  }
  return {"sha-256", digest};
}

/// A session with everything that it said so far.
struct Side {
  explicit Side(uint64_t seed, SessionConfig config = {})
      : random(seed), session(withFingerprint(std::move(config), seed), random) {}

  static SessionConfig withFingerprint(SessionConfig config, uint64_t seed) {
    if (config.fingerprints.empty()) {
      config.fingerprints = {fingerprintOf("ABCDEF"[seed % 6])};
    }
    return config;
  }

  Session* operator->() { return &session; }

  /// The outputs since the last call.
  std::vector<Output> drain() {
    std::vector<Output> all;
    while (auto output = session.poll())
      all.push_back(std::move(*output));
    return all;
  }
  /// The outputs of one kind since the last call; the others are dropped.
  template <typename T>
  std::vector<T> drain() {
    std::vector<T> result;
    for (Output& output : drain()) {
      if (T* wanted = std::get_if<T>(&output))
        result.push_back(std::move(*wanted));
    }
    return result;
  }

  SeededRandom random;
  Session session;
};

/// All that a script can see of a session, for "nothing has changed".
struct Visible {
  SignalingState signaling;
  std::optional<Description> currentLocal, pendingLocal, currentRemote, pendingRemote;
  std::optional<bool> canTrickle;
  bool negotiationNeeded;
  bool hasSctp;
  std::vector<TransceiverInfo> transceivers;
  bool operator==(const Visible&) const = default;
};

inline Visible visible(const Session& session) {
  return {session.signalingState(),
          session.currentLocalDescription(),
          session.pendingLocalDescription(),
          session.currentRemoteDescription(),
          session.pendingRemoteDescription(),
          session.canTrickleIceCandidates(),
          session.negotiationNeeded(),
          session.sctp().has_value(),
          session.transceivers()};
}

#define EXPECT_OK(expression)                                                      \
  do {                                                                             \
    const auto& okResult = (expression);                                           \
    EXPECT_TRUE(okResult.ok()) << (okResult.ok() ? "" : okResult.error().message); \
  } while (false)

/// Expects the error, and that the session is as it was.
#define EXPECT_REFUSED(side, expression, errorKind)                                      \
  do {                                                                                   \
    const auto before = visible((side).session);                                         \
    const auto& refusedResult = (expression);                                            \
    ASSERT_FALSE(refusedResult.ok());                                                    \
    EXPECT_STREQ(errorName(refusedResult.error().kind), errorName(ErrorKind::errorKind)) \
        << refusedResult.error().message;                                                \
    EXPECT_FALSE(refusedResult.error().message.empty());                                 \
    EXPECT_TRUE(before == visible((side).session));                                      \
    EXPECT_FALSE((side).session.poll().has_value());                                     \
  } while (false)

inline Description offerOf(Side& side, OfferOptions options = {}) {
  auto offer = side->createOffer(options);
  EXPECT_OK(offer);
  return offer.ok() ? *offer : Description{};
}

inline Description answerOf(Side& side) {
  auto answer = side->createAnswer();
  EXPECT_OK(answer);
  return answer.ok() ? *answer : Description{};
}

inline Status<Error> setLocal(Side& side, const Description& description) {
  return side->setLocal({description.type, description.sdp});
}

/// One exchange with explicit descriptions.
inline void negotiate(Side& offerer, Side& answerer, OfferOptions options = {}) {
  const Description offer = offerOf(offerer, options);
  EXPECT_OK(setLocal(offerer, offer));
  EXPECT_OK(answerer->setRemote(offer));
  const Description answer = answerOf(answerer);
  EXPECT_OK(setLocal(answerer, answer));
  EXPECT_OK(offerer->setRemote(answer));
}

inline sdp::SessionDescription parsed(const std::string& text) {
  auto result = sdp::parse(text);
  EXPECT_TRUE(result.ok()) << text;
  return result.ok() ? *result : sdp::SessionDescription{};
}

inline sdp::MediaSection section(const std::optional<Description>& description, size_t index = 0) {
  if (!description) {
    ADD_FAILURE() << "there is no description";
    return {};
  }
  auto all = parsed(description->sdp).media;
  if (index >= all.size()) {
    ADD_FAILURE() << "there is no m-section " << index << " in\n" << description->sdp;
    return {};
  }
  return all[index];
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in\n" << text;
  for (; at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// Without the lines that start so.
inline std::string without(const std::string& text, const std::string& prefix) {
  std::string result;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = text.find("\r\n", at) + 2;
    const std::string line = text.substr(at, end - at);
    if (!line.starts_with(prefix))
      result += line;
    at = end;
  }
  EXPECT_NE(result, text) << prefix << " is not in\n" << text;
  return result;
}

}  // namespace rtc::jsep::testing
