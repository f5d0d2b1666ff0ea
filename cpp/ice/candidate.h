#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/result.h"

namespace rtc::ice {

enum class CandidateType : uint8_t { kHost, kServerReflexive, kPeerReflexive, kRelay };
enum class TransportProtocol : uint8_t { kUdp, kTcp };
/// RFC 6544 section 4.5.
enum class TcpType : uint8_t { kActive, kPassive, kSimultaneousOpen };

/// The token of the candidate line: "host", "srflx", "prflx", "relay".
const char* toString(CandidateType type);
/// The token of the candidate line: "active", "passive", "so".
const char* toString(TcpType type);

/// Whether candidates of this type are their own base (RFC 8445 section 5.1.1.1 and 5.1.1.2).
constexpr bool isOwnBase(CandidateType type) {
  return type == CandidateType::kHost || type == CandidateType::kRelay;
}

/// Why a candidate line was refused.
struct ParseError {
  enum class Kind : uint8_t {
    /// Not the grammar of RFC 8839 section 5.1.
    kSyntax,
    /// Well-formed, with a transport or candidate type nobody here knows; RFC 8839 section 5.1
    /// wants
    /// such a candidate ignored, not answered with an error.
    kUnsupported,
  };
  Kind kind = Kind::kSyntax;
  const char* message = "";
};

/// A candidate (RFC 8445 section 5.1.1) as it travels in SDP:
///
///   candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type>
///     [raddr <address>] [rport <port>] [tcptype <type>] *(<extension name> <extension value>)
///
/// (RFC 8839 section 5.1, RFC 6544 section 4.5.)
struct Candidate {
  std::string foundation;
  uint16_t component = 1;
  TransportProtocol transport = TransportProtocol::kUdp;
  uint32_t priority = 0;
  /// With a `hostname` the address is unspecified until the name is resolved; the port is right.
  Endpoint endpoint;
  /// The name in place of an address (an mDNS name, as browsers hide their addresses), or empty.
  std::string hostname;
  CandidateType type = CandidateType::kHost;
  /// raddr and rport. A name there is not kept: it becomes 0.0.0.0.
  std::optional<Endpoint> related;
  std::optional<TcpType> tcpType;
  /// RFC 8839 section 5.1 knows none of these four; every browser writes them.
  std::optional<uint32_t> generation;
  std::string ufrag;
  std::optional<uint32_t> networkId;
  std::optional<uint32_t> networkCost;
  /// Extension attributes that nobody here knows, in their order.
  std::vector<std::pair<std::string, std::string>> extensions;

  // Not on the wire; for RTCIceCandidate and statistics.
  /// The server that gave a local srflx or relay candidate.
  std::string url;
  /// "udp", "tcp" or "tls": how a local relay candidate reaches its server; else empty.
  std::string relayProtocol;

  /// Reads "candidate:…", with or without "a=" before it and a line end behind it.
  static Result<Candidate, ParseError> parse(std::string_view line);
  /// "candidate:…", extensions in the order that Chromium writes them; no line end.
  std::string toString() const;

  bool operator==(const Candidate&) const = default;
};

/// What we connect from (RFC 6544 section 4.1).
inline bool isActiveTcp(const Candidate& candidate) {
  return candidate.transport == TransportProtocol::kTcp && candidate.tcpType == TcpType::kActive;
}

}  // namespace rtc::ice
