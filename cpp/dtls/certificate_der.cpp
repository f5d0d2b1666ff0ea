#include "cpp/dtls/certificate_der.h"

#include <algorithm>
#include <initializer_list>

namespace rtc::dtls {
namespace {

constexpr int64_t kSecondsPerDay = 86400;

// ITU-T X.690 section 8; constructed types have the bit 0x20, context-specific ones 0x80.
enum Tag : uint8_t {
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kUtf8String = 0x0c,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
  kVersion = 0xa0,
  kExtensions = 0xa3,
};

constexpr uint8_t kVersion3[] = {kInteger, 1, 2};
// 1.2.840.10045.4.3.2 (RFC 5758 section 3.2), without parameters.
constexpr uint8_t kEcdsaWithSha256[] = {kSequence, 10,   0x06, 8,    0x2a, 0x86,
                                        0x48,      0xce, 0x3d, 0x04, 0x03, 0x02};
// 1.2.840.113549.1.1.11 (RFC 4055 section 5), with NULL for parameters.
constexpr uint8_t kSha256WithRsa[] = {kSequence, 13,   0x06, 9,    0x2a, 0x86, 0x48, 0x86,
                                      0xf7,      0x0d, 0x01, 0x01, 0x0b, 0x05, 0};
// id-ecPublicKey 1.2.840.10045.2.1 with the curve secp256r1, 1.2.840.10045.3.1.7.
constexpr uint8_t kEcP256[] = {kSequence, 19, 0x06, 7,    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                               0x06,      8,  0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
// id-at-commonName 2.5.4.3
constexpr uint8_t kCommonName[] = {0x06, 3, 0x55, 0x04, 0x03};
// A version 3 certificate must have at least one extension (section 4.1.2.9). This one,
// id-ce-basicConstraints 2.5.29.19 with nothing in it, says "not an authority".
constexpr uint8_t kNoAuthority[] = {kSequence, 11,   kSequence,    9, 0x06,      3, 0x55,
                                    0x1d,      0x13, kOctetString, 2, kSequence, 0};

Bytes element(uint8_t tag, std::initializer_list<ByteSpan> parts) {
  size_t length = 0;
  for (ByteSpan part : parts)
    length += part.size();
  ByteWriter out(length + 4);
  out.u8(tag);
  if (length < 0x80) {
    out.u8(static_cast<uint8_t>(length));
  } else if (length < 0x100) {
    out.u8(0x81);
    out.u8(static_cast<uint8_t>(length));
  } else {
    out.u8(0x82);
    out.u16(static_cast<uint16_t>(length));
  }
  for (ByteSpan part : parts)
    out.bytes(part);
  return std::move(out).take();
}

Bytes bitString(ByteSpan bits) {
  constexpr uint8_t kNoneUnused[] = {0};
  return element(kBitString, {kNoneUnused, bits});
}

/// A number without a sign: as short as may be, with a zero before a first bit that is set.
Bytes integer(ByteSpan bigEndian) {
  const auto first = std::find_if(bigEndian.begin(), bigEndian.end(), [](uint8_t b) { return b; });
  const ByteSpan digits(first, bigEndian.end());
  constexpr uint8_t kZero[] = {0};
  const bool needsZero = digits.empty() || digits[0] >= 0x80;
  return element(kInteger, {needsZero ? ByteSpan(kZero) : ByteSpan(), digits});
}

/// The proleptic Gregorian calendar from a count of days, in eras of 400 years that begin on
/// 1 March, so that a leap day is the last of its year.
Bytes time(int64_t unixSeconds) {
  unixSeconds = std::clamp<int64_t>(unixSeconds, 0, kLastUnixSecond);
  const unsigned second = static_cast<unsigned>(unixSeconds % kSecondsPerDay);
  const int64_t days = unixSeconds / kSecondsPerDay + 719468;  // since 0000-03-01
  const int64_t era = days / 146097;
  const unsigned dayOfEra = static_cast<unsigned>(days - era * 146097);
  const unsigned yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const unsigned marchMonth = (5 * dayOfYear + 2) / 153;
  const unsigned day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
  const unsigned month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const unsigned year = static_cast<unsigned>(era * 400) + yearOfEra + (month <= 2 ? 1 : 0);

  // YYYYMMDDhhmmssZ
  std::array<uint8_t, 15> text{};
  const auto put = [&text](size_t offset, size_t digits, unsigned value) {
    for (size_t i = digits; i-- > 0; value /= 10) {
      text[offset + i] = static_cast<uint8_t>('0' + value % 10);
    }
  };
  put(0, 4, year);
  put(4, 2, month);
  put(6, 2, day);
  put(8, 2, second / 3600);
  put(10, 2, second / 60 % 60);
  put(12, 2, second % 60);
  text[14] = 'Z';
  // Section 4.1.2.5: UTCTime, which has two digits of the year, through the year 2049.
  if (year >= 2050)
    return element(kGeneralizedTime, {text});
  return element(kUtcTime, {ByteSpan(text).subspan(2)});
}

ByteSpan signatureAlgorithm(KeyType type) {
  return type == KeyType::kEcdsaP256 ? ByteSpan(kEcdsaWithSha256) : ByteSpan(kSha256WithRsa);
}

}  // namespace

Bytes tbsCertificate(const CertificateContents& contents) {
  std::array<uint8_t, 16> serial = contents.serial;
  serial[0] = static_cast<uint8_t>((serial[0] & 0x3f) | 0x40);
  const Bytes commonName = element(kUtf8String, {asBytes(contents.commonName)});
  const Bytes attribute = element(kSequence, {kCommonName, commonName});
  const Bytes name = element(kSequence, {element(kSet, {attribute})});
  const Bytes version = element(kVersion, {kVersion3});
  const Bytes validity = element(kSequence, {time(contents.notBefore), time(contents.notAfter)});
  return element(kSequence,
                 {version, integer(serial), signatureAlgorithm(contents.keyType), name, validity,
                  name, contents.publicKeyInfo, element(kExtensions, {kNoAuthority})});
}

Bytes signedCertificate(ByteSpan tbs, KeyType keyType, ByteSpan signature) {
  return element(kSequence, {tbs, signatureAlgorithm(keyType), bitString(signature)});
}

Bytes p256PublicKeyInfo(const std::array<uint8_t, 65>& point) {
  return element(kSequence, {kEcP256, bitString(point)});
}

Bytes ecdsaSignature(const std::array<uint8_t, 32>& r, const std::array<uint8_t, 32>& s) {
  return element(kSequence, {integer(r), integer(s)});
}

}  // namespace rtc::dtls
