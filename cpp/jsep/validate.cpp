#include "cpp/jsep/validate.h"

#include <algorithm>
#include <set>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/payload_types.h"
#include "cpp/jsep/refusal.h"
#include "cpp/jsep/simulcast.h"
#include "cpp/jsep/takes_media.h"
#include "cpp/jsep/tracks.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

// What is done for a section looks at the others, at what stands for the session, and makes a
// transport of it: without bounds, a description of some kilobytes would take minutes, memory
// without end and sockets by the thousand.

/// More than anybody has negotiated at a time.
constexpr size_t kMaxSections = 1024;
/// One of each id.
constexpr size_t kMaxExtmaps = 256;
/// Each is a socket on every interface and an allocation on every TURN server.
constexpr size_t kMaxTransports = 64;

size_t countExtmaps(const sdp::Section& section) {
  return static_cast<size_t>(
      std::count_if(section.lines().begin(), section.lines().end(),
                    [](const sdp::Line& line) { return line.as<sdp::Extmap>() != nullptr; }));
}

// Under the policy balanced, what is not bundled is rejected but for the first of its kind.
size_t countTransports(const SessionDescription& description, BundlePolicy policy) {
  std::set<std::string> bundles;
  std::set<std::string> kinds;
  size_t alone = 0;
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (isRejected(description, i) ||
        (!rtpKind(description.media[i]) && !isUsableData(description, i)))
      continue;
    auto group = bundleGroup(description, i);
    if (!group.empty())
      bundles.insert(std::move(group.front()));
    else if (kinds.insert(description.media[i].kind).second || policy == BundlePolicy::kMaxCompat)
      ++alone;
  }
  return bundles.size() + alone;
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

// RFC 9429 section 5.8: what each section in use must have.
Status<Error> checkTransport(const SessionDescription& description, size_t index,
                             const SessionConfig& config) {
  const bool rtp = rtpKind(description.media[index]).has_value();
  if (rtp && config.rtcpMuxPolicy == RtcpMuxPolicy::kRequire && !usesRtcpMux(description, index)) {
    return refuse(nameOf(description, index) + " has no a=rtcp-mux, and rtcpMuxPolicy is require");
  }
  if (!rtp && !isUsableData(description, index))
    return Done{};
  // RFC 9429 section 5.1.2: any of RTP's profiles is taken; whether DTLS is used, the fingerprint
  // tells.
  const auto credentials = iceCredentials(description, index);
  if (!credentials)
    return refuse(nameOf(description, index) + " has no a=ice-ufrag and a=ice-pwd");
  if (!sdp::isIceString(credentials->ufrag) || !sdp::isIceString(credentials->password)) {
    return refuse(nameOf(description, index) +
                  " has ICE credentials with characters other than letters, digits, + and /");
  }
  const auto prints = fingerprints(description, index);
  if (prints.empty())
    return refuse(nameOf(description, index) + " has no a=fingerprint");
  // RFC 8122 section 5.1: fingerprints of other hashes are passed over; one has to be left.
  if (std::none_of(prints.begin(), prints.end(),
                   [](const sdp::Fingerprint& one) { return one.hasKnownHash(); })) {
    return refuse(nameOf(description, index) + " has no a=fingerprint of a hash that is known");
  }
  return Done{};
}

Status<Error> checkMedia(const SessionDescription& description, size_t index) {
  if (isPlanB(description.media[index])) {
    return refuse(nameOf(description, index) +
                  " describes more than one track: that is Plan B, and only Unified Plan (an "
                  "m-section for each track) is understood");
  }
  for (const RtpCodec& codec : codecsOf(description.media[index])) {
    if (codec.payloadType && isTakenForRtcp(*codec.payloadType)) {
      return refuse(nameOf(description, index) + " has the payload type " +
                    std::to_string(*codec.payloadType) +
                    ", which cannot be told from RTCP (RFC 5761 section 4)");
    }
  }
  for (const sdp::Extmap& extmap : extmapsOf(description, index)) {
    // RFC 8285 section 4.2: 0 is padding.
    if (extmap.id == 0)
      return refuse(nameOf(description, index) + " gives the id 0 to the header extension " +
                    extmap.uri);
  }
  return checkSimulcast(description.media[index]);
}

