// Fingerprints as the signalling brings them, and certificates and keys as a clone brings them.

#include <cstdlib>

#include "cpp/base/random.h"
#include "cpp/dtls/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rtc;
  using namespace rtc::dtls;
  const ByteSpan input{data, size};
  const size_t half = size / 2;

  if (const auto value = parseFingerprintValue(asText(input))) {
    // What parses is what is printed, but for its case.
    if (parseFingerprintValue(formatFingerprintValue(*value)) != value)
      std::abort();
  }
  const Fingerprint announced{std::string(asText(input.subspan(0, half))),
                              std::string(asText(input.subspan(half)))};
  if (checkFingerprints(input, {announced}) == FingerprintCheck::kMatch)
    std::abort();
  if (checkFingerprints(input, {announced, fingerprintOf(input, HashAlgorithm::kSha512)}) !=
      FingerprintCheck::kMatch) {
    std::abort();
  }

  SeededRandom random(1);
  (void)Certificate::fromDer(input.subspan(0, half), input.subspan(half), 0, random);
  return 0;
}
