#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/types.h"

namespace rtc::jsep {

struct State;

/// What an m-section carries. `kNone`: it is rejected, or none that we understand.
enum class SectionUse { kNone, kTransceiver, kData };

/// What a transport says of itself in a description.
struct LocalTransport {
  /// Absent for one that applying the description creates.
  std::optional<TransportId> id;
  /// Without an id: whose bundle it takes over, as its tagged section goes.
  std::optional<TransportId> replaces;
  IceCredentials ice;
  /// Candidates of that ICE generation that are known already; they go into section `tag`.
  std::vector<std::string> candidates;
  bool endOfCandidates = false;
  size_t tag = 0;
};

struct PlannedSection {
  /// `kNone` is rejected, or stays so.
  SectionUse use = SectionUse::kNone;
  TransceiverId transceiver;
  std::string mid;
  /// Which one of `OfferPlan::transports`.
  size_t transport = 0;
  bool bundled = false;
  bool bundleOnly = false;
};

/// What stands behind each m-section of an offer, between createOffer and setLocalDescription: "the
/// transceiver used to create the media description".
struct OfferPlan {
  std::vector<PlannedSection> sections;
  std::vector<LocalTransport> transports;
  /// BUNDLE groups, as mids.
  std::vector<std::vector<std::string>> groups;
};

/// Lays out the offer that describes `state` (RFC 9429 sections 5.2.1 and 5.2.2): sections that
/// exist keep their places, rejected ones are recycled, new ones follow; transports as bundling and
/// `policy` have them. Credentials are left to the caller.
OfferPlan planOffer(const State& state, const SessionConfig& config);

}  // namespace rtc::jsep
