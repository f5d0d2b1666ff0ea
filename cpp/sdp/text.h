#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small scanners over SDP text (RFC 8866 section 9). ASCII only, no locale.
namespace rtc::sdp {

inline bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
inline bool isAlpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool isHexDigit(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
inline char toLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// token-char of RFC 8866: visible ASCII without ( ) < > @ , ; : \ " / [ ] ? =
inline bool isTokenChar(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u == 0x21 || (u >= 0x23 && u <= 0x27) || u == 0x2a || u == 0x2b || u == 0x2d ||
         u == 0x2e || (u >= 0x30 && u <= 0x39) || (u >= 0x41 && u <= 0x5a) ||
         (u >= 0x5e && u <= 0x7e);
}

inline bool isToken(std::string_view text) {
  if (text.empty())
    return false;
  for (char c : text) {
    if (!isTokenChar(c))
      return false;
  }
  return true;
}

inline bool isNumber(std::string_view text) {
  if (text.empty())
    return false;
  for (char c : text) {
    if (!isDigit(c))
      return false;
  }
  return true;
}

/// A decimal number that fits `T`; digits only, leading zeros allowed as the ABNF allows them.
template <std::unsigned_integral T>
std::optional<T> parseNumber(std::string_view text) {
  if (!isNumber(text))
    return std::nullopt;
  T value = 0;
  for (char c : text) {
    const T digit = static_cast<T>(c - '0');
    if (value > (std::numeric_limits<T>::max() - digit) / 10)
      return std::nullopt;
    value = static_cast<T>(value * 10 + digit);
  }
  return value;
}

/// Without the spaces and tabs at both ends.
inline std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// The parts between `separator`s; runs of separators count once and empty parts are left out.
inline std::vector<std::string_view> splitWords(std::string_view text, char separator = ' ') {
  std::vector<std::string_view> words;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(separator, at), text.size());
    if (end > at)
      words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// Cuts `text` at the first `separator`; the second part is absent when there is none.
struct Cut {
  std::string_view head;
  std::optional<std::string_view> tail;
};
inline Cut cut(std::string_view text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos)
    return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

/// All of them behind one another.
inline std::string concatenate(std::initializer_list<std::string_view> parts) {
  size_t length = 0;
  for (std::string_view part : parts)
    length += part.size();
  std::string text;
  text.reserve(length);
  for (std::string_view part : parts)
    text += part;
  return text;
}

inline bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (toLower(a[i]) != toLower(b[i]))
      return false;
  }
  return true;
}

}  // namespace rtc::sdp
