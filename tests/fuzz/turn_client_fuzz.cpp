// Plays a hostile server to a TURN client. The input is a byte of options and a list of operations:
// an operation byte, a length byte, and that many bytes. Some operations answer one of the client's
// requests with the right transaction and signature, so that what lies behind them is reached; from
// 0xe0 on operations are others: answers of every code, relayed addresses of both families,
// redirections, many peers, randomness that runs out.
//
// Whatever is said to it, it ends; nothing comes after its last output; a request is sent only so
// often; data is from peers alone that were let in; relayed addresses are of the families that were
// asked for; and what it holds is bounded.

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "cpp/stun/crypto.h"
#include "cpp/turn/client.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/fuzz/require.h"
#include "tests/sim/chance.h"

using namespace rtc;
using namespace rtc::turn;
using rtc::fuzz::require;
using stun::AttributeType;
using stun::Message;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

namespace {

constexpr size_t kRemembered = 16;
constexpr size_t kMostMemory = size_t{4} * 1024 * 1024;

/// Of the first byte: a stream, and the others only with `kMore`.
constexpr uint8_t kStream = 1, kBoth = 2, kIpv6 = 4, kAsksFor = 8, kFewPeers = 16, kNoQueue = 32,
                  kNameless = 64, kMore = 128;

enum Operation : uint8_t {
  kAnswerAny,     // which request, code or success, signed or not, attributes
  kAllocated,     // which families, lifetime
  kRedirect,      // where, name, signed or not
  kPermitMany,    // how many, from which on
  kSendMany,      // to whom, how many, length
  kDataFrom,      // from whom, with which attributes
  kToTimer,       //
  kProbe,         //
  kRandom,        // ends or is there again
  kGone,          // the transport is closed
  kChallengeAny,  // which request, code, realm
  kOperations,
};

const Endpoint kRelayed{IpAddress::v4({198, 51, 100, 1}), 50000};
const Endpoint kRelayed6{*IpAddress::parse("2001:db8::9"), 50001};

class Harness {
 public:
  explicit Harness(uint8_t flags)
      : flags_((flags & kMore) != 0 ? flags : flags & kStream),
        stream_((flags & kStream) != 0),
        before_(testing::bytesInUse()),
        random_(flags),
        client_(config(), random_) {}

  void run(ByteReader reader) {
    while (true) {
      const auto operation = reader.u8();
      const auto length = reader.u8();
      if (!operation || !length)
        break;
      const auto bytes = reader.bytes(std::min<size_t>(*length, reader.remaining()));
      if (*operation < 0xe0)
        step(*operation % 12, *bytes);
      else
        step(static_cast<Operation>(*operation % kOperations), ByteReader(*bytes));
      drain();
      require(testing::growthSince(before_) <= kMostMemory, "too much memory");
    }
    // Whatever was said to it, it ends when time passes and the server is silent.
    random_.isBroken = false;
    client_.close(now_);
    drain();
    for (int i = 0; i < 100 && !done_; ++i) {
      const Timestamp next = client_.deadline();
      if (next.isNever())
        break;
      now_ = std::max(now_, next);
      client_.handleTimeout(now_);
      drain();
    }
    require(done_, "it never ends");
    require(client_.deadline().isNever(), "a client that is done waits for something");
  }

 private:
  ClientConfig config() const {
    ClientConfig config;
    config.transport =
        stream_ ? ClientConfig::Transport::kStream : ClientConfig::Transport::kDatagram;
    config.username = has(kNameless) ? "" : "u";
    config.password = "p";
    config.maxPermissions = has(kFewPeers) ? 2 : has(kMore) ? 256 : 8;
    config.maxQueuedDatagrams = has(kNoQueue) ? 0 : 4;
    if (has(kBoth))
      config.family = std::nullopt;
    else if (has(kIpv6))
      config.family = AddressFamily::kIpv6;
    if (has(kAsksFor)) {
      config.lifetime = Duration::seconds(120);
      config.software = "webrtc-wasm";
    }
    return config;
  }

  bool has(uint8_t flag) const { return (flags_ & flag) != 0; }

