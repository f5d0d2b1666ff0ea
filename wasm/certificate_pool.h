#pragma once

#include "cpp/dtls/certificate_pool.h"
#include "cpp/dtls/p256_arithmetic.h"

namespace rtc::wasm {

/// Key pairs that the realm makes itself (`Module.drawKeyPair`), if it does.
dtls::KeyPairSource& hostKeyPairs();

/// The realm's arithmetic on P-256 (`Module.multiplyBase`, `Module.multiplyPoint`), or null.
dtls::P256Arithmetic* hostArithmetic();

/// The one pool behind every connection that was not given a seed.
dtls::CertificatePool& hostCertificates();

}  // namespace rtc::wasm
