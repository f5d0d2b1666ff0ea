// Packets from anybody, and packets of ours with any header.

#include <cstdlib>

#include "cpp/srtp/session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rtc;
  using namespace rtc::srtp;
  if (size == 0)
    return 0;
  static constexpr Profile kProfiles[] = {Profile::kAes128CmSha1_80, Profile::kAes128CmSha1_32,
                                          Profile::kAeadAes128Gcm, Profile::kAeadAes256Gcm};
  const Profile profile = kProfiles[data[0] % 4];
  const Bytes material(keyingMaterialLength(profile), 0x42);
  auto client = Session::create(profile, DtlsRole::kClient, material);
  auto server = Session::create(profile, DtlsRole::kServer, material);
  if (!client.ok() || !server.ok())
    std::abort();

  const Bytes input(data + 1, data + size);
  Bytes packet = input;
  (void)(*server)->unprotectRtp(packet);
  packet = input;
  (void)(*server)->unprotectRtcp(packet);

  packet = input;
  if ((*client)->protectRtp(packet).ok()) {
    Bytes opened = packet;
    if (!(*server)->unprotectRtp(opened).ok() || opened != input)
      std::abort();
    opened = packet;
    if ((*server)->unprotectRtp(opened).ok())
      std::abort();  // a replay
  }
  packet = input;
  if ((*client)->protectRtcp(packet).ok()) {
    if (!(*server)->unprotectRtcp(packet).ok() || packet != input)
      std::abort();
  }
  return 0;
}
