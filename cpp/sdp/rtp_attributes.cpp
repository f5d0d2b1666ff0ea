#include "cpp/sdp/rtp_attributes.h"

#include <algorithm>

#include "cpp/sdp/text.h"

namespace rtc::sdp {
namespace {

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text)
    return std::nullopt;
  return std::string(*text);
}

// sc-str-list of RFC 8853 section 5.1, as far as its characters go. Its early drafts ("rid=hi;lo",
// "pt=96;97") are no such lists.
bool isSimulcastList(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return isAlpha(c) || isDigit(c) || std::string_view("-_~,;").find(c) != std::string_view::npos;
  });
}

std::string_view textOf(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace

std::string_view Direction::name() const {
  switch (direction) {
    case Value::kSendRecv:
      return "sendrecv";
    case Value::kSendOnly:
      return "sendonly";
    case Value::kRecvOnly:
      return "recvonly";
    case Value::kInactive:
      return "inactive";
  }
  return "sendrecv";
}

std::optional<Direction> Direction::fromName(std::string_view name) {
  for (Value value : {Value::kSendRecv, Value::kSendOnly, Value::kRecvOnly, Value::kInactive}) {
    const Direction direction{value};
    if (direction.name() == name)
      return direction;
  }
  return std::nullopt;
}

std::optional<std::string> Extmap::value() const {
  return concatenate({std::to_string(id), direction ? "/" : "", textOf(direction), " ", uri,
                      attributes ? " " : "", textOf(attributes)});
}

std::optional<Extmap> Extmap::parse(std::string_view value) {
  const Cut idAndRest = cut(value, ' ');
  if (!idAndRest.tail)
    return std::nullopt;
  const Cut idAndDirection = cut(idAndRest.head, '/');
  const auto id = parseNumber<uint16_t>(idAndDirection.head);
  const Cut uriAndAttributes = cut(trim(*idAndRest.tail), ' ');
  if (!id || uriAndAttributes.head.empty())
    return std::nullopt;
  if (idAndDirection.tail && !Direction::fromName(*idAndDirection.tail))
    return std::nullopt;
  return Extmap{*id, owned(idAndDirection.tail), std::string(uriAndAttributes.head),
                owned(uriAndAttributes.tail)};
}

std::optional<std::string> RtpMap::value() const {
  return concatenate({std::to_string(payloadType), " ", encoding, "/", std::to_string(clockRate),
                      channels ? "/" : "", channels ? std::to_string(*channels) : ""});
}

std::optional<RtpMap> RtpMap::parse(std::string_view value) {
  const Cut typeAndCodec = cut(value, ' ');
  if (!typeAndCodec.tail)
    return std::nullopt;
  const auto payloadType = parseNumber<uint8_t>(typeAndCodec.head);
  const Cut nameAndRest = cut(trim(*typeAndCodec.tail), '/');
  if (!payloadType || *payloadType > 127 || nameAndRest.head.empty() || !nameAndRest.tail) {
    return std::nullopt;
  }
  const Cut rateAndChannels = cut(*nameAndRest.tail, '/');
  const auto rate = parseNumber<uint32_t>(rateAndChannels.head);
  if (!rate)
    return std::nullopt;
  RtpMap map{*payloadType, std::string(nameAndRest.head), *rate, std::nullopt};
  // RFC 8866 section 6.6 leaves open what else formats may have here.
  if (rateAndChannels.tail)
    map.channels = parseNumber<uint32_t>(*rateAndChannels.tail);
  return map;
}

std::optional<std::string> Fmtp::value() const {
  return concatenate({format, " ", parameters});
}

std::optional<Fmtp> Fmtp::parse(std::string_view value) {
  const Cut parts = cut(value, ' ');
  if (parts.head.empty() || !parts.tail)
    return std::nullopt;
  return Fmtp{std::string(parts.head), std::string(trim(*parts.tail))};
}

std::optional<std::string> RtcpFb::value() const {
  return concatenate({payloadType ? std::to_string(*payloadType) : "*", " ", feedback});
}

std::optional<RtcpFb> RtcpFb::parse(std::string_view value) {
  const Cut parts = cut(value, ' ');
  if (!parts.tail || trim(*parts.tail).empty())
    return std::nullopt;
  RtcpFb result{std::nullopt, std::string(trim(*parts.tail))};
  if (parts.head == "*")
    return result;
  result.payloadType = parseNumber<uint8_t>(parts.head);
  if (!result.payloadType || *result.payloadType > 127)
    return std::nullopt;
  return result;
}

std::optional<std::string> Msid::value() const {
  return concatenate({stream, track ? " " : "", textOf(track)});
}

std::optional<Msid> Msid::parse(std::string_view value) {
  const Cut parts = cut(value, ' ');
  if (parts.head.empty())
    return std::nullopt;
  const auto rest = splitWords(parts.tail.value_or(std::string_view()));
  return Msid{std::string(parts.head),
              rest.empty() ? std::nullopt : std::optional<std::string>(rest.front())};
}

std::optional<std::string> Ssrc::value() const {
  return concatenate({std::to_string(ssrc), " ", attribute, text ? ":" : "", textOf(text)});
}

std::optional<Ssrc> Ssrc::parse(std::string_view value) {
  const Cut parts = cut(value, ' ');
  const auto ssrc = parseNumber<uint32_t>(parts.head);
  if (!ssrc || !parts.tail)
    return std::nullopt;
  const Cut attribute = cut(trim(*parts.tail), ':');
  if (attribute.head.empty())
    return std::nullopt;
  return Ssrc{*ssrc, std::string(attribute.head), owned(attribute.tail)};
}

std::optional<std::string> SsrcGroup::value() const {
  std::string text = semantics;
  for (uint32_t ssrc : ssrcs)
    text += " " + std::to_string(ssrc);
  return text;
}

std::optional<SsrcGroup> SsrcGroup::parse(std::string_view value) {
  const auto words = splitWords(value);
  if (words.empty())
    return std::nullopt;
  SsrcGroup group{std::string(words[0]), {}};
  for (size_t i = 1; i < words.size(); ++i) {
    const auto ssrc = parseNumber<uint32_t>(words[i]);
    if (!ssrc)
      return std::nullopt;
    group.ssrcs.push_back(*ssrc);
  }
  return group;
}

std::optional<std::string> Rid::value() const {
  std::string text = id + (send ? " send" : " recv");
  if (restrictions)
    text += " " + *restrictions;
  return text;
}

std::optional<Rid> Rid::parse(std::string_view value) {
  const Cut idAndRest = cut(value, ' ');
  if (idAndRest.head.empty() || !idAndRest.tail)
    return std::nullopt;
  const Cut directionAndRest = cut(*idAndRest.tail, ' ');
  if (directionAndRest.head != "send" && directionAndRest.head != "recv")
    return std::nullopt;
  return Rid{std::string(idAndRest.head), directionAndRest.head == "send",
             owned(directionAndRest.tail)};
}

std::optional<std::string> Simulcast::value() const {
  const std::string sendPart = send ? "send " + *send : "";
  const std::string recvPart = recv ? "recv " + *recv : "";
  const std::string& first = sendFirst ? sendPart : recvPart;
  const std::string& second = sendFirst ? recvPart : sendPart;
  return first + (first.empty() || second.empty() ? "" : " ") + second;
}

std::optional<Simulcast> Simulcast::parse(std::string_view value) {
  const auto words = splitWords(value);
  if (words.size() != 2 && words.size() != 4)
    return std::nullopt;
  Simulcast result;
  result.sendFirst = words[0] == "send";
  for (size_t i = 0; i < words.size(); i += 2) {
    std::optional<std::string>* list = words[i] == "send"   ? &result.send
                                       : words[i] == "recv" ? &result.recv
                                                            : nullptr;
    if (list == nullptr || list->has_value() || !isSimulcastList(words[i + 1]))
      return std::nullopt;
    *list = std::string(words[i + 1]);
  }
  return result;
}

}  // namespace rtc::sdp
