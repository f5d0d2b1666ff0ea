#pragma once

#include <vector>

#include "cpp/base/error.h"
#include "cpp/jsep/codecs.h"
#include "cpp/jsep/payload_types.h"

/// What offers and answers say about codecs (RFC 9429 sections 5.2 and 5.3, RFC 3264). Pure
/// functions.
namespace rtc::jsep {

/// setCodecPreferences() as webrtc-pc validates it: the list without repetitions, every member
/// replaced by the capability that it matches. An empty list stays empty, which means no
/// preferences. InvalidModificationError for a codec that is not in supportedCodecs(kind), and for
/// a list without any media codec.
Result<std::vector<RtpCodec>, Error> checkCodecPreferences(
    MediaKind kind, const std::vector<RtpCodec>& preferences);

/// The codecs of a section in an offer.
///
/// `preferences` is what checkCodecPreferences() gave, empty for none. `negotiated` is codecsOf()
/// that section in the most recent answer; empty for a section that has had none, or is recycled.
/// Without preferences its order leads, and codecs that the answer lacks follow (RFC 9429 section
/// 5.2.2). Payload types come from `numbers`, and what is new is entered there: give each section
/// of an offer the same copy, and keep what applying the description learns. A codec for which no
/// number is left is left out, so that the result can be empty only when all are taken.
std::vector<RtpCodec> offerCodecs(MediaKind kind, const std::vector<RtpCodec>& preferences,
                                  const std::vector<RtpCodec>& negotiated,
                                  bool voiceActivityDetection, PayloadTypes& numbers);

/// The codecs of a section in an answer; empty means that the section is to be rejected.
///
/// `offered` is codecsOf() the offer's section. The answer has the offer's payload types, in the
/// order of `preferences` or, without any, of the offer. Codecs that serve another (rtx, red, CN,
/// …) are there when that one is. Our parameters are written, with H264's level as both sides can
/// have it, and the feedback that both sides know.
std::vector<RtpCodec> answerCodecs(MediaKind kind, const std::vector<RtpCodec>& offered,
                                   const std::vector<RtpCodec>& preferences,
                                   bool voiceActivityDetection);

/// [[SendCodecs]]: what the remote section wants and the local one has as well, with the remote
/// payload types, parameters and order. Both lists are codecsOf() sections of one exchange,
/// whichever side offered. Directions are the caller's business.
std::vector<RtpCodec> sendCodecs(const std::vector<RtpCodec>& local,
                                 const std::vector<RtpCodec>& remote);

/// [[ReceiveCodecs]]: what the local section wants and the remote one has as well, with the local
/// payload types, parameters and order. With an empty `remote` (a local offer that has no answer
/// yet) all of `local` that we implement.
std::vector<RtpCodec> receiveCodecs(const std::vector<RtpCodec>& local,
                                    const std::vector<RtpCodec>& remote);

}  // namespace rtc::jsep
