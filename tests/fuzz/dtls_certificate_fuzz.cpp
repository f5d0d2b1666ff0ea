// Fingerprints as the signalling brings them, and certificates and keys as a clone brings them:
// what is restored is what was given, and what is announced is what its endpoint will present. A
// short input is also a recipe for certificates: with what randomness and how many key pairs of the
// embedding they are made, and until when they are valid.

#include <algorithm>
#include <array>

#include "cpp/base/random.h"
#include "cpp/dtls/certificate.h"
#include "cpp/dtls/certificate_identity.h"
#include "cpp/dtls/certificate_pool.h"
#include "tests/cpp/dtls/mbedtls_key_pairs.h"
#include "tests/fuzz/require.h"

namespace {

using namespace rtc;
using namespace rtc::dtls;
using rtc::fuzz::require;

constexpr int64_t kNow = 1'760'000'000;
/// Beyond it X.509 has no words.
constexpr int64_t kLastSecond = 253'402'300'799;
constexpr size_t kLongestRecipe = 8;

/// Gives so much and no more.
class ShortRandom final : public RandomSource {
 public:
  explicit ShortRandom(int fills) : left_(fills) {}
  bool fill(MutableByteSpan out) override { return left_-- > 0 && seeded_.fill(out); }

 private:
  int left_;
  SeededRandom seeded_{3};
};

/// One pair of `before` is no pair at all.
class BadPairs final : public KeyPairSource {
 public:
  explicit BadPairs(int before) : left_(before) {}
  bool draw(P256KeyPair& pair) override {
    if (left_-- == 0) {
      pair.scalar.fill(0);
      pair.point.fill(0);
      return true;
    }
    return good_.draw(pair);
  }

