// Plays a hostile server to a TURN client. The input is a list of operations: an operation byte, a
// length byte, and that many bytes. Some operations answer the client's last request with the right
// transaction and signature, so that what lies behind them is reached.

#include <cstdlib>
#include <optional>

#include "cpp/stun/crypto.h"
#include "cpp/turn/client.h"

using namespace rtc;
using namespace rtc::turn;
using stun::AttributeType;
using stun::Message;
using stun::MessageBuilder;
using stun::MessageClass;

namespace {

const Endpoint kRelayed{IpAddress::v4({198, 51, 100, 1}), 50000};

class Harness {
 public:
  explicit Harness(uint8_t flags)
      : stream_((flags & 1) != 0), random_(flags), client_(config(), random_) {}

  void run(ByteReader reader) {
    while (true) {
      const auto operation = reader.u8();
      const auto length = reader.u8();
      if (!operation || !length)
        break;
      const auto bytes = reader.bytes(std::min<size_t>(*length, reader.remaining()));
      step(*operation % 12, *bytes);
      drain();
    }
    // Whatever was said to it, it ends when time passes and the server is silent.
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
    if (!done_)
      std::abort();
    if (!client_.deadline().isNever())
      std::abort();
  }

 private:
  ClientConfig config() const {
    ClientConfig config;
    config.transport =
        stream_ ? ClientConfig::Transport::kStream : ClientConfig::Transport::kDatagram;
    config.username = "u";
    config.password = "p";
    config.maxPermissions = 8;
    config.maxQueuedDatagrams = 4;
    return config;
  }

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
        client_.handleTimeout(now_);
        // Or its timer would come again and again.
        if (client_.deadline() <= now_)
          std::abort();
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

  void drain() {
    while (auto output = client_.poll()) {
      if (done_)
        std::abort();  // Failed and Closed are the last outputs
      if (auto* transmit = std::get_if<Client::Transmit>(&*output)) {
        if (transmit->data.empty())
          std::abort();
        if (stream_ && transmit->data.size() % 4 != 0)
          std::abort();
        const auto message = Message::parse(transmit->data);
        if (message.ok() && message->messageClass() == MessageClass::kRequest) {
          lastRequest_ = std::move(transmit->data);
        }
      } else if (std::holds_alternative<Client::Failed>(*output) ||
                 std::holds_alternative<Client::Closed>(*output)) {
        done_ = true;
      }
    }
  }

  bool stream_;
  SeededRandom random_;
  Client client_;
  Timestamp now_ = Timestamp::milliseconds(1000);
  Bytes lastRequest_;
  bool done_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  Harness(data[0]).run(ByteReader(ByteSpan(data + 1, size - 1)));
  return 0;
}
