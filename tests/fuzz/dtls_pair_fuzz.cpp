// Two DTLS endpoints and the wire between them: the input's first byte chooses how they are made,
// the rest is a program. Datagrams are lost, repeated, reordered, replayed, damaged, cut, split and
// made up, before, during and after the handshake; timers come late, the path is said to have
// returned, data is sent, ends close. Nothing is received that was not sent, nor twice, nor before
// the peer is known; no deadline stays in the past; nothing follows the end. As long as nothing was
// changed on its way, a good wire connects the two in the end, whatever was lost before.

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
#include "tests/fuzz/require.h"

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
                  kWrongFingerprint = 16;

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

std::shared_ptr<const Certificate> certificate(uint64_t seed) {
  SeededRandom random(seed);
  auto made = Certificate::generate(KeyType::kEcdsaP256, random, kUnixTime + 86400, kUnixTime);
  require(made.ok(), "no certificate");
  return *made;
}

struct End {
  std::unique_ptr<Endpoint> endpoint;
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
    for (const size_t who : {size_t{0}, size_t{1}}) {
      EndpointConfig config;
      config.role = who == 0 ? Role::kClient : Role::kServer;
      config.certificate = certificates[who];
      const bool isWrong = who == 0 && (setup_ & kWrongFingerprint) != 0;
      config.expected = certificates[isWrong ? 2 : 1 - who]->fingerprints();
      config.cookieExchange = (setup_ & kCookies) != 0;
      if ((setup_ & kSmallDatagrams) != 0)
        config.mtu = 256;
      if ((setup_ & kSrtp) == 0)
        config.srtpProfiles.clear();
      ends_[who].endpoint = createMbedtlsEndpoint(config, random_);
      require(ends_[who].endpoint != nullptr, "no endpoint");
    }
    for (End& end : ends_)
      end.endpoint->start(now_);
    settle();
    if ((setup_ & kStartsConnected) != 0)
      connect();
  }

  void run() {
    for (int count = 0; count < kMostInstructions && !reader_.atEnd(); ++count) {
      step(static_cast<Instruction>(next() % kCount));
      settle();
      require(testing::growthSince(before_) <= kMostMemory, "too much memory");
    }
    connect();
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
    require(client.endpoint->exportKeyingMaterial("EXPORTER-x", 32) ==
                server.endpoint->exportKeyingMaterial("EXPORTER-x", 32),
            "other keys");
    for (const size_t who : {size_t{0}, size_t{1}}) {
      require(send(who, 100), "connected, and cannot send");
      deliverAll();
      require(ends_[1 - who].received.contains(lastSent_), "connected, and nothing arrives");
    }
  }

 private:
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
  SeededRandom random_{7};
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
