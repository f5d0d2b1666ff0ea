#pragma once

#include <memory>

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "cpp/dtls/certificate.h"
#include "cpp/dtls/key_pair_source.h"

namespace rtc::dtls {

/// A certificate and its key as mbedTLS holds them; only this component's sources include this.
/// Everything is `mutable`: it is loaded when it is first needed, and mbedTLS takes it without
/// const, since it caches blinding values inside an RSA key, which no result depends on.
struct Certificate::Identity {
  Identity() {
    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
  }
  ~Identity() {
    mbedtls_x509_crt_free(&certificate);
    mbedtls_pk_free(&key);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  mutable mbedtls_x509_crt certificate;
  mutable bool isParsed = false;
  mutable mbedtls_pk_context key;
  /// Until `key` has it: what a KeyPairSource gave.
  mutable std::unique_ptr<P256KeyPair> pair;
};

}  // namespace rtc::dtls
