// Two DTLS endpoints and the wire between them: the input's first byte chooses how they are made,
// the rest is a program. Datagrams are lost, repeated, reordered, replayed, damaged, cut, split and
// made up, before, during and after the handshake; timers come late, the path is said to have
// returned, data is sent, ends close. Nothing is received that was not sent, nor twice, nor before
// the peer is known; no deadline stays in the past; nothing follows the end. As long as nothing was
// changed on its way, a good wire connects the two in the end, whatever was lost before, and both
// know the same of it. The server may be begun late, keys be RSA's, arithmetic an embedding's, and
// the source of randomness fail.

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/dtls/endpoint.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/dtls/mbedtls_arithmetic.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/rsa_certificate.h"

namespace {

using namespace rtc;
using namespace rtc::dtls;
using rtc::fuzz::require;

constexpr int64_t kUnixTime = 1'760'000'000;
constexpr int kMostInstructions = 120;
constexpr size_t kMostOnTheWire = 64;
constexpr size_t kRemembered = 32;
constexpr size_t kMostMemory = size_t{1024} * 1024;

/// Of the first byte.
constexpr uint8_t kCookies = 1, kSmallDatagrams = 2, kSrtp = 4, kStartsConnected = 8,
                  kWrongFingerprint = 16, kStartsLate = 32, kRsa = 64, kManyChoices = 128;

enum Instruction : uint8_t {
  kDeliver,    // to whom, how many
  kLose,       // to whom, which
  kDuplicate,  // to whom, which
  kReorder,    // to whom, which: it becomes the last
  kReplay,     // to whom, which of those that were delivered
  kDamage,     // to whom, which, where, how
  kCut,        // to whom, which, where: the rest is lost
  kSplit,      // to whom, which, where: two datagrams of it
  kRaw,        // to whom, length, bytes
  kWait,       // how long
  kTimers,     // how many deadlines
  kReturned,   // who
  kSend,       // who, size
  kClose,      // who
  kCount,
};

/// By the highest values of the byte that chooses; what programs of before mean stays.
constexpr uint8_t kFirstLater = 0xe0;
enum Later : uint8_t {
  kStart,       // the server, if it was not
  kFailRandom,  // after how many: the source fails from then on
  kMisuse,      // who: data of no size and of too large a one
  kLeast,       // who: the least and the most that can be sent
  kOverhear,    // to whom, which: the other end gets it instead
  kMixRecords,  // to whom, which, which: two datagrams in one
  kLaterCount,
};

std::shared_ptr<const Certificate> certificate(uint64_t seed) {
  SeededRandom random(seed);
  auto made = Certificate::generate(KeyType::kEcdsaP256, random, kUnixTime + 86400, kUnixTime);
  require(made.ok(), "no certificate");
  return *made;
}

/// Works, until it does not.
class FragileRandom final : public RandomSource {
 public:
  bool fill(MutableByteSpan out) override {
    if (left && (*left)-- <= 0) {
      left = 0;
      return false;
    }
    return seeded_.fill(out);
  }
  std::optional<int> left;

 private:
  SeededRandom seeded_{7};
};

struct End {
  std::unique_ptr<Endpoint> endpoint;
  std::shared_ptr<const Certificate> certificate;
  bool isStarted = false;
  /// On their way to it, and those that it was given.
  std::deque<Bytes> wire;
  std::deque<Bytes> given;
  std::set<Bytes> sent;
  std::set<Bytes> received;
  bool isConnected = false;
  bool isClosed = false;
  std::optional<FailureReason> failed;

  bool isOver() const { return isClosed || failed; }
};

class Program {
 public:
  explicit Program(ByteReader reader)
      : reader_(reader), setup_(next()), before_(testing::bytesInUse()) {
    static const std::array certificates{certificate(1), certificate(2), certificate(3)};
    static const auto rsa = rtc::fuzz::rsaCertificate();
    // Of what else there is to choose, where anything is.
    const uint8_t choices = (setup_ & (kRsa | kManyChoices)) != 0 ? next() : 0;
    // Both, or either.
    const unsigned rsaEnds = (setup_ & kRsa) == 0 ? 0 : 1 + choices % 3;
    for (const size_t who : {size_t{0}, size_t{1}})
      ends_[who].certificate = (rsaEnds >> who & 1) != 0 ? rsa : certificates[who];
    for (const size_t who : {size_t{0}, size_t{1}}) {
      EndpointConfig config;
      config.role = who == 0 ? Role::kClient : Role::kServer;
      config.certificate = ends_[who].certificate;
      const bool isWrong = who == 0 && (setup_ & kWrongFingerprint) != 0;
      const Certificate& expected = isWrong ? *certificates[2] : *ends_[1 - who].certificate;
      config.expected = expected.fingerprints();
      config.cookieExchange = (setup_ & kCookies) != 0;
      if ((setup_ & kManyChoices) != 0)
        choose(config, expected, choices, who);
      if ((setup_ & kSmallDatagrams) != 0)
        config.mtu = 256;
      if ((setup_ & kSrtp) == 0)
        config.srtpProfiles.clear();
      ends_[who].endpoint = createMbedtlsEndpoint(config, random_);
      require(ends_[who].endpoint != nullptr, "no endpoint");
    }
    start(0);
    if ((setup_ & kStartsLate) == 0)
      start(1);
    settle();
    if ((setup_ & kStartsConnected) != 0)
      connect();
  }

