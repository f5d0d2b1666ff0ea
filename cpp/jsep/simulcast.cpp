#include "cpp/jsep/simulcast.h"

#include <algorithm>
#include <set>

#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;

/// Nobody sends so many; there is no use in more.
constexpr size_t kMaxStreams = 64;

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// a=simulcast's "hi;~mid,low": streams between semicolons, alternatives between commas, "~" for
// what starts paused.
std::vector<std::string> firstAlternatives(const std::optional<std::string>& list) {
  std::vector<std::string> rids;
  if (!list)
    return rids;
  for (std::string_view stream : sdp::splitWords(*list, ';')) {
    std::string_view rid = sdp::cut(stream, ',').head;
    if (rid.starts_with('~'))
      rid.remove_prefix(1);
    if (!rid.empty() && !contains(rids, rid))
      rids.emplace_back(rid);
    if (rids.size() == kMaxStreams)
      break;
  }
  return rids;
}

std::set<std::string_view> declaredRids(const MediaSection& section, bool send) {
  std::set<std::string_view> ids;
  for (const sdp::Line& line : section.lines()) {
    const auto* rid = line.as<sdp::Rid>();
    if (rid != nullptr && rid->send == send)
      ids.insert(rid->id);
  }
  return ids;
}

}  // namespace

std::vector<std::string> receivedRids(const MediaSection& section) {
  const auto* simulcast = section.find<sdp::Simulcast>();
  return simulcast ? firstAlternatives(simulcast->recv) : std::vector<std::string>{};
}

std::vector<std::string> sentRids(const MediaSection& section) {
  const auto* simulcast = section.find<sdp::Simulcast>();
  return simulcast ? firstAlternatives(simulcast->send) : std::vector<std::string>{};
}

void writeSimulcast(MediaSection& section, const std::vector<std::string>& rids) {
  if (rids.empty())
    return;
  std::string all;
  for (const std::string& rid : rids) {
    section.add(sdp::Rid{rid, /*send=*/true, std::nullopt});
    all += (all.empty() ? "" : ";") + rid;
  }
  section.add(sdp::Simulcast{/*sendFirst=*/true, std::move(all), std::nullopt});
}

std::vector<std::string> prunedRids(const std::vector<std::string>& rids,
                                    const std::vector<std::string>& kept) {
  std::vector<std::string> left;
  for (const std::string& rid : rids) {
    if (contains(kept, rid))
      left.push_back(rid);
  }
  if (left.empty() && !rids.empty())
    left.push_back(rids.front());
  return left;
}

Status<Error> checkSimulcast(const MediaSection& section) {
  const auto* simulcast = section.find<sdp::Simulcast>();
  if (simulcast == nullptr)
    return Done{};
  for (const bool send : {true, false}) {
    const auto& list = send ? simulcast->send : simulcast->recv;
    if (!list)
      continue;
    const auto declared = declaredRids(section, send);
    for (std::string_view stream : sdp::splitWords(*list, ';')) {
      for (std::string_view rid : sdp::splitWords(stream, ',')) {
        if (rid.starts_with('~'))
          rid.remove_prefix(1);
        if (!declared.contains(rid)) {
          return failWith(ErrorKind::kInvalidAccessError,
                          "a=simulcast names the rid \"" + std::string(rid) +
                              "\", which no a=rid declares for that direction");
        }
      }
    }
  }
  return Done{};
}

}  // namespace rtc::jsep
