#include "cpp/dtls/certificate.h"

#include <algorithm>
#include <array>
#include <string>

#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

#include "cpp/base/hex.h"
#include "cpp/dtls/certificate_der.h"
#include "cpp/dtls/certificate_identity.h"
#include "cpp/dtls/ecdsa_with_pair.h"
#include "cpp/dtls/mbedtls_random.h"

namespace rtc::dtls {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr unsigned kRsaBits = 2048;
constexpr int kRsaExponent = 65537;
// Either kind of key and its parts, with room to spare.
constexpr size_t kDerCapacity = 4096;

/// Calls one of mbedTLS's functions that write backwards from the end of a buffer.
template <typename Write>
int writeBackwards(Bytes& der, Write write) {
  Bytes buffer(kDerCapacity);
  const int written = write(buffer.data(), buffer.size());
  if (written > 0)
    der.assign(buffer.end() - written, buffer.end());
  mbedtls_platform_zeroize(buffer.data(), buffer.size());
  return written < 0 ? written : 0;
}

int generateKey(KeyType type, mbedtls_pk_context& key, RandomSource& random) {
  if (type == KeyType::kEcdsaP256) {
    const int error = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (error != 0)
      return error;
    return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), drawRandom, &random);
  }
  const int error = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
  if (error != 0)
    return error;
  return mbedtls_rsa_gen_key(mbedtls_pk_rsa(key), drawRandom, &random, kRsaBits, kRsaExponent);
}

using CommonName = std::array<char, 16>;

/// Random, and tells nothing about the host.
int drawNames(RandomSource& random, CertificateContents& contents, CommonName& name) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<uint8_t, std::tuple_size_v<CommonName> / 2> raw{};
  if (!random.fill(contents.serial) || !random.fill(raw))
    return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
  for (size_t i = 0; i < name.size(); ++i)
    name[i] = kHex[raw[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
  contents.commonName = {name.data(), name.size()};
  return 0;
}

int sign(mbedtls_pk_context& key, ByteSpan hash, RandomSource& random, Bytes& signature) {
  signature.resize(MBEDTLS_PK_SIGNATURE_MAX_SIZE);
  size_t length = 0;
  const int error =
      mbedtls_pk_sign(&key, MBEDTLS_MD_SHA256, hash.data(), hash.size(), signature.data(),
                      signature.size(), &length, drawRandom, &random);
  signature.resize(length);
  return error;
}

/// mbedTLS's form of a pair.
int loadPair(const P256KeyPair& pair, mbedtls_pk_context& key) {
  int error = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  if (error == 0) {
    error = mbedtls_ecp_read_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), pair.scalar.data(),
                                 pair.scalar.size());
  }
  if (error != 0)
    return error;
  mbedtls_ecp_keypair& ec = *mbedtls_pk_ec(key);
  return mbedtls_ecp_point_read_binary(&ec.MBEDTLS_PRIVATE(grp), &ec.MBEDTLS_PRIVATE(Q),
                                       pair.point.data(), pair.point.size());
}

Failure<Error> libraryFailure(const char* what, int error) {
  return failWith(ErrorKind::kOperationError, std::string(what) + " (mbedTLS -0x" +
                                                  hex(static_cast<uint32_t>(-error), 4) + ")");
}

}  // namespace

Certificate::Certificate() : identity_(std::make_unique<Identity>()) {}
Certificate::~Certificate() = default;

Result<std::shared_ptr<const Certificate>, Error> Certificate::generate(KeyType type,
                                                                        RandomSource& random,
                                                                        int64_t expiryUnixSeconds,
                                                                        int64_t nowUnixSeconds,
                                                                        KeyPairSource* keyPairs) {
  WatchedRandom watched(random);
  const auto certificate = std::shared_ptr<Certificate>(new Certificate);
  certificate->type_ = type;
  certificate->expires_ = std::min(expiryUnixSeconds, kLastUnixSecond);
  CertificateContents contents;
  contents.keyType = type;
  contents.notBefore = nowUnixSeconds - kSecondsPerDay;
  contents.notAfter = certificate->expires_;
  const int error = certificate->fill(contents, watched, keyPairs);
  // Whatever was made of bytes that the source disowned is thrown away, even if the library did not
  // mind.
  if (watched.failed()) {
    return failWith(ErrorKind::kNotReadableError, "The source of random numbers failed");
  }
  if (error != 0)
    return libraryFailure("Generating a certificate failed", error);
  return std::shared_ptr<const Certificate>(certificate);
}

