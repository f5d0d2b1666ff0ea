#include "wasm/media_events.h"

#include "wasm/events.h"

namespace rtc::wasm {
namespace {

val numbersFrom(const std::vector<int64_t>& numbers) {
  val list = val::array();
  for (const int64_t number : numbers)
    list.call<void>("push", static_cast<double>(number));
  return list;
}

struct ToEvent {
  val operator()(const media::FrameReceived& output) const {
    const payload::EncodedFrame& frame = output.frame;
    EventBuilder event("media-frame");
    event.number("handle", output.receiver.value())
        .number("ssrc", output.ssrc.value())
        .value("data", uint8ArrayFrom(frame.data))
        .number("payloadType", frame.payloadType.value())
        .number("rtpTimestamp", frame.timestamp.value())
        .number("playAt", millisecondsFrom(output.playAt))
        .number("receivedAt", millisecondsFrom(output.receivedAt))
        .flag("key", frame.video.isKey)
        .number("width", frame.video.width)
        .number("height", frame.video.height)
        .number("rotation", frame.video.rotation)
        .number("spatialLayer", frame.video.spatialLayer)
        .number("temporalLayer", frame.video.temporalLayer)
        .maybeNumber("frameId", frame.video.frameId)
        .maybeNumber("audioLevel", frame.audio.level)
        .flag("voiceActivity", frame.audio.isVoice);
    if (!frame.video.dependencies.empty())
      event.value("dependencies", numbersFrom(frame.video.dependencies));
    if (const auto& space = frame.video.colorSpace) {
      const std::vector<int64_t> codes{space->primaries, space->transfer, space->matrix,
                                       static_cast<int64_t>(space->range)};
      event.value("colorSpace", numbersFrom(codes));
    }
    if (!frame.csrcs.empty()) {
      std::vector<int64_t> csrcs;
      csrcs.reserve(frame.csrcs.size());
      for (const rtp::Ssrc csrc : frame.csrcs)
        csrcs.push_back(csrc.value());
      event.value("csrcs", numbersFrom(csrcs));
    }
    return event.take();
  }
  val operator()(const media::FramesLost& output) const {
    return EventBuilder("media-lost")
        .number("handle", output.receiver.value())
        .number("count", output.count)
        .number("duration", static_cast<double>(output.duration.us()) / 1000)
        .take();
  }
  val operator()(const media::KeyFrameRequested& output) const {
    return EventBuilder("key-frame-requested")
        .number("handle", output.sender.value())
        .number("encoding", output.encoding)
        .take();
  }
  val operator()(const media::SendTargets& output) const {
    std::vector<int64_t> firstTimestamps;
    firstTimestamps.reserve(output.firstTimestamps.size());
    for (const rtp::RtpTime timestamp : output.firstTimestamps)
      firstTimestamps.push_back(timestamp.value());
    return EventBuilder("send-targets")
        .number("handle", output.sender.value())
        .value("bitrates", numbersFrom(output.bitrates))
        .flag("held", output.isHeld)
        .value("firstTimestamps", numbersFrom(firstTimestamps))
        .take();
  }
  val operator()(const media::ReceivingChanged& output) const {
    return EventBuilder("receiving-changed")
        .number("handle", output.receiver.value())
        .flag("active", output.active)
        .take();
  }
};

}  // namespace

val mediaEventFrom(const media::Event& event) {
  return std::visit(ToEvent{}, event);
}

}  // namespace rtc::wasm
