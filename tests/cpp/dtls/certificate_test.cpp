#include "cpp/dtls/certificate.h"

#include <limits>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <mbedtls/ecp.h>
#include <mbedtls/x509_crt.h>

#include "cpp/base/random.h"
#include "cpp/dtls/certificate_der.h"
#include "cpp/dtls/certificate_identity.h"
#include "cpp/dtls/mbedtls_random.h"
#include "tests/cpp/dtls/mbedtls_key_pairs.h"

namespace rtc::dtls {
namespace {

constexpr int64_t kNow = 1'760'000'000;  // 2025-10-09T08:53:20Z
constexpr int64_t kDay = 86400;

std::shared_ptr<const Certificate> make(KeyType type = KeyType::kEcdsaP256, uint64_t seed = 1,
                                        int64_t expiry = kNow + 30 * kDay, int64_t now = kNow) {
  SeededRandom random(seed);
  auto result = Certificate::generate(type, random, expiry, now);
  EXPECT_TRUE(result.ok());
  return *result;
}

using Date = std::tuple<int, int, int, int, int, int>;
Date date(const mbedtls_x509_time& time) {
  return {time.year, time.mon, time.day, time.hour, time.min, time.sec};
}

TEST(Certificate, IsSelfSignedAndSaysNothingAboutTheHost) {
  const auto certificate = make();
  const mbedtls_x509_crt& parsed = certificate->identity()->certificate;
  EXPECT_EQ(parsed.version, 3);
  EXPECT_EQ(Bytes(parsed.subject_raw.p, parsed.subject_raw.p + parsed.subject_raw.len),
            Bytes(parsed.issuer_raw.p, parsed.issuer_raw.p + parsed.issuer_raw.len));
  EXPECT_EQ(parsed.serial.len, 16u);
  uint32_t flags = 0;
  // Its own signature verifies under its own key, with no flag raised.
  EXPECT_EQ(mbedtls_x509_crt_verify(&certificate->identity()->certificate,
                                    &certificate->identity()->certificate, nullptr, nullptr, &flags,
                                    nullptr, nullptr),
            0);
  EXPECT_EQ(flags, 0u);
}

TEST(Certificate, IsValidFromOneDayAgoUntilItsExpiry) {
  const auto certificate = make();
  EXPECT_EQ(certificate->expires(), kNow + 30 * kDay);
  const mbedtls_x509_crt& parsed = certificate->identity()->certificate;
  EXPECT_EQ(date(parsed.valid_from), Date(2025, 10, 8, 8, 53, 20));
  EXPECT_EQ(date(parsed.valid_to), Date(2025, 11, 8, 8, 53, 20));
}

TEST(Certificate, DatesAreRightAcrossLeapDaysAndCenturies) {
  const std::pair<int64_t, Date> cases[] = {
      {951782399, {2000, 2, 28, 23, 59, 59}},   {951782400, {2000, 2, 29, 0, 0, 0}},
      {951868800, {2000, 3, 1, 0, 0, 0}},       {1709164800, {2024, 2, 29, 0, 0, 0}},
      {2524607999, {2049, 12, 31, 23, 59, 59}}, {2524608000, {2050, 1, 1, 0, 0, 0}},
      {4107542400, {2100, 3, 1, 0, 0, 0}},
  };
  for (const auto& [seconds, expected] : cases) {
    const auto certificate = make(KeyType::kEcdsaP256, 1, seconds, seconds);
    EXPECT_EQ(date(certificate->identity()->certificate.valid_to), expected);
  }
}

TEST(Certificate, ClampsAnExpiryThatX509CannotExpress) {
  const auto certificate = make(KeyType::kEcdsaP256, 1, std::numeric_limits<int64_t>::max(), kNow);
  EXPECT_EQ(date(certificate->identity()->certificate.valid_to), Date(9999, 12, 31, 23, 59, 59));
}

TEST(Certificate, EqualSeedsMakeEqualCertificatesAndOthersDiffer) {
  EXPECT_EQ(make(KeyType::kEcdsaP256, 5)->der(), make(KeyType::kEcdsaP256, 5)->der());
  EXPECT_NE(make(KeyType::kEcdsaP256, 5)->der(), make(KeyType::kEcdsaP256, 6)->der());
}

TEST(Certificate, SurvivesARoundTripThroughDer) {
  for (KeyType type : {KeyType::kEcdsaP256, KeyType::kRsa2048}) {
    const auto original = make(type);
    EXPECT_EQ(original->keyType(), type);
    SeededRandom random(3);
    auto copy = Certificate::fromDer(original->der(), original->privateKeyDer(),
                                     original->expires(), random);
    ASSERT_TRUE(copy.ok()) << copy.error().message;
    EXPECT_EQ((*copy)->der(), original->der());
    EXPECT_EQ((*copy)->privateKeyDer(), original->privateKeyDer());
    EXPECT_EQ((*copy)->keyType(), type);
    EXPECT_EQ((*copy)->expires(), original->expires());
  }
}

TEST(Certificate, RefusesAKeyThatIsNotItsOwn) {
  SeededRandom random(3);
  const auto one = make(KeyType::kEcdsaP256, 1);
  const auto other = make(KeyType::kEcdsaP256, 2);
  EXPECT_FALSE(Certificate::fromDer(one->der(), other->privateKeyDer(), kNow, random).ok());
  EXPECT_FALSE(Certificate::fromDer(one->der(), Bytes{1, 2, 3}, kNow, random).ok());
  EXPECT_FALSE(Certificate::fromDer(Bytes{1, 2, 3}, one->privateKeyDer(), kNow, random).ok());
  EXPECT_FALSE(Certificate::fromDer({}, {}, kNow, random).ok());
}

// What an endpoint presents would not have the fingerprints that were announced.
TEST(Certificate, IsNotRestoredWithBytesBehindIt) {
  SeededRandom random(3);
  const auto one = make();
  Bytes longer = one->der();
  longer.push_back(0);
  const auto restored = Certificate::fromDer(longer, one->privateKeyDer(), kNow, random);
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().kind, ErrorKind::kOperationError);
}

TEST(Certificate, RsaKeysHave2048BitsAndSignWithSha256) {
  const auto certificate = make(KeyType::kRsa2048);
  EXPECT_EQ(mbedtls_pk_get_bitlen(&certificate->identity()->key), 2048u);
}

// What signs handshakes knows P-256 alone. This one is of P-384, made by OpenSSL.
TEST(Certificate, IsNotRestoredWithAKeyOfAnotherCurve) {
  const Bytes certificate = {
      0x30, 0x82, 0x01, 0xac, 0x30, 0x82, 0x01, 0x32, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x14,
      0x15, 0xbf, 0x92, 0x07, 0xf1, 0x76, 0x0c, 0x3a, 0x99, 0x4a, 0x93, 0x00, 0x24, 0x42, 0x4f,
      0x98, 0x8d, 0x24, 0xa0, 0xae, 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
      0x03, 0x02, 0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01,
      0x78, 0x30, 0x20, 0x17, 0x0d, 0x32, 0x36, 0x31, 0x31, 0x33, 0x30, 0x30, 0x36, 0x35, 0x34,
      0x34, 0x38, 0x5a, 0x18, 0x0f, 0x32, 0x30, 0x38, 0x31, 0x30, 0x39, 0x30, 0x32, 0x30, 0x36,
      0x35, 0x34, 0x34, 0x38, 0x5a, 0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04,
      0x03, 0x0c, 0x01, 0x78, 0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
      0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04, 0xc0, 0x2b,
      0x11, 0xa8, 0xb8, 0x5a, 0xb0, 0xda, 0x7b, 0x33, 0xcd, 0xd0, 0xc0, 0x8d, 0xa7, 0x3f, 0xc4,
      0x43, 0xd1, 0xa7, 0x42, 0xa2, 0x76, 0x11, 0x3d, 0xb1, 0xf6, 0x9c, 0x63, 0x74, 0xd7, 0x2b,
      0x05, 0x62, 0xec, 0x0c, 0x8f, 0x9e, 0x65, 0xdf, 0x24, 0x57, 0x77, 0x2e, 0xad, 0xa7, 0x37,
      0x06, 0x3d, 0xfa, 0xd4, 0xcb, 0x59, 0xcd, 0xf3, 0xf0, 0x9f, 0xc4, 0xb2, 0x7d, 0x6f, 0x11,
      0x76, 0x57, 0x5a, 0xc5, 0xc9, 0x5c, 0x71, 0x25, 0x94, 0xd6, 0x79, 0x26, 0x78, 0x2e, 0x91,
      0x8d, 0x1d, 0x6b, 0x9f, 0x2e, 0xbd, 0x92, 0x42, 0x13, 0x37, 0x86, 0x4e, 0x85, 0x7b, 0x92,
      0xb2, 0xad, 0x0f, 0xba, 0xa3, 0x53, 0x30, 0x51, 0x30, 0x1d, 0x06, 0x03, 0x55, 0x1d, 0x0e,
      0x04, 0x16, 0x04, 0x14, 0x35, 0x18, 0xb1, 0xd5, 0x97, 0xf4, 0x49, 0xf1, 0x71, 0xb3, 0xc6,
      0xbc, 0x93, 0x40, 0xf1, 0x99, 0xa9, 0x5f, 0xa0, 0xa5, 0x30, 0x1f, 0x06, 0x03, 0x55, 0x1d,
      0x23, 0x04, 0x18, 0x30, 0x16, 0x80, 0x14, 0x35, 0x18, 0xb1, 0xd5, 0x97, 0xf4, 0x49, 0xf1,
      0x71, 0xb3, 0xc6, 0xbc, 0x93, 0x40, 0xf1, 0x99, 0xa9, 0x5f, 0xa0, 0xa5, 0x30, 0x0f, 0x06,
      0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x05, 0x30, 0x03, 0x01, 0x01, 0xff, 0x30,
      0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x03, 0x68, 0x00, 0x30,
      0x65, 0x02, 0x30, 0x43, 0x36, 0xab, 0xf5, 0xe8, 0x88, 0x01, 0xd6, 0x06, 0x36, 0x9e, 0xda,
      0x37, 0x88, 0x66, 0x24, 0xcb, 0xfd, 0x87, 0x25, 0x4a, 0xcd, 0xe5, 0x90, 0xc4, 0x13, 0x06,
      0xf7, 0x32, 0x0c, 0x88, 0x97, 0xac, 0x4f, 0x73, 0x91, 0x5a, 0x56, 0xc1, 0x4c, 0xbb, 0x10,
      0xf8, 0x40, 0x85, 0x29, 0x10, 0xb3, 0x02, 0x31, 0x00, 0xd6, 0x13, 0xa5, 0xa4, 0xe7, 0xf6,
      0x8e, 0x84, 0xa7, 0xd1, 0x04, 0x25, 0xa2, 0x32, 0x61, 0x84, 0x99, 0x87, 0x34, 0x3b, 0xbc,
      0xef, 0xb4, 0x70, 0xfb, 0x42, 0xb5, 0x6b, 0xfc, 0xbc, 0xb9, 0x65, 0x61, 0xef, 0xe5, 0xdf,
      0xfc, 0xc1, 0x2e, 0x3a, 0x11, 0x31, 0x9a, 0x77, 0x38, 0x7c, 0xbf, 0x2f};
  const Bytes key = {0x30, 0x81, 0xa4, 0x02, 0x01, 0x01, 0x04, 0x30, 0x31, 0x83, 0xbd, 0x44, 0xc2,
                     0x9c, 0xa0, 0x24, 0x2b, 0xb2, 0x2b, 0xc1, 0xc0, 0x2b, 0xa5, 0x04, 0xb9, 0xc1,
                     0x63, 0x9c, 0x95, 0x00, 0x72, 0x75, 0x96, 0xe9, 0x09, 0x6e, 0x0f, 0x03, 0x9a,
                     0xb7, 0x38, 0x35, 0x92, 0x90, 0xbc, 0x63, 0x14, 0x19, 0xcd, 0xd5, 0xe8, 0x21,
                     0xce, 0x52, 0x5d, 0x3f, 0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22,
                     0xa1, 0x64, 0x03, 0x62, 0x00, 0x04, 0xc0, 0x2b, 0x11, 0xa8, 0xb8, 0x5a, 0xb0,
                     0xda, 0x7b, 0x33, 0xcd, 0xd0, 0xc0, 0x8d, 0xa7, 0x3f, 0xc4, 0x43, 0xd1, 0xa7,
                     0x42, 0xa2, 0x76, 0x11, 0x3d, 0xb1, 0xf6, 0x9c, 0x63, 0x74, 0xd7, 0x2b, 0x05,
                     0x62, 0xec, 0x0c, 0x8f, 0x9e, 0x65, 0xdf, 0x24, 0x57, 0x77, 0x2e, 0xad, 0xa7,
                     0x37, 0x06, 0x3d, 0xfa, 0xd4, 0xcb, 0x59, 0xcd, 0xf3, 0xf0, 0x9f, 0xc4, 0xb2,
                     0x7d, 0x6f, 0x11, 0x76, 0x57, 0x5a, 0xc5, 0xc9, 0x5c, 0x71, 0x25, 0x94, 0xd6,
                     0x79, 0x26, 0x78, 0x2e, 0x91, 0x8d, 0x1d, 0x6b, 0x9f, 0x2e, 0xbd, 0x92, 0x42,
                     0x13, 0x37, 0x86, 0x4e, 0x85, 0x7b, 0x92, 0xb2, 0xad, 0x0f, 0xba};
  SeededRandom random(1);
  const auto restored = Certificate::fromDer(certificate, key, kNow, random);
  ASSERT_FALSE(restored.ok());
  EXPECT_NE(restored.error().message.find("P-256"), std::string::npos);
}

class FailingRandom final : public RandomSource {
 public:
  explicit FailingRandom(int successes) : left_(successes), inner_(9) {}
  bool fill(MutableByteSpan out) override {
    // As a careless source would: says that it failed, but leaves something plausible behind.
    return inner_.fill(out) && left_-- > 0;
  }

