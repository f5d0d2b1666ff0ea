#include "cpp/jsep/header_extensions.h"

#include <algorithm>
#include <array>

namespace rtc::jsep {
namespace {

using Capabilities = std::vector<HeaderExtensionCapability>;
using Extmaps = std::vector<sdp::Extmap>;

/// RFC 8285 section 4.2: the ids of the one-byte form are 1 to 14. 15 ends its parsing, so that it
/// is of no use even where both forms are mixed.
constexpr uint16_t kLastOneByteId = 14;
constexpr uint16_t kFirstTwoByteId = 16;
constexpr uint16_t kLastTwoByteId = 255;
/// RFC 8285 section 7: what an offer has beyond the ids that there are, for the answer to choose.
constexpr uint16_t kFirstPlaceholder = 4096;
constexpr uint16_t kLastPlaceholder = 4351;

/// More than there are ids, and a limit to what a peer can make us remember.
constexpr size_t kMaxUses = 512;

/// RFC 9143 section 15.
constexpr std::string_view kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";

enum class Kinds : uint8_t { kAudio, kVideo, kBoth };

struct Known {
  const char* uri;
  Kinds kinds;
  /// What Chromium writes in an offer of audio and video.
  uint8_t id;
  bool offered;
};

// In the order of the list that applications see.
constexpr Known kKnown[] = {
    {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", Kinds::kAudio, 1, true},
    {"urn:ietf:params:rtp-hdrext:toffset", Kinds::kVideo, 14, true},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", Kinds::kBoth, 2, true},
    {"urn:3gpp:video-orientation", Kinds::kVideo, 13, true},
    {"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", Kinds::kBoth, 3,
     true},
    {"http://www.webrtc.org/experiments/rtp-hdrext/color-space", Kinds::kVideo, 8, true},
    {"urn:ietf:params:rtp-hdrext:sdes:mid", Kinds::kBoth, 4, true},
    {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", Kinds::kVideo, 10, true},
    {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", Kinds::kVideo, 11, true},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", Kinds::kBoth, 9, false},
    {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
     Kinds::kVideo, 12, false},
};

bool sends(std::optional<Direction> direction) {
  return direction == Direction::kSendRecv || direction == Direction::kSendOnly;
}
bool receives(std::optional<Direction> direction) {
  return direction == Direction::kSendRecv || direction == Direction::kRecvOnly;
}
Direction directionOf(bool send, bool receive) {
  if (send)
    return receive ? Direction::kSendRecv : Direction::kSendOnly;
  return receive ? Direction::kRecvOnly : Direction::kInactive;
}

// RFC 8285 section 5: without a direction it is sendrecv.
Direction directionOf(const sdp::Extmap& extmap) {
  const auto direction =
      extmap.direction ? sdp::Direction::fromName(*extmap.direction) : std::nullopt;
  return direction ? direction->direction : Direction::kSendRecv;
}

Direction reversed(Direction direction) {
  return directionOf(receives(direction), sends(direction));
}

sdp::Extmap extmapFor(uint16_t id, const std::string& uri, Direction direction) {
  sdp::Extmap extmap;
  extmap.id = id;
  extmap.uri = uri;
  // As everybody, we leave out what is the default.
  if (direction != Direction::kSendRecv)
    extmap.direction = std::string(sdp::Direction{direction}.name());
  return extmap;
}

bool isUsableId(uint16_t id, bool mixed) {
  return (id >= 1 && id <= kLastOneByteId) ||
         (mixed && id >= kFirstTwoByteId && id <= kLastTwoByteId);
}

const sdp::Extmap* findUri(const Extmaps& extmaps, const std::string& uri) {
  for (const sdp::Extmap& extmap : extmaps) {
    if (extmap.uri == uri)
      return &extmap;
  }
  return nullptr;
}

const HeaderExtensionCapability* findUri(const Capabilities& capabilities, const std::string& uri) {
  for (const HeaderExtensionCapability& capability : capabilities) {
    if (capability.uri == uri)
      return &capability;
  }
  return nullptr;
}

template <typename Predicate>
std::vector<RtpHeaderExtension> inDirection(const Capabilities& negotiated, const Extmaps& answered,
                                            Predicate isWanted) {
  std::vector<RtpHeaderExtension> result;
  for (const HeaderExtensionCapability& capability : negotiated) {
    const sdp::Extmap* extmap = findUri(answered, capability.uri);
    if (extmap != nullptr && isWanted(capability.direction))
      result.push_back({capability.uri, extmap->id, false});
  }
  return result;
}

}  // namespace

Capabilities supportedHeaderExtensions(MediaKind kind) {
  const Kinds other = kind == MediaKind::kAudio ? Kinds::kVideo : Kinds::kAudio;
  Capabilities capabilities;
  for (const Known& known : kKnown) {
    if (known.kinds == other)
      continue;
    capabilities.push_back(
        {known.uri, known.offered ? std::optional(Direction::kSendRecv) : std::nullopt});
  }
  return capabilities;
}

Status<Error> checkHeaderExtensions(const Capabilities& current, const Capabilities& wanted) {
  for (const HeaderExtensionCapability& capability : wanted) {
    if (capability.uri.empty())
      return failWith(ErrorKind::kTypeError, "a header extension needs a URI");
  }
  const auto sameUri = [](const auto& a, const auto& b) {
    return a.uri == b.uri;
  };
  if (!std::equal(current.begin(), current.end(), wanted.begin(), wanted.end(), sameUri)) {
    return failWith(ErrorKind::kInvalidModificationError,
                    "the header extensions must be those of getHeaderExtensionsToNegotiate(), in "
                    "their order");
  }
  const HeaderExtensionCapability* mid = findUri(wanted, std::string(kMid));
  if (mid != nullptr && mid->direction != Direction::kSendRecv) {
    return failWith(ErrorKind::kInvalidModificationError,
                    mid->uri + " is mandatory: its direction stays sendrecv");
  }
  return Done{};
}

bool HeaderExtensionIds::isTaken(uint16_t id, std::string_view uri) const {
  return std::any_of(uses_.begin(), uses_.end(),
                     [&](const Use& use) { return use.id == id && use.uri != uri; });
}

void HeaderExtensionIds::note(uint16_t id, std::string_view uri) {
  const auto known = std::find_if(uses_.begin(), uses_.end(),
                                  [&](const Use& use) { return use.id == id && use.uri == uri; });
  if (known != uses_.end()) {
    std::rotate(uses_.begin(), known, known + 1);
    return;
  }
  if (uses_.size() == kMaxUses)
    uses_.pop_back();
  uses_.insert(uses_.begin(), Use{id, std::string(uri)});
}

void HeaderExtensionIds::learn(const Extmaps& extmaps) {
  // Backwards, so that of two ids for one extension the first counts as the more recent.
  for (auto extmap = extmaps.rbegin(); extmap != extmaps.rend(); ++extmap) {
    if (extmap->id >= 1 && extmap->id <= kLastTwoByteId)
      note(extmap->id, extmap->uri);
  }
}

std::optional<uint16_t> HeaderExtensionIds::assign(std::string_view uri, bool mixed) {
  const auto id = find(uri, mixed);
  if (id)
    note(*id, uri);
  return id;
}

std::optional<uint16_t> HeaderExtensionIds::find(std::string_view uri, bool mixed) const {
  for (const Use& use : uses_) {
    if (use.uri == uri && isUsableId(use.id, mixed) && !isTaken(use.id, uri))
      return use.id;
  }
  for (const Known& known : kKnown) {
    if (known.uri == uri && !isTaken(known.id, uri))
      return known.id;
  }
  for (uint16_t id = 1; id <= kLastTwoByteId; ++id) {
    if (isUsableId(id, mixed) && !isTaken(id, uri))
      return id;
  }
  return std::nullopt;
}

Extmaps extmapsOf(const sdp::SessionDescription& description, size_t index) {
  Extmaps extmaps = description.media[index].all<sdp::Extmap>();
  for (sdp::Extmap& common : description.session.all<sdp::Extmap>())
    extmaps.push_back(std::move(common));
  return extmaps;
}

bool allowsMixed(const sdp::SessionDescription& description, size_t index) {
  return description.session.has<sdp::ExtmapAllowMixed>() ||
         description.media[index].has<sdp::ExtmapAllowMixed>();
}

Extmaps offerExtmaps(const Capabilities& toNegotiate, bool mixed, HeaderExtensionIds& ids) {
  Extmaps offer;
  for (const HeaderExtensionCapability& capability : toNegotiate) {
    if (!capability.direction)
      continue;
    if (const auto id = ids.assign(capability.uri, mixed))
      offer.push_back(extmapFor(*id, capability.uri, *capability.direction));
  }
  return offer;
}

Extmaps answerExtmaps(const Extmaps& offered, const Capabilities& toNegotiate, bool mixed,
                      HeaderExtensionIds& ids) {
  Extmaps answer;
  for (const sdp::Extmap& extmap : offered) {
    const HeaderExtensionCapability* ours = findUri(toNegotiate, extmap.uri);
    if (ours == nullptr || !ours->direction || findUri(answer, extmap.uri) != nullptr)
      continue;
    std::optional<uint16_t> id = extmap.id;
    if (extmap.id >= kFirstPlaceholder && extmap.id <= kLastPlaceholder)
      id = ids.assign(extmap.uri, mixed);
    else if (!isUsableId(extmap.id, mixed))
      continue;
    const bool repeated = std::any_of(answer.begin(), answer.end(),
                                      [&](const sdp::Extmap& one) { return one.id == id; });
    if (!id || repeated)
      continue;
    const Direction theirs = reversed(directionOf(extmap));
    answer.push_back(extmapFor(*id, extmap.uri,
                               directionOf(sends(theirs) && sends(ours->direction),
                                           receives(theirs) && receives(ours->direction))));
  }
  return answer;
}

Capabilities answerableExtensions(const Capabilities& toNegotiate, const Capabilities& accepted,
                                  const Extmaps& offered) {
  Capabilities answerable = toNegotiate;
  for (HeaderExtensionCapability& capability : answerable) {
    if (findUri(offered, capability.uri) == nullptr)
      continue;
    if (const HeaderExtensionCapability* ours = findUri(accepted, capability.uri))
      capability.direction = ours->direction;
  }
  return answerable;
}

Capabilities negotiatedExtensions(const Capabilities& toNegotiate, const Extmaps& answered,
                                  bool remote) {
  Capabilities negotiated = toNegotiate;
  for (HeaderExtensionCapability& capability : negotiated) {
    const sdp::Extmap* extmap = findUri(answered, capability.uri);
    capability.direction.reset();
    if (extmap != nullptr)
      capability.direction = remote ? reversed(directionOf(*extmap)) : directionOf(*extmap);
  }
  return negotiated;
}

std::vector<RtpHeaderExtension> sendExtensions(const Capabilities& negotiated,
                                               const Extmaps& answered) {
  return inDirection(negotiated, answered, sends);
}

std::vector<RtpHeaderExtension> receiveExtensions(const Capabilities& negotiated,
                                                  const Extmaps& answered) {
  return inDirection(negotiated, answered, receives);
}

std::optional<uint16_t> conflictingExtensionId(const std::vector<Extmaps>& sections) {
  std::array<const std::string*, kLastTwoByteId + 1> meanings{};
  for (const Extmaps& section : sections) {
    for (const sdp::Extmap& extmap : section) {
      if (extmap.id > kLastTwoByteId)
        continue;
      const std::string*& meaning = meanings[extmap.id];
      if (meaning == nullptr)
        meaning = &extmap.uri;
      else if (*meaning != extmap.uri)
        return extmap.id;
    }
  }
  return std::nullopt;
}

}  // namespace rtc::jsep
