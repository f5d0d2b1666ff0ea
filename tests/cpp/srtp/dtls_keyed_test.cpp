// The whole of RFC 5764: a DTLS handshake that negotiates a profile and keys SRTP at both ends.

#include <gtest/gtest.h>

#include "cpp/srtp/session.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc {
namespace {

TEST(DtlsSrtp, AHandshakeKeysBothEndsOfASession) {
  for (auto offered : {dtls::SrtpProfile::kAes128CmSha1_80, dtls::SrtpProfile::kAes128CmSha1_32}) {
    dtls::DtlsPair pair;
    for (auto& config : pair.config)
      config.srtpProfiles = {offered};
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected());
    std::unique_ptr<srtp::Session> session[2];
    for (auto end : {dtls::DtlsPair::kClient, dtls::DtlsPair::kServer}) {
      ASSERT_EQ(pair.endpoint[end]->srtpProfile(), offered);
      const auto profile = srtp::profileFromIana(static_cast<uint16_t>(offered));
      ASSERT_TRUE(profile);
      auto made = srtp::Session::create(
          *profile,
          end == dtls::DtlsPair::kClient ? srtp::DtlsRole::kClient : srtp::DtlsRole::kServer,
          pair.endpoint[end]->exportKeyingMaterial(srtp::kExporterLabel,
                                                   srtp::keyingMaterialLength(*profile)));
      ASSERT_TRUE(made.ok());
      session[end] = std::move(*made);
    }
    Bytes packet{0x80, 96, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 'h', 'e', 'l', 'l', 'o'};
    const Bytes plain = packet;
    for (int from : {0, 1}) {
      ASSERT_TRUE(session[from]->protectRtp(packet).ok());
      ASSERT_TRUE(session[1 - from]->unprotectRtp(packet).ok());
      EXPECT_EQ(packet, plain);
    }
  }
}

}  // namespace
}  // namespace rtc
