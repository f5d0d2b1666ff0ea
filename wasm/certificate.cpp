#include "wasm/certificate.h"

#include <emscripten/bind.h>

#include "wasm/certificate_pool.h"
#include "wasm/random.h"

namespace rtc::wasm {

val CertificateHandle::generate(val algorithm, double expires, double now) {
  const std::string name = stringMember(algorithm, "name");
  dtls::KeyType type = dtls::KeyType::kEcdsaP256;
  if (name == "RSASSA-PKCS1-v1_5") {
    type = dtls::KeyType::kRsa2048;
  } else if (name != "ECDSA") {
    return rejected(
        failWith(ErrorKind::kNotSupportedError, "no certificates with " + name + " keys").error);
  }
  // With a seed the certificate repeats itself, and draws its keys itself.
  const auto seeded = seededFrom(algorithm);
  RandomSource& random = seeded ? *seeded : hostRandom();
  auto certificate = dtls::Certificate::generate(type, random, static_cast<int64_t>(expires / 1000),
                                                 static_cast<int64_t>(now / 1000),
                                                 seeded ? nullptr : &hostKeyPairs());
  if (!certificate)
    return rejected(certificate.error());
  return resolved(val(std::make_shared<CertificateHandle>(std::move(*certificate))));
}

val CertificateHandle::fingerprints() const {
  val list = val::array();
  for (const auto& fingerprint : certificate_->fingerprints()) {
    val entry = val::object();
    entry.set("algorithm", fingerprint.algorithm);
    entry.set("value", fingerprint.value);
    list.call<void>("push", entry);
  }
  return list;
}

}  // namespace rtc::wasm

EMSCRIPTEN_BINDINGS(webrtcCertificate) {
  using rtc::wasm::CertificateHandle;
  emscripten::class_<CertificateHandle>("Certificate")
      .smart_ptr<std::shared_ptr<CertificateHandle>>("CertificatePointer")
      .class_function("generate", &CertificateHandle::generate)
      .function("fingerprints", &CertificateHandle::fingerprints)
      .function("expires", &CertificateHandle::expires);
}
