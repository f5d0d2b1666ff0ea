#include "cpp/srtp/session.h"

#include <cstring>
#include <list>
#include <unordered_map>

#include <srtp2/srtp.h>

#include "cpp/base/wipe.h"

namespace rtc::srtp {
namespace {

// RFC 3711 section 3.3.2 wants a window of at least 64. Video over a path with retransmissions
// needs more: a lost packet comes again a round trip later, hundreds of packets on.
constexpr unsigned long kReplayWindow = 1024;
constexpr size_t kRtpHeaderSize = 12;
constexpr size_t kRtcpHeaderSize = 8;
constexpr size_t kSrtcpIndexSize = 4;
// An RTP packet travels in a datagram.
constexpr size_t kMaxPacket = 65535 - SRTP_MAX_TRAILER_LEN;

struct TagLengths {
  size_t rtp;
  size_t rtcp;
};

/// RFC 5764 section 4.1.2: the "_32" profile shortens the tag of RTP only. RFC 7714: 16 bytes.
TagLengths tagLengths(Profile profile) {
  switch (profile) {
    case Profile::kAes128CmSha1_80:
      return {10, 10};
    case Profile::kAes128CmSha1_32:
      return {4, 10};
    case Profile::kAeadAes128Gcm:
    case Profile::kAeadAes256Gcm:
      return {16, 16};
  }
  return {16, 16};
}

/// libsrtp keeps its cipher types in a table of its own that has to be filled before the first
/// session. This is the one place that touches it; the table does not change afterwards.
bool libraryReady() {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  return ready;
}

srtp_profile_t libraryProfile(Profile profile) {
  return static_cast<srtp_profile_t>(profile);
}

SrtpError toError(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:  // what the GCM back end calls a wrong tag
      return SrtpError::kAuthentication;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      return SrtpError::kReplay;
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
    case srtp_err_status_cant_check:
      return SrtpError::kMalformed;
    case srtp_err_status_key_expired:
      return SrtpError::kKeyExpired;
    default:
      return SrtpError::kInternal;
  }
}

/// A context for one direction; null when libsrtp was built without the profile.
srtp_t makeContext(Profile profile, srtp_ssrc_type_t direction, Bytes& keyAndSalt) {
  srtp_policy_t policy{};
  if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, libraryProfile(profile)) !=
          srtp_err_status_ok ||
      srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, libraryProfile(profile)) !=
          srtp_err_status_ok) {
    return nullptr;
  }
  policy.ssrc.type = direction;
  policy.key = keyAndSalt.data();
  policy.window_size = kReplayWindow;
  policy.allow_repeat_tx = 1;
  srtp_t context = nullptr;
  return srtp_create(&context, &policy) == srtp_err_status_ok ? context : nullptr;
}

Bytes join(ByteSpan key, ByteSpan salt) {
  Bytes joined;
  // Growing would leave the key behind in the memory that it grew out of.
  joined.reserve(key.size() + salt.size());
  joined.insert(joined.end(), key.begin(), key.end());
  joined.insert(joined.end(), salt.begin(), salt.end());
  return joined;
}

/// In the byte order of the packet, as libsrtp names streams.
uint32_t ssrcAt(ByteSpan packet, size_t offset) {
  uint32_t ssrc = 0;
  std::memcpy(&ssrc, packet.data() + offset, sizeof(ssrc));
  return ssrc;
}

using LibraryCall = srtp_err_status_t (*)(srtp_t, void*, int*);

/// Runs `call` on the packet with `room` more bytes behind it and cuts it to what the library says.
Status<SrtpError> transform(LibraryCall call, srtp_t context, Bytes& packet, size_t minimum,
                            size_t room) {
  if (packet.size() < minimum || packet.size() > kMaxPacket)
    return fail(SrtpError::kMalformed);
  int length = static_cast<int>(packet.size());
  packet.resize(packet.size() + room);
  const srtp_err_status_t status = call(context, packet.data(), &length);
  if (status != srtp_err_status_ok) {
    packet.resize(packet.size() - room);
    return fail(toError(status));
  }
  packet.resize(static_cast<size_t>(length));
  return Done{};
}

}  // namespace