 private:
  int left_;
  SeededRandom inner_;
};

TEST(Certificate, IsNotMadeWhenTheRandomSourceFailsAtAnyPoint) {
  for (KeyType type : {KeyType::kEcdsaP256, KeyType::kRsa2048}) {
    for (int successes : {0, 1, 2}) {
      FailingRandom random(successes);
      auto result = Certificate::generate(type, random, kNow + kDay, kNow);
      ASSERT_FALSE(result.ok());
      EXPECT_EQ(result.error().kind, ErrorKind::kNotReadableError);
    }
  }
}

class ZeroRandom final : public RandomSource {
 public:
  bool fill(MutableByteSpan out) override {
    std::fill(out.begin(), out.end(), uint8_t{0});
    return true;
  }
};

TEST(Certificate, IsNotMadeOfZeros) {
  ZeroRandom random;
  EXPECT_FALSE(Certificate::generate(KeyType::kEcdsaP256, random, kNow + kDay, kNow).ok());
}

// --- Key pairs of the host ----------------------------------------------------------------------

std::shared_ptr<const Certificate> makeFrom(KeyPairSource& keyPairs,
                                            KeyType type = KeyType::kEcdsaP256) {
  SeededRandom random(1);
  auto result = Certificate::generate(type, random, kNow + kDay, kNow, &keyPairs);
  EXPECT_TRUE(result.ok());
  return *result;
}

TEST(Certificate, OfTheHostsKeyPairsVerifiesUnderTheFirstOfThem) {
  MbedtlsKeyPairs keyPairs(200);
  // Enough for r and s of every length: one in 256 begins with a zero byte.
  for (int i = 0; i < 100; ++i) {
    const auto certificate = makeFrom(keyPairs);
    const Certificate::Identity* identity = certificate->identity();
    ASSERT_NE(identity, nullptr);
    uint32_t flags = 0;
    EXPECT_EQ(mbedtls_x509_crt_verify(&identity->certificate, &identity->certificate, nullptr,
                                      nullptr, &flags, nullptr, nullptr),
              0);
    SeededRandom random(2);
    EXPECT_EQ(mbedtls_pk_check_pair(&identity->certificate.pk, &identity->key, drawRandom, &random),
              0);
    std::array<uint8_t, 32> scalar{};
    size_t length = 0;
    EXPECT_EQ(mbedtls_ecp_write_key_ext(mbedtls_pk_ec(identity->key), &length, scalar.data(),
                                        scalar.size()),
              0);
    // The other one was for the signature, and is used nowhere else.
    EXPECT_EQ(toBytes(scalar), keyPairs.scalars[2 * static_cast<size_t>(i)]);
  }
  EXPECT_EQ(keyPairs.scalars.size(), 200u);
}

TEST(Certificate, SignsItselfWhenTheHostHasNoKeyPairOrOnlyOne) {
  for (int count : {0, 1}) {
    MbedtlsKeyPairs keyPairs(count);
    const auto certificate = makeFrom(keyPairs);
    EXPECT_EQ(certificate->der(), make(KeyType::kEcdsaP256, 1, kNow + kDay)->der());
  }
}

TEST(Certificate, TakesNoKeyPairsForRsa) {
  MbedtlsKeyPairs keyPairs(2);
  EXPECT_EQ(makeFrom(keyPairs, KeyType::kRsa2048)->keyType(), KeyType::kRsa2048);
  EXPECT_TRUE(keyPairs.scalars.empty());
}

TEST(Certificate, OfTheHostsKeyPairsIsNotMadeWhenTheRandomSourceFails) {
  for (int successes : {0, 1}) {
    FailingRandom random(successes);
    MbedtlsKeyPairs keyPairs(2);
    auto result = Certificate::generate(KeyType::kEcdsaP256, random, kNow + kDay, kNow, &keyPairs);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::kNotReadableError);
  }
}

