#include "cpp/jsep/tracks.h"

#include <algorithm>
#include <set>

#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;

constexpr std::string_view kNoStream = "-";
/// That a track is in: each is an object of the application's.
constexpr size_t kMaxStreams = 256;

void addStream(AnnouncedTrack& track, const std::string& stream) {
  auto& all = track.streams;
  if (stream != kNoStream && all.size() < kMaxStreams &&
      std::find(all.begin(), all.end(), stream) == all.end())
    all.push_back(stream);
}

// "<stream> [<track>]" of a=ssrc:<number> msid:…
std::optional<sdp::Msid> msidOf(const sdp::Ssrc& ssrc) {
  if (ssrc.attribute != "msid" || !ssrc.text)
    return std::nullopt;
  return sdp::Msid::parse(*ssrc.text);
}

}  // namespace

AnnouncedTrack announcedTrack(const MediaSection& section) {
  AnnouncedTrack track;
  bool told = false;
  for (const sdp::Msid& msid : section.all<sdp::Msid>()) {
    told = true;
    addStream(track, msid.stream);
    if (track.id.empty())
      track.id = msid.track.value_or("");
  }
  if (!told) {
    for (const sdp::Ssrc& ssrc : section.all<sdp::Ssrc>()) {
      const auto msid = msidOf(ssrc);
      if (!msid)
        continue;
      told = true;
      addStream(track, msid->stream);
      if (track.id.empty())
        track.id = msid->track.value_or("");
    }
  }
  if (!told)
    track.streams = {"default"};
  return track;
}

bool isPlanB(const MediaSection& section) {
  std::set<std::string> tracks;
  for (const sdp::Msid& msid : section.all<sdp::Msid>()) {
    if (msid.track)
      tracks.insert(*msid.track);
  }
  if (tracks.size() > 1)
    return true;
  tracks.clear();
  for (const sdp::Ssrc& ssrc : section.all<sdp::Ssrc>()) {
    const auto msid = msidOf(ssrc);
    if (msid && msid->track)
      tracks.insert(*msid->track);
  }
  return tracks.size() > 1;
}

std::optional<std::vector<std::string>> signaledStreams(const MediaSection& section) {
  if (!section.has<sdp::Msid>())
    return std::nullopt;
  AnnouncedTrack track;
  for (const sdp::Msid& msid : section.all<sdp::Msid>())
    addStream(track, msid.stream);
  return track.streams;
}

}  // namespace rtc::jsep
