#include "cpp/turn/peer_policy.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace rtc::turn {
namespace {

constexpr std::string_view kDeniedByDefault[] = {
    "0.0.0.0/8",         // this network, unspecified (RFC 1122)
    "10.0.0.0/8",        // private (RFC 1918)
    "100.64.0.0/10",     // carrier-grade NAT (RFC 6598), cloud metadata at 100.100.100.200
    "127.0.0.0/8",       // loopback
    "168.63.129.16/32",  // a cloud's host agent on a public address
    "169.254.0.0/16",    // link-local, cloud metadata at 169.254.169.254
    "172.16.0.0/12",     // private
    "192.0.0.0/24",      // protocol assignments (RFC 6890), cloud metadata at 192.0.0.192
    "192.88.99.0/24",    // 6to4 relays (RFC 7526)
    "192.168.0.0/16",    // private
    "198.18.0.0/15",     // benchmarks (RFC 2544)
    "224.0.0.0/4",       // multicast
    "240.0.0.0/4",       // reserved, broadcast
    "::/128",            // unspecified
    "::1/128",           // loopback
    "64:ff9b:1::/48",    // NAT64 of the local network (RFC 8215)
    "100::/64",          // discard (RFC 6666)
    "200::/7",           // deprecated (RFC 4048), overlay networks live there
    "2001::/32",         // Teredo: an IPv4 host behind it, in disguise
    "fc00::/7",          // unique local, cloud metadata at fd00:ec2::254
    "fe80::/10",         // link-local
    "fec0::/10",         // site-local (RFC 3879)
    "ff00::/8",          // multicast
};

bool anyContains(const std::vector<Cidr>& ranges, const IpAddress& address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Cidr& range) { return range.contains(address); });
}

}  // namespace

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto network = IpAddress::parse(text.substr(0, slash));
  if (!network)
    return std::nullopt;
  const unsigned longest = network->isV4() ? 32 : 128;
  if (slash == std::string_view::npos)
    return Cidr{*network, longest};
  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() || length > longest) {
    return std::nullopt;
  }
  return Cidr{*network, length};
}

std::vector<IpAddress> PeerPolicy::embedded(const IpAddress& address) {
  if (address.isV4())
    return {};
  const ByteSpan bytes = address.bytes();
  const auto startsWith = [&](std::initializer_list<uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
  };
  const auto zeros = [&](size_t from, size_t to) {
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                       bytes.begin() + static_cast<std::ptrdiff_t>(to),
                       [](uint8_t byte) { return byte == 0; });
  };
  std::vector<IpAddress> found;
  const auto add = [&](size_t at) {
    found.push_back(*IpAddress::fromBytes(bytes.subspan(at, 4)));
  };
  const bool mapped = zeros(0, 10) && bytes[10] == 0xff && bytes[11] == 0xff;
  const bool compatible = zeros(0, 12);
  // RFC 2765 section 2.1, ::ffff:0:a.b.c.d
  const bool translated =
      zeros(0, 8) && bytes[8] == 0xff && bytes[9] == 0xff && bytes[10] == 0 && bytes[11] == 0;
  const bool nat64 = startsWith({0x00, 0x64, 0xff, 0x9b}) && zeros(4, 12);
  // RFC 5214 section 6.1; the bit tells whether the IPv4 address is globally unique.
  const bool isatap =
      (bytes[8] & ~0x02) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
  if (mapped || compatible || translated || nat64 || isatap)
    add(12);
  // Whatever the interface is called: it is the prefix that the tunnel goes by.
  if (startsWith({0x20, 0x02}))
    add(2);
  return found;
}

PeerPolicy::PeerPolicy(std::vector<Cidr> allow, std::vector<Cidr> deny, std::vector<Cidr> own)
    : allow_(std::move(allow)), deny_(std::move(deny)), own_(std::move(own)) {
  for (std::string_view text : kDeniedByDefault) {
    if (const auto range = Cidr::parse(text))
      deniedByDefault_.push_back(*range);
  }
}

PeerPolicy::Verdict PeerPolicy::judge(const IpAddress& peer) const {
  const std::vector<IpAddress> targets = embedded(peer);
  const auto isIn = [&](const std::vector<Cidr>& ranges) {
    return anyContains(ranges, peer) ||
           std::any_of(targets.begin(), targets.end(),
                       [&](const IpAddress& target) { return anyContains(ranges, target); });
  };
  // Each of the addresses that it may lead to has to be allowed.
  const bool opened = anyContains(allow_, peer) ||
                      (!targets.empty() &&
                       std::all_of(targets.begin(), targets.end(), [&](const IpAddress& target) {
                         return anyContains(allow_, target);
                       }));
  if (isIn(deny_))
    return Verdict::kDenied;
  if (opened)
    return Verdict::kAllowed;
  if (isIn(deniedByDefault_))
    return Verdict::kDenied;
  return isIn(own_) ? Verdict::kOwn : Verdict::kAllowed;
}

}  // namespace rtc::turn
