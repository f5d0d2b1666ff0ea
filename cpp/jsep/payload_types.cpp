#include "cpp/jsep/payload_types.h"

#include <algorithm>
#include <array>

#include "cpp/jsep/codec_matching.h"

namespace rtc::jsep {
namespace {

/// More than there are numbers, and a limit to what a peer can make us remember.
constexpr size_t kMaxUses = 512;

/// RFC 5761 section 4 keeps 64 to 95 for RTCP; below 35 are RFC 3551's own.
struct Range {
  uint8_t first;
  uint8_t last;
};
constexpr Range kDynamic[] = {{96, 127}, {35, 63}};

// In a session a number means an rtx of one number, and red of certain ones.
bool isSameUse(const RtpCodec& a, const RtpCodec& b) {
  if (!isSameFormat(a, b))
    return false;
  switch (roleOf(a)) {
    case CodecRole::kRetransmission:
      return repeatedPayloadType(a) == repeatedPayloadType(b);
    case CodecRole::kRedundancy:
      return a.fmtp == b.fmtp;
    default:
      return true;
  }
}

}  // namespace

bool PayloadTypes::isTaken(uint8_t number, const RtpCodec& codec) const {
  return std::any_of(uses_.begin(), uses_.end(), [&](const Use& use) {
    return use.number == number && isSupported(use.codec) && !isSameUse(use.codec, codec);
  });
}

void PayloadTypes::note(const RtpCodec& codec) {
  const uint8_t number = *codec.payloadType;
  std::erase_if(uses_, [&](const Use& use) {
    return use.number == number && (isSameUse(use.codec, codec) || use.codec == codec);
  });
  if (uses_.size() == kMaxUses)
    uses_.pop_back();
  uses_.insert(uses_.begin(), Use{number, codec});
}

void PayloadTypes::learn(const std::vector<RtpCodec>& codecs) {
  // Backwards, so that of two numbers for one codec the preferred one counts as the more recent.
  for (auto codec = codecs.rbegin(); codec != codecs.rend(); ++codec) {
    if (codec->payloadType)
      note(*codec);
  }
}

std::optional<uint8_t> PayloadTypes::assign(const RtpCodec& codec) {
  auto number = find(codec);
  if (!number)
    return std::nullopt;
  RtpCodec numbered = codec;
  numbered.payloadType = number;
  note(numbered);
  return number;
}

std::optional<uint8_t> PayloadTypes::find(const RtpCodec& codec) const {
  const auto usual = usualPayloadType(codec);
  const bool isStatic = usual && *usual < kDynamic[1].first;
  if (isStatic && !isTaken(*usual, codec))
    return usual;
  for (const Use& use : uses_) {
    if (isSameUse(use.codec, codec) && !isTaken(use.number, codec))
      return use.number;
  }
  const auto isFree = [&](uint8_t number) {
    return std::none_of(uses_.begin(), uses_.end(),
                        [&](const Use& use) { return use.number == number; });
  };
  if (usual && isFree(*usual))
    return usual;
  // Numbers that only formats unknown to us have are the last resort: nothing of theirs is ever
  // negotiated.
  const auto isForeign = [&](uint8_t number) {
    return std::none_of(uses_.begin(), uses_.end(), [&](const Use& use) {
      return use.number == number && isSupported(use.codec);
    });
  };
  for (bool last : {false, true}) {
    for (const Range& range : kDynamic) {
      for (uint8_t number = range.first; number <= range.last; ++number) {
        if (last ? isForeign(number) : isFree(number))
          return number;
      }
    }
  }
  return std::nullopt;
}

std::optional<uint8_t> conflictingPayloadType(const std::vector<std::vector<RtpCodec>>& sections) {
  std::array<const RtpCodec*, 128> meanings{};
  for (const std::vector<RtpCodec>& section : sections) {
    for (const RtpCodec& codec : section) {
      if (!codec.payloadType || codec.name.empty())
        continue;
      const RtpCodec*& meaning = meanings[*codec.payloadType & 127];
      if (meaning == nullptr)
        meaning = &codec;
      else if (!isSameFormat(*meaning, codec))
        return codec.payloadType;
    }
  }
  return std::nullopt;
}

}  // namespace rtc::jsep
