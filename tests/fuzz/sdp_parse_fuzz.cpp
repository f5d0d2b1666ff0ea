// Any text: it is refused with a line that exists, or what is printed of it parses to the same. A
// candidate that is read is printed as what is read the same.

#include <algorithm>
#include <cstdlib>

#include "cpp/base/bytes.h"
#include "cpp/sdp/candidate.h"
#include "cpp/sdp/parser.h"

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

// Each attribute prints to something that parses to an attribute of the same kind, printing alike.
void checkAttributes(const rtc::sdp::Section& section) {
  using namespace rtc::sdp;
  for (const Line& line : section.lines()) {
    if (line.type() != 'a')
      continue;
    auto typed = parseAttribute(line.text());
    check(typed.ok());
    const std::string printed = printAttribute(*typed);
    auto again = parseAttribute(printed);
    check(again.ok());
    check(again->index() == typed->index());
    check(printAttribute(*again) == printed);
  }
}

std::string print(const rtc::sdp::CandidateLine& line) {
  std::string text = "candidate:" + line.foundation + " " + std::to_string(line.component) + " " +
                     line.transport + " " + std::to_string(line.priority) + " " + line.address +
                     " " + std::to_string(line.port) + " typ " + line.type;
  if (line.relatedAddress)
    text += " raddr " + *line.relatedAddress;
  if (line.relatedPort)
    text += " rport " + std::to_string(*line.relatedPort);
  for (const auto& [name, value] : line.extensions)
    text += " " + name + " " + value;
  return text;
}

void checkCandidate(std::string_view text) {
  const auto line = rtc::sdp::parseCandidate(text);
  if (!line.ok()) {
    check(!line.error().empty());
    return;
  }
  const auto again = rtc::sdp::parseCandidate(print(*line));
  check(again.ok() && print(*again) == print(*line));
  for (const auto& [name, value] : line->extensions) {
    // The first of a name counts.
    const auto found = line->extension(name);
    check(found && again->extension(name) == found);
  }
}

/// One more line of a kind that is not understood.
void checkOther(rtc::sdp::Section section) {
  for (const char type : {'i', 'b', 'k'}) {
    const bool wasThere = section.other(type) != nullptr;
    const size_t before = section.lines().size();
    section.setOther(type, "text");
    check(section.other(type) != nullptr && *section.other(type) == "text");
    check(section.lines().size() == before + (wasThere ? 0 : 1));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rtc;
  const std::string_view text = asText({data, size});
  auto parsed = sdp::parse(text);
  if (parsed.ok()) {
    const std::string printed = sdp::serialize(*parsed);
    auto again = sdp::parse(printed);
    check(again.ok());
    check(sdp::serialize(*again) == printed);
    check(again->media.size() == parsed->media.size());
    checkAttributes(parsed->session);
    checkOther(parsed->session);
    for (const sdp::MediaSection& section : parsed->media) {
      checkAttributes(section);
      checkOther(section);
    }
  } else {
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    check(parsed.error().line >= 1 && parsed.error().line <= lines + 1);
    check(!parsed.error().message.empty());
  }
  checkCandidate(text);
  checkCandidate(sdp::trimCandidate(text));
  return 0;
}