// --- DER ----------------------------------------------------------------------------------------

TEST(CertificateDer, NumbersAreAsShortAsTheyMayBeAndNeverNegative) {
  std::array<uint8_t, 32> r{};
  std::array<uint8_t, 32> s{};
  r[31] = 0x80;
  s[30] = 0x01;
  EXPECT_EQ(ecdsaSignature(r, s), (Bytes{0x30, 8, 2, 2, 0, 0x80, 2, 2, 1, 0}));
  EXPECT_EQ(ecdsaSignature({}, {}), (Bytes{0x30, 6, 2, 1, 0, 2, 1, 0}));
}

TEST(CertificateDer, ASerialIsPositiveAndHasItsFullLength) {
  for (uint8_t first : {0x00, 0x3f, 0x40, 0x80, 0xff}) {
    CertificateContents contents;
    contents.serial[0] = first;
    const Bytes tbs = tbsCertificate(contents);
    // SEQUENCE, [0] v3, INTEGER
    const ByteSpan serial = ByteSpan(tbs).subspan(2 + 5, 3);
    EXPECT_EQ(serial[0], 2);
    EXPECT_EQ(serial[1], 16);
    EXPECT_EQ(serial[2] & 0xc0, 0x40);
  }
}

// --- Fingerprints -------------------------------------------------------------------------------

