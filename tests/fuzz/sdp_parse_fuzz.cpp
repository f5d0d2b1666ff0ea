// Any text: it is refused with a line that exists, or what is printed of it parses to the same.

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
    for (const sdp::MediaSection& section : parsed->media)
      checkAttributes(section);
  } else {
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    check(parsed.error().line >= 1 && parsed.error().line <= lines + 1);
    check(!parsed.error().message.empty());
  }
  (void)sdp::parseCandidate(text);
  return 0;
}
