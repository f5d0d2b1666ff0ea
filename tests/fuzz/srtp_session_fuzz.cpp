// Two ends of an SRTP session and what lies between them: the input's first byte chooses the
// profile, the rest is a program of packets that are protected, delivered in any order, repeated,
// damaged, shown to somebody with other keys, and made up. What is taken is what was protected,
// each packet once; what is genuine, new and near is taken; whoever has not the keys changes
// nothing. The peer may also use more SSRCs than are kept track of, send a packet again, and get
// its own packets back; packets go the other way, and are too large; keys have any length.

#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cpp/srtp/session.h"
#include "tests/fuzz/require.h"

namespace {

using namespace rtc;
using namespace rtc::srtp;
using rtc::fuzz::require;

constexpr std::array kProfiles{Profile::kAes128CmSha1_80, Profile::kAes128CmSha1_32,
                               Profile::kAeadAes128Gcm, Profile::kAeadAes256Gcm};
constexpr size_t kStreams = 3;
constexpr size_t kMostPackets = 400;
/// Half of the numbers, where an estimate of the roll-over counter may go either way (RFC 3711
/// section 3.3.1), and some less.
constexpr int64_t kNear = 0x7000;
/// Of the windows: that of SRTCP is libsrtp's own.
constexpr int64_t kRtpWindow = 1000;
constexpr int64_t kRtcpWindow = 100;

enum Instruction : uint8_t {
  kRtp,       // stream, step, header, length
  kRtcp,      // stream, length
  kNext,      // the oldest that was not delivered
  kAny,       // which: of all that were protected, delivered or not
  kDamage,    // which, where, how: then as it was
  kCut,       // which, length
  kStranger,  // which: for somebody with other keys
  kForge,     // length, bytes: to both as RTP and RTCP
  kCount,
};

/// By the highest values of the byte that chooses; what programs of before mean stays.
constexpr uint8_t kFirstLater = 0xe0;
enum Later : uint8_t {
  kFlood,     // how many: SSRCs that were not there, a packet each
  kAgain,     // which: what was protected is protected once more
  kBack,      // which: to whoever has sent it
  kOtherWay,  // stream, number, length: from the receiver to the sender
  kLarge,     // how large
  kKeys,      // length
  kLaterCount,
};

constexpr size_t kMostFlooded = 1100;
/// Flooded ones begin there.
constexpr uint32_t kFirstFlooded = 1000;

/// Where the receiver is with a stream.
struct Heard {
  std::optional<int64_t> rtp;
  std::optional<int64_t> rtcp;
};

struct Packet {
  bool isRtcp = false;
  size_t stream = 0;
  /// Roll-over counter and number; for RTCP the index of SRTCP.
  int64_t index = 0;
  Bytes plain;
  Bytes sealed;
  bool wasTaken = false;
};

class Program {
 public:
  Program(ByteReader reader, Profile profile) : reader_(reader), profile_(profile) {
    // The ends have keys of their own.
    Bytes material(keyingMaterialLength(profile));
    Bytes other(material.size());
    for (size_t i = 0; i < material.size(); ++i) {
      material[i] = static_cast<uint8_t>(i);
      other[i] = static_cast<uint8_t>(i + 1);
    }
    sender_ = make(profile, DtlsRole::kClient, material);
    receiver_ = make(profile, DtlsRole::kServer, material);
    stranger_ = make(profile, DtlsRole::kServer, other);
  }

  void run() {
    while (!reader_.atEnd() && packets_.size() < kMostPackets) {
      const uint8_t what = next();
      if (what >= kFirstLater) {
        later(static_cast<Later>(what % kLaterCount));
        continue;
      }
      switch (static_cast<Instruction>(what % kCount)) {
        case kRtp:
          protectRtp();
          break;
        case kRtcp:
          protectRtcp();
          break;
        case kNext:
          deliverNext();
          break;
        case kAny:
          if (Packet* packet = any())
            deliver(*packet);
          break;
        case kDamage:
          damage();
          break;
        case kCut:
          cut();
          break;
        case kStranger:
          if (const Packet* packet = any())
            require(!unprotect(*stranger_, packet->isRtcp, packet->sealed),
                    "taken with other keys");
          break;
        case kForge:
          forge();
          break;
        case kCount:
          break;
      }
    }
    for (Packet& packet : packets_)
      deliver(packet);
  }

 private:
  static std::unique_ptr<Session> make(Profile profile, DtlsRole role, ByteSpan material) {
    auto session = Session::create(profile, role, material);
    require(session.ok(), "no session");
    return std::move(*session);
  }

  uint8_t next() { return reader_.u8().value_or(0); }
  uint16_t next16() { return reader_.u16().value_or(0); }

  Packet* any() { return packets_.empty() ? nullptr : &packets_[next16() % packets_.size()]; }