int Certificate::fill(CertificateContents& contents, RandomSource& random,
                      KeyPairSource* keyPairs) {
  CommonName name{};
  if (const int error = drawNames(random, contents, name); error != 0)
    return error;
  auto pair = std::make_unique<P256KeyPair>();
  P256KeyPair ephemeral;
  const bool hasPairs = type_ == KeyType::kEcdsaP256 && keyPairs != nullptr &&
                        keyPairs->draw(*pair) && keyPairs->draw(ephemeral);
  Bytes publicKeyInfo;
  if (hasPairs) {
    publicKeyInfo = p256PublicKeyInfo(pair->point);
  } else {
    if (const int error = generateKey(type_, identity_->key, random); error != 0)
      return error;
    const int error = writeBackwards(publicKeyInfo, [&](uint8_t* buffer, size_t size) {
      return mbedtls_pk_write_pubkey_der(&identity_->key, buffer, size);
    });
    if (error != 0)
      return error;
  }

  contents.publicKeyInfo = publicKeyInfo;
  const Bytes tbs = tbsCertificate(contents);
  std::array<uint8_t, 32> hash{};
  if (const int error = mbedtls_sha256(tbs.data(), tbs.size(), hash.data(), 0); error != 0)
    return error;
  Bytes signature;
  if (hasPairs) {
    auto made = ecdsaSignWithPair(*pair, ephemeral, hash);
    if (!made)
      return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    signature = std::move(*made);
    identity_->pair = std::move(pair);
  } else if (const int error = sign(identity_->key, hash, random, signature); error != 0) {
    return error;
  }
  der_ = signedCertificate(tbs, type_, signature);
  return 0;
}

Result<std::shared_ptr<const Certificate>, Error> Certificate::fromDer(ByteSpan certificateDer,
                                                                       ByteSpan privateKeyDer,
                                                                       int64_t expiryUnixSeconds,
                                                                       RandomSource& random) {
  const auto restored = std::shared_ptr<Certificate>(new Certificate);
  restored->expires_ = expiryUnixSeconds;
  restored->der_ = toBytes(certificateDer);
  const Identity& identity = *restored->identity_;
  int error = restored->parse();
  // mbedTLS passes over what follows it, and would present less than the fingerprints are of.
  if (error == 0 && identity.certificate.raw.len != certificateDer.size())
    error = MBEDTLS_ERR_X509_INVALID_FORMAT;
  if (error != 0)
    return libraryFailure("The certificate does not parse", error);
  error = mbedtls_pk_parse_key(&identity.key, privateKeyDer.data(), privateKeyDer.size(), nullptr,
                               0, drawRandom, &random);
  if (error != 0)
    return libraryFailure("The private key does not parse", error);
  error = mbedtls_pk_check_pair(&identity.certificate.pk, &identity.key, drawRandom, &random);
  if (error != 0)
    return libraryFailure("The private key is not the certificate's", error);
  const bool isRsa = mbedtls_pk_can_do(&identity.key, MBEDTLS_PK_RSA) != 0;
  if (!isRsa && mbedtls_pk_get_bitlen(&identity.key) != 256)
    return libraryFailure("The private key is not of the curve P-256",
                          MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE);
  restored->type_ = isRsa ? KeyType::kRsa2048 : KeyType::kEcdsaP256;
  return std::shared_ptr<const Certificate>(restored);
}

int Certificate::parse() const {
  const int error = mbedtls_x509_crt_parse_der(&identity_->certificate, der_.data(), der_.size());
  identity_->isParsed = error == 0;
  return error;
}

const Certificate::Identity* Certificate::identity() const {
  if (identity_->pair) {
    mbedtls_pk_free(&identity_->key);  // what an attempt without memory has left
    if (loadPair(*identity_->pair, identity_->key) != 0)
      return nullptr;
    identity_->pair.reset();
  }
  if (!identity_->isParsed && parse() != 0)
    return nullptr;
  return identity_.get();
}

Bytes Certificate::privateKeyDer() const {
  Bytes key;
  if (const Identity* loaded = identity()) {
    (void)writeBackwards(key, [&](uint8_t* buffer, size_t size) {
      return mbedtls_pk_write_key_der(&loaded->key, buffer, size);
    });
  }
  return key;
}

Fingerprint Certificate::fingerprint(HashAlgorithm algorithm) const {
  return fingerprintOf(der_, algorithm);
}

std::vector<Fingerprint> Certificate::fingerprints() const {
  return {fingerprint(HashAlgorithm::kSha256)};
}

}  // namespace rtc::dtls
