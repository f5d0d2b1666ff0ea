#pragma once

#include "cpp/jsep/answer_plan.h"
#include "cpp/jsep/offer_plan.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// Offers and answers as pure functions of the state and a plan (RFC 9429 sections 5.2 and 5.3).
/// Nothing is drawn here: credentials, SSRCs and the session id are there already.
namespace rtc::jsep {

sdp::SessionDescription buildOffer(const State& state, const SessionConfig& config,
                                   const OfferPlan& plan, const OfferOptions& options);

/// The answer to `state.pendingRemote`, which is an offer that was accepted.
sdp::SessionDescription buildAnswer(const State& state, const SessionConfig& config,
                                    const AnswerPlan& plan);

}  // namespace rtc::jsep
