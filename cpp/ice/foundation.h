#pragma once

#include <map>
#include <string>
#include <tuple>

#include "cpp/base/address.h"
#include "cpp/ice/candidate.h"

namespace rtc::ice {

/// Gives local candidates their foundations (RFC 8445 section 5.1.1.3): the same one for the same
/// type, base address, protocol and server, a new one for anything else. The foundation is a
/// counter, so that it tells nothing about the address.
class FoundationTable {
 public:
  /// `server` and `protocol` are empty for host candidates.
  const std::string& get(CandidateType type, const IpAddress& base, const std::string& server,
                         const std::string& protocol) {
    auto [entry, added] = known_.try_emplace(Key{type, base, server, protocol});
    if (added)
      entry->second = std::to_string(known_.size());
    return entry->second;
  }

 private:
  using Key = std::tuple<CandidateType, IpAddress, std::string, std::string>;
  std::map<Key, std::string> known_;
};

}  // namespace rtc::ice
