#include "cpp/dtls/certificate_pool.h"

#include <utility>

namespace rtc::dtls {

Result<std::shared_ptr<const Certificate>, Error> CertificatePool::take(int64_t expiryUnixSeconds,
                                                                        int64_t nowUnixSeconds) {
  if (prepared_.empty()) {
    return Certificate::generate(KeyType::kEcdsaP256, random_, expiryUnixSeconds, nowUnixSeconds,
                                 keyPairs_);
  }
  auto certificate = std::move(prepared_.front());
  prepared_.erase(prepared_.begin());
  return certificate;
}

Status<Error> CertificatePool::prepare(int64_t expiryUnixSeconds, int64_t nowUnixSeconds) {
  auto certificate = Certificate::generate(KeyType::kEcdsaP256, random_, expiryUnixSeconds,
                                           nowUnixSeconds, keyPairs_);
  if (!certificate)
    return fail(certificate.error());
  prepared_.push_back(std::move(*certificate));
  return Done{};
}

}  // namespace rtc::dtls
