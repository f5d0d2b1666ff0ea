#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/base/result.h"

namespace rtc::sdp {

/// The grammar of a candidate-attribute (RFC 8839 section 5.1), as far as a description needs it:
/// syntax, ICE generation and choice of the default candidate. What it means is cpp/ice's affair.
///
///   candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type>
///             [raddr <address>] [rport <port>] *(<name> <value>)
struct CandidateLine {
  std::string foundation;
  uint16_t component = 1;
  std::string transport;
  uint32_t priority = 0;
  /// An IP address, or a name (mDNS).
  std::string address;
  uint16_t port = 0;
  std::string type;
  std::optional<std::string> relatedAddress;
  std::optional<uint16_t> relatedPort;
  /// The rest in order: "tcptype", "generation", "ufrag", "network-id", …
  std::vector<std::pair<std::string, std::string>> extensions;

  /// The value of an extension, or `std::nullopt`.
  std::optional<std::string_view> extension(std::string_view name) const;
};

/// Parses "candidate:…". The error says what is wrong, for a message.
Result<CandidateLine, std::string> parseCandidate(std::string_view text);

/// "a=candidate:…" and trailing line ends stripped to "candidate:…": what applications hand in
/// when they cut candidates out of descriptions themselves.
std::string_view trimCandidate(std::string_view text);

}  // namespace rtc::sdp