  void step(int operation, ByteSpan bytes) {
    const uint8_t first = bytes.empty() ? 0 : bytes[0];
    const Endpoint peer{IpAddress::v4({203, 0, 113, static_cast<uint8_t>(first % 4)}), 5};
    switch (operation) {
      case 0:
        client_.start(now_);
        break;
      case 1:
        deliver(toBytes(bytes));
        break;
      case 2:
        answer(MessageClass::kSuccess, bytes, true, true);
        break;
      case 3:
        answer(MessageClass::kSuccess, bytes, false, true);
        break;
      case 4:
        answer(MessageClass::kError, bytes, false, true);
        break;
      case 5:
        answer(MessageClass::kError, bytes, false, false);
        break;
      case 6:
        client_.permit(peer.address, now_);
        break;
      case 7:
        (void)client_.send(peer, bytes, now_);
        break;
      case 8:
        now_ = now_ + Duration::milliseconds(100 << (first % 16));
        timeout();
        break;
      case 9:
        deliver(MessageBuilder(MessageClass::kIndication, stun::Method::kData, {})
                    .xorAddress(AttributeType::kXorPeerAddress, peer)
                    .bytes(AttributeType::kData, bytes)
                    .build());
        break;
      case 10:
        challenge(first % 2 == 0 ? stun::kUnauthenticated : stun::kStaleNonce, bytes);
        break;
      default:
        if (first == 0xff)
          client_.close(now_);
        if (first == 0xfe)
          client_.handleTransportClosed(now_);
        deliver(encodeChannelData(ChannelNumber(static_cast<uint16_t>(0x4000 + first % 4)), bytes,
                                  stream_));
        break;
    }
  }

  void answer(MessageClass messageClass, ByteSpan attributes, bool wellFormed, bool sign) {
    const auto request = Message::parse(lastRequest_);
    if (!request.ok())
      return;
    MessageBuilder builder(messageClass, request->method(), request->transactionId());
    if (wellFormed) {
      builder.xorAddress(AttributeType::kXorRelayedAddress, kRelayed)
          .xorAddress(AttributeType::kXorMappedAddress, kRelayed)
          .u32(AttributeType::kLifetime, attributes.empty() ? 600 : attributes[0]);
    }
    ByteReader reader(attributes);
    while (reader.remaining() >= 2) {
      const uint8_t type = *reader.u8();
      const size_t wanted = *reader.u8();
      const size_t length = std::min(wanted, reader.remaining());
      builder.bytes(static_cast<AttributeType>(type), *reader.bytes(length));
    }
    if (sign)
      builder.integrity(stun::longTermKey("u", "r", "p"));
    deliver(builder.build());
  }

  void challenge(int code, ByteSpan nonce) {
    const auto request = Message::parse(lastRequest_);
    if (!request.ok())
      return;
    deliver(MessageBuilder::errorTo(*request, code)
                .text(AttributeType::kRealm, "r")
                .bytes(AttributeType::kNonce, nonce)
                .build());
  }

  void deliver(Bytes bytes) {
    if (stream_) {
      client_.handleStreamData(bytes, now_);
    } else {
      client_.handleDatagram(std::move(bytes), now_);
    }
  }

  void timeout() {
    client_.handleTimeout(now_);
    require(client_.deadline() > now_, "a timer that comes again and again");
  }

  // --- those from 0xe0 on

  static Endpoint peer(uint8_t which) {
    if (which >= 0xf0)
      return {IpAddress::v4({127, 0, 0, 1}), 0};
    if (which >= 0xc0)
      return {*IpAddress::parse("::ffff:203.0.113.1"), 5};
    if (which >= 0x80)
      return {IpAddress::v6({0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, which}), 5};
    return {IpAddress::v4({203, 0, 113, static_cast<uint8_t>(which % 64)}),
            static_cast<uint16_t>(5 + which / 64)};
  }

