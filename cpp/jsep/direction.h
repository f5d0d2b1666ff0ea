#pragma once

#include "cpp/jsep/types.h"

/// Arithmetic on directions (RFC 3264 section 6.1).
namespace rtc::jsep {

constexpr bool sends(Direction direction) {
  return direction == Direction::kSendRecv || direction == Direction::kSendOnly;
}

constexpr bool receives(Direction direction) {
  return direction == Direction::kSendRecv || direction == Direction::kRecvOnly;
}

constexpr Direction directionOf(bool send, bool receive) {
  if (send)
    return receive ? Direction::kSendRecv : Direction::kSendOnly;
  return receive ? Direction::kRecvOnly : Direction::kInactive;
}

/// The same from the other end.
constexpr Direction reversed(Direction direction) {
  return directionOf(receives(direction), sends(direction));
}

/// What both allow.
constexpr Direction intersection(Direction a, Direction b) {
  return directionOf(sends(a) && sends(b), receives(a) && receives(b));
}

}  // namespace rtc::jsep
