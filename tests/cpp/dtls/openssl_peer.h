#pragma once

// DTLS by OpenSSL, which shares no code with ours. Built when libssl-dev is installed.

#ifdef WEBRTC_HAVE_OPENSSL

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {

/// One end of DTLS by OpenSSL, with datagrams in memory.
class OpensslPeer {
 public:
  struct Options {
    Role role = Role::kServer;
    bool rsa = false;
    const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
    const char* groups = "X25519:P-256:P-384";
    const char* srtp = "SRTP_AES128_CM_SHA1_80";
    long mtu = 1200;
    bool certificate = true;
    int version = DTLS1_2_VERSION;
  };

  explicit OpensslPeer(const Options& options) : role_(options.role), mtu_(options.mtu) {
    key_ = options.rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    certificate_ = X509_new();
    X509_set_version(certificate_, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 77);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("peer"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_sign(certificate_, key_, EVP_sha256());

    context_ = SSL_CTX_new(DTLS_method());
    SSL_CTX_set_min_proto_version(context_, options.version);
    SSL_CTX_set_max_proto_version(context_, options.version);
    EXPECT_EQ(SSL_CTX_set_cipher_list(context_, options.ciphers), 1);
    EXPECT_EQ(SSL_CTX_set1_groups_list(context_, options.groups), 1);
    if (options.srtp != nullptr) {
      EXPECT_EQ(SSL_CTX_set_tlsext_use_srtp(context_, options.srtp), 0);
    }
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       [](int, X509_STORE_CTX*) { return 1; });
    SSL_CTX_set_options(context_, SSL_OP_NO_QUERY_MTU);
    if (options.certificate) {
      EXPECT_EQ(SSL_CTX_use_certificate(context_, certificate_), 1);
      EXPECT_EQ(SSL_CTX_use_PrivateKey(context_, key_), 1);
    }
    ssl_ = SSL_new(context_);
    in_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in_, -1);
    // A memory BIO joins what is written to it, so each write is taken as it happens.
    out_ = BIO_new(datagramMethod());
    BIO_set_data(out_, this);
    BIO_set_init(out_, 1);
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_mtu(ssl_, mtu_);
    if (role_ == Role::kClient) {
      SSL_set_connect_state(ssl_);
    } else {
      SSL_set_accept_state(ssl_);
    }
  }
  ~OpensslPeer() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  OpensslPeer(const OpensslPeer&) = delete;
  OpensslPeer& operator=(const OpensslPeer&) = delete;

  Bytes der() const {
    unsigned char* out = nullptr;
    const int length = i2d_X509(certificate_, &out);
    Bytes der(out, out + length);
    OPENSSL_free(out);
    return der;
  }

  void run() {
    if (!SSL_is_init_finished(ssl_))
      SSL_do_handshake(ssl_);
    ERR_clear_error();
  }
  void receive(const Bytes& datagram) {
    BIO_write(in_, datagram.data(), static_cast<int>(datagram.size()));
    run();
    Bytes buffer(20000);
    for (;;) {
      const int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
      if (got <= 0)
        break;
      received.emplace_back(buffer.begin(), buffer.begin() + got);
    }
    ERR_clear_error();
  }
  bool connected() const { return SSL_is_init_finished(ssl_) != 0; }
  bool closedByPeer() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  void send(const Bytes& data) { SSL_write(ssl_, data.data(), static_cast<int>(data.size())); }
  void close() { SSL_shutdown(ssl_); }
  /// A ClientHello, or HelloRequest, under the keys of the association.
  void renegotiate() {
    SSL_renegotiate(ssl_);
    SSL_do_handshake(ssl_);
    ERR_clear_error();
  }
  std::string cipher() const { return SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl_)); }
  bool extendedMasterSecret() { return SSL_get_extms_support(ssl_) == 1; }
  /// OpenSSL asks for session tickets as a client, and gives them as a server, unless told not to.
  bool hasSessionTicket() { return SSL_SESSION_has_ticket(SSL_get_session(ssl_)) == 1; }
  std::optional<uint16_t> srtpProfile() {
    const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl_);
    if (profile == nullptr)
      return std::nullopt;
    return static_cast<uint16_t>(profile->id);
  }
  Bytes exportKeyingMaterial(std::string_view label, size_t length) {
    Bytes out(length);
    EXPECT_EQ(SSL_export_keying_material(ssl_, out.data(), length, label.data(), label.size(),
                                         nullptr, 0, 0),
              1);
    return out;
  }
  Bytes remoteCertificate() {
    X509* peer = SSL_get1_peer_certificate(ssl_);
    if (peer == nullptr)
      return {};
    unsigned char* out = nullptr;
    const int length = i2d_X509(peer, &out);
    Bytes der(out, out + length);
    OPENSSL_free(out);
    X509_free(peer);
    return der;
  }

  std::vector<Bytes> outgoing;
  std::vector<Bytes> received;

 private:
  static BIO_METHOD* datagramMethod() {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 100, "datagrams");
      BIO_meth_set_write(made, [](BIO* bio, const char* data, int length) {
        auto* peer = static_cast<OpensslPeer*>(BIO_get_data(bio));
        peer->outgoing.emplace_back(data, data + length);
        return length;
      });
      BIO_meth_set_ctrl(made, [](BIO* bio, int command, long, void*) -> long {
        auto* peer = static_cast<OpensslPeer*>(BIO_get_data(bio));
        if (command == BIO_CTRL_FLUSH)
          return 1;
        if (command == BIO_CTRL_DGRAM_QUERY_MTU)
          return peer->mtu_;
        return 0;
      });
      return made;
    }();
    return method;
  }

  Role role_;
  long mtu_;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
};

