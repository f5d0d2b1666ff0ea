#include "cpp/ice/candidate.h"

#include <algorithm>
#include <limits>

namespace rtc::ice {
namespace {

constexpr size_t kMaxLineLength = 4096;
constexpr size_t kMaxExtensions = 32;
// RFC 8445 section 5.1.2.1: priorities lie between 1 and 2^31 - 1.
constexpr uint64_t kMaxPriority = (uint64_t{1} << 31) - 1;

Failure<ParseError> syntax(const char* message) {
  return fail(ParseError{ParseError::Kind::kSyntax, message});
}

bool isAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isIceChar(char c) {
  return isAlphanumeric(c) || c == '+' || c == '/';
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equalsIgnoringCase(std::string_view a, std::string_view lowerCase) {
  return a.size() == lowerCase.size() && std::equal(a.begin(), a.end(), lowerCase.begin(),
                                                    [](char x, char y) { return lower(x) == y; });
}

std::optional<uint64_t> number(std::string_view text, size_t maxDigits, uint64_t max) {
  if (text.empty() || text.size() > maxDigits)
    return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (!isDigit(c))
      return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (value > max)
    return std::nullopt;
  return value;
}

// A host name as DNS and mDNS have it. What ends in a number is a mistyped IPv4 address.
bool isHostname(std::string_view text) {
  if (text.empty() || text.size() > 253)
    return false;
  size_t label = 0;
  bool numeric = true;
  for (char c : text) {
    if (c == '.') {
      if (label == 0)
        return false;
      label = 0;
      numeric = true;
      continue;
    }
    if (!isAlphanumeric(c) && c != '-' && c != '_')
      return false;
    if (++label > 63)
      return false;
    numeric = numeric && isDigit(c);
  }
  return !(label > 0 && numeric);
}

bool isPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) != 0x7f;
  });
}

// Hands out the parts between single spaces. Runs of spaces are not in the grammar.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) {}
  bool atEnd() const { return rest_.empty(); }
  std::string_view next() {
    const size_t space = rest_.find(' ');
    const std::string_view token = rest_.substr(0, space);
    rest_ = space == std::string_view::npos ? std::string_view() : rest_.substr(space + 1);
    return token;
  }

 private:
  std::string_view rest_;
};

std::optional<CandidateType> typeFrom(std::string_view token) {
  for (CandidateType type : {CandidateType::kHost, CandidateType::kServerReflexive,
                             CandidateType::kPeerReflexive, CandidateType::kRelay}) {
    if (token == toString(type))
      return type;
  }
  return std::nullopt;
}

std::optional<TcpType> tcpTypeFrom(std::string_view token) {
  for (TcpType type : {TcpType::kActive, TcpType::kPassive, TcpType::kSimultaneousOpen}) {
    if (token == toString(type))
      return type;
  }
  return std::nullopt;
}

// One name and value behind the type. False when the value is not what that name takes.
bool addExtension(Candidate& candidate, std::string_view name, std::string_view value,
                  std::optional<uint16_t>& relatedPort) {
  constexpr uint64_t kMax32 = std::numeric_limits<uint32_t>::max();
  if (name == "raddr") {
    const auto address = IpAddress::parse(value);
    if (!address && !isHostname(value))
      return false;
    candidate.related = Endpoint{address.value_or(IpAddress()), 0};
  } else if (name == "rport") {
    const auto port = number(value, 5, 65535);
    if (!port)
      return false;
    relatedPort = static_cast<uint16_t>(*port);
  } else if (name == "tcptype") {
    candidate.tcpType = tcpTypeFrom(value);
    if (!candidate.tcpType)
      return false;
  } else if (name == "generation") {
    const auto generation = number(value, 10, kMax32);
    if (!generation)
      return false;
    candidate.generation = static_cast<uint32_t>(*generation);
  } else if (name == "ufrag") {
    if (value.size() > 256 || !std::all_of(value.begin(), value.end(), isIceChar))
      return false;
    candidate.ufrag = value;
  } else if (name == "network-id") {
    const auto id = number(value, 10, kMax32);
    if (!id)
      return false;
    candidate.networkId = static_cast<uint32_t>(*id);
  } else if (name == "network-cost") {
    const auto cost = number(value, 10, kMax32);
    if (!cost)
      return false;
    candidate.networkCost = static_cast<uint32_t>(*cost);
  } else {
    if (candidate.extensions.size() == kMaxExtensions)
      return false;
    candidate.extensions.emplace_back(name, value);
  }
  return true;
}

}  // namespace

