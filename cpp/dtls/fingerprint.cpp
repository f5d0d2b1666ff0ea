#include "cpp/dtls/fingerprint.h"

#include <algorithm>

#include <mbedtls/md.h>

namespace rtc::dtls {
namespace {

mbedtls_md_type_t mdType(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha1:
      return MBEDTLS_MD_SHA1;
    case HashAlgorithm::kSha224:
      return MBEDTLS_MD_SHA224;
    case HashAlgorithm::kSha256:
      return MBEDTLS_MD_SHA256;
    case HashAlgorithm::kSha384:
      return MBEDTLS_MD_SHA384;
    case HashAlgorithm::kSha512:
      return MBEDTLS_MD_SHA512;
  }
  return MBEDTLS_MD_NONE;
}

char asciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::optional<uint8_t> hexDigit(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<uint8_t>(c - '0');
  c = asciiLower(c);
  if (c >= 'a' && c <= 'f')
    return static_cast<uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string_view hashName(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha1:
      return "sha-1";
    case HashAlgorithm::kSha224:
      return "sha-224";
    case HashAlgorithm::kSha256:
      return "sha-256";
    case HashAlgorithm::kSha384:
      return "sha-384";
    case HashAlgorithm::kSha512:
      return "sha-512";
  }
  return "";
}

std::optional<HashAlgorithm> parseHashName(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), asciiLower);
  for (HashAlgorithm algorithm : kAllHashAlgorithms) {
    if (lower == hashName(algorithm))
      return algorithm;
  }
  return std::nullopt;
}

Bytes digest(HashAlgorithm algorithm, ByteSpan data) {
  const mbedtls_md_info_t* info = mbedtls_md_info_from_type(mdType(algorithm));
  if (info == nullptr)
    return {};
  Bytes result(mbedtls_md_get_size(info));
  if (mbedtls_md(info, data.data(), data.size(), result.data()) != 0)
    return {};
  return result;
}

std::string formatFingerprintValue(ByteSpan digest) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  text.reserve(digest.size() * 3);
  for (uint8_t byte : digest) {
    if (!text.empty())
      text.push_back(':');
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

std::optional<Bytes> parseFingerprintValue(std::string_view value) {
  // Every pair but the last is followed by a colon.
  if (value.size() % 3 != 2)
    return std::nullopt;
  Bytes bytes;
  bytes.reserve(value.size() / 3 + 1);
  for (size_t i = 0; i < value.size(); i += 3) {
    const std::optional<uint8_t> high = hexDigit(value[i]);
    const std::optional<uint8_t> low = hexDigit(value[i + 1]);
    if (!high || !low)
      return std::nullopt;
    if (i + 2 < value.size() && value[i + 2] != ':')
      return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(*high << 4 | *low));
  }
  return bytes;
}

Fingerprint fingerprintOf(ByteSpan certificateDer, HashAlgorithm algorithm) {
  return {std::string(hashName(algorithm)),
          formatFingerprintValue(digest(algorithm, certificateDer))};
}

FingerprintCheck checkFingerprints(ByteSpan certificateDer,
                                   const std::vector<Fingerprint>& expected) {
  for (size_t i = std::size(kAllHashAlgorithms); i-- > 0;) {
    const HashAlgorithm algorithm = kAllHashAlgorithms[i];
    Bytes actual;
    bool usable = false;
    for (const Fingerprint& candidate : expected) {
      if (parseHashName(candidate.algorithm) != algorithm)
        continue;
      const std::optional<Bytes> wanted = parseFingerprintValue(candidate.value);
      if (actual.empty())
        actual = digest(algorithm, certificateDer);
      if (!wanted || actual.empty() || wanted->size() != actual.size())
        continue;
      if (*wanted == actual)
        return FingerprintCheck::kMatch;
      usable = true;
    }
    if (usable)
      return FingerprintCheck::kMismatch;
  }
  return FingerprintCheck::kNoneUsable;
}

}  // namespace rtc::dtls
