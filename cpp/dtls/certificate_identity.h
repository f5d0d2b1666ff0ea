#pragma once

#include <cstdint>

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "cpp/base/bytes.h"
#include "cpp/dtls/certificate.h"

namespace rtc::dtls {

/// A certificate and its key as mbedTLS holds them; only this component's sources include this.
/// Both are `mutable` because mbedTLS takes them without const: it caches blinding values inside an
/// RSA key, which no result depends on.
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
  mutable mbedtls_pk_context key;
  Bytes der;
  KeyType type = KeyType::kEcdsaP256;
  int64_t expires = 0;
};

}  // namespace rtc::dtls
