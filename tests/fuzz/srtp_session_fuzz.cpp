// Two ends of an SRTP session and what lies between them: the input's first byte chooses the
// profile, the rest is a program of packets that are protected, delivered in any order, repeated,
// damaged, shown to somebody with other keys, and made up. What is taken is what was protected,
// each packet once; what is genuine, new and near is taken; whoever has not the keys changes
// nothing.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "cpp/srtp/session.h"

namespace {

using namespace rtc;
using namespace rtc::srtp;

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

void require(bool holds) {
  if (!holds)
    std::abort();
}

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
  Program(ByteReader reader, Profile profile) : reader_(reader) {
    const Bytes material(keyingMaterialLength(profile), 0x42);
    const Bytes other(keyingMaterialLength(profile), 0x43);
    sender_ = make(profile, DtlsRole::kClient, material);
    receiver_ = make(profile, DtlsRole::kServer, material);
    stranger_ = make(profile, DtlsRole::kServer, other);
  }

  void run() {
    while (!reader_.atEnd() && packets_.size() < kMostPackets) {
      switch (static_cast<Instruction>(next() % kCount)) {
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
            require(!unprotect(*stranger_, packet->isRtcp, packet->sealed));
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
    require(session.ok());
    return std::move(*session);
  }

  uint8_t next() { return reader_.u8().value_or(0); }
  uint16_t next16() { return reader_.u16().value_or(0); }

  Packet* any() { return packets_.empty() ? nullptr : &packets_[next16() % packets_.size()]; }

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
      require(first >= 0xc0);
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
    require(sender_->protectRtcp(packet.sealed).ok());
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
      require(!mustBeTaken(packet));
      return;
    }
    require(!packet.wasTaken && opened == packet.plain);
    packet.wasTaken = true;
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
    require(!unprotect(*receiver_, packet->isRtcp, damaged));
  }

  void cut() {
    const Packet* packet = any();
    if (packet == nullptr)
      return;
    Bytes shorter = packet->sealed;
    shorter.resize(next16() % shorter.size());
    require(!unprotect(*receiver_, packet->isRtcp, shorter));
  }

  void forge() {
    Bytes packet;
    for (size_t left = next(); left > 0; --left)
      packet.push_back(next());
    require(!unprotect(*receiver_, false, packet));
    require(!unprotect(*receiver_, true, packet));
  }

  ByteReader reader_;
  std::unique_ptr<Session> sender_;
  std::unique_ptr<Session> receiver_;
  std::unique_ptr<Session> stranger_;
  std::vector<Packet> packets_;
  std::array<int64_t, kStreams> sentRtp_{-1, -1, -1};
  std::array<int64_t, kStreams> sentRtcp_{};
  std::array<Heard, kStreams> heard_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  Program(ByteReader(ByteSpan(data + 1, size - 1)), kProfiles[data[0] % kProfiles.size()]).run();
  return 0;
}
