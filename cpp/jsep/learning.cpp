#include "cpp/jsep/learning.h"

#include "cpp/jsep/media.h"
#include "cpp/jsep/mids.h"
#include "cpp/jsep/takes_media.h"

namespace rtc::jsep {

void rememberStable(State& state) {
  if (state.signaling != SignalingState::kStable)
    return;
  auto stable = std::make_shared<State>(state);
  stable->stable.reset();
  state.stable = std::move(stable);
}

void learnFrom(State& state, const sdp::SessionDescription& description) {
  for (size_t i = 0; i < description.media.size(); ++i) {
    const sdp::MediaSection& section = description.media[i];
    if (const auto mid = midOf(section))
      useMid(state, *mid);
    if (!kTakesMedia || !rtpKind(section) || isRejected(description, i))
      continue;
    state.payloadTypes.learn(codecsOf(section));
    state.extensionIds.learn(extmapsOf(description, i));
  }
}

}  // namespace rtc::jsep