struct Session::Contexts {
  TagLengths tags{};
  srtp_t outbound = nullptr;
  srtp_t inbound = nullptr;
  /// The peer's, the most recently heard last, and where each is among them.
  std::list<uint32_t> order;
  std::unordered_map<uint32_t, std::list<uint32_t>::iterator> heard;
  /// A packet of that SSRC authenticated.
  void hear(uint32_t ssrc);
  Contexts() = default;
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;
  ~Contexts() {
    if (outbound != nullptr)
      srtp_dealloc(outbound);
    if (inbound != nullptr)
      srtp_dealloc(inbound);
  }
};

void Session::Contexts::hear(uint32_t ssrc) {
  const auto [entry, isNew] = heard.try_emplace(ssrc);
  if (!isNew) {
    order.splice(order.end(), order, entry->second);
    return;
  }
  entry->second = order.insert(order.end(), ssrc);
  if (order.size() <= kMaxInboundSsrcs)
    return;
  srtp_remove_stream(inbound, order.front());
  heard.erase(order.front());
  order.pop_front();
}

std::optional<Profile> profileFromIana(uint16_t number) {
  switch (static_cast<Profile>(number)) {
    case Profile::kAes128CmSha1_80:
    case Profile::kAes128CmSha1_32:
    case Profile::kAeadAes128Gcm:
    case Profile::kAeadAes256Gcm:
      return static_cast<Profile>(number);
  }
  return std::nullopt;
}

size_t keyingMaterialLength(Profile profile) {
  return 2 * (size_t{srtp_profile_get_master_key_length(libraryProfile(profile))} +
              size_t{srtp_profile_get_master_salt_length(libraryProfile(profile))});
}

Session::Session(std::unique_ptr<Contexts> contexts) : contexts_(std::move(contexts)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>, SrtpError> Session::create(Profile profile, DtlsRole role,
                                                            ByteSpan keyingMaterial) {
  if (!libraryReady())
    return fail(SrtpError::kInternal);
  if (keyingMaterial.size() != keyingMaterialLength(profile)) {
    return fail(SrtpError::kBadKeyingMaterial);
  }
  const size_t key = srtp_profile_get_master_key_length(libraryProfile(profile));
  const size_t salt = srtp_profile_get_master_salt_length(libraryProfile(profile));
  Bytes client = join(keyingMaterial.subspan(0, key), keyingMaterial.subspan(2 * key, salt));
  Bytes server =
      join(keyingMaterial.subspan(key, key), keyingMaterial.subspan(2 * key + salt, salt));

  auto contexts = std::make_unique<Contexts>();
  contexts->tags = tagLengths(profile);
  const bool isClient = role == DtlsRole::kClient;
  contexts->outbound = makeContext(profile, ssrc_any_outbound, isClient ? client : server);
  contexts->inbound = makeContext(profile, ssrc_any_inbound, isClient ? server : client);
  // libsrtp has copied what it needs.
  wipe(client);
  wipe(server);
  if (contexts->outbound == nullptr || contexts->inbound == nullptr) {
    return fail(SrtpError::kUnsupported);
  }
  return std::unique_ptr<Session>(new Session(std::move(contexts)));
}

Status<SrtpError> Session::protectRtp(Bytes& packet) {
  return transform(srtp_protect, contexts_->outbound, packet, kRtpHeaderSize, SRTP_MAX_TRAILER_LEN);
}

Status<SrtpError> Session::protectRtcp(Bytes& packet) {
  return transform(srtp_protect_rtcp, contexts_->outbound, packet, kRtcpHeaderSize,
                   SRTP_MAX_TRAILER_LEN + kSrtcpIndexSize);
}

Status<SrtpError> Session::unprotectRtp(Bytes& packet) {
  auto status = transform(srtp_unprotect, contexts_->inbound, packet,
                          kRtpHeaderSize + contexts_->tags.rtp, 0);
  if (status)
    contexts_->hear(ssrcAt(packet, 8));
  return status;
}

Status<SrtpError> Session::unprotectRtcp(Bytes& packet) {
  auto status = transform(srtp_unprotect_rtcp, contexts_->inbound, packet,
                          kRtcpHeaderSize + kSrtcpIndexSize + contexts_->tags.rtcp, 0);
  if (status)
    contexts_->hear(ssrcAt(packet, 4));
  return status;
}

}  // namespace rtc::srtp
