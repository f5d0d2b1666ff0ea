#include "cpp/jsep/answer_plan.h"

#include <algorithm>

#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

class Planner {
 public:
  Planner(const State& state, BundlePolicy policy, const AnswerOptions& options)
      : state_(state), offer_(state.pendingRemote->sdp), policy_(policy), options_(options) {}

  AnswerPlan plan() {
    plan_.sections.resize(offer_.media.size());
    for (size_t i = 0; i < offer_.media.size(); ++i)
      plan_.sections[i].accepted = accepts(i);
    group();
    obeyPolicy();
    assignTransports();
    return std::move(plan_);
  }

 private:
  bool accepts(size_t index) {
    const MSection& section = state_.sections[index];
    if (section.use == SectionUse::kData)
      return isUsableData(offer_, index);
    const Transceiver* transceiver = state_.transceiverOf(section);
    if (transceiver == nullptr || transceiver->wishes.stopped || isRejected(offer_, index) ||
        !rtpKind(offer_.media[index]) || !usesRtcpMux(offer_, index)) {
      return false;
    }
    auto& codecs = plan_.sections[index].codecs;
    codecs = answerCodecs(transceiver->kind, codecsOf(offer_.media[index]),
                          transceiver->wishes.codecPreferences, options_.voiceActivityDetection);
    return !codecs.empty();
  }

  // The offered groups without what is rejected. When that is the section that speaks for the
  // group, the next one does that has a transport in the offer (RFC 9143 section 7.3.1); without
  // any the whole group goes.
  void group() {
    for (std::vector<std::string>& mids : bundleGroups(offer_)) {
      std::erase_if(mids, [&](const std::string& mid) {
        const auto index = findMid(offer_, mid);
        return !index || !plan_.sections[*index].accepted;
      });
      const auto tag = std::find_if(mids.begin(), mids.end(), [&](const std::string& mid) {
        return offer_.media[*findMid(offer_, mid)].port != 0;
      });
      if (tag == mids.end()) {
        for (const std::string& mid : mids)
          plan_.sections[*findMid(offer_, mid)].accepted = false;
        continue;
      }
      std::rotate(mids.begin(), tag, tag + 1);
      plan_.groups.push_back(std::move(mids));
    }
  }

  // A balanced session takes several sections of a kind only in one bundle. (max-bundle refuses
  // descriptions that are not bundled.)
  void obeyPolicy() {
    if (policy_ != BundlePolicy::kBalanced)
      return;
    for (size_t i = 0; i < plan_.sections.size(); ++i) {
      if (!plan_.sections[i].accepted || !groupOf(i).empty())
        continue;
      for (size_t first = 0; first < i; ++first) {
        if (plan_.sections[first].accepted && offer_.media[first].kind == offer_.media[i].kind) {
          plan_.sections[i].accepted = false;
          break;
        }
      }
    }
  }

  std::vector<std::string> groupOf(size_t index) const {
    const auto mid = midOf(offer_.media[index]);
    for (const auto& group : plan_.groups) {
      if (mid && std::find(group.begin(), group.end(), *mid) != group.end())
        return group;
    }
    return {};
  }

  void assignTransports() {
    for (size_t i = 0; i < plan_.sections.size(); ++i) {
      if (!plan_.sections[i].accepted)
        continue;
      const auto group = groupOf(i);
      const size_t tag = group.empty() ? i : *findMid(offer_, group.front());
      const auto known =
          std::find_if(plan_.transports.begin(), plan_.transports.end(),
                       [&](const LocalTransport& transport) { return transport.tag == tag; });
      plan_.sections[i].transport = static_cast<size_t>(known - plan_.transports.begin());
      if (known == plan_.transports.end()) {
        LocalTransport transport;
        transport.id = state_.sections[i].transport;
        transport.tag = tag;
        plan_.transports.push_back(std::move(transport));
      }
    }
  }

  const State& state_;
  const SessionDescription& offer_;
  const BundlePolicy policy_;
  const AnswerOptions options_;
  AnswerPlan plan_;
};

}  // namespace

AnswerPlan planAnswer(const State& state, BundlePolicy policy, const AnswerOptions& options) {
  return Planner(state, policy, options).plan();
}

}  // namespace rtc::jsep
