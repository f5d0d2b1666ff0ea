#include "cpp/peer/output.h"

namespace rtc::peer {

const char* toString(DtlsState state) {
  switch (state) {
    case DtlsState::kNew:
      return "new";
    case DtlsState::kConnecting:
      return "connecting";
    case DtlsState::kConnected:
      return "connected";
    case DtlsState::kClosed:
      return "closed";
    case DtlsState::kFailed:
      return "failed";
  }
  return "new";
}

const char* toString(SctpState state) {
  switch (state) {
    case SctpState::kConnecting:
      return "connecting";
    case SctpState::kConnected:
      return "connected";
    case SctpState::kClosed:
      return "closed";
  }
  return "connecting";
}

}  // namespace rtc::peer