  void run() {
    for (int count = 0; count < kMostInstructions && !reader_.atEnd(); ++count) {
      const uint8_t what = next();
      if (what >= kFirstLater)
        later(static_cast<Later>(what % kLaterCount));
      else
        step(static_cast<Instruction>(what % kCount));
      settle();
      require(testing::growthSince(before_) <= kMostMemory + 2 * kept(), "too much memory");
    }
    start(1);
    connect();
    checkSecrets();
    const auto& [client, server] = ends_;
    if ((setup_ & kWrongFingerprint) != 0)
      require(!client.isConnected, "connected to somebody else");
    if (wasChanged_ || wasClosed_ || (setup_ & kWrongFingerprint) != 0) {
      // Who is left alone has nobody to connect to.
      require((client.isConnected && server.isConnected) || client.isOver() || server.isOver(),
              "neither connected nor at an end");
      return;
    }
    // Whoever waited for too long may have given up.
    if (client.failed == FailureReason::kTimeout || server.failed == FailureReason::kTimeout)
      return;
    require(client.isConnected && server.isConnected && !client.isOver() && !server.isOver(),
            "not connected over a good wire");
    checkAgreement();
    for (const size_t who : {size_t{0}, size_t{1}}) {
      require(send(who, 100), "connected, and cannot send");
      deliverAll();
      require(ends_[1 - who].received.contains(lastSent_), "connected, and nothing arrives");
    }
  }

 private:
  /// Hashes of all kinds, SRTP profiles in other orders, other times, and an embedding's arithmetic
  /// at both ends or either.
  void choose(EndpointConfig& config, const Certificate& expected, uint8_t choices, size_t who) {
    const auto strongest = kAllHashAlgorithms[(choices >> 2) % std::size(kAllHashAlgorithms)];
    config.expected = {{"md5", "00:01"}, {expected.fingerprint(strongest)}, {"sha-512", "short"}};
    for (const HashAlgorithm weaker : kAllHashAlgorithms) {
      if (weaker < strongest)
        config.expected.push_back(expected.fingerprint(weaker));
    }
    if (!config.srtpProfiles.empty()) {
      config.srtpProfiles = {SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_32,
                             SrtpProfile::kAes128CmSha1_80};
      if (who == 1)
        std::reverse(config.srtpProfiles.begin(), config.srtpProfiles.end());
    }
    if ((choices & 0x80) != 0)
      config.maxRetransmit = Duration::seconds(1);
    if ((choices & 0x40) == 0 || ((choices & 0x20) != 0 && who == choices % 2u))
      return;
    if (!arithmetic_)
      arithmetic_.emplace();
    config.arithmetic = &*arithmetic_;
  }

  void start(size_t who) {
    End& end = ends_[who];
    if (end.isStarted)
      return;
    require(end.endpoint->state() == (end.isClosed ? State::kClosed : State::kNew),
            "begins before it is begun");
    require(end.isClosed || end.endpoint->deadline().isNever(), "a deadline before the beginning");
    end.isStarted = true;
    end.endpoint->start(now_);
  }

  /// What nobody has authenticated has no secrets; and who knows the peer knows all of it.
  void checkSecrets() const {
    for (const size_t who : {size_t{0}, size_t{1}}) {
      const End& end = ends_[who];
      const bool knows = end.isConnected && !end.failed;
      require(end.endpoint->secrets().has_value() == knows,
              "secrets without a connection, or none");
      require(end.endpoint->exportKeyingMaterial("EXPORTER-x", 16).empty() == !knows,
              "keys without a connection, or none");
      require(knows || !end.endpoint->srtpProfile(), "SRTP without a connection");
      require(!knows || end.endpoint->remoteCertificate() == ends_[1 - who].certificate->der(),
              "the certificate of somebody else");
    }
  }

