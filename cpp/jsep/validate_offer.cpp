#include <algorithm>

#include "cpp/jsep/bundling.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/refusal.h"
#include "cpp/jsep/validate.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

bool isRejectedIn(const AppliedDescription* side, size_t index) {
  return side != nullptr && index < side->sdp.media.size() && isRejected(side->sdp, index);
}

// RFC 9429 section 5.8 (subsequent offers): sections keep their places; one that either side has
// rejected may be taken over by anything.
Status<Error> checkContinues(const SessionDescription& offer, const State& state) {
  const AppliedDescription* before = state.remote();
  const AppliedDescription* ours = state.currentLocal ? &*state.currentLocal : nullptr;
  const size_t known = state.sections.size();
  if (offer.media.size() < known) {
    return refuse("the offer has " + std::to_string(offer.media.size()) +
                  " m-sections, the description before it " + std::to_string(known) +
                  ": sections are disabled with port 0, not dropped");
  }
  for (size_t i = 0; before != nullptr && i < before->sdp.media.size(); ++i) {
    if (isRejectedIn(before, i) || isRejectedIn(ours, i))
      continue;
    const MSection& section = state.sections[i];
    const auto mid = midOf(offer.media[i]);
    const bool sameMid = !mid || section.midIsOurs || *mid == section.mid;
    if (offer.media[i].kind != before->sdp.media[i].kind || !sameMid) {
      return refuse(nameOf(offer, i) +
                    " does not continue the section at its place: kind and mid must stay");
    }
  }
  return Done{};
}

Status<Error> checkSetup(const SessionDescription& offer, const State& state, size_t index) {
  const auto setup = setupRole(offer, index);
  // RFC 9429 section 5.8.3, by the rules of RFC 8842 section 5.2.
  if (!setup)
    return refuse(nameOf(offer, index) + " has no a=setup");
  if (setup == sdp::Setup::Role::kHoldconn)
    return refuse("a=setup:holdconn: offer actpass, active or passive");
  if (!isAlive(state, offer, index))
    return Done{};
  const Transport* transport = state.transport(state.sections[index].transport);
  if (transport == nullptr || transport->section != index || !transport->dtls ||
      !transport->dtlsEstablished || fingerprints(offer, index) != transport->dtls->fingerprints) {
    return Done{};
  }
  const bool swapped = transport->dtls->role == DtlsRole::kClient
                           ? setup == sdp::Setup::Role::kActive
                           : setup == sdp::Setup::Role::kPassive;
  if (swapped) {
    return refuse("a=setup would swap the roles of a DTLS association that exists: offer actpass");
  }
  return Done{};
}

}  // namespace

Status<Error> validateRemoteOffer(const SessionDescription& offer, const State& state) {
  // webrtc-pc "set a session description": back-to-back offers are checked as if each had been
  // answered, so it is the pending one that counts.
  if (auto result = checkContinues(offer, state); !result)
    return result;
  for (size_t i = 0; i < offer.media.size(); ++i) {
    if (isRejected(offer, i) || (!rtpKind(offer.media[i]) && !isUsableData(offer, i)))
      continue;
    if (auto result = checkSetup(offer, state, i); !result)
      return result;
  }
  return Done{};
}

}  // namespace rtc::jsep