/// Our endpoint on one side, OpenSSL on the other. Datagrams go one by one, in order.
struct Interop {
  SeededRandom random{4};
  Timestamp now = Timestamp::milliseconds(1);
  OpensslPeer peer;
  std::unique_ptr<Endpoint> ours;
  Heard heard;

  explicit Interop(const OpensslPeer::Options& options, bool cookies = false,
                   bool rightFingerprint = true)
      : peer(options) {
    EndpointConfig config;
    config.role = options.role == Role::kClient ? Role::kServer : Role::kClient;
    config.certificate = serverCertificate();
    config.expected = {rightFingerprint ? fingerprintOf(peer.der(), HashAlgorithm::kSha256)
                                        : serverCertificate()->fingerprint(HashAlgorithm::kSha256)};
    config.cookieExchange = cookies;
    ours = createMbedtlsEndpoint(config, random);
    ours->start(now);
    peer.run();
    exchange();
  }

  void exchange() {
    for (bool busy = true; busy;) {
      busy = false;
      while (auto output = ours->poll()) {
        busy = true;
        if (auto* transmit = std::get_if<Transmit>(&*output)) {
          peer.receive(transmit->data);
        } else if (auto* connected = std::get_if<Connected>(&*output)) {
          heard.connected = *connected;
        } else if (auto* data = std::get_if<Received>(&*output)) {
          heard.received.push_back(data->data);
        } else if (auto* failed = std::get_if<Failed>(&*output)) {
          heard.failed = *failed;
        } else {
          heard.closed = true;
        }
      }
      for (Bytes& datagram : std::exchange(peer.outgoing, {})) {
        busy = true;
        ours->handleDatagram(std::move(datagram), now);
      }
    }
  }

  void expectAgreement() {
    ASSERT_TRUE(heard.connected) << (heard.failed ? heard.failed->text : "no failure");
    ASSERT_TRUE(peer.connected());
    EXPECT_EQ(heard.connected->cipherSuite, peer.cipher());
    EXPECT_TRUE(peer.extendedMasterSecret());
    EXPECT_EQ(ours->remoteCertificate(), peer.der());
    EXPECT_EQ(peer.remoteCertificate(), serverCertificate()->der());
    EXPECT_EQ(ours->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60),
              peer.exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60));
    const Bytes ping{1, 2, 3};
    EXPECT_TRUE(ours->send(ping, now));
    exchange();
    EXPECT_EQ(peer.received, std::vector<Bytes>{ping});
    const Bytes pong(1100, 7);
    peer.send(pong);
    exchange();
    EXPECT_EQ(heard.received, std::vector<Bytes>{pong});
  }
};

}  // namespace rtc::dtls

#endif  // WEBRTC_HAVE_OPENSSL
