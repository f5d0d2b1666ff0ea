// A remote description that is the input itself, as an offer and as an answer to ours; whatever is
// accepted must be answerable, every later offer of ours must still come out, and what is told of
// the description is what it says. It is also given to sessions of other kinds: one that takes no
// media, one that takes RTCP apart, and one that has rejected, bundled alone and offered layers.

#include <cstdlib>
#include <string>

#include "cpp/jsep/session.h"
#include "cpp/sdp/parser.h"

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

/// The getters agree with the description that is in force.
void checkRemote(const rtc::jsep::Session& session, rtc::jsep::SdpType type,
                 const std::string& text) {
  const auto remote = session.remoteDescription();
  check(remote && remote->type == type);
  const auto parsed = rtc::sdp::parse(text);
  check(parsed.ok() && remote->sdp == rtc::sdp::serialize(*parsed));
  check(session.canTrickleIceCandidates().has_value());
  check(!*session.canTrickleIceCandidates() || text.find("trickle") != std::string::npos);
  for (const rtc::jsep::TransceiverInfo& info : session.transceivers()) {
    check(session.transceiver(info.id) == info);
    check(info.sendRids.size() <= 3);
  }
  for (const rtc::jsep::MediaFlow& flow : session.mediaFlows()) {
    const auto info = session.transceiver(flow.transceiver);
    check(info && info->mid == flow.mid && info->transport == flow.transport);
  }
}

/// Sessions that are made otherwise: what they accept they can answer, or offer after.
void tryOthers(const rtc::jsep::SessionConfig& common, const std::string& text) {
  using namespace rtc::jsep;
  SessionConfig config = common;
  config.rtcpMuxPolicy = RtcpMuxPolicy::kNegotiate;
  config.bundlePolicy = BundlePolicy::kMaxBundle;
  rtc::SeededRandom random(1);

  config.takesMedia = false;
  Session dataOnly(config, random);
  if (dataOnly.setRemote({SdpType::kOffer, text}).ok()) {
    check(dataOnly.transceivers().empty() && dataOnly.mediaFlows().empty());
    check(dataOnly.setLocal().ok());
    check(dataOnly.signalingState() == SignalingState::kStable);
  }

  // Its offer rejects its first section, has the others in the bundle of the second, and layers.
  config.takesMedia = true;
  Session offerer(config, random);
  check(offerer.addTrack(MediaKind::kAudio, "track", {"stream"}).ok());
  const auto first = offerer.transceivers().front().id;
  check(offerer.setLocal().ok());
  offerer.stopTransceiver(first);
  TransceiverInit video;
  video.kind = MediaKind::kVideo;
  video.rids = {"h", "l"};
  video.hasTrack = true;
  check(offerer.addTransceiver(video).ok());
  check(offerer.addTrack(MediaKind::kAudio, "other", {"stream"}).ok());
  check(offerer.setLocal().ok());
  for (const SdpType type : {SdpType::kPranswer, SdpType::kAnswer}) {
    if (!offerer.setRemote({type, text}).ok()) {
      check(offerer.signalingState() != SignalingState::kStable);
      return;
    }
    checkRemote(offerer, type, text);
  }
  check(offerer.signalingState() == SignalingState::kStable);
  check(offerer.setLocal().ok());
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
    checkRemote(answerer, SdpType::kOffer, text);
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
  tryOthers(config, text);
  return 0;
}