TEST(Fingerprint, HasTheLengthOfItsHash) {
  const auto certificate = make();
  EXPECT_EQ(certificate->fingerprint(HashAlgorithm::kSha1).value.size(), 20u * 3 - 1);
  EXPECT_EQ(certificate->fingerprint(HashAlgorithm::kSha224).value.size(), 28u * 3 - 1);
  EXPECT_EQ(certificate->fingerprint(HashAlgorithm::kSha256).value.size(), 32u * 3 - 1);
  EXPECT_EQ(certificate->fingerprint(HashAlgorithm::kSha384).value.size(), 48u * 3 - 1);
  EXPECT_EQ(certificate->fingerprint(HashAlgorithm::kSha512).value.size(), 64u * 3 - 1);
}

TEST(Fingerprint, IsTheDigestInUpperCaseHex) {
  // FIPS 180: SHA-256("abc").
  EXPECT_EQ(fingerprintOf(asBytes("abc"), HashAlgorithm::kSha256),
            (Fingerprint{"sha-256",
                         "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:"
                         "B4:10:FF:61:F2:00:15:AD"}));
}

TEST(Fingerprint, ParsesHexPairsInEitherCaseAndNothingElse) {
  EXPECT_EQ(parseFingerprintValue("0a:Ff"), (Bytes{0x0a, 0xff}));
  EXPECT_EQ(parseFingerprintValue("00"), Bytes{0});
  for (const char* bad : {"", "0", "0:", "00:", ":00", "00:0", "00:000", "00-00", "0g", "00 00",
                          "00::00", "+1", "0x", "00:00:"}) {
    EXPECT_EQ(parseFingerprintValue(bad), std::nullopt) << bad;
  }
}

