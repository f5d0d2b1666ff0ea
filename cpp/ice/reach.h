#pragma once

#include "cpp/base/address.h"

namespace rtc::ice {

/// Whether a socket bound to `local` has any business with `server`: a loopback or link-local
/// address reaches only its own kind.
inline bool canReach(const Endpoint& local, const IpAddress& server) {
  if (local.address.family() != server.family())
    return false;
  if (local.address.isLoopback() && !server.isLoopback())
    return false;
  return !(local.address.isV6() && local.address.isLinkLocal() && !server.isLinkLocal());
}

}  // namespace rtc::ice