// draft-hancke-tsvwg-snap, "Answerer Processing of the SDP Offer", "Offerer Processing of the SDP
// Answer".
Status<Error> checkSctpInit(const SessionDescription& description, size_t index,
                            const SessionConfig& config) {
  if (!dataForm(description.media[index]) || config.isSctpInit == nullptr)
    return Done{};
  const Bytes init = sctpInit(description.media[index]);
  if (!init.empty() && !config.isSctpInit(init))
    return refuse(nameOf(description, index) + " has an a=sctp-init that is no INIT chunk");
  return Done{};
}

// RFC 9143 section 9.1: one RTP session, so numbers mean the same in all of its sections.
Status<Error> checkBundles(const SessionDescription& description) {
  for (const auto& group : bundleGroups(description)) {
    std::vector<std::vector<RtpCodec>> codecs;
    std::vector<std::vector<sdp::Extmap>> extmaps;
    for (const std::string& mid : group) {
      const size_t index = *findMid(description, mid);
      if (!rtpKind(description.media[index]) || isRejected(description, index))
        continue;
      codecs.push_back(codecsOf(description.media[index]));
      for (RtpCodec& codec : codecs.back())
        codec.feedback = std::vector<std::string>();
      extmaps.push_back(description.media[index].all<sdp::Extmap>());
    }
    // Those of the session once, not for each section.
    if (!extmaps.empty())
      extmaps.push_back(description.session.all<sdp::Extmap>());
    if (const auto number = conflictingPayloadType(codecs)) {
      return refuse("the payload type " + std::to_string(*number) +
                    " means different codecs in m-sections of one BUNDLE group");
    }
    if (const auto id = conflictingExtensionId(extmaps)) {
      return refuse("the header extension id " + std::to_string(*id) +
                    " means different extensions in m-sections of one BUNDLE group");
    }
  }
  return Done{};
}

Status<Error> checkMaxBundle(const SessionDescription& description) {
  size_t used = 0;
  size_t unbundled = 0;
  std::vector<std::string> bundle;
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (isRejected(description, i))
      continue;
    ++used;
    const auto group = bundleGroup(description, i);
    if (bundle.empty())
      bundle = group;
    if (group.empty() || group != bundle)
      ++unbundled;
  }
  if (used > 1 && unbundled > 0) {
    return refuse("bundlePolicy is max-bundle, but there are m-sections outside of a BUNDLE group");
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

Status<Error> validateExtent(const SessionDescription& description, SdpType type,
                             const State& state, const SessionConfig& config) {
  // What we have offered ourselves may be answered.
  const size_t mostSections = std::max(kMaxSections, state.sections.size());
  if (description.media.size() > mostSections) {
    return refuse("the description has " + std::to_string(description.media.size()) +
                  " m-sections; at most " + std::to_string(mostSections) + " are taken");
  }
  const size_t common = countExtmaps(description.session);
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (common + countExtmaps(description.media[i]) > kMaxExtmaps) {
      return refuse(nameOf(description, i) + " has more than " + std::to_string(kMaxExtmaps) +
                    " header extensions");
    }
  }
  if (type != SdpType::kOffer)
    return Done{};
  const size_t transports = countTransports(description, config.bundlePolicy);
  const size_t mostTransports = std::max(kMaxTransports, state.transports.size());
  if (transports > mostTransports) {
    return refuse("the description wants " + std::to_string(transports) + " transports; at most " +
                  std::to_string(mostTransports) + " are taken");
  }
  return Done{};
}

Status<Error> validateRemote(const SessionDescription& description, const SessionConfig& config) {
  if (auto mids = checkMids(description); !mids)
    return mids;
  const bool takesMedia = kTakesMedia && config.takesMedia;
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (isRejected(description, i))
      continue;
    const bool isMedia = rtpKind(description.media[i]).has_value();
    if (isMedia && !takesMedia)
      continue;
    if (auto result = checkTransport(description, i, config); !result)
      return result;
    if (auto result = checkSctpInit(description, i, config); !result)
      return result;
    if (!isMedia)
      continue;
    if (auto result = checkMedia(description, i); !result)
      return result;
  }
  if (config.bundlePolicy == BundlePolicy::kMaxBundle) {
    if (auto result = checkMaxBundle(description); !result)
      return result;
  }
  return takesMedia ? checkBundles(description) : Done{};
}

}  // namespace rtc::jsep
