#include "cpp/jsep/offer_plan.h"

#include <algorithm>

#include "cpp/jsep/media.h"
#include "cpp/jsep/mids.h"
#include "cpp/jsep/state.h"

namespace rtc::jsep {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// RFC 9429 section 5.2.2: a section is free once either side has rejected it in an exchange that is
// complete.
bool isFree(const State& state, size_t index) {
  if (state.sections[index].use != SectionUse::kNone)
    return false;
  for (const auto* side : {&state.currentLocal, &state.currentRemote}) {
    if (*side && index < (*side)->sdp.media.size() && isRejected((*side)->sdp, index))
      return true;
  }
  return false;
}

class Planner {
 public:
  Planner(const State& state, const SessionConfig& config)
      : state_(state),
        policy_(config.bundlePolicy),
        hasDataFirst_(config.alwaysNegotiateDataChannels) {}

  OfferPlan plan() {
    continueSections();
    nextFree_ = firstSlot();
    if (hasDataFirst_)
      addData();
    addTransceivers();
    if (!hasDataFirst_)
      addData();
    group();
    assignTransports();
    return std::move(plan_);
  }

 private:
  void continueSections() {
    for (const MSection& section : state_.sections) {
      PlannedSection& planned = plan_.sections.emplace_back();
      planned.mid = section.mid;
      mids_.push_back(section.mid);
      const Transceiver* transceiver = state_.transceiverOf(section);
      if (section.use == SectionUse::kData || (transceiver && !transceiver->isEnding())) {
        planned.use = section.use;
        planned.transceiver = section.transceiver;
      }
    }
  }

  // The first section that may be recycled. RFC 9429 would take any that is free, but Chromium
  // cannot answer when one joins a bundle before the section that speaks for it.
  size_t firstSlot() const {
    const AppliedDescription* answer = state_.lastAnswer();
    if (answer == nullptr)
      return 0;
    for (const auto& group : bundleGroups(answer->sdp)) {
      for (const std::string& mid : group) {
        for (size_t i = 0; i < plan_.sections.size(); ++i) {
          if (plan_.sections[i].mid == mid && isAlive(i))
            return i;
        }
      }
    }
    return 0;
  }

  PlannedSection& newSection() {
    while (nextFree_ < state_.sections.size() && !isFree(state_, nextFree_))
      ++nextFree_;
    PlannedSection* section = nullptr;
    if (nextFree_ < state_.sections.size()) {
      section = &plan_.sections[nextFree_++];
    } else {
      section = &plan_.sections.emplace_back();
    }
    section->mid = freshMid(state_, mids_);
    mids_.push_back(section->mid);
    return *section;
  }

  void addTransceivers() {
    for (const Transceiver& transceiver : state_.transceivers) {
      if (transceiver.negotiated.mid || transceiver.isEnding())
        continue;
      PlannedSection& section = newSection();
      section.use = SectionUse::kTransceiver;
      section.transceiver = transceiver.id;
    }
  }

  void addData() {
    if (state_.dataRequested && !state_.dataSection())
      newSection().use = SectionUse::kData;
  }

  bool isAlive(size_t index) const { return plan_.sections[index].use != SectionUse::kNone; }

  // RFC 9429 section 5.2.2: the groups of the last answer without what has been rejected, and with
  // what is new; a first offer bundles everything.
  void group() {
    std::vector<std::string> alive;
    for (size_t i = 0; i < plan_.sections.size(); ++i) {
      if (isAlive(i))
        alive.push_back(plan_.sections[i].mid);
    }
    const AppliedDescription* answer = state_.lastAnswer();
    if (answer != nullptr) {
      for (std::vector<std::string>& group : bundleGroups(answer->sdp)) {
        std::erase_if(group, [&](const std::string& mid) { return !contains(alive, mid); });
        if (!group.empty())
          plan_.groups.push_back(std::move(group));
      }
    }
    established_ = !plan_.groups.empty();
    std::vector<std::string> added;
    for (const std::string& mid : alive) {
      const bool isOld = answer != nullptr && findMid(answer->sdp, mid).has_value();
      if (!isGrouped(mid) && (!isOld || policy_ == BundlePolicy::kMaxBundle))
        added.push_back(mid);
    }
    if (!added.empty()) {
      if (!established_)
        plan_.groups.emplace_back();
      auto& group = plan_.groups.front();
      group.insert(group.end(), added.begin(), added.end());
    }
    for (PlannedSection& section : plan_.sections)
      section.bundled = section.use != SectionUse::kNone && isGrouped(section.mid);
  }

