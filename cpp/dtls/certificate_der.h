#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "cpp/base/bytes.h"
#include "cpp/dtls/certificate.h"

// A self-signed certificate of ours, as DER. RFC 5280 section 4.1:
//
//   Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
//   TBSCertificate ::= SEQUENCE {
//     version [0] v3, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo,
//     extensions [3] }
namespace rtc::dtls {

/// Section 4.1.2.5: GeneralizedTime ends with the year 9999.
inline constexpr int64_t kLastUnixSecond = 253402300799;

struct CertificateContents {
  /// Of the key, and so of the signature: ecdsa-with-SHA256 or sha256WithRSAEncryption.
  KeyType keyType = KeyType::kEcdsaP256;
  std::array<uint8_t, 16> serial{};
  /// Of issuer and subject alike.
  std::string_view commonName;
  /// Unix seconds; what X.509 cannot express is clamped.
  int64_t notBefore = 0;
  int64_t notAfter = 0;
  /// A whole SubjectPublicKeyInfo.
  ByteSpan publicKeyInfo;
};

/// What is signed. The serial's first bits are changed so that it is positive and 16 bytes long.
Bytes tbsCertificate(const CertificateContents& contents);

/// `tbs` with its signature: for ECDSA that of `ecdsaSignature`, for RSA the PKCS #1 value.
Bytes signedCertificate(ByteSpan tbs, KeyType keyType, ByteSpan signature);

/// SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480 section 2).
Bytes p256PublicKeyInfo(const std::array<uint8_t, 65>& point);

/// Ecdsa-Sig-Value (RFC 3279 section 2.2.3) of two numbers of 32 bytes.
Bytes ecdsaSignature(const std::array<uint8_t, 32>& r, const std::array<uint8_t, 32>& s);

}  // namespace rtc::dtls
