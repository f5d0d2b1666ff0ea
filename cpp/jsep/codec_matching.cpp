#include "cpp/jsep/codec_matching.h"

#include "cpp/sdp/format_parameters.h"
#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using sdp::equalsIgnoringCase;
using sdp::formatParameter;

constexpr std::string_view kProfileLevelId = "profile-level-id";

/// What is known about a parameter of a=fmtp.
struct Parameter {
  std::string_view codec;
  std::string_view name;
  std::string_view defaultValue;
  /// Both directions must have the same value; otherwise each side says what it takes.
  bool symmetrical;
};
// H264's profile-level-id is two in one: its profile is symmetrical, its level is not.
constexpr Parameter kParameters[] = {
    {"VP9", "profile-id", "0", true},
    {"H264", "packetization-mode", "0", true},
    {"H264", "profile-level-id", "42000a", false},
    {"H264", "level-asymmetry-allowed", "0", false},
    {"AV1", "profile", "0", true},
    {"AV1", "level-idx", "5", false},
    {"AV1", "tier", "0", false},
};

std::string_view valueOf(const CodecFormat& codec, std::string_view name) {
  if (const auto value = formatParameter(codec.fmtp, name))
    return *value;
  for (const Parameter& known : kParameters) {
    if (equalsIgnoringCase(known.codec, codec.name) && equalsIgnoringCase(known.name, name))
      return known.defaultValue;
  }
  return {};
}

// The symmetrical parameters, so that equal texts mean the same format; absent when they make none.
std::optional<std::string> symmetricalParameters(const RtpCodec& codec) {
  std::string text;
  for (const Parameter& known : kParameters) {
    if (!known.symmetrical || !equalsIgnoringCase(known.codec, codec.name))
      continue;
    for (char c : valueOf(codec, known.name))
      text += sdp::toLower(c);
    text += ';';
  }
  if (equalsIgnoringCase(codec.name, "H264")) {
    const auto profileLevel = h264ProfileLevel(codec.fmtp);
    if (!profileLevel)
      return std::nullopt;
    text += std::to_string(static_cast<int>(profileLevel->profile));
  }
  return text;
}

// Of two with one name.
bool hasSymmetricalParameters(const CodecFormat& a, const CodecFormat& b) {
  for (const Parameter& known : kParameters) {
    if (known.symmetrical && equalsIgnoringCase(known.codec, a.name) &&
        !equalsIgnoringCase(valueOf(a, known.name), valueOf(b, known.name))) {
      return false;
    }
  }
  if (!equalsIgnoringCase(a.name, "H264"))
    return true;
  const auto one = h264ProfileLevel(a.fmtp);
  const auto other = h264ProfileLevel(b.fmtp);
  return one && other && one->profile == other->profile;
}

// Every parameter of `a` has its value in `b`, given or by default.
bool hasParametersOf(const RtpCodec& a, const RtpCodec& b) {
  for (const sdp::FormatParameter& parameter : sdp::formatParameters(a.fmtp)) {
    if (!equalsIgnoringCase(valueOf(a, parameter.name), valueOf(b, parameter.name)))
      return false;
  }
  return true;
}

bool isSameButParameters(const CodecFormat& a, const CodecFormat& b) {
  return a.kind == b.kind && !a.name.empty() && equalsIgnoringCase(a.name, b.name) &&
         a.clockRate == b.clockRate && a.channels == b.channels;
}

// RFC 6184 table 5 and, for Constrained High, H.264 annex A.2.4.2: profile_idc, and which bits of
// the constraints must have which value.
struct H264Pattern {
  uint8_t profileIdc;
  uint8_t mask;
  uint8_t bits;
  H264ProfileLevel::Profile profile;
};
using Profile = H264ProfileLevel::Profile;
constexpr H264Pattern kH264Patterns[] = {
    {0x42, 0x4f, 0x40, Profile::kConstrainedBaseline},
    {0x4d, 0x8f, 0x80, Profile::kConstrainedBaseline},
    {0x58, 0xcf, 0xc0, Profile::kConstrainedBaseline},
    {0x42, 0x4f, 0x00, Profile::kBaseline},
    {0x58, 0xcf, 0x80, Profile::kBaseline},
    {0x4d, 0xaf, 0x00, Profile::kMain},
    {0x64, 0xff, 0x00, Profile::kHigh},
    {0x64, 0xff, 0x0c, Profile::kConstrainedHigh},
    {0xf4, 0xff, 0x00, Profile::kHigh444Predictive},
};

constexpr uint16_t kLevel1b = 21;
constexpr uint8_t kConstraintSet3 = 0x10;

std::optional<uint8_t> hexByte(std::string_view text) {
  uint8_t value = 0;
  for (char c : text.substr(0, 2)) {
    if (!sdp::isHexDigit(c))
      return std::nullopt;
    const char lower = sdp::toLower(c);
    const int digit = sdp::isDigit(lower) ? lower - '0' : lower - 'a' + 10;
    value = static_cast<uint8_t>(value * 16 + digit);
  }
  return value;
}

// The first payload type in "111/111", the parameters of red.
std::optional<uint8_t> wrappedPayloadType(const RtpCodec& red) {
  return sdp::parseNumber<uint8_t>(sdp::cut(red.fmtp, '/').head);
}

const RtpCodec* servedBy(const RtpCodec& codec, std::optional<uint8_t> number,
                         const std::vector<RtpCodec>& list) {
  const RtpCodec* served = number ? findPayloadType(list, *number) : nullptr;
  return served != nullptr && roleOf(*served) != roleOf(codec) ? served : nullptr;
}

