#include "cpp/sdp/attributes.h"

#include <algorithm>
#include <type_traits>

#include "cpp/sdp/candidate.h"
#include "cpp/sdp/text.h"

namespace rtc::sdp {
namespace {

std::string joinWords(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty())
      text += ' ';
    text += word;
  }
  return text;
}

// One word of the length that RFC 8839 section 5.4 gives. Its characters are the business of
// whoever uses it: a description with others is well-formed SDP that makes no sense.
bool isIceText(std::string_view text, size_t least) {
  return text.size() >= least && text.size() <= 256 &&
         text.find_first_of(" \t") == std::string_view::npos;
}

size_t digestBytes(std::string_view algorithm) {
  if (algorithm == "sha-1")
    return 20;
  if (algorithm == "sha-224")
    return 28;
  if (algorithm == "sha-256")
    return 32;
  if (algorithm == "sha-384")
    return 48;
  if (algorithm == "sha-512")
    return 64;
  if (algorithm == "md5" || algorithm == "md2")
    return 16;
  return 0;
}

// Attributes that steer the transports must be well-formed. One that only describes media may be
// odd without harm: it is carried along uninterpreted, and means nothing. Every peer has its own,
// and a session is worth more than a line of it.
template <typename T>
constexpr bool kMayBeIgnored =
    std::is_same_v<T, Extmap> || std::is_same_v<T, RtpMap> || std::is_same_v<T, Fmtp> ||
    std::is_same_v<T, RtcpFb> || std::is_same_v<T, Msid> || std::is_same_v<T, Ssrc> ||
    std::is_same_v<T, SsrcGroup> || std::is_same_v<T, Rid> || std::is_same_v<T, Simulcast> ||
    std::is_same_v<T, MsidSemantic> || std::is_same_v<T, IceOptions> || std::is_same_v<T, TlsId> ||
    std::is_same_v<T, SctpMap>;

template <typename T>
constexpr bool kIsFlag = std::is_empty_v<T>;

template <typename T>
Result<Attribute, std::string> parseAs(std::string_view name,
                                       std::optional<std::string_view> value) {
  const auto raw = [&] {
    return RawAttribute{std::string(name),
                        value ? std::optional<std::string>(*value) : std::nullopt};
  };
  if constexpr (kIsFlag<T>) {
    // A value says nothing that anyone knows of; in browsers the name alone counts.
    return Attribute(T{});
  } else {
    if (value) {
      if (auto typed = T::parse(kMayBeIgnored<T> ? trim(*value) : *value))
        return Attribute(std::move(*typed));
    }
    if (kMayBeIgnored<T>)
      return Attribute(raw());
    return fail("a=" + std::string(name) + " wants the form a=" + std::string(name) + ":" +
                std::string(T::kForm));
  }
}

template <size_t I = 0>
Result<Attribute, std::string> parseByName(std::string_view name,
                                           std::optional<std::string_view> value) {
  if constexpr (I == std::variant_size_v<Attribute>) {
    return Attribute(
        RawAttribute{std::string(name), value ? std::optional<std::string>(*value) : std::nullopt});
  } else {
    using T = std::variant_alternative_t<I, Attribute>;
    if constexpr (std::is_same_v<T, RawAttribute>) {
      return parseByName<I + 1>(name, value);
    } else if constexpr (std::is_same_v<T, Direction>) {
      if (auto direction = Direction::fromName(name))
        return Attribute(*direction);
      return parseByName<I + 1>(name, value);
    } else {
      if (name == T::kName)
        return parseAs<T>(name, value);
      return parseByName<I + 1>(name, value);
    }
  }
}

}  // namespace

std::optional<std::string> Group::value() const {
  return mids.empty() ? semantics : semantics + " " + joinWords(mids);
}

std::optional<Group> Group::parse(std::string_view value) {
  const auto words = splitWords(value);
  if (words.empty())
    return std::nullopt;
  Group group{std::string(words[0]), {}};
  group.mids.assign(words.begin() + 1, words.end());
  return group;
}

std::optional<Mid> Mid::parse(std::string_view value) {
  // RFC 5888 wants a token; a mid is compared and copied only, so every word can be lived with.
  if (value.empty() || value.find(' ') != std::string_view::npos)
    return std::nullopt;
  return Mid{std::string(value)};
}

std::optional<std::string> MsidSemantic::value() const {
  // No ABNF has the space, all browsers write it.
  std::string text = " " + semantics;
  if (!streams.empty())
    text += " " + joinWords(streams);
  return text;
}

std::optional<MsidSemantic> MsidSemantic::parse(std::string_view value) {
  const auto words = splitWords(value);
  if (words.empty())
    return std::nullopt;
  MsidSemantic result{std::string(words[0]), {}};
  result.streams.assign(words.begin() + 1, words.end());
  return result;
}

bool isIceString(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return isAlpha(c) || isDigit(c) || std::string_view("+/-_=#").find(c) != std::string_view::npos;
  });
}

