#include "cpp/dtls/certificate.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>

#include "cpp/dtls/certificate_identity.h"
#include "cpp/dtls/mbedtls_random.h"

namespace rtc::dtls {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
// RFC 5280 section 4.1.2.5: GeneralizedTime ends with the year 9999.
constexpr int64_t kLastUnixSecond = 253402300799;
constexpr unsigned kRsaBits = 2048;
constexpr int kRsaExponent = 65537;
// Either kind of certificate, and either kind of key, with room to spare.
constexpr size_t kDerCapacity = 4096;

using GeneralizedTime = std::array<char, 15>;  // YYYYMMDDhhmmss and NUL

/// The proleptic Gregorian calendar from a count of days, in eras of 400 years that begin on
/// 1 March, so that a leap day is the last of its year.
GeneralizedTime generalizedTime(int64_t unixSeconds) {
  unixSeconds = std::clamp<int64_t>(unixSeconds, 0, kLastUnixSecond);
  const unsigned second = static_cast<unsigned>(unixSeconds % kSecondsPerDay);
  const int64_t days = unixSeconds / kSecondsPerDay + 719468;  // since 0000-03-01
  const int64_t era = days / 146097;
  const unsigned dayOfEra = static_cast<unsigned>(days - era * 146097);
  const unsigned yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const unsigned marchMonth = (5 * dayOfYear + 2) / 153;
  const unsigned day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
  const unsigned month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const unsigned year = static_cast<unsigned>(era * 400) + yearOfEra + (month <= 2 ? 1 : 0);

  GeneralizedTime text{};
  const auto put = [&text](size_t offset, size_t digits, unsigned value) {
    for (size_t i = digits; i-- > 0; value /= 10) {
      text[offset + i] = static_cast<char>('0' + value % 10);
    }
  };
  put(0, 4, year);
  put(4, 2, month);
  put(6, 2, day);
  put(8, 2, second / 3600);
  put(10, 2, second / 60 % 60);
  put(12, 2, second % 60);
  return text;
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

/// Writes the self-signed certificate of `key` as DER.
class CertificateWriter {
 public:
  CertificateWriter() { mbedtls_x509write_crt_init(&writer_); }
  ~CertificateWriter() { mbedtls_x509write_crt_free(&writer_); }
  CertificateWriter(const CertificateWriter&) = delete;
  CertificateWriter& operator=(const CertificateWriter&) = delete;

  int write(mbedtls_pk_context& key, RandomSource& random, int64_t notBefore, int64_t notAfter,
            Bytes& der) {
    std::array<uint8_t, 16> serial{};
    std::array<uint8_t, 8> name{};
    if (!random.fill(serial) || !random.fill(name))
      return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
    // A positive DER integer without a leading zero byte.
    serial[0] = static_cast<uint8_t>((serial[0] & 0x3f) | 0x40);
    std::array<char, 3 + 2 * name.size() + 1> subject{};
    size_t length = static_cast<size_t>(std::snprintf(subject.data(), subject.size(), "CN="));
    for (uint8_t byte : name) {
      length += static_cast<size_t>(
          std::snprintf(subject.data() + length, subject.size() - length, "%02x", byte));
    }

    mbedtls_x509write_crt_set_version(&writer_, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&writer_, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&writer_, &key);
    mbedtls_x509write_crt_set_issuer_key(&writer_, &key);
    int error = mbedtls_x509write_crt_set_subject_name(&writer_, subject.data());
    if (error == 0)
      error = mbedtls_x509write_crt_set_issuer_name(&writer_, subject.data());
    if (error == 0) {
      error = mbedtls_x509write_crt_set_serial_raw(&writer_, serial.data(), serial.size());
    }
    if (error == 0) {
      error = mbedtls_x509write_crt_set_validity(&writer_, generalizedTime(notBefore).data(),
                                                 generalizedTime(notAfter).data());
    }
    // A version 3 certificate must have at least one extension (RFC 5280 section 4.1.2.9); this one
    // says "not an authority".
    if (error == 0)
      error = mbedtls_x509write_crt_set_basic_constraints(&writer_, 0, -1);
    if (error != 0)
      return error;

    Bytes buffer(kDerCapacity);
    const int written =
        mbedtls_x509write_crt_der(&writer_, buffer.data(), buffer.size(), drawRandom, &random);
    if (written < 0)
      return written;
    der.assign(buffer.end() - written, buffer.end());  // it writes backwards from the end
    return 0;
  }

 private:
  mbedtls_x509write_cert writer_;
};

Failure<Error> libraryFailure(const char* what, int error) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%s (mbedTLS -0x%04x)", what,
                static_cast<unsigned>(-error));
  return failWith(ErrorKind::kOperationError, text.data());
}

}  // namespace

