#include "cpp/dtls/mbedtls_endpoint.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <mbedtls/platform_util.h>

#include "cpp/base/hex.h"
#include "cpp/dtls/certificate_identity.h"
#include "cpp/dtls/curve_operations.h"

// Of the library's own headers: the flight that was sent last, once more. There is one whenever the
// timer runs.
extern "C" int mbedtls_ssl_resend(mbedtls_ssl_context* ssl);

namespace rtc::dtls {
namespace {

// Elliptic-curve certificates before RSA ones, and ChaCha20-Poly1305 before AES-GCM: WebAssembly
// has no AES instructions. TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 is the one that everybody has
// (RFC 8827 section 6.5). mbedTLS servers go by their own order.
constexpr int kCipherSuites[] = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                                 MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                 MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                                 MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                                 MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                                 MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                                 0};

constexpr uint16_t kGroups[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

// Where the embedding does the arithmetic of P-256, nothing is as fast.
constexpr uint16_t kGroupsWithArithmetic[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

constexpr uint8_t kAlertDecryptError = 51;
// The peer's repetition of its last message brings our flight again (RFC 6347 section 4.2.4). A
// fragment of one byte does, so that without a bound each forged datagram would bring a kilobyte.
// No implementation repeats itself sooner than after 50 ms, and one whose time doubles does not
// come to so many; what it misses then is sent again by our own timer.
constexpr Duration kLeastBetweenRepetitions = Duration::milliseconds(25);
constexpr int kMostRepetitions = 16;
// Enough for every flight of a handshake that overtook `start()` or its own keys.
constexpr size_t kMaxHeld = 16;

/// Errors that say "this was no ClientHello", as against "we have nothing in common".
bool meansMalformed(int error) {
  switch (error) {
    case MBEDTLS_ERR_SSL_DECODE_ERROR:
    case MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER:
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
    case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE:
    case MBEDTLS_ERR_SSL_UNEXPECTED_RECORD:
    case MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL:
      return true;
    default:
      return false;
  }
}

/// The number of the handshake message that a datagram of ours begins with; nullopt when it begins
/// with something else.
std::optional<uint16_t> firstMessageOf(ByteSpan datagram) {
  ByteReader reader(datagram);
  const std::optional<Record> record = readRecord(reader);
  if (!record || record->type != ContentType::kHandshake || record->epoch != 0)
    return std::nullopt;
  ByteReader payload(record->payload);
  const std::optional<HandshakeFragment> fragment = readHandshakeFragment(payload);
  return fragment ? std::optional(fragment->messageSequence) : std::nullopt;
}

uint32_t timerMilliseconds(Duration duration) {
  return static_cast<uint32_t>(std::clamp<int64_t>(duration.ms(), 1, 3'600'000));
}

}  // namespace

MbedtlsEndpoint::MbedtlsEndpoint(EndpointConfig config, RandomSource& random)
    : config_(std::move(config)), random_(random), gate_(config_.role, config_.cookieExchange) {
  mbedtls_ssl_config_init(&sslConfig_);
  mbedtls_ssl_cookie_init(&cookies_);
  mbedtls_ssl_init(&ssl_);
}

MbedtlsEndpoint::~MbedtlsEndpoint() {
  mbedtls_ssl_free(&ssl_);
  mbedtls_ssl_cookie_free(&cookies_);
  mbedtls_ssl_config_free(&sslConfig_);
  forgetKeys();
}

// --- Configuration ------------------------------------------------------------------------------

bool MbedtlsEndpoint::initialise() {
  const Certificate::Identity* own =
      config_.certificate == nullptr ? nullptr : config_.certificate->identity();
  if (own == nullptr)
    return false;
  const bool client = config_.role == Role::kClient;
  if (mbedtls_ssl_config_defaults(
          &sslConfig_, client ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER,
          MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
    return false;
  }
  mbedtls_ssl_conf_min_tls_version(&sslConfig_, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_max_tls_version(&sslConfig_, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_ciphersuites(&sslConfig_, kCipherSuites);
  mbedtls_ssl_conf_groups(&sslConfig_,
                          config_.arithmetic != nullptr ? kGroupsWithArithmetic : kGroups);
  mbedtls_ssl_conf_rng(&sslConfig_, drawRandom, &random_);
  mbedtls_ssl_conf_extended_master_secret(&sslConfig_, MBEDTLS_SSL_EXTENDED_MS_ENABLED);
  mbedtls_ssl_conf_dtls_anti_replay(&sslConfig_, MBEDTLS_SSL_ANTI_REPLAY_ENABLED);
  mbedtls_ssl_conf_handshake_timeout(&sslConfig_, timerMilliseconds(config_.initialRetransmit),
                                     timerMilliseconds(config_.maxRetransmit));

  // Both ends present a certificate and nobody vouches for either: `onVerify` decides, by the
  // fingerprint alone. mbedTLS insists on a trust anchor before it asks, so it gets our own
  // certificate, whose name CertificateRequest must not list: a peer might take that for a filter.
  mbedtls_ssl_conf_authmode(&sslConfig_, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&sslConfig_, &own->certificate, nullptr);
  mbedtls_ssl_conf_verify(&sslConfig_, onVerify, this);
  if (!client) {
    mbedtls_ssl_conf_cert_req_ca_list(&sslConfig_, MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
  }
  if (mbedtls_ssl_conf_own_cert(&sslConfig_, &own->certificate, &own->key) != 0)
    return false;
  if (!configureSrtp() || !configureCookies())
    return false;

  if (mbedtls_ssl_setup(&ssl_, &sslConfig_) != 0)
    return false;
  // A client has to say that it expects no particular name.
  if (client && mbedtls_ssl_set_hostname(&ssl_, nullptr) != 0)
    return false;
  mbedtls_ssl_set_bio(&ssl_, this, onSend, onReceive, nullptr);
  mbedtls_ssl_set_timer_cb(&ssl_, this, onSetTimer, onGetTimer);
  mbedtls_ssl_set_export_keys_cb(&ssl_, onExportKeys, this);
  mbedtls_ssl_set_mtu(&ssl_, static_cast<uint16_t>(std::clamp<size_t>(config_.mtu, 256, 65535)));
  forgetHello();
  return true;
}

bool MbedtlsEndpoint::configureSrtp() {
  for (SrtpProfile profile : config_.srtpProfiles) {
    if (profile == SrtpProfile::kAes128CmSha1_80 || profile == SrtpProfile::kAes128CmSha1_32) {
      srtpProfiles_.push_back(static_cast<mbedtls_ssl_srtp_profile>(profile));
    }
  }
  if (srtpProfiles_.empty())
    return true;
  srtpProfiles_.push_back(MBEDTLS_TLS_SRTP_UNSET);
  return mbedtls_ssl_conf_dtls_srtp_protection_profiles(&sslConfig_, srtpProfiles_.data()) == 0;
}

bool MbedtlsEndpoint::configureCookies() {
  if (config_.role == Role::kClient)
    return true;
  if (!config_.cookieExchange) {
    mbedtls_ssl_conf_dtls_cookies(&sslConfig_, nullptr, nullptr, nullptr);
    return true;
  }
  if (mbedtls_ssl_cookie_setup(&cookies_, drawRandom, &random_) != 0)
    return false;
  mbedtls_ssl_conf_dtls_cookies(&sslConfig_, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check,
                                &cookies_);
  return true;
}

// --- Inputs -------------------------------------------------------------------------------------

void MbedtlsEndpoint::start(Timestamp now) {
  if (state_ != State::kNew)
    return;
  now_ = now;
  state_ = State::kConnecting;
  if (config_.role == Role::kClient)
    continueHandshake();
  while (!early_.empty()) {
    const Bytes datagram = std::move(early_.front());
    early_.pop_front();
    processDatagram(datagram);
  }
}

void MbedtlsEndpoint::handleDatagram(Bytes datagram, Timestamp now) {
  now_ = now;
  if (state_ == State::kNew) {
    if (early_.size() < kMaxHeld)
      early_.push_back(std::move(datagram));
    return;
  }
  processDatagram(datagram);
}

void MbedtlsEndpoint::processDatagram(ByteSpan datagram) {
  ByteReader reader(datagram);
  while (state_ == State::kConnecting || state_ == State::kConnected) {
    const std::optional<Record> record = readRecord(reader);
    if (!record)
      return;
    if (state_ == State::kConnecting) {
      processHandshakeRecord(*record);
    } else if (record->epoch == 1) {
      feed(record->whole);
    }
  }
}

void MbedtlsEndpoint::processHandshakeRecord(const Record& record) {
  if (record.epoch == 1) {
    hold(record);
    retryHeldRecords();
    return;
  }
  RecordGate::Admitted admitted = gate_.admit(record, awaitingHello());
  if (admitted.startOver)
    mbedtls_ssl_session_reset(&ssl_), forgetHello();
  for (const Bytes& each : admitted.records) {
    if (state_ != State::kConnecting)
      return;
    feed(each);
  }
  retryHeldRecords();
}

bool MbedtlsEndpoint::send(ByteSpan data, Timestamp now) {
  if (state_ != State::kConnected || data.empty() || data.size() > maxSendSize())
    return false;
  now_ = now;
  // The library keeps the server's last flight, and with it the size of datagrams that losses have
  // reduced it to (RFC 6347 section 4.1.1.1). How large this one is the caller has decided.
  auto* const lastFlight = std::exchange(ssl_.MBEDTLS_PRIVATE(handshake), nullptr);
  const int written = mbedtls_ssl_write(&ssl_, data.data(), data.size());
  ssl_.MBEDTLS_PRIVATE(handshake) = lastFlight;
  return written == static_cast<int>(data.size());
}

void MbedtlsEndpoint::close(Timestamp now) {
  if (state_ == State::kClosed || state_ == State::kFailed)
    return;
  now_ = now;
  if (state_ == State::kConnected)
    mbedtls_ssl_close_notify(&ssl_);
  finish(State::kClosed, Closed{});
}

std::optional<Output> MbedtlsEndpoint::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output next = std::move(outputs_.front());
  outputs_.pop_front();
  return next;
}

Timestamp MbedtlsEndpoint::deadline() const {
  return state_ == State::kConnecting ? finalTimer_ : Timestamp::never();
}

void MbedtlsEndpoint::handleTimeout(Timestamp now) {
  if (state_ != State::kConnecting || now < finalTimer_)
    return;
  now_ = now;
  if (sinceReturn_)
    sendFlightAgain();
  else
    continueHandshake();
}

void MbedtlsEndpoint::pathReturned(Timestamp now) {
  if (state_ != State::kConnecting || finalTimer_.isNever())
    return;
  now_ = now;
  sinceReturn_ = config_.initialRetransmit;
  // What leaves in a moment need not leave twice.
  if (finalTimer_ > now + config_.initialRetransmit)
    sendFlightAgain();
}

/// Without the library's timer, which has grown while nothing could pass, and ends the handshake
/// when it can grow no more.
void MbedtlsEndpoint::sendFlightAgain() {
  const size_t before = outputs_.size();
  // It sets the timer. What can fail is sending, and that is a queue here.
  (void)mbedtls_ssl_resend(&ssl_);
  if (outputs_.size() > before)
    boundRepetition(before, true);
}

// --- The handshake ------------------------------------------------------------------------------

bool MbedtlsEndpoint::awaitingHello() const {
  return config_.role == Role::kServer && state_ == State::kConnecting &&
         ssl_.MBEDTLS_PRIVATE(state) <= MBEDTLS_SSL_CLIENT_HELLO;
}

void MbedtlsEndpoint::forgetHello() {
  gate_.forgetHello();
  if (config_.role != Role::kServer || !config_.cookieExchange)
    return;
  // The cookie binds the client's address; ICE has one pair selected, so there is only one.
  static constexpr unsigned char kTransport[] = {'i', 'c', 'e'};
  mbedtls_ssl_set_client_transport_id(&ssl_, kTransport, sizeof(kTransport));
}

void MbedtlsEndpoint::feed(ByteSpan record) {
  incoming_ = record;
  if (state_ == State::kConnecting) {
    continueHandshake();
  } else if (state_ == State::kConnected) {
    readApplicationData();
  }
  incoming_ = {};
}

/// Protected records wait here until the library has their keys, and application data until the
/// handshake is over: they overtake the end of the flight easily, and the library would drop them.
void MbedtlsEndpoint::hold(const Record& record) {
  if (held_.size() == kMaxHeld)
    held_.erase(held_.begin());
  held_.push_back(toBytes(record.whole));
}

void MbedtlsEndpoint::retryHeldRecords() {
  for (size_t i = 0; i < held_.size();) {
    if (state_ == State::kClosed || state_ == State::kFailed)
      return;
    if (state_ == State::kConnecting) {
      if (held_[i][0] == static_cast<uint8_t>(ContentType::kApplicationData)) {
        ++i;
        continue;
      }
      // In the middle of Finished the library takes a record that does not authenticate for an
      // attack and gives up; a stray datagram must not do that, so each one is tried first.
      Bytes scratch = held_[i];
      const int verdict = mbedtls_ssl_check_record(&ssl_, scratch.data(), scratch.size());
      if (verdict == MBEDTLS_ERR_SSL_UNEXPECTED_RECORD) {  // keys not yet there, or a repetition
        ++i;
        continue;
      }
      const Bytes record = std::move(held_[i]);
      held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
      if (verdict != 0)
        continue;
      feed(record);
      i = 0;
      continue;
    }
    const Bytes record = std::move(held_[i]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
    feed(record);
  }
}

void MbedtlsEndpoint::continueHandshake() {
  const size_t before = outputs_.size();
  const bool isTimeout = finalTimer_ <= now_;
  runHandshake();
  if (state_ == State::kConnecting && outputs_.size() > before && !awaitingHello())
    boundRepetition(before, isTimeout);
}

/// What was put out from there on is a flight of ours. When nothing but a repetition of the peer's
/// asked for it, it may be withdrawn.
void MbedtlsEndpoint::boundRepetition(size_t from, bool isTimeout) {
  const auto* transmit = std::get_if<Transmit>(&outputs_[from]);
  const auto message = transmit == nullptr ? std::nullopt : firstMessageOf(transmit->data);
  if (!message)
    return;
  if (message != flight_) {
    flight_ = message;
    repetitions_ = 0;
  } else if (!isTimeout) {
    if (repetitions_ == kMostRepetitions || now_ - flightAt_ < kLeastBetweenRepetitions) {
      while (outputs_.size() > from)
        outputs_.pop_back();
      return;
    }
    ++repetitions_;
  }
  flightAt_ = now_;
}

void MbedtlsEndpoint::runHandshake() {
  const P256ArithmeticScope arithmetic(config_.arithmetic);
  const size_t outputsBefore = outputs_.size();
  for (;;) {
    const int error = mbedtls_ssl_handshake(&ssl_);
    if (error == 0)
      return handshakeComplete();
    if (error == MBEDTLS_ERR_SSL_WANT_READ) {
      // An expired timer is served before the input is looked at.
      if (incoming_.empty())
        return;
      continue;
    }
    if (error == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED) {
      mbedtls_ssl_session_reset(&ssl_);
      return forgetHello();
    }
    if (awaitingHello() && meansMalformed(error) && !random_.failed()) {
      // Nothing is lost yet: whoever sent this was not the peer, or the peer's own will come again.
      // The alert that the library has just written would end the peer's handshake, so it goes too.
      while (outputs_.size() > outputsBefore)
        outputs_.pop_back();
      sentAlert_.reset();
      mbedtls_ssl_session_reset(&ssl_);
      return forgetHello();
    }
    return handshakeStopped(error);
  }
}

void MbedtlsEndpoint::handshakeComplete() {
  // `onVerify` has run and agreed, or the library would not have come here. Said once more, since
  // everything that is confidential hangs on it.
  if (fingerprint_ != FingerprintCheck::kMatch || !keys_) {
    return finish(State::kFailed, Failed{FailureReason::kFingerprintMismatch,
                                         {},
                                         sentAlert_,
                                         "The peer presented no certificate"});
  }
  state_ = State::kConnected;
  // From now on the caller decides how large a datagram is.
  mbedtls_ssl_set_mtu(&ssl_, 0);
  std::string suite = mbedtls_ssl_get_ciphersuite(&ssl_);
  std::replace(suite.begin(), suite.end(), '-', '_');
  outputs_.push_back(Connected{std::move(suite), 0xfefd, srtpProfile()});
}

void MbedtlsEndpoint::handshakeStopped(int error) {
  if (error == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    return finish(State::kClosed, Closed{});
  const bool peerKnows =
      error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE || error == MBEDTLS_ERR_SSL_TIMEOUT;
  if (!sentAlert_ && !peerKnows) {
    // The library says nothing to a client that showed no certificate, or about its own troubles;
    // the peer would go on retransmitting.
    mbedtls_ssl_send_alert_message(&ssl_, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                   error == MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE
                                       ? MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE
                                       : MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR);
  }
  finish(State::kFailed, failure(error));
}

Failed MbedtlsEndpoint::failure(int error) const {
  Failed failed;
  failed.sentAlert = sentAlert_;
  const std::string code = hex(static_cast<uint32_t>(-error), 4);
  if (fingerprint_ && fingerprint_ != FingerprintCheck::kMatch) {
    failed.reason = FailureReason::kFingerprintMismatch;
    failed.text = fingerprint_ == FingerprintCheck::kMismatch
                      ? "The peer's certificate does not have the announced fingerprint"
                      : "No announced fingerprint uses a hash function that is accepted";
    return failed;
  }
  if (random_.failed()) {
    failed.text = "The source of random numbers failed";
    return failed;
  }
  if (error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
    failed.reason = FailureReason::kAlertReceived;
    failed.receivedAlert = ssl_.MBEDTLS_PRIVATE(in_msg)[1];
    failed.text = "The peer sent alert " + std::to_string(*failed.receivedAlert);
  } else if (error == MBEDTLS_ERR_SSL_TIMEOUT) {
    failed.reason = FailureReason::kTimeout;
    failed.text = "The peer did not answer the handshake";
  } else if (sentAlert_) {
    failed.reason = FailureReason::kAlertSent;
    failed.text = "The handshake failed with alert " + std::to_string(*sentAlert_) +
                  " (mbedTLS -0x" + code + ")";
  } else {
    failed.text = "The handshake failed (mbedTLS -0x" + code + ")";
  }
  return failed;
}

void MbedtlsEndpoint::finish(State state, Output last) {
  // The library exports the keys before it has seen the peer's Finished.
  if (state_ != State::kConnected)
    forgetKeys();
  state_ = state;
  held_.clear();
  early_.clear();
  outputs_.push_back(std::move(last));
}

void MbedtlsEndpoint::forgetKeys() {
  if (keys_)
    mbedtls_platform_zeroize(&*keys_, sizeof(*keys_));
  keys_.reset();
}

// --- Application data ---------------------------------------------------------------------------

void MbedtlsEndpoint::readApplicationData() {
  const size_t capacity = incoming_.size();
  for (;;) {
    Bytes data(capacity);
    const int result = mbedtls_ssl_read(&ssl_, data.data(), data.size());
    if (result > 0) {
      data.resize(static_cast<size_t>(result));
      outputs_.push_back(Received{std::move(data)});
      continue;
    }
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
      mbedtls_ssl_close_notify(&ssl_);  // RFC 5246 section 7.2.1: the other end answers in kind
      return finish(State::kClosed, Closed{});
    }
    if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
      return finish(State::kFailed, failure(result));
    }
    // Nothing left to read, or a record that authenticated but makes no sense now (a second
    // ChangeCipherSpec, say): RFC 6347 section 4.1.2.7 lets us go on without it.
    return;
  }
}

// --- What mbedTLS calls -------------------------------------------------------------------------

int MbedtlsEndpoint::onSend(void* self, const unsigned char* data, size_t length) {
  auto& endpoint = *static_cast<MbedtlsEndpoint*>(self);
  if (endpoint.state_ == State::kConnecting)
    endpoint.noteAlert({data, length});
  endpoint.outputs_.push_back(Transmit{Bytes(data, data + length)});
  return static_cast<int>(length);
}

/// The version of our own records may be one that the peer made up, so `readRecord` is too strict.
void MbedtlsEndpoint::noteAlert(ByteSpan datagram) {
  while (datagram.size() > kRecordHeaderSize) {
    const size_t payload = size_t{datagram[11]} << 8 | datagram[12];
    const size_t size = std::min(kRecordHeaderSize + payload, datagram.size());
    if (datagram[0] == static_cast<uint8_t>(ContentType::kAlert)) {
      // Under protection only Finished can go wrong, and that has one alert.
      const bool isPlaintext = datagram[3] == 0 && datagram[4] == 0;
      sentAlert_ = isPlaintext ? datagram[size - 1] : kAlertDecryptError;
    }
    datagram = datagram.subspan(size);
  }
}

int MbedtlsEndpoint::onReceive(void* self, unsigned char* out, size_t capacity) {
  auto& endpoint = *static_cast<MbedtlsEndpoint*>(self);
  const ByteSpan record = std::exchange(endpoint.incoming_, {});
  if (record.empty() || record.size() > capacity)
    return MBEDTLS_ERR_SSL_WANT_READ;
  std::memcpy(out, record.data(), record.size());
  return static_cast<int>(record.size());
}

void MbedtlsEndpoint::onSetTimer(void* self, uint32_t intermediateMs, uint32_t finalMs) {
  auto& endpoint = *static_cast<MbedtlsEndpoint*>(self);
  if (finalMs == 0) {
    endpoint.intermediateTimer_ = endpoint.finalTimer_ = Timestamp::never();
    return;
  }
  Duration wait = Duration::milliseconds(finalMs);
  if (auto& sinceReturn = endpoint.sinceReturn_) {
    wait = std::min(wait, *sinceReturn);
    sinceReturn = *sinceReturn * 2;
    if (*sinceReturn > endpoint.config_.maxRetransmit)
      sinceReturn.reset();
  }
  endpoint.finalTimer_ = endpoint.now_ + wait;
  endpoint.intermediateTimer_ =
      endpoint.now_ + std::min(wait, Duration::milliseconds(intermediateMs));
}

int MbedtlsEndpoint::onGetTimer(void* self) {
  const auto& endpoint = *static_cast<MbedtlsEndpoint*>(self);
  if (endpoint.finalTimer_.isNever())
    return -1;
  if (endpoint.now_ >= endpoint.finalTimer_)
    return 2;
  return endpoint.now_ >= endpoint.intermediateTimer_ ? 1 : 0;
}

int MbedtlsEndpoint::onVerify(void* self, mbedtls_x509_crt* certificate, int depth,
                              uint32_t* flags) {
  auto& endpoint = *static_cast<MbedtlsEndpoint*>(self);
  *flags = 0;
  if (depth != 0)
    return 0;
  endpoint.remoteCertificate_ = toBytes({certificate->raw.p, certificate->raw.len});
  endpoint.fingerprint_ = checkFingerprints(endpoint.remoteCertificate_, endpoint.config_.expected);
  // This flag makes the library send bad_certificate, as RFC 8122 section 6.2 asks.
  if (endpoint.fingerprint_ != FingerprintCheck::kMatch)
    *flags = MBEDTLS_X509_BADCERT_CN_MISMATCH;
  return 0;
}

void MbedtlsEndpoint::onExportKeys(void* self, mbedtls_ssl_key_export_type type,
                                   const unsigned char* secret, size_t secretLength,
                                   const unsigned char clientRandom[32],
                                   const unsigned char serverRandom[32],
                                   mbedtls_tls_prf_types prf) {
  auto& endpoint = *static_cast<MbedtlsEndpoint*>(self);
  ExportedKeys keys{};
  if (type != MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET ||
      secretLength != keys.masterSecret.size()) {
    return;
  }
  std::memcpy(keys.masterSecret.data(), secret, secretLength);
  std::memcpy(keys.randoms.data(), clientRandom, 32);
  std::memcpy(keys.randoms.data() + 32, serverRandom, 32);
  keys.prf = prf;
  endpoint.keys_ = keys;
  mbedtls_platform_zeroize(&keys, sizeof(keys));
}

// --- Results ------------------------------------------------------------------------------------

Bytes MbedtlsEndpoint::exportKeyingMaterial(std::string_view label, size_t length) const {
  if (!keys_ || (state_ != State::kConnected && state_ != State::kClosed))
    return {};
  const std::string terminated(label);
  Bytes material(length);
  if (mbedtls_ssl_tls_prf(keys_->prf, keys_->masterSecret.data(), keys_->masterSecret.size(),
                          terminated.c_str(), keys_->randoms.data(), keys_->randoms.size(),
                          material.data(), material.size()) != 0) {
    return {};
  }
  return material;
}

std::optional<SessionSecrets> MbedtlsEndpoint::secrets() const {
  if (!keys_ || (state_ != State::kConnected && state_ != State::kClosed))
    return std::nullopt;
  SessionSecrets secrets;
  std::copy_n(keys_->randoms.begin(), secrets.clientRandom.size(), secrets.clientRandom.begin());
  secrets.masterSecret = keys_->masterSecret;
  return secrets;
}

std::optional<SrtpProfile> MbedtlsEndpoint::srtpProfile() const {
  if (!keys_ || (state_ != State::kConnected && state_ != State::kClosed))
    return std::nullopt;
  mbedtls_dtls_srtp_info info;
  mbedtls_ssl_get_dtls_srtp_negotiation_result(&ssl_, &info);
  const auto profile = info.MBEDTLS_PRIVATE(chosen_dtls_srtp_profile);
  if (profile == MBEDTLS_TLS_SRTP_UNSET)
    return std::nullopt;
  return static_cast<SrtpProfile>(profile);
}

std::unique_ptr<Endpoint> createMbedtlsEndpoint(EndpointConfig config, RandomSource& random) {
  auto endpoint = std::make_unique<MbedtlsEndpoint>(std::move(config), random);
  if (!endpoint->initialise())
    return nullptr;
  return endpoint;
}

}  // namespace rtc::dtls
