#include "cpp/sctp/reno.h"

namespace rtc::sctp {

std::unique_ptr<CongestionControl> makeReno(const CongestionControl::Options& options) {
  return std::make_unique<Reno>(options);
}

}  // namespace rtc::sctp
