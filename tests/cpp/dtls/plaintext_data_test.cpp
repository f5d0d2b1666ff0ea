// CVE-2019-20786: application data in records without protection was delivered, there, whenever it
// came.

#include "cpp/dtls/record.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

Bytes applicationData(uint16_t epoch, uint64_t number) {
  ByteWriter writer;
  writer.u8(23);
  writer.u16(0xfefd);
  writer.u16(epoch);
  writer.u16(static_cast<uint16_t>(number >> 32));
  writer.u32(static_cast<uint32_t>(number));
  writer.u16(5);
  writer.bytes(asBytes("evil!"));
  return writer.take();
}

TEST(DtlsPlaintextData, IsNeverDelivered) {
  for (const auto victim : {kClient, kServer}) {
    DtlsPair pair;
    uint64_t number = 1;
    const auto attack = [&] {
      for (const uint16_t epoch : {0, 1, 2, 0xffff})
        pair.inject(victim, applicationData(epoch, number++));
    };
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      attack();
      return std::vector<Bytes>{datagram};
    };
    pair.start();
    attack();
    pair.connect();
    ASSERT_TRUE(pair.connected());
    attack();
    pair.settle();
    pair.filter = nullptr;
    EXPECT_TRUE(pair.heard[victim].received.empty());
    pair.expectDataFlows();
    EXPECT_EQ(pair.heard[victim].received.size(), 1u);
  }
}

TEST(DtlsPlaintextData, NothingIsSaidToBeReceivedBeforeTheFingerprintIsFoundRight) {
  // The peer is somebody else with a certificate that is well-formed, sends data with its Finished,
  // and is never heard.
  for (const auto victim : {kClient, kServer}) {
    DtlsPair pair;
    const auto other = victim == kClient ? kServer : kClient;
    pair.config[victim].expected = testCertificate(KeyType::kEcdsaP256, 99)->fingerprints();
    pair.start();
    for (int i = 0; i < 20; ++i) {
      pair.settle();
      (void)pair.endpoint[other]->send(Bytes{1, 2, 3}, pair.now);
      if (!pair.advance())
        break;
    }
    EXPECT_FALSE(pair.heard[victim].connected);
    EXPECT_TRUE(pair.heard[victim].received.empty());
    ASSERT_TRUE(pair.heard[victim].failed);
    EXPECT_EQ(pair.heard[victim].failed->reason, FailureReason::kFingerprintMismatch);
    EXPECT_FALSE(pair.endpoint[victim]->send(Bytes{1}, pair.now));
    EXPECT_TRUE(pair.endpoint[victim]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60).empty());
  }
}

}  // namespace
}  // namespace rtc::dtls