  bool isGrouped(const std::string& mid) const {
    return std::any_of(plan_.groups.begin(), plan_.groups.end(),
                       [&](const auto& group) { return contains(group, mid); });
  }

  // Whether a section that is bundled with others for the first time has no transport of its own.
  bool isBundleOnly(size_t index) const {
    const PlannedSection& section = plan_.sections[index];
    switch (policy_) {
      case BundlePolicy::kMaxCompat:
        return false;
      case BundlePolicy::kMaxBundle:
        return plan_.groups.front().front() != section.mid;
      case BundlePolicy::kBalanced:
        // RFC 9429 section 5.2.2: later offers have no a=bundle-only.
        if (state_.lastAnswer() != nullptr)
          return false;
        for (size_t i = 0; i < index; ++i) {
          if (isAlive(i) && sameKind(plan_.sections[i], section))
            return true;
        }
        return false;
    }
    return false;
  }

  bool sameKind(const PlannedSection& a, const PlannedSection& b) const {
    if (a.use != b.use)
      return false;
    if (a.use == SectionUse::kData)
      return true;
    const Transceiver* one = state_.transceiver(a.transceiver);
    const Transceiver* other = state_.transceiver(b.transceiver);
    return one && other && one->kind == other->kind;
  }

  std::optional<TransportId> currentTransport(size_t index) const {
    if (index >= state_.sections.size() || state_.sections[index].use == SectionUse::kNone)
      return std::nullopt;
    const MSection& section = state_.sections[index];
    return state_.transport(section.transport) ? section.transport : std::nullopt;
  }

  size_t transportFor(std::optional<TransportId> id, size_t tag) {
    for (size_t i = 0; i < plan_.transports.size(); ++i) {
      const LocalTransport& known = plan_.transports[i];
      if (id ? known.id == id : !known.id && known.tag == tag)
        return i;
    }
    LocalTransport transport;
    transport.id = id;
    transport.tag = tag;
    plan_.transports.push_back(std::move(transport));
    return plan_.transports.size() - 1;
  }

  // Of a group that has been negotiated. When the section that spoke for it goes, it begins anew
  // with the next one's own transport, as browsers have it; RFC 9143 would keep what there is.
  size_t transportOfGroup(size_t tag) {
    const auto current = currentTransport(tag);
    const Transport* transport = state_.transport(current);
    if (transport == nullptr || transport->section == tag)
      return transportFor(current, tag);
    const size_t fresh = transportFor(std::nullopt, tag);
    plan_.transports[fresh].replaces = current;
    return fresh;
  }

  size_t indexOf(const std::string& mid) const {
    for (size_t i = 0; i < plan_.sections.size(); ++i) {
      if (plan_.sections[i].mid == mid)
        return i;
    }
    return 0;
  }

  void assignTransports() {
    std::vector<size_t> waiting;
    for (size_t i = 0; i < plan_.sections.size(); ++i) {
      if (!isAlive(i))
        continue;
      PlannedSection& section = plan_.sections[i];
      if (section.bundled && established_) {
        // Bundling has been negotiated: what joins a group has its transport at once. (Under
        // max-bundle that counts for what had been left out, too.)
        section.transport = transportOfGroup(tagOf(section.mid));
      } else if (section.bundled && isBundleOnly(i)) {
        section.bundleOnly = true;
        waiting.push_back(i);
      } else {
        const auto own = currentTransport(i);
        const bool claimed =
            own && std::any_of(plan_.transports.begin(), plan_.transports.end(),
                               [&](const LocalTransport& other) { return other.id == own; });
        section.transport = transportFor(claimed ? std::nullopt : own, i);
      }
    }
    for (size_t i : waiting)
      plan_.sections[i].transport = plan_.sections[tagOf(plan_.sections[i].mid)].transport;
  }

  // The section that speaks for the group of that one.
  size_t tagOf(const std::string& mid) const {
    for (const auto& group : plan_.groups) {
      if (contains(group, mid))
        return indexOf(group.front());
    }
    return indexOf(mid);
  }

  const State& state_;
  const BundlePolicy policy_;
  const bool hasDataFirst_;
  OfferPlan plan_;
  std::vector<std::string> mids_;
  size_t nextFree_ = 0;
  bool established_ = false;
};

}  // namespace

OfferPlan planOffer(const State& state, const SessionConfig& config) {
  return Planner(state, config).plan();
}

}  // namespace rtc::jsep
