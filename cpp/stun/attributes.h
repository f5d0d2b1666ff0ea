#pragma once

#include <cstdint>

namespace rtc::stun {

/// Attribute types of the IANA "STUN Attributes" registry that this engine understands. A value
/// below 0x8000 is comprehension-required (RFC 8489 section 14): whoever does not know it must
/// refuse a request that carries it.
enum class AttributeType : uint16_t {
  // RFC 8489 section 14.
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000a,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kMessageIntegritySha256 = 0x001c,
  kUserHash = 0x001e,
  kXorMappedAddress = 0x0020,
  kSoftware = 0x8022,
  kAlternateServer = 0x8023,
  kFingerprint = 0x8028,
  kAlternateDomain = 0x8003,
  // RFC 8656 section 18.
  kChannelNumber = 0x000c,
  kLifetime = 0x000d,
  kXorPeerAddress = 0x0012,
  kData = 0x0013,
  kXorRelayedAddress = 0x0016,
  kRequestedAddressFamily = 0x0017,
  kEvenPort = 0x0018,
  kRequestedTransport = 0x0019,
  kDontFragment = 0x001a,
  kReservationToken = 0x0022,
  kAdditionalAddressFamily = 0x8000,
  kAddressErrorCode = 0x8001,
  kIcmp = 0x8004,
  // RFC 8445 section 16.1.
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kIceControlled = 0x8029,
  kIceControlling = 0x802a,
  // Sent by other implementations; comprehension-optional, kept for those who look.
  kNetworkInfo = 0xc057,
};

/// True when an agent that does not know this type must not process the message.
constexpr bool isComprehensionRequired(uint16_t type) {
  return type < 0x8000;
}

/// True for the types listed above.
constexpr bool isKnownAttribute(uint16_t type) {
  switch (static_cast<AttributeType>(type)) {
    case AttributeType::kMappedAddress:
    case AttributeType::kUsername:
    case AttributeType::kMessageIntegrity:
    case AttributeType::kErrorCode:
    case AttributeType::kUnknownAttributes:
    case AttributeType::kRealm:
    case AttributeType::kNonce:
    case AttributeType::kMessageIntegritySha256:
    case AttributeType::kUserHash:
    case AttributeType::kXorMappedAddress:
    case AttributeType::kSoftware:
    case AttributeType::kAlternateServer:
    case AttributeType::kFingerprint:
    case AttributeType::kAlternateDomain:
    case AttributeType::kChannelNumber:
    case AttributeType::kLifetime:
    case AttributeType::kXorPeerAddress:
    case AttributeType::kData:
    case AttributeType::kXorRelayedAddress:
    case AttributeType::kRequestedAddressFamily:
    case AttributeType::kEvenPort:
    case AttributeType::kRequestedTransport:
    case AttributeType::kDontFragment:
    case AttributeType::kReservationToken:
    case AttributeType::kAdditionalAddressFamily:
    case AttributeType::kAddressErrorCode:
    case AttributeType::kIcmp:
    case AttributeType::kPriority:
    case AttributeType::kUseCandidate:
    case AttributeType::kIceControlled:
    case AttributeType::kIceControlling:
    case AttributeType::kNetworkInfo:
      return true;
  }
  return false;
}

}  // namespace rtc::stun
