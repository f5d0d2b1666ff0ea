#include "cpp/jsep/candidates.h"

#include <utility>

#include "cpp/base/address.h"
#include "cpp/sdp/candidate.h"
#include "cpp/sdp/text.h"

namespace rtc::jsep {

void foldCandidate(sdp::MediaSection& section, std::string_view candidate) {
  for (const sdp::Line& line : section.lines()) {
    const auto* known = line.as<sdp::Candidate>();
    if (known != nullptr && known->text == candidate)
      return;
  }
  section.addAfter<sdp::Candidate>(sdp::Candidate{std::string(candidate)});
}

bool removeCandidate(sdp::MediaSection& section, std::string_view candidate) {
  sdp::Section kept;
  for (const sdp::Line& line : section.lines()) {
    const auto* known = line.as<sdp::Candidate>();
    if (known == nullptr || known->text != candidate)
      kept.addLine(line);
  }
  if (kept.lines().size() == section.lines().size())
    return false;
  static_cast<sdp::Section&>(section) = std::move(kept);
  if (!section.has<sdp::Candidate>()) {
    section.port = 9;
    section.setOther('c', "IN IP4 0.0.0.0");
  }
  return true;
}

void foldEndOfCandidates(sdp::MediaSection& section) {
  if (section.has<sdp::EndOfCandidates>())
    return;
  section.addAfter<sdp::Candidate>(sdp::EndOfCandidates{});
}

void updateDefaultCandidate(sdp::MediaSection& section) {
  int bestRank = 0;
  uint32_t bestPriority = 0;
  std::optional<IpAddress> bestAddress;
  uint16_t bestPort = 0;
  for (const sdp::Candidate& candidate : section.all<sdp::Candidate>()) {
    const auto line = sdp::parseCandidate(candidate.text);
    if (!line || line->component != 1 || !sdp::equalsIgnoringCase(line->transport, "udp"))
      continue;
    const auto address = IpAddress::parse(line->address);
    if (!address || line->port == 0)
      continue;
    int rank = line->type == "relay" ? 5 : line->type == "srflx" ? 3 : 1;
    if (address->isV4())
      ++rank;
    if (rank > bestRank || (rank == bestRank && line->priority > bestPriority)) {
      bestRank = rank;
      bestPriority = line->priority;
      bestAddress = address;
      bestPort = line->port;
    }
  }
  if (!bestAddress)
    return;
  section.port = bestPort;
  section.setOther(
      'c', std::string("IN ") + (bestAddress->isV4() ? "IP4 " : "IP6 ") + bestAddress->toString());
}

}  // namespace rtc::jsep
