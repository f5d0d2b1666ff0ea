#include "cpp/jsep/learning.h"

#include <algorithm>

#include "cpp/jsep/media.h"

namespace rtc::jsep {

void rememberStable(State& state) {
  if (state.signaling != SignalingState::kStable)
    return;
  auto stable = std::make_shared<State>(state);
  stable->stable.reset();
  state.stable = std::move(stable);
}

void learnFrom(State& state, const sdp::SessionDescription& description) {
  auto& mids = state.usedMids;
  for (size_t i = 0; i < description.media.size(); ++i) {
    const sdp::MediaSection& section = description.media[i];
    if (auto mid = midOf(section); mid && std::find(mids.begin(), mids.end(), *mid) == mids.end())
      mids.push_back(std::move(*mid));
    if (!rtpKind(section) || isRejected(description, i))
      continue;
    state.payloadTypes.learn(codecsOf(section));
    state.extensionIds.learn(extmapsOf(description, i));
  }
}

}  // namespace rtc::jsep