  void step(Operation operation, ByteReader reader) {
    const auto next = [&] {
      return reader.u8().value_or(0);
    };
    switch (operation) {
      case kAnswerAny: {
        const auto request = any(next());
        if (!request)
          break;
        const auto message = Message::parse(*request);
        constexpr std::array<int, 12> kCodes{300, 400, 401, 403, 420, 437,
                                             438, 440, 441, 443, 486, 508};
        const uint8_t code = next();
        const uint8_t how = next();
        MessageBuilder builder = code % 16 < 12
                                     ? MessageBuilder::errorTo(*message, kCodes[code % 16])
                                     : MessageBuilder::successTo(*message);
        while (reader.remaining() >= 3) {
          const uint16_t type = *reader.u16();
          const size_t length = std::min<size_t>(*reader.u8(), reader.remaining());
          builder.bytes(static_cast<AttributeType>(type), *reader.bytes(length));
        }
        finish(std::move(builder), how);
        break;
      }
      case kAllocated: {
        const auto request = any(0);
        if (!request)
          break;
        const uint8_t how = next();
        MessageBuilder builder = MessageBuilder::successTo(*Message::parse(*request));
        const uint8_t order = how / 16 % 2;
        for (uint8_t i = 0; i < 2; ++i) {
          const bool isV6 = i != order;
          if ((how & (isV6 ? 1 : 2)) == 0)
            builder.xorAddress(AttributeType::kXorRelayedAddress, isV6 ? kRelayed6 : kRelayed);
        }
        builder.xorAddress(AttributeType::kXorMappedAddress, kRelayed)
            .u32(AttributeType::kLifetime, (how & 4) != 0 ? 0xffffffff : next() * 10u);
        finish(std::move(builder), 0);
        break;
      }
      case kRedirect: {
        const auto request = any(next());
        if (!request)
          break;
        const uint8_t where = next();
        const uint8_t name = next();
        MessageBuilder builder =
            MessageBuilder::errorTo(*Message::parse(*request), stun::kTryAlternate);
        builder.address(AttributeType::kAlternateServer, peer(where));
        if (name != 0)
          builder.text(AttributeType::kAlternateDomain, std::string(size_t{name} * 2, 'a'));
        finish(std::move(builder), next());
        break;
      }
      case kPermitMany: {
        const uint8_t count = next();
        const uint8_t first = next();
        for (int i = 0; i <= count; ++i)
          client_.permit(peer(static_cast<uint8_t>(first + i)).address, now_);
        break;
      }
      case kSendMany: {
        const Endpoint to = peer(next());
        const uint8_t count = next();
        const Bytes data(next() == 0xff ? kMaxDatagramSize + count % 2 : size_t{next()} * 8);
        for (int left = count % 16; left >= 0; --left)
          (void)client_.send(to, data, now_);
        break;
      }
      case kDataFrom: {
        MessageBuilder builder(MessageClass::kIndication, Method::kData, {});
        const Endpoint from = peer(next());
        builder.xorAddress(AttributeType::kXorPeerAddress, from);
        const uint8_t how = next();
        if (how % 8 == 1)
          builder.u32(static_cast<AttributeType>(0x7fff), 0);
        if (how % 8 != 2)
          builder.bytes(AttributeType::kData, *reader.bytes(reader.remaining()));
        deliver(builder.build());
        break;
      }
      case kToTimer:
        if (!client_.deadline().isNever())
          now_ = std::max(now_, client_.deadline());
        timeout();
        break;
      case kProbe:
        client_.probe(now_);
        break;
      case kRandom:
        random_.isBroken = next() % 2 == 0;
        break;
      case kGone:
        client_.handleTransportClosed(now_);
        break;
      case kChallengeAny: {
        const auto request = any(next());
        if (!request)
          break;
        const uint8_t code = next();
        const uint8_t realm = next();
        MessageBuilder builder = MessageBuilder::errorTo(
            *Message::parse(*request), code % 2 == 0 ? stun::kUnauthenticated : stun::kStaleNonce);
        if (realm < 0x80)
          builder.text(AttributeType::kRealm, realm % 2 == 0 ? "r" : "another");
        else if (realm < 0xa0)
          builder.text(AttributeType::kRealm, std::string(800, 'r'));
        builder.text(AttributeType::kNonce,
                     code < 0xf0 ? std::to_string(code) : std::string(800, 'n'));
        deliver(builder.build());
        break;
      }
      case kOperations:
        break;
    }
  }