std::optional<IceUfrag> IceUfrag::parse(std::string_view value) {
  if (!isIceText(value, 4))
    return std::nullopt;
  return IceUfrag{std::string(value)};
}

std::optional<IcePwd> IcePwd::parse(std::string_view value) {
  if (!isIceText(value, 22))
    return std::nullopt;
  return IcePwd{std::string(value)};
}

bool IceOptions::has(std::string_view option) const {
  for (const std::string& word : options) {
    if (word == option)
      return true;
  }
  return false;
}

std::optional<std::string> IceOptions::value() const {
  return joinWords(options);
}

std::optional<IceOptions> IceOptions::parse(std::string_view value) {
  const auto words = splitWords(value);
  if (words.empty())
    return std::nullopt;
  IceOptions result;
  result.options.assign(words.begin(), words.end());
  return result;
}

std::optional<Candidate> Candidate::parse(std::string_view value) {
  std::string text = std::string(kName) + ":" + std::string(value);
  if (!parseCandidate(text).ok())
    return std::nullopt;
  return Candidate{std::move(text)};
}

bool Fingerprint::operator==(const Fingerprint& other) const {
  return equalsIgnoringCase(algorithm, other.algorithm) && equalsIgnoringCase(digest, other.digest);
}

bool Fingerprint::hasKnownHash() const {
  return digestBytes(algorithm) != 0;
}

std::optional<Fingerprint> Fingerprint::parse(std::string_view value) {
  const Cut parts = cut(value, ' ');
  if (!isToken(parts.head) || !parts.tail)
    return std::nullopt;
  const std::string_view digest = *parts.tail;
  if (digest.size() % 3 != 2)
    return std::nullopt;
  for (size_t i = 0; i < digest.size(); ++i) {
    if (i % 3 == 2 ? digest[i] != ':' : !isHexDigit(digest[i]))
      return std::nullopt;
  }
  Fingerprint result;
  for (char c : parts.head)
    result.algorithm += toLower(c);
  const size_t wanted = digestBytes(result.algorithm);
  if (wanted != 0 && digest.size() != 3 * wanted - 1)
    return std::nullopt;
  result.digest = digest;
  return result;
}

std::optional<std::string> Setup::value() const {
  switch (role) {
    case Role::kActpass:
      return "actpass";
    case Role::kActive:
      return "active";
    case Role::kPassive:
      return "passive";
    case Role::kHoldconn:
      return "holdconn";
  }
  return "actpass";
}

std::optional<Setup> Setup::parse(std::string_view value) {
  for (Role role : {Role::kActpass, Role::kActive, Role::kPassive, Role::kHoldconn}) {
    const Setup setup{role};
    // RFC 4145 gives the roles as strings of ABNF, which are without regard to case.
    if (equalsIgnoringCase(*setup.value(), value))
      return setup;
  }
  return std::nullopt;
}

std::optional<TlsId> TlsId::parse(std::string_view value) {
  if (value.empty())
    return std::nullopt;
  return TlsId{std::string(value)};
}

std::optional<SctpPort> SctpPort::parse(std::string_view value) {
  const auto port = parseNumber<uint16_t>(value);
  if (!port)
    return std::nullopt;
  return SctpPort{*port};
}

std::optional<SctpInit> SctpInit::parse(std::string_view value) {
  auto chunk = fromBase64(value);
  if (!chunk || chunk->empty())
    return std::nullopt;
  return SctpInit{std::move(*chunk)};
}

std::optional<std::string> SctpMap::value() const {
  std::string text = std::to_string(port) + " " + application;
  if (streams)
    text += " " + std::to_string(*streams);
  return text;
}

std::optional<SctpMap> SctpMap::parse(std::string_view value) {
  const auto words = splitWords(value);
  if (words.size() < 2)
    return std::nullopt;
  const auto port = parseNumber<uint16_t>(words[0]);
  if (!port)
    return std::nullopt;
  SctpMap map{*port, std::string(words[1]), std::nullopt};
  if (words.size() > 2) {
    map.streams = parseNumber<uint16_t>(words[2]);
    if (!map.streams)
      return std::nullopt;
  }
  return map;
}

std::optional<MaxMessageSize> MaxMessageSize::parse(std::string_view value) {
  const auto size = parseNumber<uint64_t>(value);
  if (!size)
    return std::nullopt;
  return MaxMessageSize{*size};
}

Result<Attribute, std::string> parseAttribute(std::string_view text) {
  Cut nameAndValue = cut(text, ':');
  if (!nameAndValue.tail)
    nameAndValue.head = trim(nameAndValue.head);
  if (nameAndValue.head.empty()) {
    return fail(std::string("an attribute needs a name: a=<name> or a=<name>:<value>"));
  }
  return parseByName(nameAndValue.head, nameAndValue.tail);
}

std::string printAttribute(const Attribute& attribute) {
  return std::visit([](const auto& typed) { return printAttribute(typed); }, attribute);
}

}  // namespace rtc::sdp
