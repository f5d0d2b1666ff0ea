#include <cmath>
#include <utility>

#include "wasm/peer_connection.h"

namespace rtc::wasm {
namespace {

jsep::TransceiverId idOf(uint32_t handle) {
  return jsep::TransceiverId(handle);
}

std::optional<double> maybeNumber(const val& object, const char* name) {
  const val member = object[name];
  if (member.isUndefined() || member.isNull())
    return std::nullopt;
  return member.as<double>();
}

double numberOr(const val& object, const char* name, double fallback) {
  return maybeNumber(object, name).value_or(fallback);
}

Duration durationFrom(double milliseconds) {
  return Duration::microseconds(std::llround(milliseconds * 1000));
}

/// Primaries, transfer, matrix and range, as `media-frame` events have them.
std::optional<rtp::ColorSpace> colorSpaceFrom(const val& codes) {
  if (codes.isUndefined() || codes.isNull())
    return std::nullopt;
  const auto code = [&](int i) {
    return static_cast<uint8_t>(codes[i].as<int>());
  };
  return rtp::ColorSpace{code(0), code(1), code(2), static_cast<rtp::ColorSpace::Range>(code(3))};
}

payload::EncodedFrame frameFrom(const val& source) {
  payload::EncodedFrame frame;
  frame.timestamp = rtp::RtpTime(static_cast<uint32_t>(numberOr(source, "rtpTimestamp", 0)));
  frame.payloadType = rtp::PayloadType(static_cast<uint8_t>(numberOr(source, "payloadType", 0)));
  frame.video.isKey = boolMember(source, "key");
  frame.video.width = static_cast<uint16_t>(numberOr(source, "width", 0));
  frame.video.height = static_cast<uint16_t>(numberOr(source, "height", 0));
  frame.video.rotation = static_cast<uint16_t>(numberOr(source, "rotation", 0));
  frame.video.spatialLayer = static_cast<uint8_t>(numberOr(source, "spatialLayer", 0));
  frame.video.temporalLayer = static_cast<uint8_t>(numberOr(source, "temporalLayer", 0));
  frame.video.colorSpace = colorSpaceFrom(source["colorSpace"]);
  if (const auto level = maybeNumber(source, "audioLevel"))
    frame.audio.level = static_cast<uint8_t>(*level);
  frame.audio.isVoice = boolMember(source, "voiceActivity");
  if (const auto captured = maybeNumber(source, "captureTime"))
    frame.capturedAt = timestampFrom(*captured);
  return frame;
}

}  // namespace

void PeerConnectionHandle::sendFrame(uint32_t handle, uint32_t encoding, val data, val frame,
                                     double now) {
  payload::EncodedFrame encoded = frameFrom(frame);
  encoded.data = bytesFrom(data);
  peer_.sendFrame(idOf(handle), encoding, std::move(encoded), timestampFrom(now));
}

void PeerConnectionHandle::setEncodings(uint32_t handle, val encodings, double now) {
  std::vector<media::EncodingWish> wishes;
  for (const val& entry : emscripten::vecFromJSArray<val>(encodings)) {
    media::EncodingWish wish;
    wish.active = boolMember(entry, "active", true);
    if (const auto bitrate = maybeNumber(entry, "maxBitrate"))
      wish.maxBitrate = static_cast<congestion::Bitrate>(*bitrate);
    wish.weight = static_cast<uint8_t>(numberOr(entry, "weight", wish.weight));
    wish.scaleDownBy = numberOr(entry, "scaleDownBy", wish.scaleDownBy);
    wishes.push_back(wish);
  }
  peer_.setEncodings(idOf(handle), std::move(wishes), timestampFrom(now));
}

void PeerConnectionHandle::setJitterBufferTarget(uint32_t handle, val milliseconds, double now) {
  std::optional<Duration> target;
  if (!milliseconds.isNull() && !milliseconds.isUndefined())
    target = durationFrom(milliseconds.as<double>());
  peer_.setJitterBufferTarget(idOf(handle), target, timestampFrom(now));
}

void PeerConnectionHandle::requestKeyFrame(uint32_t handle, double now) {
  peer_.requestKeyFrame(idOf(handle), timestampFrom(now));
}

bool PeerConnectionHandle::sendTone(uint32_t handle, std::string tone, double milliseconds,
                                    double now) {
  return tone.size() == 1 &&
         peer_.sendTone(idOf(handle), tone.front(), durationFrom(milliseconds), timestampFrom(now));
}

void registerFrames(emscripten::class_<PeerConnectionHandle>& handle) {
  using Handle = PeerConnectionHandle;
  handle.function("sendFrame", &Handle::sendFrame)
      .function("setEncodings", &Handle::setEncodings)
      .function("setJitterBufferTarget", &Handle::setJitterBufferTarget)
      .function("requestKeyFrame", &Handle::requestKeyFrame)
      .function("sendTone", &Handle::sendTone);
}

}  // namespace rtc::wasm
