#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cpp/base/bytes.h"

namespace rtc {

enum class AddressFamily : uint8_t { kIpv4, kIpv6 };

/// An IPv4 or IPv6 address. IPv4 uses the first four bytes. Default is 0.0.0.0.
class IpAddress {
 public:
  constexpr IpAddress() = default;
  static IpAddress v4(std::array<uint8_t, 4> bytes);
  static IpAddress v6(std::array<uint8_t, 16> bytes);
  /// Dotted decimal (four decimal parts, no leading zeros), or RFC 4291 text, without zone or
  /// brackets. Nothing else: names are no addresses.
  static std::optional<IpAddress> parse(std::string_view text);
  /// From 4 or 16 network-order bytes.
  static std::optional<IpAddress> fromBytes(ByteSpan bytes);

  AddressFamily family() const { return family_; }
  bool isV4() const { return family_ == AddressFamily::kIpv4; }
  bool isV6() const { return family_ == AddressFamily::kIpv6; }
  ByteSpan bytes() const { return ByteSpan(bytes_.data(), isV4() ? 4 : 16); }

  bool isUnspecified() const;
  bool isLoopback() const;
  bool isMulticast() const;
  bool isLinkLocal() const;
  /// RFC 1918 (IPv4) or a unique local address (RFC 4193).
  bool isPrivate() const;
  /// The IPv4 address inside an IPv4-mapped IPv6 address (::ffff:0:0/96), or this address.
  IpAddress unmapped() const;
  /// True when the first `prefixLength` bits agree; always false across families.
  bool inPrefix(const IpAddress& network, unsigned prefixLength) const;

  /// Dotted decimal or RFC 5952.
  std::string toString() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  AddressFamily family_ = AddressFamily::kIpv4;
  std::array<uint8_t, 16> bytes_{};
};

/// A transport address: where a datagram comes from or goes to.
struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  /// "192.0.2.1:5000" or "[2001:db8::1]:5000".
  std::string toString() const;
  auto operator<=>(const Endpoint&) const = default;
};

}  // namespace rtc
