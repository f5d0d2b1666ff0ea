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
EM_JS(bool, webrtcHostHasArithmetic, (), {
  return Boolean(Module.drawKeyPair && Module.multiplyBase && Module.multiplyPoint);
});
EM_JS(bool, webrtcHostMultiplyBase, (const uint8_t* scalar, uint8_t* product), {
  return Module.multiplyBase(HEAPU8.subarray(scalar, scalar + 32), HEAPU8.subarray(product, product + 65));
});
EM_JS(bool, webrtcHostMultiplyPoint, (const uint8_t* scalar, const uint8_t* point, uint8_t* x), {
  return Module.multiplyPoint(HEAPU8.subarray(scalar, scalar + 32), HEAPU8.subarray(point, point + 65),
                              HEAPU8.subarray(x, x + 32));
});
// clang-format on

namespace rtc::wasm {
namespace {

class HostArithmetic final : public dtls::P256Arithmetic {
 public:
  [[nodiscard]] bool draw(dtls::P256KeyPair& pair) override {
    return webrtcHostKeyPair(pair.scalar.data(), pair.point.data());
  }
  [[nodiscard]] bool multiplyBase(const std::array<uint8_t, 32>& scalar,
                                  std::array<uint8_t, 65>& product) override {
    return webrtcHostMultiplyBase(scalar.data(), product.data());
  }
  [[nodiscard]] bool multiply(const std::array<uint8_t, 32>& scalar,
                              const std::array<uint8_t, 65>& point,
                              std::array<uint8_t, 32>& x) override {
    return webrtcHostMultiplyPoint(scalar.data(), point.data(), x.data());
  }
};

HostArithmetic& host() {
  static HostArithmetic arithmetic;
  return arithmetic;
}

}  // namespace

dtls::KeyPairSource& hostKeyPairs() {
  return host();
}

dtls::P256Arithmetic* hostArithmetic() {
  static const bool isThere = webrtcHostHasArithmetic();
  return isThere ? &host() : nullptr;
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
