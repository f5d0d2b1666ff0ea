#include "cpp/jsep/codec_negotiation.h"

#include <algorithm>
#include <utility>

#include "cpp/jsep/codec_matching.h"
#include "cpp/sdp/format_parameters.h"
#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using Codecs = std::vector<RtpCodec>;

bool isRtx(const RtpCodec& codec) {
  return roleOf(codec) == CodecRole::kRetransmission;
}

template <typename Predicate>
bool has(const Codecs& codecs, Predicate predicate) {
  return std::any_of(codecs.begin(), codecs.end(), predicate);
}

bool hasMedia(const Codecs& codecs, uint32_t clockRate) {
  return has(codecs, [&](const RtpCodec& codec) {
    return roleOf(codec) == CodecRole::kMedia && codec.clockRate == clockRate;
  });
}

// Whether what the codec is there for is in the list as well.
bool isOfUse(const RtpCodec& codec, const Codecs& codecs) {
  switch (roleOf(codec)) {
    case CodecRole::kMedia:
      return true;
    case CodecRole::kRetransmission: {
      const auto repeated = repeatedPayloadType(codec);
      const RtpCodec* media = repeated ? findPayloadType(codecs, *repeated) : nullptr;
      return media != nullptr && !isRtx(*media);
    }
    case CodecRole::kRedundancy:
      for (std::string_view number : sdp::splitWords(codec.fmtp, '/')) {
        const auto wrapped = sdp::parseNumber<uint8_t>(number);
        const RtpCodec* media = wrapped ? findPayloadType(codecs, *wrapped) : nullptr;
        if (media == nullptr || roleOf(*media) != CodecRole::kMedia)
          return false;
      }
      return hasMedia(codecs, codec.clockRate);
    case CodecRole::kErrorCorrection:
    case CodecRole::kComfortNoise:
    case CodecRole::kTelephoneEvent:
      return hasMedia(codecs, codec.clockRate);
  }
  return false;
}

// Twice, since an rtx may repeat a red that has to go.
void removeUseless(Codecs& codecs) {
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<const RtpCodec*> useless;
    for (const RtpCodec& codec : codecs) {
      if (!isOfUse(codec, codecs))
        useless.push_back(&codec);
    }
    if (useless.empty())
      return;
    Codecs kept;
    for (RtpCodec& codec : codecs) {
      if (std::find(useless.begin(), useless.end(), &codec) == useless.end())
        kept.push_back(std::move(codec));
    }
    codecs = std::move(kept);
  }
}

// The codecs that may be negotiated, rtx among them when it is wanted at all.
Codecs wantedCodecs(MediaKind kind, const Codecs& preferences, bool voiceActivityDetection) {
  Codecs wanted = preferences.empty() ? supportedCodecs(kind) : preferences;
  if (!voiceActivityDetection) {
    std::erase_if(wanted,
                  [](const RtpCodec& codec) { return roleOf(codec) == CodecRole::kComfortNoise; });
  }
  return wanted;
}

// Takes rtx, which stands for all that can be repeated, out of the list; true if it was there.
bool takeRtx(Codecs& codecs) {
  return std::erase_if(codecs, isRtx) > 0;
}

std::vector<std::string> commonFeedback(const RtpCodec& first, const RtpCodec& second) {
  std::vector<std::string> common;
  for (const std::string& feedback : first.feedback) {
    if (std::find(second.feedback.begin(), second.feedback.end(), feedback) !=
        second.feedback.end()) {
      common.push_back(feedback);
    }
  }
  return common;
}

bool allowsLevelAsymmetry(const RtpCodec& codec) {
  return sdp::formatParameter(codec.fmtp, "level-asymmetry-allowed") == "1";
}

// RFC 6184 section 8.2.2: unless both sides allow the levels to differ, the lower one counts for
// both directions.
std::string answerParameters(const RtpCodec& ours, const RtpCodec& offered) {
  const auto ourLevel = h264ProfileLevel(ours.fmtp);
  const auto theirLevel = h264ProfileLevel(offered.fmtp);
  if (!sdp::equalsIgnoringCase(ours.name, "H264") || !ourLevel || !theirLevel ||
      theirLevel->level >= ourLevel->level ||
      (allowsLevelAsymmetry(ours) && allowsLevelAsymmetry(offered))) {
    return ours.fmtp;
  }
  return withH264Level(ours.fmtp, theirLevel->level);
}

