// Master keys are not left behind in memory: not by us, and not by the library.

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/srtp/session.h"
#include "tests/cpp/base/secret_watch.h"

namespace rtc::srtp {
namespace {

using rtc::testing::SecretWatch;

TEST(SrtpKeyZeroisation, MasterKeysAreWipedWithTheirSession) {
  for (const Profile profile : {Profile::kAes128CmSha1_80, Profile::kAes128CmSha1_32,
                                Profile::kAeadAes128Gcm, Profile::kAeadAes256Gcm}) {
    Bytes material(keyingMaterialLength(profile));
    ASSERT_TRUE(SeededRandom(17).fill(material));
    // The client's and the server's key stand at the beginning (RFC 5764 section 4.2).
    const size_t length = profile == Profile::kAeadAes256Gcm ? 32 : 16;
    for (const size_t at : {size_t{0}, length}) {
      SecretWatch watch(ByteSpan(material).subspan(at, length));
      for (const DtlsRole role : {DtlsRole::kClient, DtlsRole::kServer}) {
        auto session = Session::create(profile, role, material);
        ASSERT_TRUE(session.ok());
        Bytes packet{0x80, 96, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6};
        ASSERT_TRUE((*session)->protectRtp(packet).ok());
        (void)(*session)->unprotectRtp(packet);
      }
      EXPECT_GT(watch.inspected(), 4u);
      EXPECT_EQ(watch.found(), 0u) << static_cast<int>(profile);
    }
  }
}

}  // namespace
}  // namespace rtc::srtp
