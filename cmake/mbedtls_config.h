// mbedTLS 3.6 as this engine needs it: DTLS 1.2 both ways, self-signed certificates, and the
// primitives that STUN, TURN and libsrtp ask for. No clock, no files, no sockets, no entropy
// source: timers, datagrams and randomness come in through callbacks. Replaces
// include/mbedtls/mbedtls_config.h in the prefix that tools/setup/deps.mjs builds.
#ifndef WEBRTC_MBEDTLS_CONFIG_H
#define WEBRTC_MBEDTLS_CONFIG_H

// --- Platform -----------------------------------------------------------------------------------
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_VERSION_C

#if defined(__EMSCRIPTEN__)
// wasm has a 64-bit multiply, and memory is cheaper there than table-less GHASH.
#define MBEDTLS_HAVE_INT64
#define MBEDTLS_GCM_LARGE_TABLE
#else
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_AESNI_C
#define MBEDTLS_AESCE_C
#endif

// --- Hashes and message authentication ----------------------------------------------------------
#define MBEDTLS_MD_C
#define MBEDTLS_MD5_C   // long-term credentials of RFC 8489 section 9.2.2
#define MBEDTLS_SHA1_C  // MESSAGE-INTEGRITY, AES_CM_128_HMAC_SHA1_80, sha-1 fingerprints
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

// --- Ciphers ------------------------------------------------------------------------------------
#define MBEDTLS_CIPHER_C
#define MBEDTLS_AES_C
#define MBEDTLS_GCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C
#define MBEDTLS_CIPHER_MODE_CTR  // libsrtp's AES counter mode

// --- Public keys --------------------------------------------------------------------------------
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
// cpp/dtls/curve_operations.cpp has these: the embedding may be faster.
#define MBEDTLS_ECDH_GEN_PUBLIC_ALT
#define MBEDTLS_ECDH_COMPUTE_SHARED_ALT
#define MBEDTLS_ECDSA_SIGN_ALT
#define MBEDTLS_ECDSA_VERIFY_ALT
#define MBEDTLS_ECDSA_C
#define MBEDTLS_RSA_C
#define MBEDTLS_GENPRIME  // generateCertificate() must offer RSASSA-PKCS1-v1_5
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C

// --- Random numbers: seeded by the engine's RandomSource only -----------------------------------
#define MBEDTLS_CTR_DRBG_C

// --- X.509 --------------------------------------------------------------------------------------
#define MBEDTLS_OID_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_WRITE_C
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT
#define MBEDTLS_X509_REMOVE_INFO

// --- DTLS 1.2 -----------------------------------------------------------------------------------
// AEAD suites only. No max_fragment_length: a peer that asked for less than an SCTP packet would
// silence its own association. No mbedtls_ssl_export_keying_material(): it reads a freed transform
// on a DTLS server (3.6.6, 3.6.7); cpp/dtls exports through the key callback.
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_COOKIE_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_DTLS
#define MBEDTLS_SSL_DTLS_ANTI_REPLAY
#define MBEDTLS_SSL_DTLS_HELLO_VERIFY
#define MBEDTLS_SSL_DTLS_SRTP
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE  // its hash is compared with a=fingerprint
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED

// Both as large as records get, 2^14 (RFC 6347 section 4.1.1): where the path takes it, one record
// of ours carries an SCTP packet of that size, and a whole reassembled handshake message of a
// peer's, such as a chain of certificates, passes through a record as well.
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define MBEDTLS_SSL_OUT_CONTENT_LEN 16384

#endif  // WEBRTC_MBEDTLS_CONFIG_H
