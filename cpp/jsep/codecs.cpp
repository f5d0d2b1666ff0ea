#include "cpp/jsep/codecs.h"

#include <algorithm>
#include <span>

#include "cpp/jsep/codec_matching.h"
#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

constexpr uint8_t kNone = 255;

/// Video codecs share one list of feedback; audio's is shorter.
enum class Feedback : uint8_t { kNone, kAudio, kVideo };

struct Known {
  std::string_view name;
  uint32_t clockRate;
  uint8_t channels;
  std::string_view fmtp;
  Feedback feedback;
  /// What RFC 3551 fixes (below 35), or Chromium writes.
  uint8_t payloadType;
  /// The same for the rtx that repeats it; none when it is not repeated.
  uint8_t rtxPayloadType;
};

constexpr std::string_view kH264 = "H264";
constexpr std::string_view kRtx = "rtx";

// In order of preference. "rtx" stands once for all rows that have a number for it.
constexpr Known kAudioCodecs[] = {
    {"opus", 48000, 2, "minptime=10;useinbandfec=1", Feedback::kAudio, 111, kNone},
    {"red", 48000, 2, "", Feedback::kNone, 63, kNone},
    {"G722", 8000, 1, "", Feedback::kNone, 9, kNone},
    {"PCMU", 8000, 1, "", Feedback::kNone, 0, kNone},
    {"PCMA", 8000, 1, "", Feedback::kNone, 8, kNone},
    {"CN", 8000, 1, "", Feedback::kNone, 13, kNone},
    {"telephone-event", 48000, 1, "", Feedback::kNone, 110, kNone},
    {"telephone-event", 8000, 1, "", Feedback::kNone, 126, kNone},
};
constexpr Known kVideoCodecs[] = {
    {"VP8", 90000, 1, "", Feedback::kVideo, 96, 97},
    {kRtx, 90000, 1, "", Feedback::kNone, kNone, kNone},
    {"VP9", 90000, 1, "profile-id=0", Feedback::kVideo, 98, 99},
    {kH264, 90000, 1, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
     Feedback::kVideo, 108, 109},
    {kH264, 90000, 1, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
     Feedback::kVideo, 114, 115},
    {kH264, 90000, 1, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
     Feedback::kVideo, 102, 103},
    {kH264, 90000, 1, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f",
     Feedback::kVideo, 104, 107},
    {"AV1", 90000, 1, "level-idx=5;profile=0;tier=0", Feedback::kVideo, 45, 46},
    {"red", 90000, 1, "", Feedback::kNone, 118, 119},
    {"ulpfec", 90000, 1, "", Feedback::kNone, 120, kNone},
};

constexpr std::string_view kVideoFeedback[] = {"goog-remb", "transport-cc", "ccm fir", "nack",
                                               "nack pli"};
constexpr std::string_view kAudioFeedback[] = {"transport-cc"};

struct Role {
  std::string_view name;
  CodecRole role;
};
constexpr Role kRoles[] = {
    {kRtx, CodecRole::kRetransmission},
    {"red", CodecRole::kRedundancy},
    {"ulpfec", CodecRole::kErrorCorrection},
    {"flexfec", CodecRole::kErrorCorrection},
    {"flexfec-03", CodecRole::kErrorCorrection},
    {"CN", CodecRole::kComfortNoise},
    {"telephone-event", CodecRole::kTelephoneEvent},
};

std::span<const Known> knownCodecs(MediaKind kind) {
  return kind == MediaKind::kAudio ? std::span<const Known>(kAudioCodecs)
                                   : std::span<const Known>(kVideoCodecs);
}

RtpCodec codecFrom(MediaKind kind, const Known& known) {
  RtpCodec codec;
  codec.kind = kind;
  codec.name = known.name;
  codec.clockRate = known.clockRate;
  codec.channels = known.channels;
  codec.fmtp = known.fmtp;
  if (known.feedback == Feedback::kVideo)
    codec.feedback.assign(std::begin(kVideoFeedback), std::end(kVideoFeedback));
  if (known.feedback == Feedback::kAudio)
    codec.feedback.assign(std::begin(kAudioFeedback), std::end(kAudioFeedback));
  return codec;
}

const Known* findKnown(const RtpCodec& codec) {
  // Mostly it has the parameters that we write, and then there is no need to look into them.
  for (const Known& known : knownCodecs(codec.kind)) {
    if (known.fmtp == codec.fmtp && known.clockRate == codec.clockRate &&
        known.channels == codec.channels && sdp::equalsIgnoringCase(known.name, codec.name)) {
      return &known;
    }
  }
  for (const Known& known : knownCodecs(codec.kind)) {
    if (isSameFormat({codec.kind, known.name, known.clockRate, known.channels, known.fmtp}, codec))
      return &known;
  }
  return nullptr;
}

RtpCodec* findNumber(std::vector<RtpCodec>& codecs, uint8_t number) {
  for (RtpCodec& codec : codecs) {
    if (codec.payloadType == number)
      return &codec;
  }
  return nullptr;
}

