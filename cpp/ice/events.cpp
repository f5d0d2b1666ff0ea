#include "cpp/ice/events.h"

namespace rtc::ice {

const char* toString(Role role) {
  return role == Role::kControlling ? "controlling" : "controlled";
}

const char* toString(GatheringState state) {
  switch (state) {
    case GatheringState::kNew:
      return "new";
    case GatheringState::kGathering:
      return "gathering";
    case GatheringState::kComplete:
      break;
  }
  return "complete";
}

const char* toString(IceTransportState state) {
  switch (state) {
    case IceTransportState::kNew:
      return "new";
    case IceTransportState::kChecking:
      return "checking";
    case IceTransportState::kConnected:
      return "connected";
    case IceTransportState::kCompleted:
      return "completed";
    case IceTransportState::kDisconnected:
      return "disconnected";
    case IceTransportState::kFailed:
      return "failed";
    case IceTransportState::kClosed:
      break;
  }
  return "closed";
}

}  // namespace rtc::ice
