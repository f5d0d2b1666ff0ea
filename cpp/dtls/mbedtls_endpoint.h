#pragma once

#include <array>
#include <vector>

#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>

#include "cpp/base/queue.h"
#include "cpp/dtls/endpoint.h"
#include "cpp/dtls/mbedtls_random.h"
#include "cpp/dtls/record.h"
#include "cpp/dtls/record_gate.h"

namespace rtc::dtls {

/// `Endpoint` on mbedTLS 3.6. The library sees one record at a time, through callbacks that read
/// and write this object's memory: no socket, clock or entropy source of its own.
///
/// Forged datagrams change nothing once connected. Before that some things cannot be told from the
/// peer's own, as TLS 1.2 does not protect them: a well-formed fatal alert, a well-formed
/// ClientHello that differs from the peer's, or a handshake message with a lie in it can make the
/// handshake fail (never succeed wrongly). ICE accepts datagrams from validated pairs alone, which
/// leaves this to attackers on the path, who could drop the datagrams just as well.
///
/// About 25 kB when created, 35 kB when connected: the library's input buffer takes 16 kB of it.
class MbedtlsEndpoint final : public Endpoint {
 public:
  MbedtlsEndpoint(EndpointConfig config, RandomSource& random);
  ~MbedtlsEndpoint() override;
  MbedtlsEndpoint(const MbedtlsEndpoint&) = delete;
  MbedtlsEndpoint& operator=(const MbedtlsEndpoint&) = delete;

  /// Allocates and configures; false when that failed.
  bool initialise();

  void start(Timestamp now) override;
  void handleDatagram(Bytes datagram, Timestamp now) override;
  bool send(ByteSpan data, Timestamp now) override;
  void close(Timestamp now) override;
  std::optional<Output> poll() override;
  Timestamp deadline() const override;
  void handleTimeout(Timestamp now) override;
  void pathReturned(Timestamp now) override;
  State state() const override { return state_; }
  size_t maxSendSize() const override { return MBEDTLS_SSL_OUT_CONTENT_LEN; }
  Bytes exportKeyingMaterial(std::string_view label, size_t length) const override;
  std::optional<SessionSecrets> secrets() const override;
  std::optional<SrtpProfile> srtpProfile() const override;
  const Bytes& remoteCertificate() const override { return remoteCertificate_; }

 private:
  // What mbedTLS calls; the first argument is the endpoint.
  static int onSend(void* self, const unsigned char* data, size_t length);
  static int onReceive(void* self, unsigned char* out, size_t capacity);
  static void onSetTimer(void* self, uint32_t intermediateMs, uint32_t finalMs);
  static int onGetTimer(void* self);
  static int onVerify(void* self, mbedtls_x509_crt* certificate, int depth, uint32_t* flags);
  static void onExportKeys(void* self, mbedtls_ssl_key_export_type type,
                           const unsigned char* secret, size_t secretLength,
                           const unsigned char clientRandom[32],
                           const unsigned char serverRandom[32], mbedtls_tls_prf_types prf);

  bool configureSrtp();
  bool configureCookies();
  bool awaitingHello() const;
  void processDatagram(ByteSpan datagram);
  void processHandshakeRecord(const Record& record);
  void feed(ByteSpan record);
  void hold(const Record& record);
  void retryHeldRecords();
  void continueHandshake();
  void runHandshake();
  void boundRepetition(size_t from, bool isTimeout);
  void sendFlightAgain();
  void handshakeComplete();
  void handshakeStopped(int error);
  void forgetHello();
  void noteAlert(ByteSpan datagram);
  void readApplicationData();
  void finish(State state, Output last);
  void forgetKeys();
  Failed failure(int error) const;

  EndpointConfig config_;
  WatchedRandom random_;
  mbedtls_ssl_config sslConfig_;
  mbedtls_ssl_cookie_ctx cookies_;
  mbedtls_ssl_context ssl_;
  std::vector<mbedtls_ssl_srtp_profile> srtpProfiles_;
  RecordGate gate_;

  State state_ = State::kNew;
  Timestamp now_;
  Timestamp intermediateTimer_ = Timestamp::never();
  Timestamp finalTimer_ = Timestamp::never();
  /// What is waited at most for the answer to a flight, doubled with each; unset where no path has
  /// returned since long.
  std::optional<Duration> sinceReturn_;
  Queue<Output> outputs_;
  /// Datagrams that came before `start()`.
  Queue<Bytes> early_;
  /// Protected records that came before the keys, or data before the end of the handshake.
  std::vector<Bytes> held_;
  /// Of the flight that was sent last: its first message, when it left, and how often because the
  /// peer repeated itself.
  std::optional<uint16_t> flight_;
  Timestamp flightAt_;
  int repetitions_ = 0;
  /// The record that the library reads next; empty when it has been read.
  ByteSpan incoming_;

  Bytes remoteCertificate_;
  std::optional<FingerprintCheck> fingerprint_;
  std::optional<uint8_t> sentAlert_;
  struct ExportedKeys {
    std::array<uint8_t, 48> masterSecret;
    std::array<uint8_t, 64> randoms;  // the client's, then the server's (RFC 5705 section 4)
    mbedtls_tls_prf_types prf;
  };
  std::optional<ExportedKeys> keys_;
};

}  // namespace rtc::dtls
