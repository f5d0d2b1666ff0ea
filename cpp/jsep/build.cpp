#include "cpp/jsep/build.h"

#include <algorithm>

#include "cpp/jsep/candidates.h"
#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

// What the description being made starts from: the sections that exist keep their places.
const SessionDescription* baseOf(const State& state) {
  const AppliedDescription* base = state.local();
  return base ? &base->sdp : nullptr;
}

bool isTaken(const State& state, const std::string& mid) {
  const AppliedDescription* local = state.local();
  const AppliedDescription* remote = state.remote();
  return (local && findMid(local->sdp, mid)) || (remote && findMid(remote->sdp, mid));
}

// Whether either side rejected the section at that place.
bool isFree(const State& state, size_t index) {
  for (const AppliedDescription* side : {state.local(), state.remote()}) {
    if (side != nullptr && index < side->sdp.media.size() && isRejected(side->sdp.media[index])) {
      return true;
    }
  }
  return false;
}

SessionDescription head(const State& state) {
  SessionDescription description;
  description.origin.sessionId = state.sessionId;
  description.origin.sessionVersion = std::to_string(state.sessionVersion + 1);
  description.session.addLine(sdp::Line::other('t', "0 0"));
  return description;
}

MediaSection rejectedLike(const MediaSection& other) {
  MediaSection section;
  section.kind = other.kind;
  section.port = 0;
  section.protocol = other.protocol;
  section.formats = other.formats;
  section.addLine(sdp::Line::other('c', "IN IP4 0.0.0.0"));
  if (auto mid = midOf(other))
    section.add(sdp::Mid{*mid});
  return section;
}

struct DataSectionParts {
  std::string protocol = "UDP/DTLS/SCTP";
  DataForm form = DataForm::kCurrent;
  std::optional<std::string> mid;
  sdp::Setup::Role setup = sdp::Setup::Role::kActpass;
};

MediaSection dataSection(const DataSectionParts& parts, const SessionConfig& config,
                         const LocalTransport& transport) {
  MediaSection section;
  section.kind = "application";
  section.port = 9;
  section.protocol = parts.protocol;
  const bool current = parts.form == DataForm::kCurrent;
  section.formats = {current ? "webrtc-datachannel" : std::to_string(config.sctpPort)};
  section.addLine(sdp::Line::other('c', "IN IP4 0.0.0.0"));
  section.add(sdp::IceUfrag{transport.ice.ufrag});
  section.add(sdp::IcePwd{transport.ice.password});
  section.add(sdp::IceOptions{{"trickle"}});
  for (const sdp::Fingerprint& fingerprint : config.fingerprints)
    section.add(fingerprint);
  section.add(sdp::Setup{parts.setup});
  if (parts.mid)
    section.add(sdp::Mid{*parts.mid});
  if (current) {
    section.add(sdp::SctpPort{config.sctpPort});
  } else {
    section.add(sdp::SctpMap{config.sctpPort, "webrtc-datachannel", 1024});
  }
  section.add(sdp::MaxMessageSize{config.maxMessageSize});
  for (const std::string& candidate : transport.candidates) {
    foldCandidate(section, candidate);
  }
  if (transport.endOfCandidates)
    foldEndOfCandidates(section);
  updateDefaultCandidate(section);
  return section;
}

void addSessionAttributes(SessionDescription& description, std::vector<std::string> bundled,
                          bool mixed) {
  if (!bundled.empty())
    description.session.add(sdp::Group{"BUNDLE", std::move(bundled)});
  if (mixed)
    description.session.add(sdp::ExtmapAllowMixed{});
  description.session.add(sdp::MsidSemantic{"WMS", {}});
}

// RFC 8842 section 5.3 with RFC 9429 section 5.3.1: an actpass offer is answered active, but the
// roles of a DTLS association that exists stay.
sdp::Setup::Role answerSetup(std::optional<sdp::Setup::Role> offered, const Transport* transport) {
  using Role = sdp::Setup::Role;
  if (offered == Role::kActive)
    return Role::kPassive;
  if (offered == Role::kPassive)
    return Role::kActive;
  const bool isServer =
      transport != nullptr && transport->dtls && transport->dtls->role == DtlsRole::kServer;
  return isServer ? Role::kPassive : Role::kActive;
}

}  // namespace

std::string nextMid(const State& state) {
  for (uint32_t n = state.nextMid;; ++n) {
    std::string mid = std::to_string(n);
    if (!isTaken(state, mid))
      return mid;
  }
}

bool offersData(const State& state) {
  return state.dataRequested || state.data.has_value();
}

SessionDescription buildOffer(const State& state, const SessionConfig& config,
                              const LocalTransport& transport) {
  SessionDescription offer = head(state);
  const SessionDescription* base = baseOf(state);
  bool dataPending = state.dataRequested && !state.data;

  std::vector<MediaSection> sections;
  if (base != nullptr) {
    for (size_t i = 0; i < base->media.size(); ++i) {
      const MediaSection& old = base->media[i];
      if (state.data && state.data->index == i) {
        sections.push_back(
            dataSection({old.protocol, *dataForm(old), midOf(old)}, config, transport));
      } else if (dataPending && isFree(state, i)) {
        // RFC 9429 section 5.2.2: a rejected section is recycled, under a new mid.
        sections.push_back(dataSection({.mid = nextMid(state)}, config, transport));
        dataPending = false;
      } else {
        sections.push_back(rejectedLike(old));
      }
    }
  }
  if (dataPending)
    sections.push_back(dataSection({.mid = nextMid(state)}, config, transport));

  std::vector<std::string> bundled;
  for (const MediaSection& section : sections) {
    if (auto mid = midOf(section); mid && !isRejected(section))
      bundled.push_back(*mid);
  }
  addSessionAttributes(offer, std::move(bundled), true);
  offer.media = std::move(sections);
  return offer;
}

SessionDescription buildAnswer(const State& state, const SessionConfig& config,
                               const LocalTransport& transport) {
  SessionDescription answer = head(state);
  const SessionDescription& offer = state.pendingRemote->sdp;
  const auto data = findData(offer);

  std::vector<std::string> bundled;
  std::vector<MediaSection> sections;
  for (size_t i = 0; i < offer.media.size(); ++i) {
    const MediaSection& offered = offer.media[i];
    if (data != i) {
      sections.push_back(rejectedLike(offered));
      continue;
    }
    sections.push_back(dataSection({offered.protocol, *dataForm(offered), midOf(offered),
                                    answerSetup(setupRole(offer, i), state.dataTransport())},
                                   config, transport));
    if (!bundleGroup(offer, i).empty())
      bundled.push_back(*midOf(offered));
  }
  addSessionAttributes(answer, std::move(bundled), offer.session.has<sdp::ExtmapAllowMixed>());
  answer.media = std::move(sections);
  return answer;
}

}  // namespace rtc::jsep