  void later(Later what) {
    switch (what) {
      case kFlood:
        flood();
        break;
      case kAgain:
        protectAgain();
        break;
      case kBack:
        if (const Packet* packet = any())
          require(!unprotect(*sender_, packet->isRtcp, packet->sealed), "takes its own packet");
        break;
      case kOtherWay:
        otherWay();
        break;
      case kLarge: {
        // 65535 bytes with all that is added.
        constexpr size_t kMost = 65535 - 144;
        const size_t size = kMost - 4 + next() % 8;
        ByteWriter writer;
        header(writer, kStreams, 0);
        Bytes packet = writer.take();
        packet.resize(size);
        const Bytes plain = packet;
        const bool isTaken = sender_->protectRtp(packet).ok();
        require(isTaken == (size <= kMost), "too large a packet is taken, or one that fits is not");
        require(isTaken == (packet != plain), "a packet that was refused is changed");
        break;
      }
      case kKeys: {
        const size_t length = next();
        const auto made = Session::create(profile_, DtlsRole::kClient, Bytes(length, 1));
        require(made.ok() == (length == keyingMaterialLength(profile_)), "keys of another length");
        break;
      }
      case kLaterCount:
        break;
    }
  }

  static void header(ByteWriter& writer, size_t stream, int64_t index) {
    writer.u8(0x80);
    writer.u8(96);
    writer.u16(static_cast<uint16_t>(index));
    writer.u32(static_cast<uint32_t>(index));
    writer.u32(static_cast<uint32_t>(stream + 1));
  }

  void flood() {
    const size_t count = 8 + next() * size_t{5};
    for (size_t i = 0; i < count && flooded_ < kMostFlooded; ++i) {
      ByteWriter writer;
      header(writer, kFirstFlooded + flooded_, 1);
      ++flooded_;
      Bytes packet = writer.take();
      const Bytes plain = packet;
      require(sender_->protectRtp(packet).ok(), "one more stream cannot be sent");
      require(receiver_->unprotectRtp(packet).ok() && packet == plain,
              "one more stream is not taken");
      hear(kFirstFlooded + flooded_);
    }
  }

  /// The receiver knows so many SSRCs, and forgets the one that was silent for longest.
  void hear(uint32_t ssrc) {
    const auto [entry, isNew] = known_.try_emplace(ssrc);
    if (!isNew)
      order_.erase(entry->second);
    entry->second = order_.insert(order_.end(), ssrc);
    if (order_.size() <= kMaxInboundSsrcs)
      return;
    const uint32_t forgotten = order_.front();
    order_.pop_front();
    known_.erase(forgotten);
    if (forgotten > kStreams)
      return;
    const size_t stream = forgotten - 1;
    heard_[stream] = {};
    for (Packet& packet : packets_)
      packet.wasTaken = packet.wasTaken && packet.stream != stream;
  }

  /// A retransmission is the same on the wire.
  void protectAgain() {
    const Packet* packet = any();
    if (packet == nullptr || packet->isRtcp)
      return;
    // What is older than half of the numbers would be taken for what is to come.
    const int64_t behind = sentRtp_[packet->stream] - packet->index;
    if (behind >= kNear)
      return;
    Bytes again = packet->plain;
    const bool isDone = sender_->protectRtp(again).ok();
    require(isDone || behind >= kRtpWindow, "a packet cannot be sent again");
    require(!isDone || again == packet->sealed, "a retransmission is another packet");
  }

  /// The keys of the two directions are not the same.
  void otherWay() {
    const size_t stream = next() % kStreams;
    ByteWriter writer;
    header(writer, stream, ++sentBack_[stream]);
    for (size_t left = next(); left > 0; --left)
      writer.u8(static_cast<uint8_t>(left));
    const Bytes plain = writer.take();
    Bytes sealed = plain;
    require(receiver_->protectRtp(sealed).ok(), "nothing can be sent the other way");
    require(!unprotect(*receiver_, false, sealed), "takes its own packet");
    require(sender_->unprotectRtp(sealed).ok() && sealed == plain,
            "what goes the other way is not taken");
  }

  static bool unprotect(Session& session, bool isRtcp, Bytes packet) {
    return (isRtcp ? session.unprotectRtcp(packet) : session.unprotectRtp(packet)).ok();
  }

