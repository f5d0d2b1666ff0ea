#include "cpp/jsep/validate.h"

#include <algorithm>
#include <set>

#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

Failure<Error> refuse(std::string message) {
  return failWith(ErrorKind::kInvalidAccessError, std::move(message));
}

// "the m-section 2 (audio)"; positions as sdpMLineIndex counts them.
std::string nameOf(const SessionDescription& description, size_t index) {
  return "m-section " + std::to_string(index) + " (" + description.media[index].kind + ")";
}

bool isRtp(const MediaSection& section) {
  return section.kind == "audio" || section.kind == "video";
}

Status<Error> checkMids(const SessionDescription& description) {
  std::set<std::string> mids;
  for (size_t i = 0; i < description.media.size(); ++i) {
    const auto all = description.media[i].all<sdp::Mid>();
    if (all.size() > 1)
      return refuse(nameOf(description, i) + " has more than one a=mid");
    if (!all.empty() && !mids.insert(all.front().id).second) {
      return refuse("the mid \"" + all.front().id + "\" stands in more than one m-section");
    }
  }
  // RFC 9143 section 7.1: a mid is in one BUNDLE group at most, and each names an m-section.
  std::set<std::string> bundled;
  for (const sdp::Group& group : description.session.all<sdp::Group>()) {
    if (group.semantics != "BUNDLE")
      continue;
    for (const std::string& mid : group.mids) {
      if (!mids.contains(mid)) {
        return refuse("a=group:BUNDLE names the mid \"" + mid + "\", but no m-section has it");
      }
      if (!bundled.insert(mid).second) {
        return refuse("the mid \"" + mid + "\" stands in a=group:BUNDLE more than once");
      }
    }
  }
  return Done{};
}

Status<Error> checkTransports(const SessionDescription& description, const SessionConfig& config) {
  size_t unbundled = 0;
  for (size_t i = 0; i < description.media.size(); ++i) {
    const MediaSection& section = description.media[i];
    if (section.port == 0)
      continue;
    if (isRtp(section) && config.rtcpMuxPolicy == RtcpMuxPolicy::kRequire &&
        !section.has<sdp::RtcpMux>()) {
      return refuse(nameOf(description, i) + " has no a=rtcp-mux, and rtcpMuxPolicy is require");
    }
    const auto group = bundleGroup(description, i);
    if (group.empty() || group.front() != midOf(section)) {
      if (group.empty())
        ++unbundled;
    }
    if (!isRtp(section) && !isUsableData(section))
      continue;
    // RFC 9429 section 5.1.2: any of RTP's profiles is taken; whether DTLS is used, the fingerprint
    // tells.
    const auto credentials = iceCredentials(description, i);
    if (!credentials)
      return refuse(nameOf(description, i) + " has no a=ice-ufrag and a=ice-pwd");
    if (!sdp::isIceString(credentials->ufrag) || !sdp::isIceString(credentials->password)) {
      return refuse(nameOf(description, i) +
                    " has ICE credentials with characters other than letters, digits, + and /");
    }
    if (fingerprints(description, i).empty()) {
      return refuse(nameOf(description, i) + " has no a=fingerprint");
    }
  }
  if (config.bundlePolicy == BundlePolicy::kMaxBundle && unbundled > 0 &&
      description.media.size() > 1) {
    return refuse("bundlePolicy is max-bundle, but there are m-sections outside of a BUNDLE group");
  }
  return Done{};
}

// RFC 9429 section 5.8 (subsequent offers): sections keep their places; one that either side has
// rejected may be taken over by anything.
Status<Error> checkContinues(const SessionDescription& offer, const SessionDescription& before,
                             const SessionDescription* ours) {
  const size_t known = std::max(before.media.size(), ours != nullptr ? ours->media.size() : 0);
  if (offer.media.size() < known) {
    return refuse("the offer has " + std::to_string(offer.media.size()) +
                  " m-sections, the description before it " + std::to_string(known) +
                  ": sections are disabled with port 0, not dropped");
  }
  for (size_t i = 0; i < before.media.size(); ++i) {
    const MediaSection& old = before.media[i];
    const bool weRejected = ours != nullptr && i < ours->media.size() && isRejected(ours->media[i]);
    if (isRejected(old) || weRejected)
      continue;
    if (offer.media[i].kind != old.kind || midOf(offer.media[i]) != midOf(old)) {
      return refuse(nameOf(offer, i) +
                    " does not continue the section at its place: kind and mid must stay");
    }
  }
  return Done{};
}

}  // namespace

