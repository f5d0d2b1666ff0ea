#pragma once

#include <string>
#include <vector>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/offer_plan.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

namespace rtc::jsep {

struct AnsweredSection {
  bool accepted = false;
  /// Which one of `AnswerPlan::transports`.
  size_t transport = 0;
  /// Of an RTP section.
  std::vector<RtpCodec> codecs;
};

/// Which sections of the pending remote offer an answer takes, and over which transports.
struct AnswerPlan {
  std::vector<AnsweredSection> sections;
  std::vector<LocalTransport> transports;
  /// BUNDLE groups, as mids.
  std::vector<std::vector<std::string>> groups;
};

/// RFC 9429 section 5.3.1. Credentials are left to the caller.
AnswerPlan planAnswer(const State& state, BundlePolicy policy, const AnswerOptions& options);

}  // namespace rtc::jsep
