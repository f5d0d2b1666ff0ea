#pragma once

#include <memory>

#include <emscripten/val.h>

#include "cpp/dtls/certificate.h"
#include "wasm/convert.h"

namespace rtc::wasm {

/// `Module.Certificate`: what an RTCCertificate holds.
class CertificateHandle {
 public:
  explicit CertificateHandle(std::shared_ptr<const dtls::Certificate> certificate)
      : certificate_(std::move(certificate)) {}

  /// `algorithm` is {name: 'ECDSA' | 'RSASSA-PKCS1-v1_5', seed?}; times are Unix milliseconds. A
  /// promise.
  static val generate(val algorithm, double expires, double now);

  val fingerprints() const;
  double expires() const { return static_cast<double>(certificate_->expires()) * 1000; }

  const std::shared_ptr<const dtls::Certificate>& certificate() const { return certificate_; }

 private:
  std::shared_ptr<const dtls::Certificate> certificate_;
  LiveHandle live_;
};

}  // namespace rtc::wasm
