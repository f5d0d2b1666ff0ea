#include "cpp/jsep/media.h"

#include <algorithm>
#include <unordered_set>

#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// The mids that the section is bundled with, its own among them; null for none.
const std::vector<std::string>* findGroup(const SessionDescription& description, size_t index) {
  const auto* mid = description.media[index].find<sdp::Mid>();
  if (mid == nullptr)
    return nullptr;
  for (const sdp::Line& line : description.session.lines()) {
    const auto* group = line.as<sdp::Group>();
    if (group != nullptr && group->semantics == "BUNDLE" && contains(group->mids, mid->id))
      return &group->mids;
  }
  return nullptr;
}

// The tagged section of the group (its first mid) speaks for the transport of all of them.
const MediaSection* taggedSection(const SessionDescription& description, size_t index) {
  const auto* group = findGroup(description, index);
  if (group == nullptr)
    return nullptr;
  const auto tagged = findMid(description, group->front());
  return tagged ? &description.media[*tagged] : nullptr;
}

template <typename T>
const T* findForTransport(const SessionDescription& description, size_t index) {
  if (const T* own = description.media[index].find<T>())
    return own;
  if (const MediaSection* tagged = taggedSection(description, index)) {
    if (const T* shared = tagged->find<T>())
      return shared;
  }
  return description.session.find<T>();
}

// Sections that are not bundled are transports of their own, whatever credentials they have: one
// set for the whole session is common (and what browsers offer).
bool sharesIce(const SessionDescription& description, size_t a, size_t b) {
  if (a == b)
    return true;
  const auto* group = findGroup(description, a);
  return group != nullptr && group == findGroup(description, b) &&
         iceCredentials(description, a) == iceCredentials(description, b);
}

}  // namespace

bool isRejected(const MediaSection& section) {
  return section.port == 0 && !section.has<sdp::BundleOnly>();
}

bool isRejected(const SessionDescription& description, size_t index) {
  const MediaSection& section = description.media[index];
  return isRejected(section) || (section.port == 0 && findGroup(description, index) == nullptr);
}

std::optional<MediaKind> rtpKind(const MediaSection& section) {
  if (section.protocol.find("RTP/") == std::string::npos)
    return std::nullopt;
  return parseMediaKind(section.kind);
}

Direction directionOf(const SessionDescription& description, size_t index) {
  if (const auto* own = description.media[index].find<sdp::Direction>())
    return own->direction;
  const auto* common = description.session.find<sdp::Direction>();
  return common ? common->direction : Direction::kSendRecv;
}

bool usesRtcpMux(const SessionDescription& description, size_t index) {
  return findForTransport<sdp::RtcpMux>(description, index) != nullptr;
}

std::optional<DataForm> dataForm(const MediaSection& section) {
  if (section.kind != "application" || section.formats.empty())
    return std::nullopt;
  if (section.protocol != "UDP/DTLS/SCTP" && section.protocol != "TCP/DTLS/SCTP" &&
      section.protocol != "DTLS/SCTP") {
    return std::nullopt;
  }
  const std::string& format = section.formats.front();
  if (format == "webrtc-datachannel")
    return DataForm::kCurrent;
  const auto port = sdp::parseNumber<uint16_t>(format);
  if (!port)
    return std::nullopt;
  for (const sdp::SctpMap& map : section.all<sdp::SctpMap>()) {
    if (map.port == *port && map.application != "webrtc-datachannel")
      return std::nullopt;
  }
  return DataForm::kSctpMap;
}

bool isUsableData(const SessionDescription& description, size_t index) {
  const MediaSection& section = description.media[index];
  return dataForm(section) && !isRejected(description, index) && sctpPort(section) != 0;
}

uint16_t sctpPort(const MediaSection& section) {
  if (dataForm(section) == DataForm::kSctpMap) {
    return sdp::parseNumber<uint16_t>(section.formats.front()).value_or(0);
  }
  // RFC 8841 section 5.1: without a=sctp-port there is no default, and the section is invalid.
  const auto* port = section.find<sdp::SctpPort>();
  return port ? port->port : 0;
}

uint64_t maxMessageSize(const MediaSection& section) {
  const auto* size = section.find<sdp::MaxMessageSize>();
  return size ? size->size : 65536;
}

