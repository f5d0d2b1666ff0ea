#pragma once

#include "cpp/dtls/p256_arithmetic.h"

namespace rtc::dtls {

/// While it lives, what mbedTLS computes on P-256 for ECDHE and for verifying ECDSA is asked of
/// `arithmetic` first; null: mbedTLS's own arithmetic alone. Scopes nest. mbedTLS's hooks know no
/// context, so this is one variable for all; it is set for the length of a call into mbedTLS.
class P256ArithmeticScope {
 public:
  explicit P256ArithmeticScope(P256Arithmetic* arithmetic);
  ~P256ArithmeticScope();
  P256ArithmeticScope(const P256ArithmeticScope&) = delete;
  P256ArithmeticScope& operator=(const P256ArithmeticScope&) = delete;

 private:
  P256Arithmetic* before_;
};

}  // namespace rtc::dtls