// The rest of findSame(): what the parameters of rtx and red refer to.
bool servesSame(const RtpCodec& codec, const std::vector<RtpCodec>& own, const RtpCodec& other,
                const std::vector<RtpCodec>& others) {
  switch (roleOf(codec)) {
    case CodecRole::kRetransmission: {
      const RtpCodec* mine = servedBy(codec, repeatedPayloadType(codec), own);
      const RtpCodec* theirs = servedBy(other, repeatedPayloadType(other), others);
      return mine != nullptr && theirs != nullptr && isSameFormat(*mine, *theirs) &&
             servesSame(*mine, own, *theirs, others);
    }
    case CodecRole::kRedundancy: {
      if (codec.fmtp.empty() || other.fmtp.empty())
        return true;
      const RtpCodec* mine = servedBy(codec, wrappedPayloadType(codec), own);
      const RtpCodec* theirs = servedBy(other, wrappedPayloadType(other), others);
      return mine != nullptr && theirs != nullptr && isSameFormat(*mine, *theirs);
    }
    default:
      return true;
  }
}

}  // namespace

bool isSameFormat(const CodecFormat& a, const CodecFormat& b) {
  return isSameButParameters(a, b) && hasSymmetricalParameters(a, b);
}

std::string formatKey(const RtpCodec& codec) {
  const std::string_view kind = codec.kind == MediaKind::kAudio ? "a" : "v";
  // Those that we have, which are most that are asked for, have a short one.
  if (const auto index = supportedIndex(codec))
    return sdp::concatenate({kind, std::to_string(*index), ";"});
  const auto parameters = symmetricalParameters(codec);
  if (codec.name.empty() || !parameters)
    return {};
  std::string name = codec.name;
  for (char& c : name)
    c = sdp::toLower(c);
  return sdp::concatenate({kind, "/", name, "/", std::to_string(codec.clockRate), "/",
                           std::to_string(codec.channels), ";", *parameters});
}

const RtpCodec* findSame(const RtpCodec& codec, const std::vector<RtpCodec>& own,
                         const std::vector<RtpCodec>& others) {
  for (const RtpCodec& other : others) {
    if (isSameFormat(codec, other) && servesSame(codec, own, other, others))
      return &other;
  }
  return nullptr;
}

const RtpCodec* findPayloadType(const std::vector<RtpCodec>& codecs, uint8_t payloadType) {
  for (const RtpCodec& codec : codecs) {
    if (codec.payloadType == payloadType)
      return &codec;
  }
  return nullptr;
}

std::optional<uint8_t> repeatedPayloadType(const RtpCodec& rtx) {
  const auto number = formatParameter(rtx.fmtp, "apt");
  return number ? sdp::parseNumber<uint8_t>(*number) : std::nullopt;
}

bool matchesDictionary(const RtpCodec& first, const RtpCodec& second, bool ignoreAsymmetrical) {
  if (!isSameButParameters(first, second) || first.fmtp.empty() != second.fmtp.empty())
    return false;
  if (first.fmtp.empty())
    return true;
  if (!sdp::isKeyValue(first.fmtp) || !sdp::isKeyValue(second.fmtp))
    return first.fmtp == second.fmtp;
  if (!hasSymmetricalParameters(first, second))
    return false;
  return ignoreAsymmetrical || (hasParametersOf(first, second) && hasParametersOf(second, first));
}

std::optional<H264ProfileLevel> h264ProfileLevel(std::string_view parameters) {
  const auto id = formatParameter(parameters, kProfileLevelId);
  if (!id)
    return H264ProfileLevel{};
  if (id->size() != 6)
    return std::nullopt;
  const auto profileIdc = hexByte(*id);
  const auto constraints = hexByte(id->substr(2));
  const auto levelIdc = hexByte(id->substr(4));
  if (!profileIdc || !constraints || !levelIdc)
    return std::nullopt;
  for (const H264Pattern& pattern : kH264Patterns) {
    if (pattern.profileIdc != *profileIdc || (*constraints & pattern.mask) != pattern.bits)
      continue;
    // H.264 annex A.3: level 1b is level_idc 11 with constraint_set3_flag in the older profiles,
    // and 9 in the others.
    const bool old = *profileIdc == 0x42 || *profileIdc == 0x4d || *profileIdc == 0x58;
    const bool is1b =
        old ? *levelIdc == 11 && (*constraints & kConstraintSet3) != 0 : *levelIdc == 9;
    return H264ProfileLevel{pattern.profile,
                            is1b ? kLevel1b : static_cast<uint16_t>(*levelIdc * 2)};
  }
  return std::nullopt;
}

std::string withH264Level(std::string_view parameters, uint16_t level) {
  std::string result(parameters);
  const auto id = formatParameter(parameters, kProfileLevelId);
  if (!id || id->size() != 6)
    return result;
  const auto at = static_cast<size_t>(id->data() - parameters.data());
  const bool is1b = level == kLevel1b;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto constraints = hexByte(id->substr(2)).value_or(0);
  const auto newConstraints = (constraints & ~kConstraintSet3) | (is1b ? kConstraintSet3 : 0);
  const auto levelIdc = is1b ? 11 : level / 2;
  for (size_t i = 0; i < 2; ++i) {
    const int shift = i == 0 ? 4 : 0;
    result[at + 2 + i] = kDigits[(newConstraints >> shift) & 15];
    result[at + 4 + i] = kDigits[(levelIdc >> shift) & 15];
  }
  return result;
}

}  // namespace rtc::jsep