TEST(Fingerprint, NamesAreCaseInsensitiveAndBrokenHashesUnknown) {
  EXPECT_EQ(parseHashName("SHA-256"), HashAlgorithm::kSha256);
  EXPECT_EQ(parseHashName("sha-512"), HashAlgorithm::kSha512);
  for (const char* bad : {"", "sha", "md5", "md2", "sha256", "sha-2560"}) {
    EXPECT_EQ(parseHashName(bad), std::nullopt) << bad;
  }
}

TEST(Fingerprint, TheStrongestHashDecides) {
  const Bytes der = toBytes(asBytes("a certificate"));
  const auto right = [&](HashAlgorithm a) {
    return fingerprintOf(der, a);
  };
  const auto wrong = [&](HashAlgorithm a) {
    return fingerprintOf(asBytes("another"), a);
  };
  using enum HashAlgorithm;
  EXPECT_EQ(checkFingerprints(der, {right(kSha256)}), FingerprintCheck::kMatch);
  EXPECT_EQ(checkFingerprints(der, {wrong(kSha256)}), FingerprintCheck::kMismatch);
  EXPECT_EQ(checkFingerprints(der, {wrong(kSha256), right(kSha256)}), FingerprintCheck::kMatch);
  EXPECT_EQ(checkFingerprints(der, {right(kSha256), wrong(kSha512)}), FingerprintCheck::kMismatch);
  EXPECT_EQ(checkFingerprints(der, {wrong(kSha256), right(kSha512)}), FingerprintCheck::kMatch);
  // A malformed or truncated stronger one is no fingerprint at all.
  EXPECT_EQ(checkFingerprints(der, {right(kSha256), {"sha-512", "AA:BB"}}),
            FingerprintCheck::kMatch);
  EXPECT_EQ(checkFingerprints(der, {{"md5", "AA"}, {"SHA-256", right(kSha256).value}}),
            FingerprintCheck::kMatch);
  EXPECT_EQ(checkFingerprints(der, {}), FingerprintCheck::kNoneUsable);
  EXPECT_EQ(checkFingerprints(der, {{"md5", "AA"}, {"sha-256", ""}}),
            FingerprintCheck::kNoneUsable);
}

TEST(Fingerprint, Sha1CountsWhereNothingStrongerIsAnnounced) {
  const Bytes der = toBytes(asBytes("a certificate"));
  using enum HashAlgorithm;
  const Fingerprint right = fingerprintOf(der, kSha1);
  const Fingerprint wrong = fingerprintOf(asBytes("another"), kSha1);
  EXPECT_EQ(checkFingerprints(der, {right}), FingerprintCheck::kMatch);
  EXPECT_EQ(checkFingerprints(der, {wrong}), FingerprintCheck::kMismatch);
  for (HashAlgorithm stronger : {kSha224, kSha256, kSha384, kSha512}) {
    const Fingerprint other = fingerprintOf(asBytes("another"), stronger);
    EXPECT_EQ(checkFingerprints(der, {right, other}), FingerprintCheck::kMismatch)
        << hashName(stronger);
  }
}

}  // namespace
}  // namespace rtc::dtls