  void checkAgreement() const {
    const Endpoint& client = *ends_[0].endpoint;
    const Endpoint& server = *ends_[1].endpoint;
    for (const size_t length : {size_t{1}, size_t{32}, size_t{60}}) {
      const Bytes keys = client.exportKeyingMaterial("EXPORTER-x", length);
      require(keys.size() == length && keys == server.exportKeyingMaterial("EXPORTER-x", length),
              "other keys");
      require(length == 1 || keys != client.exportKeyingMaterial("EXPORTER-y", length),
              "one key for all purposes");
    }
    const auto secrets = client.secrets();
    require(secrets->clientRandom == server.secrets()->clientRandom &&
                secrets->masterSecret == server.secrets()->masterSecret,
            "other secrets");
    require(client.srtpProfile() == server.srtpProfile(), "other SRTP profiles");
    require(client.srtpProfile().has_value() == ((setup_ & kSrtp) != 0), "SRTP is not agreed on");
  }

  /// By this test itself.
  size_t kept() const {
    size_t bytes = 0;
    const auto add = [&](const auto& datagrams) {
      for (const Bytes& each : datagrams)
        bytes += each.size();
    };
    for (const End& end : ends_) {
      add(end.wire);
      add(end.given);
      add(end.sent);
      add(end.received);
    }
    return bytes;
  }

  uint8_t next() { return reader_.u8().value_or(0); }
  uint16_t next16() { return reader_.u16().value_or(0); }

  void settle() {
    drain(0);
    drain(1);
  }

  void drain(size_t who) {
    End& end = ends_[who];
    End& other = ends_[1 - who];
    while (auto output = end.endpoint->poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        require(!transmit->data.empty(), "an empty datagram");
        if (other.wire.size() < kMostOnTheWire)
          other.wire.push_back(std::move(transmit->data));
        continue;
      }
      require(!end.isOver(), "something after the end");
      if (std::holds_alternative<Connected>(*output)) {
        require(!end.isConnected, "connected twice");
        require(end.endpoint->state() == State::kConnected, "connected, and says otherwise");
        require(end.endpoint->srtpProfile() == std::get<Connected>(*output).srtpProfile,
                "two SRTP profiles");
        end.isConnected = true;
      } else if (auto* received = std::get_if<Received>(&*output)) {
        require(end.isConnected, "data from nobody");
        require(other.sent.contains(received->data), "received what was not sent");
        require(end.received.insert(std::move(received->data)).second, "received twice");
      } else if (auto* failed = std::get_if<Failed>(&*output)) {
        end.failed = failed->reason;
      } else if (std::holds_alternative<Closed>(*output)) {
        end.isClosed = true;
      }
    }
  }

  void deliver(End& to, Bytes datagram) {
    to.given.push_back(datagram);
    if (to.given.size() > kRemembered)
      to.given.pop_front();
    to.endpoint->handleDatagram(std::move(datagram), now_);
    settle();
  }

  /// The datagram that an operand names, taken off the wire.
  std::optional<Bytes> take(End& to) {
    if (to.wire.empty())
      return std::nullopt;
    const auto at = to.wire.begin() + next() % static_cast<std::ptrdiff_t>(to.wire.size());
    Bytes datagram = std::move(*at);
    to.wire.erase(at);
    return datagram;
  }

  void deliverAll() {
    while (!ends_[0].wire.empty() || !ends_[1].wire.empty()) {
      for (End& end : ends_) {
        if (end.wire.empty())
          continue;
        Bytes datagram = std::move(end.wire.front());
        end.wire.pop_front();
        deliver(end, std::move(datagram));
      }
    }
  }

  Timestamp deadline() const {
    return earlier(ends_[0].endpoint->deadline(), ends_[1].endpoint->deadline());
  }

  void timers() {
    for (const End& end : ends_) {
      if (end.endpoint->deadline() > now_)
        continue;
      end.endpoint->handleTimeout(now_);
      settle();
      // Or its timer would come again and again.
      require(end.endpoint->deadline() > now_, "a deadline that does not move");
    }
  }

  /// The wire is good, until both are where they stay.
  void connect() {
    for (int rounds = 0; rounds < 200; ++rounds) {
      deliverAll();
      const Timestamp next = deadline();
      if (next.isNever())
        return;
      now_ = std::max(now_, next);
      timers();
    }
    require(false, "it does not come to rest");
  }

