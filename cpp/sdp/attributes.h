#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "cpp/base/base64.h"
#include "cpp/base/bytes.h"
#include "cpp/base/result.h"
#include "cpp/sdp/rtp_attributes.h"
#include "cpp/sdp/text.h"

/// The attributes ("a=" lines) that WebRTC gives a meaning to: grouping, ICE, DTLS and SCTP here,
/// RTP's own in rtp_attributes.h.
///
/// Each is a struct with its name (`kName`), the form it wants (`kForm`, for error messages), a
/// printer (`value()`, absent for an attribute without a value) and a parser (`parse`). To add
/// one: write the struct and put it into `Attribute`.
namespace rtc::sdp {

/// RFC 5888, RFC 9143: a=group:BUNDLE 0 1
struct Group {
  static constexpr std::string_view kName = "group";
  static constexpr std::string_view kForm = "<semantics> *(<mid>)";
  std::string semantics;
  std::vector<std::string> mids;
  std::optional<std::string> value() const;
  static std::optional<Group> parse(std::string_view value);
};

/// RFC 5888: a=mid:0
struct Mid {
  static constexpr std::string_view kName = "mid";
  static constexpr std::string_view kForm = "<token>";
  std::string id;
  std::optional<std::string> value() const { return id; }
  static std::optional<Mid> parse(std::string_view value);
};

/// RFC 8830: a=msid-semantic: WMS (with the space that every browser writes).
struct MsidSemantic {
  static constexpr std::string_view kName = "msid-semantic";
  static constexpr std::string_view kForm = "<semantics> *(<stream id>)";
  std::string semantics;
  std::vector<std::string> streams;
  std::optional<std::string> value() const;
  static std::optional<MsidSemantic> parse(std::string_view value);
};

/// Whether a credential consists of ice-chars (RFC 8839 section 5.4), or of what deployed endpoints
/// outside of browsers put there too. Parsing does not ask.
bool isIceString(std::string_view text);

/// RFC 8839 section 5.4: 4 to 256 ice-chars.
struct IceUfrag {
  static constexpr std::string_view kName = "ice-ufrag";
  static constexpr std::string_view kForm = "<4 to 256 letters, digits, + or />";
  std::string ufrag;
  std::optional<std::string> value() const { return ufrag; }
  static std::optional<IceUfrag> parse(std::string_view value);
};

/// RFC 8839 section 5.4: 22 to 256 ice-chars.
struct IcePwd {
  static constexpr std::string_view kName = "ice-pwd";
  static constexpr std::string_view kForm = "<22 to 256 letters, digits, + or />";
  std::string password;
  std::optional<std::string> value() const { return password; }
  static std::optional<IcePwd> parse(std::string_view value);
};

/// RFC 8839 section 5.6: a=ice-options:trickle ice2
struct IceOptions {
  static constexpr std::string_view kName = "ice-options";
  static constexpr std::string_view kForm = "<token> *(<token>)";
  std::vector<std::string> options;
  bool has(std::string_view option) const;
  std::optional<std::string> value() const;
  static std::optional<IceOptions> parse(std::string_view value);
};

/// RFC 8839 section 5.3, session level.
struct IceLite {
  static constexpr std::string_view kName = "ice-lite";
};

/// RFC 8839 section 5.1. `text` is the whole "candidate:…"; see candidate.h for its parts.
struct Candidate {
  static constexpr std::string_view kName = "candidate";
  static constexpr std::string_view kForm =
      "<foundation> <component> <transport> <priority> <address> <port> typ <type> …";
  std::string text;
  std::optional<std::string> value() const { return text.substr(kName.size() + 1); }
  static std::optional<Candidate> parse(std::string_view value);
};

/// RFC 8840 section 8.2.
struct EndOfCandidates {
  static constexpr std::string_view kName = "end-of-candidates";
};

/// RFC 8122 section 5: a=fingerprint:sha-256 AA:BB:…
struct Fingerprint {
  static constexpr std::string_view kName = "fingerprint";
  static constexpr std::string_view kForm = "<hash name> <pairs of hexadecimal digits and colons>";
  /// Lower case.
  std::string algorithm;
  /// As it came: "AA:BB:…".
  std::string digest;
  /// As RFC 8122 compares: without regard to case.
  bool operator==(const Fingerprint& other) const;
  /// Whether the hash is one of RFC 8122's, so that a certificate can be compared with it.
  bool hasKnownHash() const;
  std::optional<std::string> value() const { return algorithm + " " + digest; }
  static std::optional<Fingerprint> parse(std::string_view value);
};

/// RFC 4145 section 4.
struct Setup {
  enum class Role { kActpass, kActive, kPassive, kHoldconn };
  static constexpr std::string_view kName = "setup";
  static constexpr std::string_view kForm = "actpass, active, passive or holdconn";
  Role role = Role::kActpass;
  std::optional<std::string> value() const;
  static std::optional<Setup> parse(std::string_view value);
};

/// RFC 8842 section 5.
struct TlsId {
  static constexpr std::string_view kName = "tls-id";
  static constexpr std::string_view kForm = "<token>";
  std::string id;
  std::optional<std::string> value() const { return id; }
  static std::optional<TlsId> parse(std::string_view value);
};

/// RFC 8841 section 5: a=sctp-port:5000
struct SctpPort {
  static constexpr std::string_view kName = "sctp-port";
  static constexpr std::string_view kForm = "<0 to 65535>";
  uint16_t port = 5000;
  std::optional<std::string> value() const { return std::to_string(port); }
  static std::optional<SctpPort> parse(std::string_view value);
};

/// The form before RFC 8841 (its drafts up to 07): a=sctpmap:5000 webrtc-datachannel 1024
struct SctpMap {
  static constexpr std::string_view kName = "sctpmap";
  static constexpr std::string_view kForm = "<port> <application> [<streams>]";
  uint16_t port = 5000;
  std::string application = "webrtc-datachannel";
  std::optional<uint16_t> streams;
  std::optional<std::string> value() const;
  static std::optional<SctpMap> parse(std::string_view value);
};

/// RFC 8841 section 6; 0 is "any size".
struct MaxMessageSize {
  static constexpr std::string_view kName = "max-message-size";
  static constexpr std::string_view kForm = "<number of bytes>";
  uint64_t size = 0;
  std::optional<std::string> value() const { return std::to_string(size); }
  static std::optional<MaxMessageSize> parse(std::string_view value);
};

/// draft-hancke-tsvwg-snap section "SDP sctp-init attribute": the INIT chunk that the association
/// would send, header included. What it holds is the business of whoever uses it.
struct SctpInit {
  static constexpr std::string_view kName = "sctp-init";
  static constexpr std::string_view kForm = "<base64>";
  Bytes chunk;
  std::optional<std::string> value() const { return base64(chunk); }
  static std::optional<SctpInit> parse(std::string_view value);
};

/// RFC 9143 section 6.
struct BundleOnly {
  static constexpr std::string_view kName = "bundle-only";
};

/// Any other attribute; also one of the above in a form that may be ignored.
struct RawAttribute {
  std::string name;
  std::optional<std::string> text;
};

using Attribute = std::variant<RawAttribute, Group, Mid, MsidSemantic, IceUfrag, IcePwd, IceOptions,
                               IceLite, Candidate, EndOfCandidates, Fingerprint, Setup, TlsId,
                               SctpPort, SctpMap, MaxMessageSize, SctpInit, BundleOnly, Direction,
                               RtcpMux, RtcpMuxOnly, RtcpRsize, ExtmapAllowMixed, Extmap, RtpMap,
                               Fmtp, RtcpFb, Msid, Ssrc, SsrcGroup, Rid, Simulcast>;

/// Parses what stands behind "a=". The error is a message that says what the attribute wants.
Result<Attribute, std::string> parseAttribute(std::string_view text);

/// What stands behind "a=": "name" or "name:value".
std::string printAttribute(const Attribute& attribute);

inline std::string printAttribute(const RawAttribute& raw) {
  return raw.text ? concatenate({raw.name, ":", *raw.text}) : raw.name;
}
inline std::string printAttribute(const Direction& direction) {
  return std::string(direction.name());
}
/// Of one type.
template <typename T>
requires requires {
  T::kName;
}
std::string printAttribute(const T& typed) {
  if constexpr (!std::is_empty_v<T>) {
    if (const auto value = typed.value())
      return concatenate({T::kName, ":", *value});
  }
  return std::string(T::kName);
}

}  // namespace rtc::sdp
