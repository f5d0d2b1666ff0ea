// Record and handshake headers, and the gate that decides what a TLS library gets to see.

#include <cstdlib>

#include "cpp/dtls/record_gate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rtc;
  using namespace rtc::dtls;
  if (size == 0)
    return 0;
  RecordGate gate((data[0] & 1) != 0 ? Role::kClient : Role::kServer, (data[0] & 2) != 0);
  bool awaiting = (data[0] & 4) == 0;
  ByteReader datagram({data + 1, size - 1});
  while (const auto record = readRecord(datagram)) {
    const RecordGate::Admitted admitted = gate.admit(*record, awaiting);
    for (const Bytes& each : admitted.records) {
      // Whatever passes is itself one well-formed record of epoch 0.
      ByteReader reader(each);
      const auto passed = readRecord(reader);
      if (!passed || !reader.atEnd() || passed->epoch != 0)
        std::abort();
      if (passed->type == ContentType::kHandshake) {
        ByteReader payload(passed->payload);
        if (!readHandshakeFragment(payload) || !payload.atEnd())
          std::abort();
      }
    }
    if (admitted.startOver)
      gate.forgetHello();
    if ((data[0] & 8) != 0)
      awaiting = false;
  }
  return 0;
}
