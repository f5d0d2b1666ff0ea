#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cpp/jsep/codecs.h"
#include "cpp/sdp/parser.h"

/// Sections from a few lines of text, and lists of codecs as a reader compares them.
namespace rtc::jsep::testing {

/// The only m-section of a description that has the lines of `text`, "m=" first.
inline sdp::MediaSection sectionFrom(std::string_view text) {
  auto parsed = sdp::parse("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\n" + std::string(text));
  if (!parsed.ok() || parsed->media.size() != 1)
    return {};
  return std::move(parsed->media[0]);
}

inline std::vector<RtpCodec> codecsFrom(std::string_view text) {
  return codecsOf(sectionFrom(text));
}

/// "96 VP8/90000", "111 opus/48000/2 minptime=10"; "-" for no payload type.
inline std::string describe(const RtpCodec& codec) {
  std::string text = codec.payloadType ? std::to_string(*codec.payloadType) : "-";
  text += " " + codec.name + "/" + std::to_string(codec.clockRate);
  if (codec.channels != 1)
    text += "/" + std::to_string(codec.channels);
  return codec.fmtp.empty() ? text : text + " " + codec.fmtp;
}

inline std::vector<std::string> describe(const std::vector<RtpCodec>& codecs) {
  std::vector<std::string> all;
  for (const RtpCodec& codec : codecs)
    all.push_back(describe(codec));
  return all;
}

/// A codec as an application names it.
inline RtpCodec codec(MediaKind kind, std::string name, uint32_t clockRate, uint32_t channels = 1,
                      std::string fmtp = "") {
  RtpCodec result;
  result.kind = kind;
  result.name = std::move(name);
  result.clockRate = clockRate;
  result.channels = channels;
  result.fmtp = std::move(fmtp);
  return result;
}
inline RtpCodec video(std::string name, std::string fmtp = "") {
  return codec(MediaKind::kVideo, std::move(name), 90000, 1, std::move(fmtp));
}
inline RtpCodec audio(std::string name, uint32_t clockRate, uint32_t channels = 1,
                      std::string fmtp = "") {
  return codec(MediaKind::kAudio, std::move(name), clockRate, channels, std::move(fmtp));
}
inline RtpCodec opus() {
  return audio("opus", 48000, 2, "minptime=10;useinbandfec=1");
}
/// "42e01f" and 1: what we have first of H264.
inline RtpCodec h264(const std::string& profileLevelId, int packetizationMode) {
  return video("H264",
               "level-asymmetry-allowed=1;packetization-mode=" + std::to_string(packetizationMode) +
                   ";profile-level-id=" + profileLevelId);
}

}  // namespace rtc::jsep::testing
