// Against an implementation that shares no code with ours. Built when libssl-dev is installed.

#ifdef WEBRTC_HAVE_OPENSSL

#include "tests/cpp/dtls/openssl_peer.h"

namespace rtc::dtls {
namespace {

TEST(DtlsOpenssl, ConnectsInBothRolesWithEitherKindOfCertificate) {
  for (Role role : {Role::kClient, Role::kServer}) {
    for (bool rsa : {false, true}) {
      OpensslPeer::Options options;
      options.role = role;
      options.rsa = rsa;
      Interop interop(options);
      interop.expectAgreement();
      EXPECT_FALSE(interop.peer.hasSessionTicket());
      EXPECT_EQ(interop.peer.srtpProfile(), 1);
      EXPECT_EQ(interop.heard.connected->srtpProfile, SrtpProfile::kAes128CmSha1_80);
    }
  }
}

TEST(DtlsOpenssl, NegotiatesEverySuiteAndGroupThatIsOffered) {
  for (Role role : {Role::kClient, Role::kServer}) {
    for (const char* cipher : {"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256",
                               "ECDHE-ECDSA-AES256-GCM-SHA384"}) {
      for (const char* group : {"X25519", "P-256", "P-384"}) {
        OpensslPeer::Options options;
        options.role = role;
        options.ciphers = cipher;
        // The certificate's own curve has to be among the groups (RFC 8422 section 5.1.1).
        const std::string groups =
            group == std::string_view("P-256") ? group : std::string(group) + ":P-256";
        options.groups = groups.c_str();
        Interop interop(options);
        interop.expectAgreement();
      }
    }
  }
}

TEST(DtlsOpenssl, OurServerPrefersChaCha20WhateverTheClientsOrder) {
  OpensslPeer::Options options;
  options.role = Role::kClient;
  options.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
  Interop interop(options);
  interop.expectAgreement();
  EXPECT_EQ(interop.peer.cipher(), "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
}

TEST(DtlsOpenssl, FragmentsOfSmallMtusAreUnderstoodBothWays) {
  for (Role role : {Role::kClient, Role::kServer}) {
    OpensslPeer::Options options;
    options.role = role;
    options.mtu = 256;
    Interop interop(options);
    ASSERT_TRUE(interop.heard.connected)
        << (interop.heard.failed ? interop.heard.failed->text : "");
    EXPECT_TRUE(interop.peer.connected());
  }
}

TEST(DtlsOpenssl, AnswersOurCookieRequest) {
  OpensslPeer::Options options;
  options.role = Role::kClient;
  Interop interop(options, true);
  interop.expectAgreement();
}

TEST(DtlsOpenssl, LeavesSrtpOutWhenThePeerDoes) {
  for (Role role : {Role::kClient, Role::kServer}) {
    OpensslPeer::Options options;
    options.role = role;
    options.srtp = nullptr;
    Interop interop(options);
    interop.expectAgreement();
    EXPECT_EQ(interop.heard.connected->srtpProfile, std::nullopt);
  }
}

TEST(DtlsOpenssl, AWrongFingerprintEndsTheHandshakeWithBadCertificate) {
  for (Role role : {Role::kClient, Role::kServer}) {
    OpensslPeer::Options options;
    options.role = role;
    Interop interop(options, false, false);
    ASSERT_TRUE(interop.heard.failed);
    EXPECT_EQ(interop.heard.failed->reason, FailureReason::kFingerprintMismatch);
    EXPECT_EQ(interop.heard.failed->sentAlert, 42);
    EXPECT_FALSE(interop.peer.connected());
  }
}

TEST(DtlsOpenssl, AClientWithoutACertificateIsRefused) {
  OpensslPeer::Options options;
  options.role = Role::kClient;
  options.certificate = false;
  Interop interop(options);
  EXPECT_FALSE(interop.heard.connected);
  ASSERT_TRUE(interop.heard.failed);
  EXPECT_EQ(interop.heard.failed->reason, FailureReason::kAlertSent) << interop.heard.failed->text;
  EXPECT_EQ(interop.heard.failed->sentAlert, 40);
  EXPECT_TRUE(interop.ours->remoteCertificate().empty());
}

TEST(DtlsOpenssl, HavingNoSuiteInCommonFailsWithHandshakeFailure) {
  for (Role role : {Role::kClient, Role::kServer}) {
    OpensslPeer::Options options;
    options.role = role;
    options.ciphers = "ECDHE-ECDSA-AES128-SHA";
    Interop interop(options);
    ASSERT_TRUE(interop.heard.failed);
    if (role == Role::kServer) {
      EXPECT_EQ(interop.heard.failed->reason, FailureReason::kAlertReceived);
      EXPECT_EQ(interop.heard.failed->receivedAlert, 40);
    } else {
      EXPECT_EQ(interop.heard.failed->reason, FailureReason::kAlertSent)
          << interop.heard.failed->text;
      EXPECT_EQ(interop.heard.failed->sentAlert, 40);
    }
  }
}

TEST(DtlsOpenssl, ClosingIsSeenOnTheOtherSide) {
  OpensslPeer::Options options;
  Interop first(options);
  first.expectAgreement();
  first.peer.close();
  first.exchange();
  EXPECT_TRUE(first.heard.closed);

  Interop second(options);
  second.expectAgreement();
  second.ours->close(second.now);
  second.exchange();
  EXPECT_TRUE(second.peer.closedByPeer());
}

}  // namespace
}  // namespace rtc::dtls

#endif  // WEBRTC_HAVE_OPENSSL
