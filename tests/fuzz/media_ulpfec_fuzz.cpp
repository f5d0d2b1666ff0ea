// Packets, the forward error correction over some of them, and which of them come: exactly the one
// that is missing is recovered, or nothing. The input is a byte of how the correction is, its base
// and its mask, a sequence of {flags, timestamp, length, bytes}, one for each packet that it is
// over, and in the end which are lost, and what is damaged.

#include <algorithm>
#include <vector>

#include "cpp/media/ulpfec.h"
#include "cpp/rtp/packet.h"
#include "tests/cpp/media/ulpfec_protect.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::media;
using rtc::fuzz::require;

namespace {

constexpr rtp::Ssrc kSsrc(7);
constexpr size_t kMask = 48;

struct Protection {
  Bytes packet;
  std::vector<Bytes> protectedPackets;
};

Protection protect(ByteReader& in) {
  const uint8_t how = in.u8().value_or(0);
  const bool isLong = (how & 1) != 0;
  const uint16_t base = in.u16().value_or(0);
  uint64_t mask = uint64_t{in.u16().value_or(0)} << 32;
  if (isLong)
    mask |= in.u32().value_or(0);
  Protection made;
  std::vector<int> offsets;
  for (size_t i = 0; i < kMask; ++i) {
    if ((mask >> (kMask - 1 - i) & 1) == 0)
      continue;
    const uint8_t flags = in.u8().value_or(0);
    rtp::Packet packet;
    packet.marker = (flags & 1) != 0;
    packet.payloadType = rtp::PayloadType(static_cast<uint8_t>(flags >> 1 & 0x7f));
    packet.sequenceNumber = rtp::SequenceNumber(static_cast<uint16_t>(base + i));
    packet.timestamp = rtp::RtpTime(in.u24().value_or(0));
    packet.ssrc = kSsrc;
    const uint8_t size = in.u8().value_or(0);
    packet.payload = toBytes(*in.bytes(std::min<size_t>(size / 2, in.remaining())));
    if ((size & 1) != 0) {
      packet.setExtension(static_cast<uint8_t>(1 + flags % 14), Bytes{flags, size});
      packet.csrcs = {rtp::Ssrc(flags)};
      packet.padding = flags % 4;
    }
    made.protectedPackets.push_back(rtp::writePacket(packet));
    offsets.push_back(static_cast<int>(i));
  }
  made.packet = protectWithUlpfec(made.protectedPackets, base, offsets, isLong,
                                  (how & 2) != 0 ? how >> 4 : 0);
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader in(ByteSpan(data, size));
  const Protection made = protect(in);
  const auto& packets = made.protectedPackets;
  const auto fec = readUlpfec(made.packet);
  require(fec.has_value() == !packets.empty(), "a correction of something, or of nothing");
  if (!fec)
    return 0;
  require(fec->protectedPackets.size() == packets.size(), "it is over others");
  // What is cut off is none.
  require(!readUlpfec(ByteSpan(made.packet).first(in.u16().value_or(0) % made.packet.size())),
          "a correction that is cut off");

  const size_t lost = in.u8().value_or(0) % packets.size();
  std::vector<ByteSpan> came;
  for (size_t i = 0; i < packets.size(); ++i) {
    if (i != lost)
      came.emplace_back(packets[i]);
  }
  // In any order, and others and bits of others among them.
  if (!came.empty()) {
    const size_t by = in.u8().value_or(0) % came.size();
    std::rotate(came.begin(), came.begin() + static_cast<std::ptrdiff_t>(by), came.end());
  }
  const Bytes shorter(in.u8().value_or(0) % rtp::kFixedHeaderSize, 0x80);
  came.emplace_back(shorter);
  rtp::Packet stranger;
  stranger.sequenceNumber =
      rtp::SequenceNumber(static_cast<uint16_t>(fec->protectedPackets.back().value() + 1));
  stranger.payload = Bytes(50, 1);
  const Bytes strange = rtp::writePacket(stranger);
  came.emplace_back(strange);

  const auto recovered = recoverWithUlpfec(*fec, came, kSsrc);
  const bool isWhole = packets[lost].size() - rtp::kFixedHeaderSize <= fec->data.size();
  require(recovered.has_value() == isWhole, "recovered what was not protected, or not what was");
  require(!recovered || *recovered == packets[lost], "another packet is recovered");
  // None is missing, or two are.
  came.emplace_back(packets[lost]);
  require(!recoverWithUlpfec(*fec, came, kSsrc), "recovered though none is missing");
  came.pop_back();
  if (packets.size() > 1) {
    const Bytes& other = packets[(lost + 1) % packets.size()];
    std::erase_if(came, [&](ByteSpan one) { return one.data() == other.data(); });
    require(!recoverWithUlpfec(*fec, came, kSsrc), "recovered though two are missing");
  }

  // Damaged, it may give anything that fits.
  Bytes damaged = made.packet;
  for (size_t i = 0; i < 3; ++i)
    damaged[in.u16().value_or(0) % damaged.size()] ^= in.u8().value_or(0);
  if (const auto other = readUlpfec(damaged)) {
    require(!other->protectedPackets.empty() && other->protectedPackets.size() <= kMask,
            "too many packets are protected");
    const auto made = recoverWithUlpfec(*other, came, kSsrc);
    require(!made || (made->size() >= rtp::kFixedHeaderSize &&
                      made->size() <= rtp::kFixedHeaderSize + other->data.size()),
            "longer than what was protected");
  }
  return 0;
}