const char* toString(TcpType type) {
  switch (type) {
    case TcpType::kActive:
      return "active";
    case TcpType::kPassive:
      return "passive";
    case TcpType::kSimultaneousOpen:
      break;
  }
  return "so";
}

const char* toString(CandidateType type) {
  switch (type) {
    case CandidateType::kHost:
      return "host";
    case CandidateType::kServerReflexive:
      return "srflx";
    case CandidateType::kPeerReflexive:
      return "prflx";
    case CandidateType::kRelay:
      break;
  }
  return "relay";
}

Result<Candidate, ParseError> Candidate::parse(std::string_view line) {
  if (line.size() > kMaxLineLength)
    return syntax("candidate line is too long");
  if (line.starts_with("a="))
    line.remove_prefix(2);
  if (!line.starts_with("candidate:"))
    return syntax("candidate line without candidate:");
  line.remove_prefix(10);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) {
    line.remove_suffix(1);
  }

  Tokens tokens(line);
  Candidate candidate;

  const std::string_view foundation = tokens.next();
  if (foundation.empty() || foundation.size() > 32 ||
      !std::all_of(foundation.begin(), foundation.end(), isIceChar)) {
    return syntax("foundation is not 1 to 32 ice-chars");
  }
  candidate.foundation = foundation;

  const auto component = number(tokens.next(), 3, 256);
  if (!component || *component == 0)
    return syntax("component is not a number from 1 to 256");
  candidate.component = static_cast<uint16_t>(*component);

  const std::string_view transport = tokens.next();
  const bool knownTransport =
      equalsIgnoringCase(transport, "udp") || equalsIgnoringCase(transport, "tcp");
  if (transport.empty() || !isPrintable(transport))
    return syntax("transport is missing");
  candidate.transport =
      equalsIgnoringCase(transport, "tcp") ? TransportProtocol::kTcp : TransportProtocol::kUdp;

  const auto priority = number(tokens.next(), 10, kMaxPriority);
  if (!priority || *priority == 0)
    return syntax("priority is not a number from 1 to 2^31 - 1");
  candidate.priority = static_cast<uint32_t>(*priority);

  const std::string_view address = tokens.next();
  if (const auto ip = IpAddress::parse(address)) {
    candidate.endpoint.address = *ip;
  } else if (isHostname(address)) {
    candidate.hostname = address;
  } else {
    return syntax("connection address is neither an address nor a name");
  }

  const auto port = number(tokens.next(), 5, 65535);
  if (!port)
    return syntax("port is not a number up to 65535");
  candidate.endpoint.port = static_cast<uint16_t>(*port);

  if (tokens.next() != "typ")
    return syntax("typ is missing");
  const std::string_view typeToken = tokens.next();
  const auto type = typeFrom(typeToken);
  if (typeToken.empty() || !isPrintable(typeToken))
    return syntax("candidate type is missing");
  candidate.type = type.value_or(CandidateType::kHost);

  std::optional<uint16_t> relatedPort;
  while (!tokens.atEnd()) {
    const std::string_view name = tokens.next();
    const std::string_view value = tokens.next();
    if (name.empty() || value.empty())
      return syntax("extension without a name or a value");
    if (!isPrintable(name) || !isPrintable(value))
      return syntax("control character in extension");
    if (!addExtension(candidate, name, value, relatedPort))
      return syntax("malformed extension");
  }
  if (candidate.related && relatedPort)
    candidate.related->port = *relatedPort;

  if (!knownTransport) {
    return fail(ParseError{ParseError::Kind::kUnsupported, "unknown transport"});
  }
  if (!type)
    return fail(ParseError{ParseError::Kind::kUnsupported, "unknown candidate type"});
  return candidate;
}

std::string Candidate::toString() const {
  std::string line = "candidate:" + foundation + " " + std::to_string(component) +
                     (transport == TransportProtocol::kTcp ? " tcp " : " udp ") +
                     std::to_string(priority) + " " +
                     (hostname.empty() ? endpoint.address.toString() : hostname) + " " +
                     std::to_string(endpoint.port) + " typ " + ice::toString(type);
  if (related) {
    line += " raddr " + related->address.toString() + " rport " + std::to_string(related->port);
  }
  if (tcpType)
    line += std::string(" tcptype ") + ice::toString(*tcpType);
  if (generation)
    line += " generation " + std::to_string(*generation);
  if (!ufrag.empty())
    line += " ufrag " + ufrag;
  if (networkId)
    line += " network-id " + std::to_string(*networkId);
  if (networkCost)
    line += " network-cost " + std::to_string(*networkCost);
  for (const auto& [name, value] : extensions)
    line.append(" ").append(name).append(" ").append(value);
  return line;
}

}  // namespace rtc::ice
