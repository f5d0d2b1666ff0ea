#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/dtls/certificate.h"
#include "cpp/dtls/fingerprint.h"

namespace rtc::dtls {

class P256Arithmetic;

/// Who sends the ClientHello: `a=setup:active` is the client (RFC 5763 section 5).
enum class Role { kClient, kServer };

/// SRTP protection profiles by their IANA numbers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
enum class SrtpProfile : uint16_t {
  kAes128CmSha1_80 = 0x0001,
  kAes128CmSha1_32 = 0x0002,
  kAeadAes128Gcm = 0x0007,
  kAeadAes256Gcm = 0x0008,
};

/// What a DTLS 1.2 record adds to its payload at most, over the suites offered here: 13 bytes of
/// header, 8 of explicit nonce, 16 of tag (AES-GCM; ChaCha20-Poly1305 needs 8 less).
inline constexpr size_t kMaxRecordOverhead = 37;

/// The most that one record carries (RFC 6347 section 4.1, RFC 5246 section 6.2.1).
inline constexpr size_t kMaxPayload = 16384;

struct EndpointConfig {
  Role role = Role::kClient;
  std::shared_ptr<const Certificate> certificate;
  /// What the signalling announced for the peer. Empty or unusable: the handshake fails.
  std::vector<Fingerprint> expected;
  /// The largest datagram of our handshake, in bytes of UDP payload. Application records are as
  /// large as `send()` makes them.
  size_t mtu = 1200;
  /// The first retransmission of a flight comes after this time, the next ones after twice the time
  /// of the one before, up to `maxRetransmit`, and then the handshake fails. RFC 6347 section
  /// 4.2.4.1 has 1 s and allows less where the round trip is known to be short: ICE has just
  /// measured it, and a second's wait for one lost datagram would be the longest part of a set-up.
  /// A caller that knows the round-trip time should pass max(50 ms, 2 RTT).
  Duration initialRetransmit = Duration::milliseconds(100);
  Duration maxRetransmit = Duration::seconds(60);
  /// Server only: ask for a cookie before any state is kept (RFC 6347 section 4.2.1). Off, since
  /// ICE's checks have already proven that the peer receives at its address.
  bool cookieExchange = false;
  /// Offered (client) or accepted (server), most preferred first; empty leaves `use_srtp` out.
  /// Only the AES-CM profiles can be negotiated as yet; others are skipped.
  std::vector<SrtpProfile> srtpProfiles = {SrtpProfile::kAes128CmSha1_80};
  /// The embedding's arithmetic, outliving the endpoint; with it, P-256 is preferred to X25519.
  /// Null: the engine's own.
  P256Arithmetic* arithmetic = nullptr;
};

/// A datagram for the peer.
struct Transmit {
  Bytes data;
};

/// The handshake is complete and the peer's certificate has the announced fingerprint.
struct Connected {
  /// IANA name, for RTCTransportStats.dtlsCipher: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256".
  std::string cipherSuite;
  /// On the wire: 0xFEFD for DTLS 1.2 (RTCTransportStats.tlsVersion is "FEFD").
  uint16_t protocolVersion = 0;
  std::optional<SrtpProfile> srtpProfile;
};

/// One record of application data. Never before `Connected`.
struct Received {
  Bytes data;
};

enum class FailureReason {
  kFingerprintMismatch,
  kAlertReceived,
  kAlertSent,
  /// The peer never answered, retransmissions included.
  kTimeout,
  /// The random source failed, memory ran out, or the library refused for another reason.
  kInternal,
};

/// The endpoint is dead; nothing follows but `Transmit`s that are already queued.
struct Failed {
  FailureReason reason = FailureReason::kInternal;
  /// Alert descriptions as numbers (RFC 5246 section 7.2), for RTCError.receivedAlert/sentAlert.
  std::optional<uint8_t> receivedAlert;
  std::optional<uint8_t> sentAlert;
  std::string text;
};

/// The peer sent close_notify, or `close()` was called.
struct Closed {};

using Output = std::variant<Transmit, Connected, Received, Failed, Closed>;

/// What decrypts a recording of the association, as the NSS key log has it ("CLIENT_RANDOM"):
/// whoever has these reads everything that both ends ever said.
struct SessionSecrets {
  std::array<uint8_t, 32> clientRandom{};
  std::array<uint8_t, 48> masterSecret{};
};

enum class State { kNew, kConnecting, kConnected, kClosed, kFailed };

/// One end of a DTLS association, sans-IO: after every input drain `poll()` until it is empty, then
/// ask `deadline()`. No function calls back, so none can be re-entered.
class Endpoint {
 public:
  virtual ~Endpoint() = default;

  /// Begins the handshake: the client's first flight, or the server's readiness. Once.
  virtual void start(Timestamp now) = 0;
  /// A datagram that demultiplexed as DTLS (RFC 7983: first byte 20 to 63). Ones that arrive before
  /// `start()` are kept (a few) and processed then. Whatever does not authenticate is dropped.
  virtual void handleDatagram(Bytes datagram, Timestamp now) = 0;
  /// Seals `data` as one record, one datagram. False, and nothing sent, unless the state is
  /// kConnected and `data` has at most `maxSendSize()` bytes and at least one. The caller keeps to
  /// the path MTU: the datagram has up to `kMaxRecordOverhead` bytes more.
  virtual bool send(ByteSpan data, Timestamp now) = 0;
  /// Sends close_notify when connected; then `Closed`. Harmless when repeated.
  virtual void close(Timestamp now) = 0;

  virtual std::optional<Output> poll() = 0;
  virtual Timestamp deadline() const = 0;
  /// Harmless when early.
  virtual void handleTimeout(Timestamp now) = 0;
  /// The path carries datagrams again after a while in which it did not, or is another one: a
  /// flight that waits for its answer is sent soon, whatever its timer has grown to. Harmless at
  /// any time.
  virtual void pathReturned(Timestamp now) = 0;

  virtual State state() const = 0;
  virtual size_t maxSendSize() const = 0;
  /// RFC 5705 without context, for RFC 5764 ("EXTRACTOR-dtls_srtp", client write key first). Empty
  /// before `Connected`.
  virtual Bytes exportKeyingMaterial(std::string_view label, size_t length) const = 0;
  /// For diagnosis alone, and only where the application asks. None before `Connected`.
  virtual std::optional<SessionSecrets> secrets() const = 0;
  /// The negotiated profile, once connected.
  virtual std::optional<SrtpProfile> srtpProfile() const = 0;
  /// The peer's certificate in DER; empty before it arrived. Also there when it did not match.
  virtual const Bytes& remoteCertificate() const = 0;
};

/// A DTLS 1.2 endpoint on mbedTLS. `random` must outlive it. Null when `config.certificate` is null
/// or memory ran out.
std::unique_ptr<Endpoint> createMbedtlsEndpoint(EndpointConfig config, RandomSource& random);

}  // namespace rtc::dtls