// The numbers of RFC 3551 section 6 that mean something to us.
void nameStaticCodec(RtpCodec& codec) {
  if (codec.kind != MediaKind::kAudio)
    return;
  for (const Known& known : kAudioCodecs) {
    if (known.payloadType < 35 && known.payloadType == codec.payloadType) {
      codec.name = known.name;
      codec.clockRate = known.clockRate;
      codec.channels = known.channels;
    }
  }
}

/// Feedback that means something is a few words, and there are few kinds of it. With a=rtcp-fb:*
/// each line counts for every format.
constexpr size_t kMaxFeedback = 32;
constexpr size_t kLongestFeedback = 64;

void addFeedback(RtpCodec& codec, const std::string& feedback) {
  if (codec.feedback.size() == kMaxFeedback || feedback.size() > kLongestFeedback)
    return;
  if (std::find(codec.feedback.begin(), codec.feedback.end(), feedback) == codec.feedback.end())
    codec.feedback.push_back(feedback);
}

}  // namespace

std::string mimeType(const RtpCodec& codec) {
  return std::string(toString(codec.kind)) + "/" + codec.name;
}

CodecRole roleOf(const RtpCodec& codec) {
  for (const Role& role : kRoles) {
    if (sdp::equalsIgnoringCase(role.name, codec.name))
      return role.role;
  }
  return CodecRole::kMedia;
}

std::vector<RtpCodec> supportedCodecs(MediaKind kind) {
  std::vector<RtpCodec> codecs;
  for (const Known& known : knownCodecs(kind))
    codecs.push_back(codecFrom(kind, known));
  return codecs;
}

std::optional<size_t> supportedIndex(const RtpCodec& codec) {
  const Known* known = findKnown(codec);
  if (known == nullptr)
    return std::nullopt;
  return static_cast<size_t>(known - knownCodecs(codec.kind).data());
}

bool isSupported(const RtpCodec& codec) {
  return findKnown(codec) != nullptr;
}

bool isRepeated(const RtpCodec& codec) {
  const Known* known = findKnown(codec);
  return known != nullptr && known->rtxPayloadType != kNone;
}

std::optional<uint8_t> usualPayloadType(const RtpCodec& codec) {
  if (roleOf(codec) == CodecRole::kRetransmission) {
    const auto repeated = repeatedPayloadType(codec);
    for (const Known& known : knownCodecs(codec.kind)) {
      if (known.rtxPayloadType != kNone && repeated == known.payloadType)
        return known.rtxPayloadType;
    }
    return std::nullopt;
  }
  const Known* known = findKnown(codec);
  if (known == nullptr)
    return std::nullopt;
  return known->payloadType;
}

std::vector<RtpCodec> codecsOf(const sdp::MediaSection& section) {
  const auto kind = parseMediaKind(section.kind);
  std::vector<RtpCodec> codecs;
  if (!kind)
    return codecs;
  for (const std::string& format : section.formats) {
    const auto number = sdp::parseNumber<uint8_t>(format);
    if (!number || *number > 127 || findNumber(codecs, *number) != nullptr)
      continue;
    RtpCodec codec;
    codec.kind = *kind;
    codec.payloadType = number;
    codecs.push_back(std::move(codec));
  }
  for (const sdp::Line& line : section.lines()) {
    if (const auto* map = line.as<sdp::RtpMap>()) {
      RtpCodec* codec = findNumber(codecs, map->payloadType);
      if (codec == nullptr || !codec->name.empty())
        continue;
      codec->name = map->encoding;
      codec->clockRate = map->clockRate;
      // None is as meaningless as none given.
      codec->channels = std::max(map->channels.value_or(1), 1u);
    } else if (const auto* fmtp = line.as<sdp::Fmtp>()) {
      const auto number = sdp::parseNumber<uint8_t>(fmtp->format);
      RtpCodec* codec = number ? findNumber(codecs, *number) : nullptr;
      if (codec == nullptr)
        continue;
      // More than one line for a format is rare, and means all of them.
      codec->fmtp += (codec->fmtp.empty() ? "" : ";") + fmtp->parameters;
    } else if (const auto* feedback = line.as<sdp::RtcpFb>()) {
      for (RtpCodec& codec : codecs) {
        if (!feedback->payloadType || feedback->payloadType == codec.payloadType)
          addFeedback(codec, feedback->feedback);
      }
    }
  }
  for (RtpCodec& codec : codecs) {
    if (codec.name.empty())
      nameStaticCodec(codec);
  }
  return codecs;
}

void writeCodecs(sdp::MediaSection& section, const std::vector<RtpCodec>& codecs) {
  section.formats.clear();
  for (const RtpCodec& codec : codecs) {
    if (!codec.payloadType)
      continue;
    const std::string number = std::to_string(*codec.payloadType);
    section.formats.push_back(number);
    if (!codec.name.empty()) {
      section.add(
          sdp::RtpMap{*codec.payloadType, codec.name, codec.clockRate,
                      codec.channels > 1 ? std::optional<uint32_t>(codec.channels) : std::nullopt});
    }
    for (const std::string& feedback : codec.feedback)
      section.add(sdp::RtcpFb{codec.payloadType, feedback});
    if (!codec.fmtp.empty())
      section.add(sdp::Fmtp{number, codec.fmtp});
  }
}

}  // namespace rtc::jsep
