#include "cpp/base/address.h"

#include <algorithm>

#include "cpp/base/hex.h"

namespace rtc {
namespace {

std::optional<std::array<uint8_t, 4>> parseV4(std::string_view text) {
  std::array<uint8_t, 4> bytes{};
  size_t at = 0;
  for (size_t part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at >= text.size() || text[at] != '.')
        return std::nullopt;
      ++at;
    }
    const size_t start = at;
    unsigned value = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - start < 3) {
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    const size_t digits = at - start;
    if (digits == 0 || value > 255 || (digits > 1 && text[start] == '0'))
      return std::nullopt;
    bytes[part] = static_cast<uint8_t>(value);
  }
  if (at != text.size())
    return std::nullopt;
  return bytes;
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

// RFC 4291 section 2.2: groups of hexadecimal digits, "::" once, a dotted quad at the end.
std::optional<std::array<uint8_t, 16>> parseV6(std::string_view text) {
  Bytes head;
  Bytes tail;
  bool compressed = false;
  size_t at = 0;
  if (text.starts_with("::")) {
    compressed = true;
    at = 2;
  }
  while (at < text.size()) {
    Bytes& out = compressed ? tail : head;
    const size_t end = std::min(text.find(':', at), text.size());
    const std::string_view group = text.substr(at, end - at);
    if (group.find('.') != std::string_view::npos) {
      auto quad = parseV4(group);
      if (!quad || end != text.size())
        return std::nullopt;
      out.insert(out.end(), quad->begin(), quad->end());
      break;
    }
    if (group.empty() || group.size() > 4)
      return std::nullopt;
    unsigned value = 0;
    for (char c : group) {
      const int digit = hexDigit(c);
      if (digit < 0)
        return std::nullopt;
      value = value * 16 + static_cast<unsigned>(digit);
    }
    out.push_back(static_cast<uint8_t>(value >> 8));
    out.push_back(static_cast<uint8_t>(value));
    at = end;
    if (at == text.size())
      break;
    ++at;
    if (at < text.size() && text[at] == ':') {
      if (compressed)
        return std::nullopt;
      compressed = true;
      ++at;
    } else if (at == text.size()) {
      return std::nullopt;
    }
  }
  const size_t known = head.size() + tail.size();
  if (compressed ? known > 14 : known != 16)
    return std::nullopt;
  std::array<uint8_t, 16> bytes{};
  std::copy(head.begin(), head.end(), bytes.begin());
  std::copy(tail.begin(), tail.end(), bytes.end() - static_cast<std::ptrdiff_t>(tail.size()));
  return bytes;
}

}  // namespace

IpAddress IpAddress::v4(std::array<uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::array<uint8_t, 16> bytes) {
  IpAddress address;
  address.family_ = AddressFamily::kIpv6;
  address.bytes_ = bytes;
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    if (auto bytes = parseV4(text))
      return v4(*bytes);
    return std::nullopt;
  }
  if (auto bytes = parseV6(text))
    return v6(*bytes);
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::fromBytes(ByteSpan bytes) {
  if (bytes.size() == 4)
    return v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  if (bytes.size() == 16) {
    std::array<uint8_t, 16> raw;
    std::copy(bytes.begin(), bytes.end(), raw.begin());
    return v6(raw);
  }
  return std::nullopt;
}

bool IpAddress::isUnspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](uint8_t b) { return b == 0; });
}

bool IpAddress::isLoopback() const {
  if (isV4())
    return bytes_[0] == 127;
  return bytes_[15] == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](uint8_t b) { return b == 0; });
}

bool IpAddress::isMulticast() const {
  return isV4() ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
}

bool IpAddress::isLinkLocal() const {
  if (isV4())
    return bytes_[0] == 169 && bytes_[1] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool IpAddress::isPrivate() const {
  if (isV6())
    return (bytes_[0] & 0xfe) == 0xfc;
  return bytes_[0] == 10 || (bytes_[0] == 172 && (bytes_[1] & 0xf0) == 16) ||
         (bytes_[0] == 192 && bytes_[1] == 168);
}

IpAddress IpAddress::unmapped() const {
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (isV6() && std::equal(kMapped.begin(), kMapped.end(), bytes_.begin())) {
    return v4({bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
  }
  return *this;
}

bool IpAddress::inPrefix(const IpAddress& network, unsigned prefixLength) const {
  if (family_ != network.family_ || prefixLength > bytes().size() * 8)
    return false;
  const unsigned whole = prefixLength / 8;
  const unsigned bits = prefixLength % 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, network.bytes_.begin()))
    return false;
  if (bits == 0)
    return true;
  const uint8_t mask = static_cast<uint8_t>(0xff << (8 - bits));
  return (bytes_[whole] & mask) == (network.bytes_[whole] & mask);
}

std::string IpAddress::toString() const {
  if (isV4()) {
    std::string text;
    for (size_t i = 0; i < 4; ++i) {
      if (i > 0)
        text += '.';
      text += std::to_string(bytes_[i]);
    }
    return text;
  }
  const IpAddress embedded = unmapped();
  if (embedded.isV4())
    return "::ffff:" + embedded.toString();

  std::array<unsigned, 8> groups;
  for (size_t i = 0; i < 8; ++i)
    groups[i] = (bytes_[2 * i] << 8u) | bytes_[2 * i + 1];
  // RFC 5952 section 4.2: "::" stands for the longest run of two or more zero groups, the first of
  // equals.
  size_t bestStart = 8;
  size_t bestLength = 1;
  for (size_t i = 0; i < 8;) {
    size_t j = i;
    while (j < 8 && groups[j] == 0)
      ++j;
    if (j - i > bestLength) {
      bestStart = i;
      bestLength = j - i;
    }
    i = j == i ? i + 1 : j;
  }
  std::string out;
  for (size_t i = 0; i < 8;) {
    if (i == bestStart) {
      out += "::";
      i += bestLength;
      continue;
    }
    if (!out.empty() && out.back() != ':')
      out += ':';
    out += hex(groups[i++]);
  }
  return out;
}

std::string Endpoint::toString() const {
  const std::string host = address.isV6() ? "[" + address.toString() + "]" : address.toString();
  return host + ":" + std::to_string(port);
}

}  // namespace rtc
