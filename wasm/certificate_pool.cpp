#include "wasm/certificate_pool.h"

#include <emscripten/bind.h>
#include <emscripten/em_js.h>

#include "cpp/peer/configuration.h"
#include "wasm/random.h"

// clang-format off
EM_JS(bool, webrtcHostKeyPair, (uint8_t* scalar, uint8_t* point), {
  if (!Module.drawKeyPair) return false;
  return Module.drawKeyPair(HEAPU8.subarray(scalar, scalar + 32), HEAPU8.subarray(point, point + 65));
});
// clang-format on

namespace rtc::wasm {
namespace {

class HostKeyPairs final : public dtls::KeyPairSource {
 public:
  [[nodiscard]] bool draw(dtls::P256KeyPair& pair) override {
    return webrtcHostKeyPair(pair.scalar.data(), pair.point.data());
  }
};

}  // namespace

dtls::KeyPairSource& hostKeyPairs() {
  static HostKeyPairs keyPairs;
  return keyPairs;
}

dtls::CertificatePool& hostCertificates() {
  static dtls::CertificatePool pool(hostRandom(), &hostKeyPairs());
  return pool;
}

}  // namespace rtc::wasm

EMSCRIPTEN_BINDINGS(webrtcCertificatePool) {
  using rtc::wasm::hostCertificates;
  emscripten::function(
      "prepareCertificate", emscripten::optional_override([](double unixTime) {
        const auto now = static_cast<int64_t>(unixTime / 1000);
        return hostCertificates().prepare(now + rtc::peer::kCertificateLifetimeSeconds, now).ok();
      }));
  emscripten::function("preparedCertificates", emscripten::optional_override([] {
                         return static_cast<uint32_t>(hostCertificates().prepared());
                       }));
  emscripten::function("forgetPreparedCertificates",
                       emscripten::optional_override([] { hostCertificates().clear(); }));
}
