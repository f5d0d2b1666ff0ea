#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "cpp/base/error.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/dtls/certificate.h"
#include "cpp/dtls/key_pair_source.h"

namespace rtc::dtls {

/// P-256 certificates, made ahead of time for connections to come. Each is handed out once: two
/// connections with one certificate could be told to be the same user's.
class CertificatePool {
 public:
  /// Both outlive the pool; `keyPairs` may be null.
  CertificatePool(RandomSource& random, KeyPairSource* keyPairs)
      : random_(random), keyPairs_(keyPairs) {}

  /// One that was prepared, the oldest first, with the expiry that it was given then; else a new
  /// one. Errors as `Certificate::generate`.
  Result<std::shared_ptr<const Certificate>, Error> take(int64_t expiryUnixSeconds,
                                                         int64_t nowUnixSeconds);
  /// Makes one more. Errors as `Certificate::generate`.
  Status<Error> prepare(int64_t expiryUnixSeconds, int64_t nowUnixSeconds);
  size_t prepared() const { return prepared_.size(); }
  /// Throws away what was prepared.
  void clear() { prepared_.clear(); }

 private:
  RandomSource& random_;
  KeyPairSource* keyPairs_;
  std::vector<std::shared_ptr<const Certificate>> prepared_;
};

}  // namespace rtc::dtls