  /// One of the last requests, from the last on.
  std::optional<Bytes> any(uint8_t which) const {
    if (requests_.empty())
      return std::nullopt;
    return requests_[requests_.size() - 1 - which % requests_.size()];
  }

  void finish(MessageBuilder builder, uint8_t how) {
    if (how % 4 == 1)
      builder.integrity(stun::longTermKey("u", "r", "wrong"));
    if (how % 4 == 2)
      builder.integrity(stun::longTermKey("u", "another", "p"));
    if (how % 4 == 0) {
      builder.integrity(stun::longTermKey("u", "r", "p"), how % 8 == 4
                                                              ? stun::IntegrityAlgorithm::kSha256
                                                              : stun::IntegrityAlgorithm::kSha1);
    }
    deliver(builder.build());
  }

  // --- what comes out

  void drain() {
    while (auto output = client_.poll()) {
      require(!done_, "something behind the last");
      if (auto* transmit = std::get_if<Client::Transmit>(&*output)) {
        require(!transmit->data.empty(), "nothing is sent");
        require(!stream_ || transmit->data.size() % 4 == 0, "a stream is not padded");
        sent(transmit->data);
      } else if (auto* allocated = std::get_if<Client::Allocated>(&*output)) {
        require(!std::exchange(isAllocated_, true), "allocated twice");
        allocates(*allocated);
      } else if (auto* received = std::get_if<Client::Received>(&*output)) {
        // On a channel data still arrives when the permission is gone.
        const IpAddress& from = received->peer.address;
        require(granted_.contains(from) || channels_.contains(from),
                "data from somebody not let in");
      } else if (auto* granted = std::get_if<Client::PermissionGranted>(&*output)) {
        require(isAllocated_, "a permission without an allocation");
        require(granted_.insert(granted->peer).second, "a permission told twice");
      } else if (auto* refused = std::get_if<Client::PermissionRefused>(&*output)) {
        granted_.erase(refused->peer);
      } else if (auto* failed = std::get_if<Client::Failed>(&*output)) {
        require(failed->code != 0, "failed for no reason");
        require(failed->alternateDomain.size() <= 255, "a name that is too long");
        done_ = true;
      } else if (std::holds_alternative<Client::Closed>(*output)) {
        done_ = true;
      }
    }
  }

  void sent(Bytes& data) {
    const auto message = Message::parse(data);
    if (!message.ok() || message->messageClass() != MessageClass::kRequest)
      return;
    const int times = ++sent_[message->transactionId()];
    require(times <= (stream_ ? 1 : 7), "a request is sent too often");
    require(!has(kNameless) || !message->integrity(), "signed by nobody");
    const auto lifetime = message->u32(AttributeType::kLifetime);
    require(!lifetime || *lifetime == 0 || (has(kAsksFor) && *lifetime == 120),
            "asks for a lifetime that nobody wants");
    if (message->method() == Method::kChannelBind)
      channels_.insert(message->xorAddress(AttributeType::kXorPeerAddress)->address);
    lastRequest_ = data;
    requests_.push_back(std::move(data));
    if (requests_.size() > kRemembered)
      requests_.pop_front();
  }

  void allocates(const Client::Allocated& allocated) const {
    require(!allocated.relayed.empty() && allocated.relayed.size() <= 2, "no relayed address");
    require(allocated.relayed.size() == 1 ||
                (allocated.relayed[0].address.isV4() && allocated.relayed[1].address.isV6()),
            "two relayed addresses of one family");
    for (const Endpoint& each : allocated.relayed) {
      require(has(kBoth) || each.address.isV6() == has(kIpv6),
              "a relayed address that was not asked for");
    }
  }

  const uint8_t flags_;
  const bool stream_;
  const size_t before_;
  sim::Chance random_;
  Client client_;
  Timestamp now_ = Timestamp::milliseconds(1000);
  Bytes lastRequest_;
  std::deque<Bytes> requests_;
  std::map<stun::TransactionId, int> sent_;
  bool isAllocated_ = false;
  std::set<IpAddress> granted_;
  std::set<IpAddress> channels_;
  bool done_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  Harness(data[0]).run(ByteReader(ByteSpan(data + 1, size - 1)));
  return 0;
}
