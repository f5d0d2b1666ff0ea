#include "cpp/sdp/parser.h"

#include "cpp/sdp/text.h"

namespace rtc::sdp {
namespace {

Failure<SdpError> wrong(int line, std::string message) {
  return fail(SdpError{line, std::move(message)});
}

struct RawLine {
  int number = 0;
  char type = 0;
  std::string_view value;
};

/// Cuts the text into "x=…" lines.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    // Blank lines at the end are harmless and common (a template literal, a trailing newline).
    while (!rest_.empty() &&
           (rest_.back() == '\n' || rest_.back() == '\r' || rest_.back() == ' ')) {
      rest_.remove_suffix(1);
    }
  }

  bool atEnd() const { return rest_.empty(); }
  int nextNumber() const { return number_ + 1; }

  Result<RawLine, SdpError> next() {
    ++number_;
    const size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.empty())
      return wrong(number_, "an empty line: leave it out");
    if (line.size() < 2 || line[0] < 'a' || line[0] > 'z' || line[1] != '=') {
      return wrong(number_, "a line has the form <letter>=<value>");
    }
    for (char c : line) {
      if (c == '\0' || c == '\r')
        return wrong(number_, "a line must not have NUL or CR in it");
    }
    const RawLine result{number_, line[0], line.substr(2)};
    // s= and i= are free text; elsewhere a space behind "=" is an error in every browser.
    if (result.value.starts_with(' ') && result.type != 's' && result.type != 'i') {
      return wrong(number_, "there must be no space behind \"=\"");
    }
    return result;
  }

 private:
  std::string_view rest_;
  int number_ = 0;
};

std::optional<Origin> parseOrigin(std::string_view value) {
  const auto words = splitWords(value);
  if (words.size() != 6 || !isNumber(words[1]) || !isNumber(words[2]))
    return std::nullopt;
  return Origin{std::string(words[0]), std::string(words[1]), std::string(words[2]),
                std::string(words[3]), std::string(words[4]), std::string(words[5])};
}

std::optional<MediaSection> parseMedia(std::string_view value) {
  const auto words = splitWords(value);
  if (words.size() < 4 || !isToken(words[0]))
    return std::nullopt;
  MediaSection media;
  media.kind = words[0];
  const Cut portAndCount = cut(words[1], '/');
  const auto port = parseNumber<uint16_t>(portAndCount.head);
  if (!port)
    return std::nullopt;
  media.port = *port;
  if (portAndCount.tail) {
    media.portCount = parseNumber<uint16_t>(*portAndCount.tail);
    if (!media.portCount)
      return std::nullopt;
  }
  media.protocol = words[2];
  media.formats.assign(words.begin() + 3, words.end());
  return media;
}

// c=<nettype> <addrtype> <connection-address>
bool isConnection(std::string_view value) {
  const auto words = splitWords(value);
  return words.size() == 3;
}

// b=<bwtype>:<bandwidth>; what the bandwidth of a type unknown to us looks like is not ours to say.
bool isBandwidth(std::string_view value) {
  const Cut parts = cut(value, ':');
  if (!isToken(parts.head) || !parts.tail)
    return false;
  for (std::string_view known : {"AS", "CT", "TIAS", "RS", "RR"}) {
    if (parts.head == known)
      return isNumber(*parts.tail);
  }
  return true;
}

// t=<start> <stop>
bool isTiming(std::string_view value) {
  const auto words = splitWords(value);
  return words.size() == 2 && isNumber(words[0]) && isNumber(words[1]);
}

Result<Line, SdpError> parseLine(const RawLine& raw) {
  switch (raw.type) {
    case 'a': {
      auto attribute = parseAttribute(raw.value);
      if (!attribute)
        return wrong(raw.number, std::move(attribute.error()));
      return Line::attribute(std::string(raw.value), std::move(*attribute));
    }
    case 'c':
      if (!isConnection(raw.value)) {
        return wrong(raw.number, "c= wants the form c=<nettype> <addrtype> <address>");
      }
      break;
    case 'b':
      if (!isBandwidth(raw.value)) {
        return wrong(raw.number, "b= wants the form b=<type>:<number>");
      }
      break;
    case 't':
      if (!isTiming(raw.value)) {
        return wrong(raw.number, "t= wants two numbers: t=<start> <stop>");
      }
      break;
    case 'v':
    case 'o':
    case 's': {
      std::string message = "v= may stand only once, at the head of the session";
      message.front() = raw.type;
      return wrong(raw.number, std::move(message));
    }
    default:
      break;
  }
  return Line::other(raw.type, std::string(raw.value));
}

std::string expected(const char* form) {
  std::string message = "expected ";
  message += form;
  return message;
}

/// The next line, which must be of that type.
Result<RawLine, SdpError> expect(Lines& lines, char type, const char* form) {
  if (lines.atEnd())
    return wrong(lines.nextNumber(), expected(form) + ", but the description ends here");
  auto line = lines.next();
  if (!line)
    return line;
  if (line->type != type)
    return wrong(line->number, expected(form));
  return line;
}

}  // namespace

Result<SessionDescription, SdpError> parse(std::string_view text) {
  Lines lines(text);
  SessionDescription description;

  auto version = expect(lines, 'v', "v=0");
  if (!version)
    return fail(version.error());
  if (version->value != "0")
    return wrong(version->number, "the only version of SDP is v=0");

  constexpr const char* kOriginForm =
      "o=<username> <session id> <session version> <nettype> <addrtype> <address>";
  auto originLine = expect(lines, 'o', kOriginForm);
  if (!originLine)
    return fail(originLine.error());
  auto origin = parseOrigin(originLine->value);
  if (!origin)
    return wrong(originLine->number, expected(kOriginForm));
  description.origin = std::move(*origin);

  auto name = expect(lines, 's', "s=<session name>");
  if (!name)
    return fail(name.error());
  description.name = name->value;

  bool timing = false;
  while (!lines.atEnd()) {
    auto raw = lines.next();
    if (!raw)
      return fail(raw.error());
    if (raw->type == 'm') {
      if (!timing)
        return wrong(raw->number, "expected t=<start> <stop> before the first m=");
      auto media = parseMedia(raw->value);
      if (!media) {
        return wrong(raw->number,
                     "m= wants the form m=<media> <port> <protocol> <format> *(<format>)");
      }
      description.media.push_back(std::move(*media));
      continue;
    }
    if (raw->type == 't') {
      if (!description.media.empty())
        return wrong(raw->number, "t= stands before the first m=");
      timing = true;
    }
    auto line = parseLine(*raw);
    if (!line)
      return fail(line.error());
    Section& section = description.media.empty() ? description.session : description.media.back();
    section.addLine(std::move(*line));
  }
  if (!timing) {
    return wrong(lines.nextNumber(), "expected t=<start> <stop>, but the description ends here");
  }
  return description;
}

}  // namespace rtc::sdp