RtpCodec answerTo(const RtpCodec& offered, const RtpCodec& ours) {
  RtpCodec answer = ours;
  answer.payloadType = offered.payloadType;
  answer.feedback = commonFeedback(ours, offered);
  answer.fmtp =
      roleOf(ours) == CodecRole::kRedundancy ? offered.fmtp : answerParameters(ours, offered);
  return answer;
}

// The rtx that repeats that payload type, or null.
const RtpCodec* findRtx(const Codecs& codecs, uint8_t payloadType) {
  for (const RtpCodec& codec : codecs) {
    if (isRtx(codec) && repeatedPayloadType(codec) == payloadType && codec.payloadType)
      return &codec;
  }
  return nullptr;
}

RtpCodec rtxFor(const RtpCodec& codec) {
  RtpCodec rtx;
  rtx.kind = codec.kind;
  rtx.name = "rtx";
  rtx.clockRate = codec.clockRate;
  rtx.fmtp = "apt=" + std::to_string(*codec.payloadType);
  return rtx;
}

// Moves what the most recent answer has to the front, in its order.
void orderAs(const Codecs& negotiated, Codecs& codecs) {
  Codecs ordered;
  for (const RtpCodec& before : negotiated) {
    const auto same = std::find_if(codecs.begin(), codecs.end(), [&](const RtpCodec& codec) {
      return isSameFormat(codec, before);
    });
    if (same == codecs.end())
      continue;
    ordered.push_back(std::move(*same));
    codecs.erase(same);
  }
  std::move(codecs.begin(), codecs.end(), std::back_inserter(ordered));
  codecs = std::move(ordered);
}

// Audio's red says what is inside (RFC 2198 section 5): the primary and one redundant block of the
// first codec of its clock rate. Video's red wraps whatever comes.
void nameWrapped(RtpCodec& red, const Codecs& codecs) {
  if (red.kind != MediaKind::kAudio)
    return;
  for (const RtpCodec& codec : codecs) {
    if (roleOf(codec) == CodecRole::kMedia && codec.clockRate == red.clockRate &&
        codec.channels == red.channels && codec.payloadType) {
      red.fmtp = std::to_string(*codec.payloadType);
      red.fmtp += "/" + red.fmtp;
      return;
    }
  }
}

}  // namespace

Result<Codecs, Error> checkCodecPreferences(MediaKind kind, const Codecs& preferences) {
  const Codecs capabilities = supportedCodecs(kind);
  Codecs checked;
  for (const RtpCodec& codec : preferences) {
    const auto known =
        std::find_if(capabilities.begin(), capabilities.end(),
                     [&](const RtpCodec& one) { return matchesDictionary(one, codec); });
    if (known == capabilities.end()) {
      return failWith(ErrorKind::kInvalidModificationError,
                      mimeType(codec) + " with these parameters is not in the capabilities for " +
                          toString(kind));
    }
    if (!has(checked, [&](const RtpCodec& one) { return one == *known; }))
      checked.push_back(*known);
  }
  if (!checked.empty() &&
      !has(checked, [](const RtpCodec& one) { return roleOf(one) == CodecRole::kMedia; })) {
    return failWith(ErrorKind::kInvalidModificationError,
                    "codec preferences need a codec that carries media by itself");
  }
  return checked;
}

