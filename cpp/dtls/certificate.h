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

enum class KeyType { kEcdsaP256, kRsa2048 };

/// A self-signed certificate with its private key, what an `RTCCertificate` stands for (webrtc-pc
/// section 4.9). Immutable and shared: any number of endpoints may use one at the same time.
class Certificate {
 public:
  struct Identity;

  /// Makes a key pair and a certificate that signs itself with SHA-256, valid from one day before
  /// `nowUnixSeconds` (peers' clocks differ) until `expiryUnixSeconds`. Serial number and common
  /// name are random and tell nothing about the host (RFC 8827 section 6.5).
  /// Errors: NotReadableError when `random` fails, OperationError for anything else (an expiry that
  /// X.509 cannot express is clamped to the end of the year 9999).
  static Result<std::shared_ptr<const Certificate>, Error> generate(KeyType type,
                                                                    RandomSource& random,
                                                                    int64_t expiryUnixSeconds,
                                                                    int64_t nowUnixSeconds);

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
  const Bytes& der() const;
  /// The private key in DER: SEC 1 for EC, PKCS #1 for RSA. A secret: for structured cloning inside
  /// one agent only. Empty when memory ran out.
  Bytes privateKeyDer() const;
  KeyType keyType() const;
  /// Seconds since the Unix epoch.
  int64_t expires() const;

  Fingerprint fingerprint(HashAlgorithm algorithm) const;
  /// What goes into an offer or answer: sha-256 alone, which every peer knows.
  std::vector<Fingerprint> fingerprints() const;

  /// For the endpoint of this component.
  const Identity& identity() const { return *identity_; }

 private:
  explicit Certificate(std::unique_ptr<Identity> identity);
  std::unique_ptr<Identity> identity_;
};

}  // namespace rtc::dtls
