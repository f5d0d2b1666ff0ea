#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/base/bytes.h"

namespace rtc::dtls {

/// The hash functions whose digests authenticate a certificate. RFC 8122 section 5 also registers
/// md2 and md5, which "MUST NOT" verify anything. SHA-1 does where nothing stronger is announced,
/// as in browsers: mediasoup announces all five and its client takes any one of them. Who is in the
/// middle would need a second certificate of a given digest, which is not what SHA-1 has lost.
enum class HashAlgorithm { kSha1, kSha224, kSha256, kSha384, kSha512 };

/// From weak to strong.
inline constexpr HashAlgorithm kAllHashAlgorithms[] = {
    HashAlgorithm::kSha1, HashAlgorithm::kSha224, HashAlgorithm::kSha256, HashAlgorithm::kSha384,
    HashAlgorithm::kSha512};

/// "sha-256" and so on, as the textual names of RFC 8122 section 5.
std::string_view hashName(HashAlgorithm algorithm);
/// The algorithm of that name, case-insensitively; nullopt for any other, the broken ones included.
std::optional<HashAlgorithm> parseHashName(std::string_view name);

/// One `a=fingerprint` value: hash name and upper-case hex pairs joined by colons.
struct Fingerprint {
  std::string algorithm;
  std::string value;
  auto operator<=>(const Fingerprint&) const = default;
};

/// The digest of `data`. Empty only when memory ran out.
Bytes digest(HashAlgorithm algorithm, ByteSpan data);
/// "AB:CD:…" of the bytes, upper case (RFC 8122 section 5).
std::string formatFingerprintValue(ByteSpan digest);
/// The bytes of "AB:cd:…" (either case); nullopt when it is anything but hex pairs and colons.
std::optional<Bytes> parseFingerprintValue(std::string_view value);

/// The fingerprint of a DER certificate.
Fingerprint fingerprintOf(ByteSpan certificateDer, HashAlgorithm algorithm);

enum class FingerprintCheck {
  kMatch,
  /// At least one fingerprint was usable, and none of the strongest hash matched.
  kMismatch,
  /// No fingerprint names a hash that we accept with a value of that hash's length.
  kNoneUsable,
};

/// Compares a certificate with what the signalling announced. Of the usable fingerprints those with
/// the strongest hash count, and one of them has to match (RFC 8122 section 5: an endpoint selects
/// the hash it prefers, and any fingerprint of that hash may be the certificate's). Fingerprints of
/// unknown or broken hashes and malformed values are skipped.
FingerprintCheck checkFingerprints(ByteSpan certificateDer,
                                   const std::vector<Fingerprint>& expected);

}  // namespace rtc::dtls