Codecs offerCodecs(MediaKind kind, const Codecs& preferences, const Codecs& negotiated,
                   bool voiceActivityDetection, PayloadTypes& numbers) {
  Codecs codecs = wantedCodecs(kind, preferences, voiceActivityDetection);
  const bool repeated = takeRtx(codecs);
  if (preferences.empty())
    orderAs(negotiated, codecs);

  // Media codecs first: red needs their numbers, and if numbers are short, they are worth most.
  for (bool red : {false, true}) {
    for (RtpCodec& codec : codecs) {
      if ((roleOf(codec) == CodecRole::kRedundancy) != red)
        continue;
      if (red)
        nameWrapped(codec, codecs);
      codec.payloadType = numbers.assign(codec);
    }
  }
  std::erase_if(codecs, [](const RtpCodec& codec) { return !codec.payloadType; });
  removeUseless(codecs);
  if (!repeated)
    return codecs;

  Codecs all;
  for (RtpCodec& codec : codecs) {
    const bool hasRtx = isRepeated(codec);
    all.push_back(std::move(codec));
    if (!hasRtx)
      continue;
    RtpCodec rtx = rtxFor(all.back());
    rtx.payloadType = numbers.assign(rtx);
    if (rtx.payloadType)
      all.push_back(std::move(rtx));
  }
  return all;
}

Codecs answerCodecs(MediaKind kind, const Codecs& offered, const Codecs& preferences,
                    bool voiceActivityDetection) {
  Codecs wanted = wantedCodecs(kind, preferences, voiceActivityDetection);
  const bool repeated = takeRtx(wanted);

  // What is common, each format once.
  Codecs common;
  if (preferences.empty()) {
    for (const RtpCodec& offer : offered) {
      const auto ours = std::find_if(wanted.begin(), wanted.end(),
                                     [&](const RtpCodec& one) { return isSameFormat(one, offer); });
      if (ours == wanted.end())
        continue;
      common.push_back(answerTo(offer, *ours));
      wanted.erase(ours);
    }
  } else {
    for (const RtpCodec& ours : wanted) {
      const auto offer = std::find_if(offered.begin(), offered.end(),
                                      [&](const RtpCodec& one) { return isSameFormat(one, ours); });
      if (offer != offered.end())
        common.push_back(answerTo(*offer, ours));
    }
  }
  removeUseless(common);
  if (!repeated)
    return common;

  // rtx stands where it was offered, or, in an order of our own, behind what it repeats.
  Codecs answer;
  const auto addRtx = [&](const RtpCodec& repeatedCodec) {
    const RtpCodec* offer = findRtx(offered, *repeatedCodec.payloadType);
    if (offer == nullptr || !isRepeated(repeatedCodec))
      return;
    RtpCodec rtx = rtxFor(repeatedCodec);
    if (!isSameFormat(rtx, *offer))
      return;
    rtx.payloadType = offer->payloadType;
    answer.push_back(std::move(rtx));
  };
  if (!preferences.empty()) {
    for (const RtpCodec& codec : common) {
      answer.push_back(codec);
      addRtx(codec);
    }
    return answer;
  }
  for (const RtpCodec& offer : offered) {
    if (const RtpCodec* codec = findPayloadType(common, *offer.payloadType)) {
      answer.push_back(*codec);
      continue;
    }
    const auto number = isRtx(offer) ? repeatedPayloadType(offer) : std::nullopt;
    const RtpCodec* codec = number ? findPayloadType(common, *number) : nullptr;
    if (codec != nullptr && findRtx(offered, *number) == &offer)
      addRtx(*codec);
  }
  return answer;
}

Codecs sendCodecs(const Codecs& local, const Codecs& remote) {
  Codecs common;
  std::vector<const RtpCodec*> used;
  for (const RtpCodec& codec : remote) {
    const RtpCodec* ours = findSame(codec, remote, local);
    if (ours == nullptr || !isSupported(codec) ||
        std::find(used.begin(), used.end(), ours) != used.end()) {
      continue;
    }
    used.push_back(ours);
    common.push_back(codec);
    common.back().name = ours->name;
    common.back().feedback = commonFeedback(codec, *ours);
  }
  removeUseless(common);
  return common;
}

Codecs receiveCodecs(const Codecs& local, const Codecs& remote) {
  Codecs common;
  for (const RtpCodec& codec : local) {
    const RtpCodec* theirs = findSame(codec, local, remote);
    if (!isSupported(codec) || (theirs == nullptr && !remote.empty()))
      continue;
    common.push_back(codec);
    if (theirs != nullptr)
      common.back().feedback = commonFeedback(codec, *theirs);
  }
  removeUseless(common);
  return common;
}

}  // namespace rtc::jsep