  bool send(size_t who, size_t size) {
    Bytes data(std::max<size_t>(size, 4));
    const uint32_t number = ++lastNumber_;
    for (size_t i = 0; i < 4; ++i)
      data[i] = static_cast<uint8_t>(number >> (8 * i));
    if (!ends_[who].endpoint->send(data, now_))
      return false;
    lastSent_ = data;
    ends_[who].sent.insert(std::move(data));
    settle();
    return true;
  }

  void later(Later what) {
    const size_t who = next() % 2;
    End& end = ends_[who];
    switch (what) {
      case kStart:
        start(1);
        break;
      case kFailRandom:
        random_.left = next();
        wasClosed_ = true;
        break;
      case kMisuse:
        for (const size_t size : {size_t{0}, end.endpoint->maxSendSize() + 1, kMaxPayload + 1})
          require(!end.endpoint->send(Bytes(size), now_), "data of no size that may be");
        break;
      case kLeast:
        for (const size_t size : {size_t{4}, end.endpoint->maxSendSize()}) {
          const bool isSent = send(who, size);
          require(isSent == (end.endpoint->state() == State::kConnected) || random_.left,
                  "connected, and cannot send");
        }
        break;
      case kOverhear:
        if (auto datagram = take(end)) {
          wasChanged_ = true;
          deliver(ends_[1 - who], std::move(*datagram));
        }
        break;
      case kMixRecords:
        if (auto datagram = take(end)) {
          // RFC 6347 section 4.1.1 allows for it.
          if (const auto second = take(end))
            datagram->insert(datagram->end(), second->begin(), second->end());
          deliver(end, std::move(*datagram));
        }
        break;
      case kLaterCount:
        break;
    }
  }

  void step(Instruction what) {
    const size_t who = next() % 2;
    End& end = ends_[who];
    switch (what) {
      case kDeliver:
        for (int left = 1 + next() % 8; left > 0 && !end.wire.empty(); --left) {
          Bytes datagram = std::move(end.wire.front());
          end.wire.pop_front();
          deliver(end, std::move(datagram));
        }
        break;
      case kLose:
        (void)take(end);
        break;
      case kDuplicate:
        if (auto datagram = take(end)) {
          end.wire.push_front(*datagram);
          end.wire.push_front(std::move(*datagram));
        }
        break;
      case kReorder:
        if (auto datagram = take(end))
          end.wire.push_back(std::move(*datagram));
        break;
      case kReplay:
        if (!end.given.empty())
          deliver(end, Bytes(end.given[next() % end.given.size()]));
        break;
      case kDamage:
        if (auto datagram = take(end)) {
          (*datagram)[next16() % datagram->size()] ^= static_cast<uint8_t>(next() | 1);
          wasChanged_ = true;
          deliver(end, std::move(*datagram));
        }
        break;
      case kCut:
        if (auto datagram = take(end)) {
          datagram->resize(next16() % datagram->size());
          wasChanged_ = true;
          deliver(end, std::move(*datagram));
        }
        break;
      case kSplit:
        if (auto datagram = take(end)) {
          const auto middle =
              datagram->begin() + next16() % static_cast<std::ptrdiff_t>(datagram->size());
          wasChanged_ = true;
          deliver(end, Bytes(middle, datagram->end()));
          deliver(end, Bytes(datagram->begin(), middle));
        }
        break;
      case kRaw: {
        Bytes datagram = toBytes(*reader_.bytes(std::min<size_t>(next(), reader_.remaining())));
        wasChanged_ = true;
        deliver(end, std::move(datagram));
        break;
      }
      case kWait:
        // A process that stands still: its timers come late.
        now_ = now_ + Duration::milliseconds(int64_t{1 + next() % 16} << (next() % 12));
        timers();
        break;
      case kTimers:
        for (int left = 1 + next() % 8; left > 0 && !deadline().isNever(); --left) {
          now_ = std::max(now_, deadline());
          timers();
        }
        break;
      case kReturned:
        end.endpoint->pathReturned(now_);
        break;
      case kSend:
        (void)send(who, next() * 5u);
        break;
      case kClose:
        wasClosed_ = true;
        end.endpoint->close(now_);
        break;
      case kCount:
        break;
    }
  }

  ByteReader reader_;
  const uint8_t setup_;
  const size_t before_;
  FragileRandom random_;
  std::optional<MbedtlsArithmetic> arithmetic_;
  Timestamp now_ = Timestamp::milliseconds(1);
  std::array<End, 2> ends_;
  uint32_t lastNumber_ = 0;
  Bytes lastSent_;
  /// Something else than what was sent has come.
  bool wasChanged_ = false;
  bool wasClosed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Program(ByteReader(ByteSpan(data, size))).run();
  return 0;
}