Certificate::Certificate(std::unique_ptr<Identity> identity) : identity_(std::move(identity)) {}
Certificate::~Certificate() = default;

Result<std::shared_ptr<const Certificate>, Error> Certificate::generate(KeyType type,
                                                                        RandomSource& random,
                                                                        int64_t expiryUnixSeconds,
                                                                        int64_t nowUnixSeconds) {
  WatchedRandom watched(random);
  auto identity = std::make_unique<Identity>();
  identity->type = type;
  identity->expires = std::min(expiryUnixSeconds, kLastUnixSecond);
  int error = generateKey(type, identity->key, watched);
  if (error == 0) {
    error = CertificateWriter().write(identity->key, watched, nowUnixSeconds - kSecondsPerDay,
                                      identity->expires, identity->der);
  }
  // Whatever was made of bytes that the source disowned is thrown away, even if the library did not
  // mind.
  if (watched.failed()) {
    return failWith(ErrorKind::kNotReadableError, "The source of random numbers failed");
  }
  if (error == 0) {
    error = mbedtls_x509_crt_parse_der(&identity->certificate, identity->der.data(),
                                       identity->der.size());
  }
  if (error != 0)
    return libraryFailure("Generating a certificate failed", error);
  return std::shared_ptr<const Certificate>(new Certificate(std::move(identity)));
}

Result<std::shared_ptr<const Certificate>, Error> Certificate::fromDer(ByteSpan certificateDer,
                                                                       ByteSpan privateKeyDer,
                                                                       int64_t expiryUnixSeconds,
                                                                       RandomSource& random) {
  auto identity = std::make_unique<Identity>();
  identity->expires = expiryUnixSeconds;
  identity->der = toBytes(certificateDer);
  int error = mbedtls_x509_crt_parse_der(&identity->certificate, certificateDer.data(),
                                         certificateDer.size());
  if (error != 0)
    return libraryFailure("The certificate does not parse", error);
  error = mbedtls_pk_parse_key(&identity->key, privateKeyDer.data(), privateKeyDer.size(), nullptr,
                               0, drawRandom, &random);
  if (error != 0)
    return libraryFailure("The private key does not parse", error);
  error = mbedtls_pk_check_pair(&identity->certificate.pk, &identity->key, drawRandom, &random);
  if (error != 0)
    return libraryFailure("The private key is not the certificate's", error);
  identity->type = mbedtls_pk_can_do(&identity->key, MBEDTLS_PK_RSA) != 0 ? KeyType::kRsa2048
                                                                          : KeyType::kEcdsaP256;
  return std::shared_ptr<const Certificate>(new Certificate(std::move(identity)));
}

const Bytes& Certificate::der() const {
  return identity_->der;
}

Bytes Certificate::privateKeyDer() const {
  Bytes buffer(kDerCapacity);
  const int written = mbedtls_pk_write_key_der(&identity_->key, buffer.data(), buffer.size());
  Bytes key;
  if (written > 0)
    key.assign(buffer.end() - written, buffer.end());
  mbedtls_platform_zeroize(buffer.data(), buffer.size());
  return key;
}

KeyType Certificate::keyType() const {
  return identity_->type;
}
int64_t Certificate::expires() const {
  return identity_->expires;
}

Fingerprint Certificate::fingerprint(HashAlgorithm algorithm) const {
  return fingerprintOf(identity_->der, algorithm);
}

std::vector<Fingerprint> Certificate::fingerprints() const {
  return {fingerprint(HashAlgorithm::kSha256)};
}

}  // namespace rtc::dtls
