#include "cpp/jsep/munging.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace rtc::jsep {
namespace {

constexpr std::string_view kUfrag = "a=ice-ufrag:";
constexpr std::string_view kPassword = "a=ice-pwd:";
constexpr std::string_view kFmtp = "a=fmtp:";

/// The session part or one media section, as lines whose order says nothing.
struct Part {
  std::vector<std::string> lines;
  std::string ufrag;
  std::string password;
};

/// What a receiver wishes for, in a=fmtp of Opus (RFC 7587 section 6.1) and of libwebrtc.
bool isWish(std::string_view parameter) {
  static constexpr std::string_view kWishes[] = {
      "maxplaybackrate",      "maxaveragebitrate", "stereo",   "cbr",   "useinbandfec", "usedtx",
      "sprop-maxcapturerate", "sprop-stereo",      "maxptime", "ptime", "minptime"};
  const std::string_view name = parameter.substr(0, parameter.find('='));
  return name.starts_with("x-google-") ||
         std::find(std::begin(kWishes), std::end(kWishes), name) != std::end(kWishes);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

/// The line without wishes, its other parameters in order; empty when nothing else was in it.
std::string withoutWishes(std::string_view line) {
  const size_t blank = line.find(' ');
  if (blank == std::string_view::npos)
    return std::string(line);
  std::vector<std::string_view> kept;
  std::string_view rest = line.substr(blank + 1);
  while (!rest.empty()) {
    const size_t end = rest.find(';');
    const std::string_view parameter = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (!parameter.empty() && !isWish(parameter))
      kept.push_back(parameter);
  }
  if (kept.empty())
    return {};
  std::sort(kept.begin(), kept.end());
  std::string result(line.substr(0, blank));
  for (const std::string_view parameter : kept)
    result.append(" ").append(parameter);
  return result;
}

std::string withSingleBlanks(std::string_view line) {
  std::string result;
  for (const char c : line) {
    if (c != ' ' || !result.ends_with(' '))
      result.push_back(c);
  }
  return result;
}

/// The parts of a description, each with its lines sorted.
std::vector<Part> partsOf(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.remove_suffix(1);
  std::vector<Part> parts(1);
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.starts_with("m="))
      parts.emplace_back();
    Part& part = parts.back();
    if (line.starts_with(kUfrag)) {
      part.ufrag += line;
    } else if (line.starts_with(kPassword)) {
      part.password += line;
    } else if (line.starts_with(kFmtp)) {
      if (std::string kept = withoutWishes(line); !kept.empty())
        part.lines.push_back(std::move(kept));
    } else if (line.starts_with("a=candidate:")) {
      // Libraries write the extensions that they know.
      part.lines.emplace_back(line.substr(0, line.find(" generation ")));
    } else {
      part.lines.push_back(withSingleBlanks(line));
    }
  }
  for (Part& part : parts)
    std::sort(part.lines.begin(), part.lines.end());
  return parts;
}

bool mayBeMissing(std::string_view line) {
  return line.starts_with("a=ice-options:") || line.starts_with("b=") ||
         line.starts_with("a=candidate:") || line.starts_with("a=sctp-init:") ||
         line == "a=end-of-candidates";
}

bool mayBeAdded(std::string_view line) {
  return line.starts_with("b=");
}

bool haveHarmlessLines(const Part& created, const Part& munged) {
  const std::vector<std::string>& before = created.lines;
  const std::vector<std::string>& after = munged.lines;
  std::vector<std::string> missing;
  std::vector<std::string> added;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(missing));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  return std::all_of(missing.begin(), missing.end(), mayBeMissing) &&
         std::all_of(added.begin(), added.end(), mayBeAdded);
}

/// RFC 8839 section 5.4: the fewest characters, and those that there are.
bool isCredential(std::string_view line, std::string_view name, size_t fewest) {
  if (!line.starts_with(name))
    return false;
  const std::string_view value = line.substr(name.size());
  const auto isIceChar = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return value.size() >= fewest && value.size() <= 256 &&
         std::all_of(value.begin(), value.end(), isIceChar);
}

bool haveSameCredentials(const std::vector<Part>& created, const std::vector<Part>& munged) {
  return std::equal(
      created.begin(), created.end(), munged.begin(), munged.end(),
      [](const Part& a, const Part& b) { return a.ufrag == b.ufrag && a.password == b.password; });
}

/// Whether every section has other credentials than were created, and all the same.
bool haveOtherCredentials(const std::vector<Part>& created, const std::vector<Part>& munged) {
  const Part* first = nullptr;
  for (size_t i = 0; i < created.size(); ++i) {
    const Part& part = munged[i];
    if (created[i].ufrag.empty() != part.ufrag.empty())
      return false;
    if (part.ufrag.empty() && part.password.empty())
      continue;
    if (first == nullptr)
      first = &part;
    if (part.ufrag == created[i].ufrag || part.password == created[i].password ||
        part.ufrag != first->ufrag || part.password != first->password ||
        !isCredential(part.ufrag, kUfrag, 4) || !isCredential(part.password, kPassword, 22)) {
      return false;
    }
  }
  return first != nullptr;
}

}  // namespace

bool isHarmlessEdit(std::string_view created, std::string_view munged, bool mayChooseCredentials) {
  if (created.empty())
    return false;
  const std::vector<Part> before = partsOf(created);
  const std::vector<Part> after = partsOf(munged);
  if (!std::equal(before.begin(), before.end(), after.begin(), after.end(), haveHarmlessLines))
    return false;
  return haveSameCredentials(before, after) ||
         (mayChooseCredentials && haveOtherCredentials(before, after));
}

}  // namespace rtc::jsep
