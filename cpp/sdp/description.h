#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cpp/sdp/attributes.h"

/// A session description (RFC 8866) as a model: the lines stay in their order, attributes have
/// their types, and what is not understood stays where it stood.
namespace rtc::sdp {

/// One line below the head of a section. Its text and its typed form cannot drift apart: both are
/// fixed at construction, and a change is a new line.
class Line {
 public:
  /// An attribute in the form that we write.
  template <typename T>
  requires std::is_constructible_v<Attribute, T>
  explicit Line(T typed) : type_('a'), text_(printAttribute(typed)), attribute_(std::move(typed)) {}
  /// An attribute as somebody else wrote it.
  static Line attribute(std::string text, Attribute typed) {
    return Line('a', std::move(text), std::move(typed));
  }
  /// Any other line: c=, b=, t=, …
  static Line other(char type, std::string text) {
    return Line(type, std::move(text), RawAttribute{});
  }

  char type() const { return type_; }
  /// What stands behind "x=".
  const std::string& text() const { return text_; }
  /// The attribute, when this is a line of that kind.
  template <typename T>
  const T* as() const {
    return type_ == 'a' ? std::get_if<T>(&attribute_) : nullptr;
  }

 private:
  Line(char type, std::string text, Attribute attribute)
      : type_(type), text_(std::move(text)), attribute_(std::move(attribute)) {}
  char type_;
  std::string text_;
  Attribute attribute_;
};

/// The lines of the session part or of one media section, in order.
class Section {
 public:
  const std::vector<Line>& lines() const { return lines_; }
  void addLine(Line line) { lines_.push_back(std::move(line)); }
  /// Room for so many lines.
  void reserve(size_t count) { lines_.reserve(count); }

  /// The first attribute of that type, or null.
  template <typename T>
  const T* find() const {
    for (const Line& line : lines_) {
      if (const T* typed = line.as<T>())
        return typed;
    }
    return nullptr;
  }
  template <typename T>
  bool has() const {
    return find<T>() != nullptr;
  }
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> result;
    for (const Line& line : lines_) {
      if (const T* typed = line.as<T>())
        result.push_back(*typed);
    }
    return result;
  }
  /// Appends an attribute.
  template <typename T>
  void add(T typed) {
    lines_.emplace_back(std::move(typed));
  }
  /// All lines, which are attributes, as one text: without "a=" before the first and without the
  /// end of the last.
  std::string print() const;
  /// Appends what `print` gave, in a description that is only going to be serialized: to find() and
  /// its like these lines are not there.
  void addPrinted(std::string attributes) {
    lines_.push_back(Line::other('a', std::move(attributes)));
  }
  /// Inserts an attribute behind the last one of type `After` (which may be T), else before the
  /// first attribute.
  template <typename After, typename T>
  void addAfter(T typed) {
    auto at = lines_.begin();
    bool inHead = true;
    for (auto it = lines_.begin(); it != lines_.end(); ++it) {
      if (it->type() == 'a')
        inHead = false;
      if (inHead || it->template as<After>() != nullptr)
        at = it + 1;
    }
    lines_.insert(at, Line(std::move(typed)));
  }
  /// The text of the first line of that type ("c", "b", …), or null.
  const std::string* other(char type) const;
  /// Replaces the first line of that type; without one, puts it before the attributes.
  void setOther(char type, std::string text);

 private:
  std::vector<Line> lines_;
};

/// o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>
struct Origin {
  std::string username = "-";
  std::string sessionId = "0";
  std::string sessionVersion = "0";
  std::string netType = "IN";
  std::string addressType = "IP4";
  std::string address = "127.0.0.1";
};

/// m=<media> <port>[/<number>] <proto> <fmt> …
struct MediaSection : Section {
  std::string kind;
  uint16_t port = 9;
  std::optional<uint16_t> portCount;
  std::string protocol;
  std::vector<std::string> formats;
};

struct SessionDescription {
  Origin origin;
  /// s=
  std::string name = "-";
  /// Everything between s= and the first m=, t= among it.
  Section session;
  std::vector<MediaSection> media;
};

/// With CRLF after every line (RFC 8866 section 5).
std::string serialize(const SessionDescription& description);

}  // namespace rtc::sdp
