// A remote description that is the input itself, as an offer and as an answer to ours; whatever is
// accepted must be answerable, and every later offer of ours must still come out.

#include <cstdlib>

#include "cpp/jsep/session.h"

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

void drain(rtc::jsep::Session& session) {
  while (session.poll()) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rtc;
  using namespace rtc::jsep;
  const std::string text(reinterpret_cast<const char*>(data), size);
  SessionConfig config;
  config.fingerprints = {{"sha3-256", "AA:BB"}};
  config.sctpInit = {1, 0, 0, 4};
  config.offersSctpInit = true;
  config.isSctpInit = [](ByteSpan chunk) {
    return chunk[0] == 1;
  };

  SeededRandom random(1);
  Session answerer(config, random);
  check(answerer.addTrack(MediaKind::kVideo, "track", {"stream"}).ok());
  if (answerer.setRemote({SdpType::kOffer, text}).ok()) {
    (void)answerer.addCandidate({"candidate:1 1 udp 1 192.0.2.1 1 typ host", {}, 0, {}});
    check(answerer.addTrack(MediaKind::kAudio, "track", {}).ok());
    check(answerer.setLocal({SdpType::kPranswer, ""}).ok());
    check(answerer.setLocal().ok());
    check(answerer.signalingState() == SignalingState::kStable);
    answerer.requestDataChannels();
    for (const TransceiverInfo& info : answerer.transceivers())
      answerer.stopTransceiver(info.id);
    check(answerer.addTrack(MediaKind::kVideo, "another", {"stream"}).ok());
    check(answerer.setLocal().ok());
    check(answerer.rollback().ok());
    // The same offer again continues what it began.
    check(answerer.setRemote({SdpType::kOffer, text}).ok());
    check(answerer.setLocal().ok());
    drain(answerer);
  } else {
    check(answerer.signalingState() == SignalingState::kStable);
    check(!answerer.poll());
  }

  Session offerer(config, random);
  check(offerer.addTrack(MediaKind::kAudio, "track", {"stream"}).ok());
  TransceiverInit video;
  video.kind = MediaKind::kVideo;
  video.rids = {"h", "l"};
  check(offerer.addTransceiver(video).ok());
  offerer.requestDataChannels();
  check(offerer.setLocal().ok());
  if (offerer.setRemote({SdpType::kAnswer, text}).ok()) {
    check(offerer.signalingState() == SignalingState::kStable);
    check(offerer.setLocal().ok());
  } else {
    check(offerer.signalingState() == SignalingState::kHaveLocalOffer);
  }
  drain(offerer);
  return 0;
}
