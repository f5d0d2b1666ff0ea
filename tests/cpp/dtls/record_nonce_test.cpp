// Two records under one nonce give away the key that authenticates all of them. CVE-2026-26014:
// nonces of AES-GCM were drawn at random, there, and repeat after some 2^32 records; RFC 9325
// section 7.2.1 asks for the record's number.

#include <set>

#include "cpp/dtls/record.h"
#include "tests/cpp/dtls/dtls_pair.h"
#include "tests/cpp/dtls/openssl_peer.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

/// What the nonces of a record are made of (RFC 5288 section 3, RFC 7905 section 2).
uint64_t numberOf(const Record& record) {
  return uint64_t{record.epoch} << 48 | record.sequence;
}

TEST(DtlsRecordNonce, NoTwoProtectedRecordsHaveOneNumberThoughFlightsAreRepeated) {
  DtlsPair pair;
  std::set<uint64_t> numbers[2];
  size_t records[2] = {0, 0};
  size_t lost = 0;
  pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
    ByteReader reader(datagram);
    bool isProtected = false;
    while (const auto record = readRecord(reader)) {
      if (record->epoch == 0)
        continue;
      isProtected = true;
      ++records[from];
      numbers[from].insert(numberOf(*record));
    }
    // Both ends repeat their Finished.
    if (isProtected && lost < 4) {
      ++lost;
      return std::vector<Bytes>{};
    }
    return std::vector<Bytes>{datagram};
  };
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  EXPECT_EQ(lost, 4u);
  for (int i = 0; i < 50; ++i)
    pair.expectDataFlows();
  for (const auto end : {kClient, kServer}) {
    EXPECT_GT(records[end], 50u);
    EXPECT_EQ(numbers[end].size(), records[end]);
  }
}

#ifdef WEBRTC_HAVE_OPENSSL
TEST(DtlsRecordNonce, OfAesGcmIsTheNumberOfTheRecord) {
  for (const char* cipher : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}) {
    OpensslPeer::Options options;
    options.ciphers = cipher;
    Interop interop(options);
    interop.expectAgreement();
    uint64_t last = 0;
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(interop.ours->send(Bytes(100, 7), interop.now));
      const auto output = interop.ours->poll();
      const auto* transmit = output ? std::get_if<Transmit>(&*output) : nullptr;
      ASSERT_NE(transmit, nullptr);
      ByteReader reader(transmit->data);
      const auto record = readRecord(reader);
      ASSERT_TRUE(record);
      EXPECT_EQ(record->payload.size(), size_t{8 + 100 + 16}) << "nonce, data, tag";
      EXPECT_EQ(ByteReader(record->payload).u64(), numberOf(*record));
      EXPECT_GT(numberOf(*record), last);
      last = numberOf(*record);
    }
  }
}
#endif

}  // namespace
}  // namespace rtc::dtls
