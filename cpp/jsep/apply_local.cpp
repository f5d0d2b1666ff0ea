#include <algorithm>

#include "cpp/jsep/apply.h"
#include "cpp/jsep/bundling.h"
#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/ice_credentials.h"
#include "cpp/jsep/learning.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/settle.h"
#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

// The transport for one of the plan's: the plan may have been laid out, or even applied, before.
TransportId resolve(State& state, const OfferPlan& plan, size_t which) {
  const LocalTransport& planned = plan.transports[which];
  if (state.transport(planned.id) != nullptr)
    return *planned.id;
  const size_t tag = planned.tag;
  if (tag < state.sections.size()) {
    const MSection& section = state.sections[tag];
    const Transport* own = state.transport(section.transport);
    if (section.use == plan.sections[tag].use && section.mid == plan.sections[tag].mid &&
        own != nullptr && own->section == tag) {
      return own->id;
    }
  }
  return newTransport(state, planned.replaces);
}

// Gives the offer's sections the uses, mids and transports with which it was created.
void applyPlan(State& state, const OfferPlan& plan) {
  std::vector<TransportId> transports;
  transports.reserve(plan.transports.size());
  for (size_t i = 0; i < plan.transports.size(); ++i)
    transports.push_back(resolve(state, plan, i));
  if (state.sections.size() < plan.sections.size())
    state.sections.resize(plan.sections.size());
  for (size_t i = 0; i < plan.sections.size(); ++i) {
    const PlannedSection& planned = plan.sections[i];
    MSection& section = state.sections[i];
    // What is being rejected keeps what it has until that is answered.
    if (planned.use == SectionUse::kNone)
      continue;
    const TransportId transport = transports[planned.transport];
    if (planned.use == SectionUse::kTransceiver) {
      Transceiver* transceiver = state.transceiver(planned.transceiver);
      if (transceiver == nullptr)
        continue;
      transceiver->negotiated.mid = planned.mid;
      // webrtc-pc: an offer gives new sections a transport, an answer all.
      if (state.transport(transceiver->negotiated.transport) == nullptr)
        transceiver->negotiated.transport = transport;
    }
    section = {};
    section.use = planned.use;
    section.mid = planned.mid;
    section.transceiver = planned.transceiver;
    section.transport = section.offered = transport;
  }
}

// From the offer on, everything that it lists may arrive.
void receiveAsOffered(State& state, const SessionDescription& offer) {
  for (size_t i = 0; i < offer.media.size(); ++i) {
    Transceiver* transceiver = state.transceiverOf(state.sections[i]);
    if (transceiver == nullptr || isRejected(offer, i))
      continue;
    transceiver->negotiated.receiveCodecs = receives(directionOf(offer, i))
                                                ? receiveCodecs(codecsOf(offer.media[i]), {})
                                                : std::vector<RtpCodec>{};
  }
}

}  // namespace

bool applyLocal(State& state, AppliedDescription description, const SessionConfig& config) {
  const SdpType type = description.type;
  if (type == SdpType::kOffer) {
    rememberStable(state);
    applyPlan(state, state.lastPlan);
  }
  tagTransports(state, description.sdp);
  for (Transport& transport : state.transports) {
    // RFC 8445 section 6.1.1: who offers first controls; the role stays over restarts.
    if (type == SdpType::kOffer && !transport.local && !transport.replaces)
      transport.controlling = true;
  }
  startLocalIce(state, description.sdp);
  learnFrom(state, description.sdp);
  state.prepared.clear();
  // A munged version is not trusted to grow.
  state.sessionVersion =
      std::max(state.sessionVersion,
               sdp::parseNumber<uint64_t>(description.sdp.origin.sessionVersion).value_or(0));

  switch (type) {
    case SdpType::kOffer:
      receiveAsOffered(state, description.sdp);
      dropIdleTransports(state);
      state.pendingLocal = std::move(description);
      state.signaling = SignalingState::kHaveLocalOffer;
      return false;
    case SdpType::kPranswer:
      state.pendingLocal = std::move(description);
      break;
    default:
      state.currentLocal = std::move(description);
      state.currentRemote = std::move(state.pendingRemote);
      state.pendingLocal.reset();
      state.pendingRemote.reset();
      break;
  }
  return settle(state, config, type, /*localIsOfferer=*/false);
}

}  // namespace rtc::jsep