Bytes sctpInit(const MediaSection& section) {
  const auto* init = section.find<sdp::SctpInit>();
  return init ? init->chunk : Bytes();
}

bool isPeersInit(ByteSpan init, const SessionConfig& config) {
  return !init.empty() &&
         !std::equal(init.begin(), init.end(), config.sctpInit.begin(), config.sctpInit.end());
}

std::optional<std::string> midOf(const MediaSection& section) {
  const auto* mid = section.find<sdp::Mid>();
  if (mid == nullptr)
    return std::nullopt;
  return mid->id;
}

std::optional<size_t> findMid(const SessionDescription& description, std::string_view mid) {
  for (size_t i = 0; i < description.media.size(); ++i) {
    const auto* own = description.media[i].find<sdp::Mid>();
    if (own != nullptr && own->id == mid)
      return i;
  }
  return std::nullopt;
}

std::vector<std::vector<std::string>> bundleGroups(const SessionDescription& description) {
  std::vector<std::vector<std::string>> groups;
  for (sdp::Group& group : description.session.all<sdp::Group>()) {
    if (group.semantics == "BUNDLE")
      groups.push_back(std::move(group.mids));
  }
  return groups;
}

std::vector<std::string> bundleGroup(const SessionDescription& description, size_t index) {
  const auto* group = findGroup(description, index);
  return group != nullptr ? *group : std::vector<std::string>{};
}

std::optional<IceCredentials> iceCredentials(const SessionDescription& description, size_t index) {
  const auto* ufrag = findForTransport<sdp::IceUfrag>(description, index);
  const auto* password = findForTransport<sdp::IcePwd>(description, index);
  if (ufrag == nullptr || password == nullptr)
    return std::nullopt;
  return IceCredentials{ufrag->ufrag, password->password};
}

std::vector<sdp::Fingerprint> fingerprints(const SessionDescription& description, size_t index) {
  auto own = description.media[index].all<sdp::Fingerprint>();
  if (!own.empty())
    return own;
  if (const MediaSection* tagged = taggedSection(description, index)) {
    auto shared = tagged->all<sdp::Fingerprint>();
    if (!shared.empty())
      return shared;
  }
  return description.session.all<sdp::Fingerprint>();
}

std::optional<sdp::Setup::Role> setupRole(const SessionDescription& description, size_t index) {
  const auto* setup = findForTransport<sdp::Setup>(description, index);
  if (setup == nullptr)
    return std::nullopt;
  return setup->role;
}

bool canTrickle(const SessionDescription& description, size_t index) {
  const auto* own = description.media[index].find<sdp::IceOptions>();
  const auto* common = description.session.find<sdp::IceOptions>();
  return (own != nullptr && own->has("trickle")) || (common != nullptr && common->has("trickle"));
}

bool canTrickle(const SessionDescription& description) {
  const auto* common = description.session.find<sdp::IceOptions>();
  if (common != nullptr && common->has("trickle"))
    return true;
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (canTrickle(description, i))
      return true;
  }
  return false;
}

bool isLite(const SessionDescription& description) {
  return description.session.has<sdp::IceLite>();
}

std::vector<std::string> candidates(const SessionDescription& description, size_t index) {
  std::vector<std::string> result;
  std::unordered_set<std::string_view> known;
  const auto add = [&](const MediaSection& section) {
    for (const sdp::Line& line : section.lines()) {
      const auto* candidate = line.as<sdp::Candidate>();
      if (candidate != nullptr && result.size() < kMaxCandidates &&
          known.insert(candidate->text).second) {
        result.push_back(candidate->text);
      }
    }
  };
  add(description.media[index]);
  for (size_t i = 0;
       i < description.media.size() && !description.media[index].has<sdp::Candidate>(); ++i) {
    if (sharesIce(description, index, i))
      add(description.media[i]);
  }
  return result;
}

bool endOfCandidates(const SessionDescription& description, size_t index) {
  const MediaSection& section = description.media[index];
  if (description.session.has<sdp::EndOfCandidates>() || section.has<sdp::EndOfCandidates>())
    return true;
  if (section.has<sdp::Candidate>())
    return false;
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (sharesIce(description, index, i) && description.media[i].has<sdp::EndOfCandidates>()) {
      return true;
    }
  }
  return false;
}

}  // namespace rtc::jsep
