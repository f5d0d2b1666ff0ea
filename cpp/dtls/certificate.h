#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/error.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/dtls/fingerprint.h"

namespace rtc::dtls {

class KeyPairSource;
struct CertificateContents;

enum class KeyType { kEcdsaP256, kRsa2048 };

/// A self-signed certificate with its private key, what an `RTCCertificate` stands for (webrtc-pc
/// section 4.9). Immutable and shared: any number of endpoints may use one at the same time.
class Certificate {
 public:
  struct Identity;

  /// Makes a key pair and a certificate that signs itself with SHA-256, valid from one day before
  /// `nowUnixSeconds` (peers' clocks differ) until `expiryUnixSeconds`. Serial number and common
  /// name are random and tell nothing about the host (RFC 8827 section 6.5).
  /// `keyPairs` is asked first for what P-256 takes, the key and the signature's ephemeral key.
  /// Errors: NotReadableError when `random` fails, OperationError for anything else (an expiry that
  /// X.509 cannot express is clamped to the end of the year 9999).
  static Result<std::shared_ptr<const Certificate>, Error> generate(
      KeyType type, RandomSource& random, int64_t expiryUnixSeconds, int64_t nowUnixSeconds,
      KeyPairSource* keyPairs = nullptr);

  /// Restores what `der()` and `privateKeyDer()` gave. OperationError when either does not parse or
  /// the two do not belong together. `expiryUnixSeconds` is what `expires()` will say.
  static Result<std::shared_ptr<const Certificate>, Error> fromDer(ByteSpan certificateDer,
                                                                   ByteSpan privateKeyDer,
                                                                   int64_t expiryUnixSeconds,
                                                                   RandomSource& random);

  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  /// The certificate in DER.
  const Bytes& der() const { return der_; }
  /// The private key in DER: SEC 1 for EC, PKCS #1 for RSA. A secret: for structured cloning inside
  /// one agent only. Empty when memory ran out.
  Bytes privateKeyDer() const;
  KeyType keyType() const { return type_; }
  /// Seconds since the Unix epoch.
  int64_t expires() const { return expires_; }

  Fingerprint fingerprint(HashAlgorithm algorithm) const;
  /// What goes into an offer or answer: sha-256 alone, which every peer knows.
  std::vector<Fingerprint> fingerprints() const;

  /// For the endpoint of this component. Null when memory ran out: what mbedTLS needs is loaded
  /// when it is first asked for, since most certificates are only ever offered.
  const Identity* identity() const;

 private:
  Certificate();
  /// The rest of `contents`, the key and the signature; mbedTLS's error.
  int fill(CertificateContents& contents, RandomSource& random, KeyPairSource* keyPairs);
  int parse() const;

  Bytes der_;
  KeyType type_ = KeyType::kEcdsaP256;
  int64_t expires_ = 0;
  std::unique_ptr<Identity> identity_;
};

}  // namespace rtc::dtls