  void protectRtp() {
    const size_t stream = next() % kStreams;
    const uint8_t step = next();
    const int64_t last = sentRtp_[stream];
    // Mostly the next one, at times far ahead; where a stream begins is anybody's choice.
    const int64_t ahead = step < 0xc0 ? 1 : (int64_t{step} - 0xbf) * 0x100;
    const int64_t index = last < 0 ? next16() : last + std::min(ahead, kNear);
    const uint8_t first = next();
    ByteWriter writer;
    // Extensions, contributing sources and padding in a quarter of them, right or wrong.
    writer.u8(first < 0xc0 ? 0x80 : static_cast<uint8_t>(0x80 | (first & 0x3f)));
    writer.u8(96);
    writer.u16(static_cast<uint16_t>(index));
    writer.u32(static_cast<uint32_t>(index));
    writer.u32(static_cast<uint32_t>(stream + 1));
    for (size_t left = next(); left > 0; --left)
      writer.u8(next());
    Packet packet{false, stream, index, writer.take(), {}, false};
    packet.sealed = packet.plain;
    if (!sender_->protectRtp(packet.sealed).ok()) {
      require(first >= 0xc0, "a good packet cannot be protected");
      return;
    }
    sentRtp_[stream] = index;
    packets_.push_back(std::move(packet));
  }

  void protectRtcp() {
    const size_t stream = next() % kStreams;
    ByteWriter writer;
    writer.u8(0x80);
    writer.u8(200);
    writer.u16(1);
    writer.u32(static_cast<uint32_t>(stream + 1));
    for (size_t left = next(); left > 0; --left)
      writer.u8(next());
    Packet packet{true, stream, ++sentRtcp_[stream], writer.take(), {}, false};
    packet.sealed = packet.plain;
    require(sender_->protectRtcp(packet.sealed).ok(), "RTCP cannot be protected");
    packets_.push_back(std::move(packet));
  }

  void deliverNext() {
    const auto packet = std::find_if(packets_.begin(), packets_.end(),
                                     [](const Packet& one) { return !one.wasTaken; });
    if (packet != packets_.end())
      deliver(*packet);
  }

  bool mustBeTaken(const Packet& packet) const {
    const Heard& heard = heard_[packet.stream];
    const std::optional<int64_t>& last = packet.isRtcp ? heard.rtcp : heard.rtp;
    if (packet.wasTaken)
      return false;
    // Of a stream that nothing was heard of, the roll-over counter is taken for zero.
    if (!last)
      return packet.isRtcp || packet.index <= 0xffff;
    const int64_t ahead = packet.index - *last;
    return packet.isRtcp ? ahead > -kRtcpWindow : ahead > -kRtpWindow && ahead < kNear;
  }

  void deliver(Packet& packet) {
    Bytes opened = packet.sealed;
    const auto status =
        packet.isRtcp ? receiver_->unprotectRtcp(opened) : receiver_->unprotectRtp(opened);
    if (!status.ok()) {
      require(!mustBeTaken(packet), "a genuine packet is not taken");
      return;
    }
    require(!packet.wasTaken, "taken twice");
    require(opened == packet.plain, "taken, and another");
    packet.wasTaken = true;
    hear(static_cast<uint32_t>(packet.stream + 1));
    Heard& heard = heard_[packet.stream];
    std::optional<int64_t>& last = packet.isRtcp ? heard.rtcp : heard.rtp;
    last = std::max(last.value_or(packet.index), packet.index);
  }

  void damage() {
    Packet* packet = any();
    if (packet == nullptr)
      return;
    Bytes damaged = packet->sealed;
    damaged[next16() % damaged.size()] ^= static_cast<uint8_t>(next() | 1);
    require(!unprotect(*receiver_, packet->isRtcp, damaged), "a damaged packet is taken");
  }

  void cut() {
    const Packet* packet = any();
    if (packet == nullptr)
      return;
    Bytes shorter = packet->sealed;
    shorter.resize(next16() % shorter.size());
    require(!unprotect(*receiver_, packet->isRtcp, shorter), "a packet that was cut is taken");
  }

  void forge() {
    Bytes packet;
    for (size_t left = next(); left > 0; --left)
      packet.push_back(next());
    require(!unprotect(*receiver_, false, packet), "RTP that was made up is taken");
    require(!unprotect(*receiver_, true, packet), "RTCP that was made up is taken");
  }

  ByteReader reader_;
  const Profile profile_;
  std::unique_ptr<Session> sender_;
  std::unique_ptr<Session> receiver_;
  std::unique_ptr<Session> stranger_;
  std::vector<Packet> packets_;
  std::array<int64_t, kStreams> sentRtp_{-1, -1, -1};
  std::array<int64_t, kStreams> sentRtcp_{};
  std::array<int64_t, kStreams> sentBack_{};
  std::array<Heard, kStreams> heard_;
  /// SSRCs, the one last heard at the end.
  std::list<uint32_t> order_;
  std::unordered_map<uint32_t, std::list<uint32_t>::iterator> known_;
  uint32_t flooded_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  Program(ByteReader(ByteSpan(data + 1, size - 1)), kProfiles[data[0] % kProfiles.size()]).run();
  return 0;
}
