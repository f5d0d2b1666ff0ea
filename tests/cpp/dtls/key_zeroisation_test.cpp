// Private keys are not left behind in memory.

#include "cpp/base/wipe.h"
#include "tests/cpp/base/secret_watch.h"
#include "tests/cpp/dtls/dtls_pair.h"
#include "tests/cpp/dtls/mbedtls_key_pairs.h"

namespace rtc::dtls {
namespace {

using rtc::testing::SecretWatch;

TEST(KeyZeroisation, TheWatchSeesASecretThatIsLeftBehind) {
  const Bytes secret{0x51, 0x62, 0x73, 0x84, 0x95, 0xa6, 0xb7, 0xc8,
                     0xd9, 0xea, 0xfb, 0x0c, 0x1d, 0x2e, 0x3f, 0x40};
  SecretWatch watch(secret);
  {
    const Bytes forgotten(secret.begin(), secret.end());
    asm volatile("" : : "r"(forgotten.data()) : "memory");  // it is made, though nobody reads it
  }
  EXPECT_EQ(watch.found(), 1u);
  {
    Bytes wiped(secret.begin(), secret.end());
    wipe(wiped);
    SecretBytes kept(Bytes(secret.begin(), secret.end()));
    SecretBytes moved(std::move(kept));
    moved = SecretBytes();
  }
  EXPECT_EQ(watch.found(), 1u);
}

TEST(KeyZeroisation, APrivateKeyOfTheHostIsWipedWithItsCertificate) {
  // The first key of a seed, as the host gives it and as mbedTLS keeps it: its limbs the other way
  // round.
  MbedtlsKeyPairs rehearsal(1, 21);
  P256KeyPair pair;
  ASSERT_TRUE(rehearsal.draw(pair));
  for (const bool reversed : {false, true}) {
    Bytes secret = toBytes(pair.scalar);
    if (reversed)
      std::reverse(secret.begin(), secret.end());
    MbedtlsKeyPairs keys(2, 21);
    // Not what the helper keeps of it.
    keys.scalars.reserve(8);
    SecretWatch watch(secret);
    {
      SeededRandom random(5);
      auto certificate = Certificate::generate(KeyType::kEcdsaP256, random, kTestUnixTime + 86400,
                                               kTestUnixTime, &keys);
      ASSERT_TRUE(certificate.ok());
      DtlsPair session;
      session.config[DtlsPair::kClient].certificate = *certificate;
      session.config[DtlsPair::kServer].expected = (*certificate)->fingerprints();
      session.start();
      session.connect();
      ASSERT_TRUE(session.connected());
    }
    EXPECT_GT(watch.inspected(), 100u);
    EXPECT_EQ(watch.found(), 0u) << reversed;
  }
}

TEST(KeyZeroisation, WhatWasExportedForMediaIsNotKeptByTheEndpoint) {
  DtlsPair session;
  session.start();
  session.connect();
  const Bytes exported =
      session.endpoint[DtlsPair::kClient]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60);
  ASSERT_EQ(exported.size(), 60u);
  SecretWatch watch(exported);
  session.endpoint[DtlsPair::kClient].reset();
  session.endpoint[DtlsPair::kServer].reset();
  EXPECT_GT(watch.inspected(), 5u);
  EXPECT_EQ(watch.found(), 0u);
}

}  // namespace
}  // namespace rtc::dtls
