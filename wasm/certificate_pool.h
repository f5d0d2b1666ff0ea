#pragma once

#include "cpp/dtls/certificate_pool.h"

namespace rtc::wasm {

/// Key pairs that the realm makes itself (`Module.drawKeyPair`), if it does.
dtls::KeyPairSource& hostKeyPairs();

/// The one pool behind every connection that was not given a seed.
dtls::CertificatePool& hostCertificates();

}  // namespace rtc::wasm
