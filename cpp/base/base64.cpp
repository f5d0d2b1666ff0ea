#include "cpp/base/base64.h"

#include <cstdint>

namespace rtc {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(ByteSpan bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? bytes[at + i] : 0);
    for (size_t i = 0; i < 4; ++i)
      text += i <= count ? kAlphabet[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

std::optional<Bytes> fromBase64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  text.remove_suffix(padding);
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  uint32_t pending = 0;
  unsigned bits = 0;
  for (const char character : text) {
    const size_t digit = kAlphabet.find(character);
    if (digit == std::string_view::npos)
      return std::nullopt;
    pending = pending << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<uint8_t>(pending >> bits));
      pending &= (1u << bits) - 1;
    }
  }
  if (pending != 0)
    return std::nullopt;
  return bytes;
}

}  // namespace rtc
