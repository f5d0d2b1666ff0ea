#include "cpp/media/bitrate_allocation.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace rtc::media {
namespace {

using congestion::Bitrate;

/// Raises every share of `group` towards its bound, by weight, until `left` is spent.
void fill(Bitrate& left, const std::vector<AllocationRequest>& requests, std::vector<size_t> group,
          std::vector<Bitrate>& shares) {
  while (left > 0 && !group.empty()) {
    int64_t weights = 0;
    for (const size_t i : group)
      weights += requests[i].weight;
    const Bitrate round = left;
    std::vector<size_t> unfilled;
    for (const size_t i : group) {
      const Bitrate share = round / std::max<int64_t>(weights, 1) * requests[i].weight;
      const Bitrate given = std::min({share, requests[i].max - shares[i], left});
      shares[i] += given;
      left -= given;
      if (shares[i] < requests[i].max)
        unfilled.push_back(i);
    }
    // What is left of a division is not worth another round.
    if (unfilled.size() == group.size())
      return;
    group = std::move(unfilled);
  }
}

}  // namespace

std::vector<Bitrate> allocateBitrate(Bitrate total,
                                     const std::vector<AllocationRequest>& requests) {
  std::vector<Bitrate> shares(requests.size(), 0);
  Bitrate left = std::max<Bitrate>(total, 0);

  std::vector<size_t> audio;
  std::vector<size_t> video;
  for (size_t i = 0; i < requests.size(); ++i)
    (requests[i].kind == Kind::kAudio ? audio : video).push_back(i);
  // Sound that breaks off is worse than any picture, and costs little.
  for (const size_t i : audio) {
    shares[i] = requests[i].min;
    left -= std::min(left, requests[i].min);
  }
  fill(left, requests, audio, shares);

  // The layers of each track by size; the n-th ones of all tracks make a level.
  std::sort(video.begin(), video.end(), [&](size_t a, size_t b) {
    return std::pair(requests[a].size, a) < std::pair(requests[b].size, b);
  });
  std::vector<std::vector<size_t>> levels;
  std::vector<size_t> depth;
  for (const size_t i : video) {
    const auto level =
        static_cast<size_t>(std::count_if(depth.begin(), depth.end(), [&](size_t other) {
          return requests[other].track == requests[i].track;
        }));
    depth.push_back(i);
    if (level >= levels.size())
      levels.resize(level + 1);
    levels[level].push_back(i);
  }
  for (size_t level = 0; level < levels.size(); ++level) {
    std::vector<size_t> sent;
    for (const size_t i : levels[level]) {
      if (level > 0 && left < requests[i].min)
        continue;
      shares[i] = requests[i].min;
      left -= std::min(left, requests[i].min);
      sent.push_back(i);
    }
    fill(left, requests, std::move(sent), shares);
  }
  return shares;
}

}  // namespace rtc::media
