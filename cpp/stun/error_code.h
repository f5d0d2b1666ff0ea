#pragma once

#include <string>
#include <string_view>

namespace rtc::stun {

/// The content of ERROR-CODE (RFC 8489 section 14.8): 300..699 and a reason for people.
struct ErrorCode {
  int code = 0;
  std::string reason;
};

// RFC 8489 section 14.8.
inline constexpr int kTryAlternate = 300;
inline constexpr int kBadRequest = 400;
inline constexpr int kUnauthenticated = 401;
inline constexpr int kUnknownAttribute = 420;
inline constexpr int kStaleNonce = 438;
inline constexpr int kServerError = 500;
// RFC 8656 section 19.
inline constexpr int kForbidden = 403;
inline constexpr int kAllocationMismatch = 437;
inline constexpr int kAddressFamilyNotSupported = 440;
inline constexpr int kWrongCredentials = 441;
inline constexpr int kUnsupportedTransportProtocol = 442;
inline constexpr int kPeerAddressFamilyMismatch = 443;
inline constexpr int kAllocationQuotaReached = 486;
inline constexpr int kInsufficientCapacity = 508;
// RFC 8445 section 16.2.
inline constexpr int kRoleConflict = 487;

/// The registered reason phrase, or "Error" for a code that is not registered.
constexpr std::string_view reasonPhrase(int code) {
  switch (code) {
    case kTryAlternate:
      return "Try Alternate";
    case kBadRequest:
      return "Bad Request";
    case kUnauthenticated:
      return "Unauthenticated";
    case kUnknownAttribute:
      return "Unknown Attribute";
    case kStaleNonce:
      return "Stale Nonce";
    case kServerError:
      return "Server Error";
    case kForbidden:
      return "Forbidden";
    case kAllocationMismatch:
      return "Allocation Mismatch";
    case kAddressFamilyNotSupported:
      return "Address Family not Supported";
    case kWrongCredentials:
      return "Wrong Credentials";
    case kUnsupportedTransportProtocol:
      return "Unsupported Transport Protocol";
    case kPeerAddressFamilyMismatch:
      return "Peer Address Family Mismatch";
    case kAllocationQuotaReached:
      return "Allocation Quota Reached";
    case kInsufficientCapacity:
      return "Insufficient Capacity";
    case kRoleConflict:
      return "Role Conflict";
    default:
      return "Error";
  }
}

}  // namespace rtc::stun
