#include "cpp/sdp/candidate.h"

#include "cpp/sdp/text.h"

namespace rtc::sdp {
namespace {

// ice-char is ALPHA / DIGIT / "+" / "/" and a foundation has at most 32 of them, but foundations of
// other shapes have been deployed ("Hc0a80001" with punctuation, say): any word will do.
constexpr size_t kMaxFoundation = 128;

Failure<std::string> wrong(std::string message) {
  return fail(std::move(message));
}

}  // namespace

std::optional<std::string_view> CandidateLine::extension(std::string_view name) const {
  for (const auto& [key, value] : extensions) {
    if (key == name)
      return value;
  }
  return std::nullopt;
}

Result<CandidateLine, std::string> parseCandidate(std::string_view text) {
  constexpr std::string_view kPrefix = "candidate:";
  if (!text.starts_with(kPrefix))
    return wrong("a candidate starts with \"candidate:\"");
  const auto words = splitWords(text.substr(kPrefix.size()));
  if (words.size() < 8) {
    return wrong(
        "a candidate has at least eight parts: foundation, component, transport, priority, "
        "address, port, \"typ\" and its type");
  }
  CandidateLine line;
  if (words[0].size() > kMaxFoundation)
    return wrong("the candidate's foundation is too long");
  line.foundation = words[0];
  const auto component = parseNumber<uint16_t>(words[1]);
  if (!component || *component < 1 || *component > 256) {
    return wrong("the candidate's component must be a number from 1 to 256");
  }
  line.component = *component;
  if (!isToken(words[2]))
    return wrong("the candidate's transport must be a word such as udp");
  line.transport = words[2];
  const auto priority = parseNumber<uint32_t>(words[3]);
  if (!priority)
    return wrong("the candidate's priority must be a number below 2^32");
  line.priority = *priority;
  line.address = words[4];
  const auto port = parseNumber<uint16_t>(words[5]);
  if (!port)
    return wrong("the candidate's port must be a number from 0 to 65535");
  line.port = *port;
  if (words[6] != "typ")
    return wrong("the candidate has no \"typ\" behind its port");
  if (!isToken(words[7]))
    return wrong("the candidate's type must be a word such as host");
  line.type = words[7];

  if ((words.size() - 8) % 2 != 0) {
    return wrong("behind its type, a candidate has pairs of a name and a value");
  }
  for (size_t i = 8; i + 1 < words.size(); i += 2) {
    if (words[i] == "raddr" && !line.relatedAddress) {
      line.relatedAddress = std::string(words[i + 1]);
    } else if (words[i] == "rport" && !line.relatedPort) {
      line.relatedPort = parseNumber<uint16_t>(words[i + 1]);
      if (!line.relatedPort)
        return wrong("the candidate's rport must be a number up to 65535");
    } else {
      line.extensions.emplace_back(words[i], words[i + 1]);
    }
  }
  return line;
}

std::string_view trimCandidate(std::string_view text) {
  if (text.starts_with("a="))
    text.remove_prefix(2);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

}  // namespace rtc::sdp
