#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "cpp/base/bytes.h"
#include "cpp/base/result.h"

namespace rtc::srtp {

/// SRTP protection profiles by their IANA numbers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
enum class Profile : uint16_t {
  kAes128CmSha1_80 = 0x0001,
  kAes128CmSha1_32 = 0x0002,
  kAeadAes128Gcm = 0x0007,
  kAeadAes256Gcm = 0x0008,
};

/// The profile of that number, if it is one of ours.
std::optional<Profile> profileFromIana(uint16_t number);

/// RFC 5764 section 4.2: what the DTLS exporter is asked for …
inline constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";
/// … and how many bytes of it: two master keys and two master salts.
size_t keyingMaterialLength(Profile profile);

/// Which end of the DTLS association we are; the keys are laid out by it.
enum class DtlsRole { kClient, kServer };

enum class SrtpError {
  /// The packet does not authenticate.
  kAuthentication,
  /// The packet was seen before, or is too old to tell.
  kReplay,
  /// Not an RTP or RTCP packet, or too short to be protected.
  kMalformed,
  /// 2^48 packets or 2^31 RTCP packets went by under one key (RFC 3711 section 9.2).
  kKeyExpired,
  /// The keying material has another length than the profile's.
  kBadKeyingMaterial,
  kUnsupported,
  kInternal,
};

/// How many SSRCs of the peer's are kept track of. When one more turns up, the one that was silent
/// for longest is forgotten, its replay window and roll-over counter with it: a peer that makes up
/// SSRCs costs no more memory, and harms its own streams alone. So many, since a stream that is
/// forgotten between its packets cannot be read any more once its sequence numbers have rolled
/// over.
inline constexpr size_t kMaxInboundSsrcs = 1024;

/// Both directions of SRTP and SRTCP between two endpoints, for up to `kMaxInboundSsrcs` of the
/// peer's SSRCs and any number of ours. Sans-IO; no function can be re-entered.
class Session {
 public:
  /// Keys a session with `keyingMaterial`, which has `keyingMaterialLength(profile)` bytes, as
  /// RFC 5764 section 4.2 lays them out: client key, server key, client salt, server salt.
  static Result<std::unique_ptr<Session>, SrtpError> create(Profile profile, DtlsRole role,
                                                            ByteSpan keyingMaterial);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Encrypts and authenticates an RTP packet of ours in place; it grows by the tag. The same
  /// packet may be protected again (a retransmission); one with the same sequence number and
  /// another payload must not be.
  Status<SrtpError> protectRtp(Bytes& packet);
  /// The same for a compound RTCP packet; it grows by index and tag.
  Status<SrtpError> protectRtcp(Bytes& packet);
  /// Checks and decrypts an SRTP packet of the peer's in place. After an error the contents are
  /// unspecified and the session is as before.
  Status<SrtpError> unprotectRtp(Bytes& packet);
  Status<SrtpError> unprotectRtcp(Bytes& packet);

 private:
  struct Contexts;
  explicit Session(std::unique_ptr<Contexts> contexts);
  std::unique_ptr<Contexts> contexts_;
};

}  // namespace rtc::srtp
