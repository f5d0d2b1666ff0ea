#include "cpp/jsep/munging.h"

#include <optional>

namespace rtc::jsep {
namespace {

/// The lines of a description, without their ends and without blank ones at the end.
class LineWalk {
 public:
  explicit LineWalk(std::string_view text) : rest_(text) {
    while (rest_.ends_with('\n') || rest_.ends_with('\r'))
      rest_.remove_suffix(1);
    advance();
  }
  std::optional<std::string_view> line() const { return line_; }
  void advance() {
    if (rest_.empty()) {
      line_.reset();
      return;
    }
    const size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    line_ = line;
  }

 private:
  std::string_view rest_;
  std::optional<std::string_view> line_;
};

bool mayBeMissing(std::string_view line) {
  return line.starts_with("a=ice-options:") || line.starts_with("b=") ||
         line.starts_with("a=candidate:") || line.starts_with("a=sctp-init:") ||
         line == "a=end-of-candidates";
}

bool mayBeAdded(std::string_view line) {
  return line.starts_with("b=");
}

}  // namespace

bool isHarmlessEdit(std::string_view created, std::string_view munged) {
  if (created.empty())
    return false;
  LineWalk a(created);
  LineWalk b(munged);
  while (a.line() || b.line()) {
    if (a.line() == b.line()) {
      a.advance();
      b.advance();
    } else if (b.line() && mayBeAdded(*b.line())) {
      b.advance();
    } else if (a.line() && mayBeMissing(*a.line())) {
      a.advance();
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace rtc::jsep
