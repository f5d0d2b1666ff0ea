#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/base/error.h"
#include "cpp/jsep/rtp_parameters.h"
#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// RTP header extensions (RFC 8285) and how an application steers their negotiation (W3C
/// webrtc-extensions, "RTP header control").
namespace rtc::jsep {

/// RTCRtpHeaderExtensionCapability.
struct HeaderExtensionCapability {
  std::string uri;
  /// Absent is "stopped".
  std::optional<Direction> direction = Direction::kSendRecv;
  bool operator==(const HeaderExtensionCapability&) const = default;
};

/// What we implement: the initial [[HeaderExtensionsToNegotiate]], those that are not offered by
/// default "stopped". getCapabilities(kind) lists those that are not.
std::vector<HeaderExtensionCapability> supportedHeaderExtensions(MediaKind kind);

/// setHeaderExtensionsToNegotiate() as webrtc-extensions validates it against the list in force.
/// TypeError for an empty URI; InvalidModificationError when the URIs are not those of `current` in
/// their order, or sdes:mid is anything but "sendrecv".
Status<Error> checkHeaderExtensions(const std::vector<HeaderExtensionCapability>& current,
                                    const std::vector<HeaderExtensionCapability>& wanted);

/// Which id means which extension in a session. A plain value, part of the state. What either side
/// has ever used keeps its meaning, and an extension has one id in all sections.
class HeaderExtensionIds {
 public:
  /// Takes note of one section of a description that is applied, local or remote.
  void learn(const std::vector<sdp::Extmap>& extmaps);
  /// The id for that extension: the one that it has, else the one that browsers use, if it is free,
  /// else the first free one of 1 to 14 and, with `mixed`, of 16 to 255. `std::nullopt` when there
  /// is none. A second call gives the same.
  std::optional<uint16_t> assign(std::string_view uri, bool mixed);
  /// Nothing has been learned or assigned.
  bool empty() const { return uses_.empty(); }

 private:
  struct Use {
    uint16_t id = 0;
    std::string uri;
  };
  bool isTaken(uint16_t id, std::string_view uri) const;
  std::optional<uint16_t> find(std::string_view uri, bool mixed) const;
  void note(uint16_t id, std::string_view uri);
  /// The most recent first.
  std::vector<Use> uses_;
};

/// The a=extmap lines of a section, and the session's, which count for every section.
std::vector<sdp::Extmap> extmapsOf(const sdp::SessionDescription& description, size_t index);

/// a=extmap-allow-mixed in that section or for the session: ids above 14 may be used (RFC 8285
/// section 6).
bool allowsMixed(const sdp::SessionDescription& description, size_t index);

/// The a=extmap lines of an offer: what `toNegotiate` has and is not stopped. `mixed` is whether
/// ids above 14 may be used (we always offer a=extmap-allow-mixed, so true unless an answer refused
/// it). As with payload types, all sections of an offer share a copy of `ids`.
std::vector<sdp::Extmap> offerExtmaps(const std::vector<HeaderExtensionCapability>& toNegotiate,
                                      bool mixed, HeaderExtensionIds& ids);

/// [[HeaderExtensionsToNegotiate]] while an offer waits for our answer: what it has is to be as
/// `accepted` says, though an earlier answer left it out or narrowed it. By the letter of
/// webrtc-extensions nothing that an answer left out is ever answered again; browsers do, as JSEP
/// has it, and an application may still stop it before it answers.
std::vector<HeaderExtensionCapability> answerableExtensions(
    const std::vector<HeaderExtensionCapability>& toNegotiate,
    const std::vector<HeaderExtensionCapability>& accepted,
    const std::vector<sdp::Extmap>& offered);

/// The a=extmap lines of an answer: of `offered`, in its order and with its ids, what `toNegotiate`
/// has and is not stopped, in the directions that both want. Ids above 14 are taken only with
/// `mixed` (the offer's allowsMixed()); ids of 4096 and more ask us to choose (RFC 8285 section 7),
/// which `ids` does. Encrypted ones (RFC 6904) are never taken.
std::vector<sdp::Extmap> answerExtmaps(const std::vector<sdp::Extmap>& offered,
                                       const std::vector<HeaderExtensionCapability>& toNegotiate,
                                       bool mixed, HeaderExtensionIds& ids);

/// [[NegotiatedHeaderExtensions]]: `toNegotiate` with the directions of the answer as we see it,
/// "stopped" for what the answer lacks. `remote` tells whose answer it is. By today's
/// webrtc-extensions the result is the next [[HeaderExtensionsToNegotiate]] as well.
std::vector<HeaderExtensionCapability> negotiatedExtensions(
    const std::vector<HeaderExtensionCapability>& toNegotiate,
    const std::vector<sdp::Extmap>& answered, bool remote);

/// headerExtensions of sender.getParameters() and receiver.getParameters(): what the answer lets us
/// send, or receive, with its ids, in the order of `negotiated` (which is negotiatedExtensions() of
/// it).
std::vector<RtpHeaderExtension> sendExtensions(
    const std::vector<HeaderExtensionCapability>& negotiated,
    const std::vector<sdp::Extmap>& answered);
std::vector<RtpHeaderExtension> receiveExtensions(
    const std::vector<HeaderExtensionCapability>& negotiated,
    const std::vector<sdp::Extmap>& answered);

/// The first id that means one extension in one of the sections and another one in another, which
/// no BUNDLE group may have: it is one RTP session. Each section is a list of extmapsOf().
std::optional<uint16_t> conflictingExtensionId(
    const std::vector<std::vector<sdp::Extmap>>& sections);

}  // namespace rtc::jsep
