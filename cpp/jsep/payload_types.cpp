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
std::string meaningOf(const RtpCodec& codec) {
  std::string meaning = formatKey(codec);
  const CodecRole role = roleOf(codec);
  if (role == CodecRole::kRetransmission)
    meaning += std::to_string(repeatedPayloadType(codec).value_or(0));
  if (role == CodecRole::kRedundancy)
    meaning += codec.fmtp;
  return meaning;
}

}  // namespace

bool isTakenForRtcp(uint8_t payloadType) {
  return payloadType >= 64 && payloadType <= 95;
}

bool PayloadTypes::isTaken(uint8_t number, const std::string& meaning) const {
  return std::any_of(uses_.begin(), uses_.end(), [&](const Use& use) {
    return use.number == number && use.supported && use.meaning != meaning;
  });
}

void PayloadTypes::note(uint8_t number, const RtpCodec& codec, std::string meaning) {
  std::erase_if(uses_,
                [&](const Use& use) { return use.number == number && use.meaning == meaning; });
  if (uses_.size() == kMaxUses)
    uses_.pop_back();
  uses_.insert(uses_.begin(), Use{number, isSupported(codec), std::move(meaning)});
}

void PayloadTypes::learn(const std::vector<RtpCodec>& codecs) {
  // Backwards, so that of two numbers for one codec the preferred one counts as the more recent.
  for (auto codec = codecs.rbegin(); codec != codecs.rend(); ++codec) {
    if (codec->payloadType && !isTakenForRtcp(*codec->payloadType))
      note(*codec->payloadType, *codec, meaningOf(*codec));
  }
}

std::optional<uint8_t> PayloadTypes::assign(const RtpCodec& codec) {
  std::string meaning = meaningOf(codec);
  const auto number = find(codec, meaning);
  if (number)
    note(*number, codec, std::move(meaning));
  return number;
}

std::optional<uint8_t> PayloadTypes::find(const RtpCodec& codec, const std::string& meaning) const {
  const auto usual = usualPayloadType(codec);
  const bool isStatic = usual && *usual < kDynamic[1].first;
  if (isStatic && !isTaken(*usual, meaning))
    return usual;
  for (const Use& use : uses_) {
    if (use.meaning == meaning && !isTaken(use.number, meaning))
      return use.number;
  }
  const auto isFree = [&](uint8_t number) {
    return std::none_of(uses_.begin(), uses_.end(),
                        [&](const Use& use) { return use.number == number; });
  };
  if (usual && isFree(*usual))
    return usual;
  // Numbers that only unknown formats have are the last resort: those are never negotiated.
  const auto isForeign = [&](uint8_t number) {
    return std::none_of(uses_.begin(), uses_.end(),
                        [&](const Use& use) { return use.number == number && use.supported; });
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
      // Of a format whose parameters make no sense, nothing can be said.
      if (!codec.payloadType || formatKey(codec).empty())
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