 private:
  int left_;
  MbedtlsKeyPairs good_{1000};
};

/// A certificate that is there says one thing, however it is asked.
void checkCertificate(const Certificate& certificate) {
  const Certificate::Identity* identity = certificate.identity();
  require(identity != nullptr, "a certificate without an identity");
  const mbedtls_x509_buf& raw = identity->certificate.raw;
  require(toBytes({raw.p, raw.len}) == certificate.der(),
          "what is presented is not what the fingerprints are of");
  require(certificate.fingerprints().size() == 1 &&
              certificate.fingerprints().front() ==
                  fingerprintOf(certificate.der(), HashAlgorithm::kSha256),
          "another fingerprint is announced");
  for (const HashAlgorithm algorithm : kAllHashAlgorithms)
    require(checkFingerprints(certificate.der(), {certificate.fingerprint(algorithm)}) ==
                FingerprintCheck::kMatch,
            "a certificate without its fingerprint");
  const Bytes key = certificate.privateKeyDer();
  require(!key.empty(), "a certificate without a key");
  SeededRandom random(2);
  const auto again = Certificate::fromDer(certificate.der(), key, certificate.expires(), random);
  require(again.ok(), "a certificate that cannot be restored");
  require((*again)->der() == certificate.der() && (*again)->privateKeyDer() == key &&
              (*again)->keyType() == certificate.keyType() &&
              (*again)->expires() == certificate.expires(),
          "another certificate is restored");
}

void checkFingerprintsOf(ByteSpan input) {
  const size_t half = input.size() / 2;
  const Fingerprint announced{std::string(asText(input.subspan(0, half))),
                              std::string(asText(input.subspan(half)))};
  require(checkFingerprints(input, {announced}) != FingerprintCheck::kMatch,
          "a digest that holds itself");
  for (const HashAlgorithm algorithm : kAllHashAlgorithms) {
    require(parseHashName(hashName(algorithm)) == algorithm, "a hash has another name");
    const Fingerprint right = fingerprintOf(input, algorithm);
    const auto check = checkFingerprints(input, {announced, right});
    // Only what is announced of a stronger hash outdoes it.
    const auto announcedHash = parseHashName(announced.algorithm);
    const bool mayFail = announcedHash && *announcedHash > algorithm;
    require(check == FingerprintCheck::kMatch || mayFail, "the right fingerprint does not match");
    Fingerprint wrong = right;
    wrong.value.back() = wrong.value.back() == '0' ? '1' : '0';
    require(checkFingerprints(input, {wrong}) == FingerprintCheck::kMismatch,
            "a wrong fingerprint matches");
    for (const HashAlgorithm weaker : kAllHashAlgorithms) {
      const auto both = checkFingerprints(input, {fingerprintOf(input, weaker), wrong});
      // Of the same hash any one counts.
      require((both == FingerprintCheck::kMatch) == (weaker >= algorithm),
              "a weak hash speaks louder than a strong one");
    }
  }
}

void make(ByteSpan recipe) {
  ByteReader reader(recipe);
  const uint8_t manner = reader.u8().value_or(0);
  const uint8_t expiryBits = reader.u8().value_or(0);
  const uint8_t shift = reader.u8().value_or(0) % 56;
  const int amount = reader.u8().value_or(0) % 8;
  const int64_t expiry = kNow + static_cast<int64_t>(static_cast<uint64_t>(expiryBits) << shift);
  const KeyType type = (manner & 8) != 0 ? KeyType::kRsa2048 : KeyType::kEcdsaP256;

  SeededRandom good(1);
  // An RSA key takes too long to be made here.
  ShortRandom bad(type == KeyType::kRsa2048 ? amount % 3 : amount * 2);
  const bool isShort = (manner & 1) != 0 || type == KeyType::kRsa2048;
  RandomSource& random = isShort ? static_cast<RandomSource&>(bad) : good;
  MbedtlsKeyPairs pairs(amount);
  BadPairs badPairs(amount);
  const bool isBad = (manner & 4) != 0;
  KeyPairSource* source = (manner & 2) == 0 ? nullptr
                          : isBad           ? static_cast<KeyPairSource*>(&badPairs)
                                            : &pairs;

  CertificatePool pool(random, source);
  for (int left = (manner >> 4) % 4; left > 0; --left) {
    const size_t before = pool.prepared();
    require(pool.prepare(expiry, kNow).ok() == (pool.prepared() == before + 1),
            "prepared, and not there");
  }
  if ((manner & 0x40) != 0)
    pool.clear();
  for (int left = 2; left > 0; --left) {
    const size_t before = pool.prepared();
    const auto made = before > 0 || type == KeyType::kEcdsaP256
                          ? pool.take(expiry, kNow)
                          : Certificate::generate(type, random, expiry, kNow, source);
    if (!made.ok()) {
      require(made.error().kind ==
                      (isShort ? ErrorKind::kNotReadableError : ErrorKind::kOperationError) ||
                  (isShort && isBad),
              "another error than promised");
      require(isShort || (source != nullptr && isBad), "a certificate cannot be made");
      continue;
    }
    require(pool.prepared() == before - (before > 0 ? 1 : 0), "what was prepared is given twice");
    require((*made)->expires() == std::min(expiry, kLastSecond), "another expiry");
    // What is signed with a pair that is none is not looked at.
    if (!isBad)
      checkCertificate(**made);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan input{data, size};
  const size_t half = size / 2;

  if (const auto value = parseFingerprintValue(asText(input))) {
    // What parses is what is printed, but for its case.
    require(parseFingerprintValue(formatFingerprintValue(*value)) == value,
            "a fingerprint is another when it is printed");
  }
  checkFingerprintsOf(input);

  SeededRandom random(1);
  const auto restored =
      Certificate::fromDer(input.subspan(0, half), input.subspan(half), 7, random);
  if (restored.ok()) {
    require((*restored)->expires() == 7, "another expiry is restored");
    checkCertificate(**restored);
  }
  if (size > 0 && size <= kLongestRecipe)
    make(input);
  return 0;
}
