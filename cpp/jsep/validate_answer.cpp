#include <algorithm>
#include <set>

#include "cpp/jsep/bundling.h"
#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/refusal.h"
#include "cpp/jsep/simulcast.h"
#include "cpp/jsep/takes_media.h"
#include "cpp/jsep/validate.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

bool contains(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

class AnswerCheck {
 public:
  AnswerCheck(const SessionDescription& answer, const State& state)
      : answer_(answer), offer_(state.pendingLocal->sdp), state_(state) {}

  Status<Error> run() const {
    if (answer_.media.size() != offer_.media.size()) {
      return refuse("the answer has " + std::to_string(answer_.media.size()) +
                    " m-sections, the offer has " + std::to_string(offer_.media.size()) +
                    ": they must match one by one");
    }
    if (auto result = checkGroups(); !result)
      return result;
    for (size_t i = 0; i < answer_.media.size(); ++i) {
      if (auto result = checkSection(i); !result)
        return result;
    }
    return checkTransports();
  }

 private:
  // An answer has no bundle-only sections: port zero is a rejection there.
  bool isAccepted(size_t index) const { return answer_.media[index].port != 0; }

  // RFC 9143 section 7.3.3: an answer may leave sections out of an offered group, not add any.
  Status<Error> checkGroups() const {
    const auto offered = bundleGroups(offer_);
    for (const auto& group : bundleGroups(answer_)) {
      const auto base = std::find_if(offered.begin(), offered.end(), [&](const auto& one) {
        return contains(one, group.empty() ? "" : group.front());
      });
      for (const std::string& mid : group) {
        if (base == offered.end() || !contains(*base, mid)) {
          return refuse("the answer bundles the mid \"" + mid +
                        "\", which the offer did not have in that BUNDLE group");
        }
      }
    }
    return Done{};
  }

  Status<Error> checkSection(size_t index) const {
    const MediaSection& answered = answer_.media[index];
    const MediaSection& offered = offer_.media[index];
    if (answered.kind != offered.kind) {
      return refuse(nameOf(answer_, index) + " answers an m-section of kind " + offered.kind);
    }
    const auto mid = midOf(answered);
    if (mid && mid != midOf(offered)) {
      return refuse(nameOf(answer_, index) + " has the mid \"" + *mid +
                    "\", which is not the offer's");
    }
    if (!isAccepted(index))
      return Done{};
    if (isRejected(offer_, index)) {
      return refuse(nameOf(answer_, index) +
                    " accepts what the offer rejected: answer with port 0");
    }
    if (offered.port == 0 && bundleGroup(answer_, index).empty()) {
      return refuse(nameOf(answer_, index) +
                    " accepts a bundle-only section outside of the BUNDLE group");
    }
    if (offered.kind == "application") {
      if (!dataForm(answered))
        return refuse(nameOf(answer_, index) + " does not answer with data channels over DTLS");
    } else if (kTakesMedia) {
      if (auto result = checkMedia(index); !result)
        return result;
    }
    return checkSetup(index);
  }

  Status<Error> checkMedia(size_t index) const {
    const MediaSection& answered = answer_.media[index];
    if (!rtpKind(answered))
      return refuse(nameOf(answer_, index) + " does not answer with RTP over DTLS");
    if (!usesRtcpMux(answer_, index)) {
      return refuse(nameOf(answer_, index) +
                    " has no a=rtcp-mux, and RTCP on a port of its own is not supported");
    }
    const Direction offered = directionOf(offer_, index);
    const Direction direction = directionOf(answer_, index);
    if ((sends(direction) && !receives(offered)) || (receives(direction) && !sends(offered))) {
      return refuse(nameOf(answer_, index) + " answers a=" + toString(offered) +
                    " with a=" + toString(direction));
    }
    if (sendCodecs(codecsOf(offer_.media[index]), codecsOf(answered)).empty()) {
      return refuse(nameOf(answer_, index) +
                    " has none of the offered codecs: reject it with "
                    "port 0 if there is none in common");
    }
    const auto proposed = sentRids(offer_.media[index]);
    for (const std::string& rid : receivedRids(answered)) {
      if (!contains(proposed, rid)) {
        return refuse(nameOf(answer_, index) + " asks for the rid \"" + rid +
                      "\", which was not offered");
      }
    }
    return Done{};
  }

  Status<Error> checkSetup(size_t index) const {
    const auto setup = setupRole(answer_, index);
    if (setup == sdp::Setup::Role::kActpass || setup == sdp::Setup::Role::kHoldconn)
      return refuse("an answer chooses a=setup:active or a=setup:passive");
    return Done{};
  }

  // What was offered on one transport stays there together (RFC 9143 section 7.3.3: to leave, a
  // section needs an address of its own).
  Status<Error> checkTransports() const {
    std::vector<std::pair<TransportId, std::vector<std::string>>> bundles;
    for (size_t i = 0; i < answer_.media.size(); ++i) {
      if (!isAccepted(i) || !state_.sections[i].offered)
        continue;
      const TransportId id = *state_.sections[i].offered;
      const auto group = bundleGroup(answer_, i);
      const auto known = std::find_if(bundles.begin(), bundles.end(),
                                      [&](const auto& one) { return one.first == id; });
      if (known == bundles.end()) {
        bundles.emplace_back(id, group);
      } else if (group.empty() || group != known->second) {
        return refuse(nameOf(answer_, i) +
                      " leaves the BUNDLE group, but the offer gives it no transport of its own");
      }
    }
    return Done{};
  }

  const SessionDescription& answer_;
  const SessionDescription& offer_;
  const State& state_;
};

}  // namespace

Status<Error> validateRemoteAnswer(const SessionDescription& answer, const State& state) {
  return AnswerCheck(answer, state).run();
}

}  // namespace rtc::jsep
