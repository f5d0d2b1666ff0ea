#include "cpp/dtls/certificate_pool.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/cpp/dtls/mbedtls_key_pairs.h"

namespace rtc::dtls {
namespace {

constexpr int64_t kNow = 1'760'000'000;

class BrokenRandom final : public RandomSource {
 public:
  bool fill(MutableByteSpan) override { return false; }
};

TEST(CertificatePool, GivesEachCertificateOnceAndMakesOneWhenItHasNone) {
  SeededRandom random(1);
  CertificatePool pool(random, nullptr);
  ASSERT_TRUE(pool.prepare(kNow + 100, kNow).ok());
  ASSERT_TRUE(pool.prepare(kNow + 200, kNow).ok());
  EXPECT_EQ(pool.prepared(), 2u);
  std::set<Bytes> given;
  // The oldest first, so that none grows old, then new ones.
  for (int64_t expiry : {100, 200, 300, 300}) {
    const auto certificate = pool.take(kNow + 300, kNow);
    ASSERT_TRUE(certificate.ok());
    EXPECT_EQ((*certificate)->expires(), kNow + expiry);
    given.insert((*certificate)->der());
  }
  EXPECT_EQ(given.size(), 4u);
  EXPECT_EQ(pool.prepared(), 0u);
}

TEST(CertificatePool, ThrowsAwayWhatNobodyNeeded) {
  SeededRandom random(1);
  CertificatePool pool(random, nullptr);
  ASSERT_TRUE(pool.prepare(kNow + 100, kNow).ok());
  pool.clear();
  EXPECT_EQ(pool.prepared(), 0u);
  EXPECT_EQ((*pool.take(kNow + 300, kNow))->expires(), kNow + 300);
}

TEST(CertificatePool, MakesCertificatesOfTheHostsKeyPairs) {
  SeededRandom random(1);
  MbedtlsKeyPairs keyPairs(4);
  CertificatePool pool(random, &keyPairs);
  ASSERT_TRUE(pool.prepare(kNow + 100, kNow).ok());
  EXPECT_EQ(keyPairs.scalars.size(), 2u);
  ASSERT_TRUE(pool.take(kNow + 100, kNow).ok());
  ASSERT_TRUE(pool.take(kNow + 100, kNow).ok());
  EXPECT_EQ(keyPairs.scalars.size(), 4u);
}

TEST(CertificatePool, SaysWhenTheRandomSourceFails) {
  BrokenRandom random;
  CertificatePool pool(random, nullptr);
  EXPECT_EQ(pool.prepare(kNow + 100, kNow).error().kind, ErrorKind::kNotReadableError);
  EXPECT_EQ(pool.take(kNow + 100, kNow).error().kind, ErrorKind::kNotReadableError);
  EXPECT_EQ(pool.prepared(), 0u);
}

}  // namespace
}  // namespace rtc::dtls
