// The package's SRTP without anything around it, as a module for `npm run bench -- srtp`.

#include <cstdint>
#include <memory>
#include <vector>

#include <emscripten.h>

#include "cpp/srtp/session.h"

namespace {

using namespace rtc;

constexpr auto kProfile = srtp::Profile::kAes128CmSha1_80;
constexpr size_t kHeader = 12;

struct Ends {
  std::unique_ptr<srtp::Session> sender;
  std::unique_ptr<srtp::Session> receiver;
  std::vector<Bytes> packets;
  uint16_t sequence = 0;
};
Ends ends;

}  // namespace

extern "C" {

/// Both ends of a session. Whether they are there.
EMSCRIPTEN_KEEPALIVE int bench_open() {
  const Bytes keys(srtp::keyingMaterialLength(kProfile), 0x42);
  auto sender = srtp::Session::create(kProfile, srtp::DtlsRole::kClient, keys);
  auto receiver = srtp::Session::create(kProfile, srtp::DtlsRole::kServer, keys);
  if (!sender.ok() || !receiver.ok())
    return 0;
  ends.sender = std::move(*sender);
  ends.receiver = std::move(*receiver);
  return 1;
}

/// So many packets with payloads of `size` bytes. How many were protected.
EMSCRIPTEN_KEEPALIVE int bench_protect(int count, int size) {
  ends.packets.clear();
  for (int i = 0; i < count; ++i) {
    Bytes packet(kHeader + static_cast<size_t>(size), 0x5a);
    const uint16_t number = ends.sequence++;
    const uint8_t header[kHeader] = {
        0x80, 96, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number), 0, 0, 0, 0, 0, 0,
        0,    1};
    std::copy(std::begin(header), std::end(header), packet.begin());
    if (ends.sender->protectRtp(packet).ok())
      ends.packets.push_back(std::move(packet));
  }
  return static_cast<int>(ends.packets.size());
}

/// Those that were protected last. How many authenticated.
EMSCRIPTEN_KEEPALIVE int bench_unprotect() {
  int good = 0;
  for (Bytes& packet : ends.packets)
    good += ends.receiver->unprotectRtp(packet).ok() ? 1 : 0;
  return good;
}
}