Status<Error> checkSignalingState(SignalingState state, SdpType type, bool remote) {
  using S = SignalingState;
  bool allowed = false;
  switch (type) {
    case SdpType::kOffer:
      allowed = state == S::kStable || state == (remote ? S::kHaveRemoteOffer : S::kHaveLocalOffer);
      break;
    case SdpType::kAnswer:
    case SdpType::kPranswer:
      allowed = remote ? state == S::kHaveLocalOffer || state == S::kHaveRemotePranswer
                       : state == S::kHaveRemoteOffer || state == S::kHaveLocalPranswer;
      break;
    case SdpType::kRollback:
      allowed = state == (remote ? S::kHaveRemoteOffer : S::kHaveLocalOffer);
      break;
  }
  if (allowed)
    return Done{};
  return failWith(ErrorKind::kInvalidStateError,
                  std::string("a ") + (remote ? "remote " : "local ") + toString(type) +
                      " cannot be applied in signaling state " + toString(state));
}

Status<Error> validateRemote(const SessionDescription& description, const SessionConfig& config) {
  if (auto mids = checkMids(description); !mids)
    return mids;
  return checkTransports(description, config);
}

Status<Error> validateRemoteOffer(const SessionDescription& offer, const State& state) {
  // webrtc-pc "set a session description": back-to-back offers are checked as if each had been
  // answered, so it is the pending one that counts.
  if (const AppliedDescription* before = state.remote()) {
    const SessionDescription* ours = state.currentLocal ? &state.currentLocal->sdp : nullptr;
    if (auto result = checkContinues(offer, before->sdp, ours); !result)
      return result;
  }
  const auto data = findData(offer);
  if (!data)
    return Done{};
  const auto setup = setupRole(offer, *data);
  if (setup == sdp::Setup::Role::kHoldconn) {
    return refuse("a=setup:holdconn: offer actpass, active or passive");
  }
  const Transport* transport = state.dataTransport();
  const bool continues = transport != nullptr && state.data->index == *data &&
                         state.data->mid == midOf(offer.media[*data]);
  if (continues && transport->dtls &&
      DtlsState{transport->dtls->role, fingerprints(offer, *data)} == *transport->dtls) {
    const bool swapped = transport->dtls->role == DtlsRole::kClient
                             ? setup == sdp::Setup::Role::kActive
                             : setup == sdp::Setup::Role::kPassive;
    if (swapped) {
      return refuse(
          "a=setup would swap the roles of a DTLS association that exists: offer actpass");
    }
  }
  return Done{};
}

Status<Error> validateRemoteAnswer(const SessionDescription& answer, const State& state) {
  const SessionDescription& offer = state.pendingLocal->sdp;
  if (answer.media.size() != offer.media.size()) {
    return refuse("the answer has " + std::to_string(answer.media.size()) +
                  " m-sections, the offer has " + std::to_string(offer.media.size()) +
                  ": they must match one by one");
  }
  std::set<std::string> offeredBundle;
  for (const sdp::Group& group : offer.session.all<sdp::Group>()) {
    if (group.semantics == "BUNDLE")
      offeredBundle.insert(group.mids.begin(), group.mids.end());
  }
  for (const sdp::Group& group : answer.session.all<sdp::Group>()) {
    if (group.semantics != "BUNDLE")
      continue;
    for (const std::string& mid : group.mids) {
      if (!offeredBundle.contains(mid)) {
        return refuse("the answer bundles the mid \"" + mid + "\", which the offer did not");
      }
    }
  }
  for (size_t i = 0; i < answer.media.size(); ++i) {
    const MediaSection& answered = answer.media[i];
    const MediaSection& offered = offer.media[i];
    if (answered.kind != offered.kind) {
      return refuse(nameOf(answer, i) + " answers an m-section of kind " + offered.kind);
    }
    const auto mid = midOf(answered);
    if (mid && mid != midOf(offered)) {
      return refuse(nameOf(answer, i) + " has the mid \"" + *mid + "\", which is not the offer's");
    }
    if (isRejected(answered))
      continue;
    if (isRejected(offered)) {
      return refuse(nameOf(answer, i) + " accepts what the offer rejected: answer with port 0");
    }
    if (answered.kind != "application")
      continue;
    if (!dataForm(answered)) {
      return refuse(nameOf(answer, i) + " does not answer with data channels over DTLS");
    }
    const auto setup = setupRole(answer, i);
    if (setup == sdp::Setup::Role::kActpass || setup == sdp::Setup::Role::kHoldconn) {
      return refuse("an answer chooses a=setup:active or a=setup:passive");
    }
    const Transport* transport = state.dataTransport();
    if (transport == nullptr || !transport->dtls)
      continue;
    const DtlsRole role =
        setup == sdp::Setup::Role::kPassive ? DtlsRole::kClient : DtlsRole::kServer;
    if (role != transport->dtls->role && fingerprints(answer, i) == transport->dtls->fingerprints) {
      return refuse("a=setup would swap the roles of a DTLS association that exists");
    }
  }
  return Done{};
}

}  // namespace rtc::jsep
