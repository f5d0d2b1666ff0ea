// tests/fuzz/payload_fuzz.h says what the input is.

#include "tests/fuzz/payload_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rtc::payload::fuzzDepacketizer(rtc::payload::Format::kAv1, {data, size});
  return 0;
}
