// Frames that were cut well, of which the fuzzer leaves packets out, damages, repeats and reorders
// them: what is not damaged comes out as it went in, once, as soon as all of it is there and not
// after it was dropped. Packets of no known type, padding, and more than is held come between. The
// input is a byte that chooses the format, and a sequence of {packet, what to do with it}.

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "cpp/media/frame_assembler.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::media;
using payload::Format;
using rtc::fuzz::require;

namespace {

constexpr std::array kFormats{Format::kVp8, Format::kVp9, Format::kH264, Format::kAv1};
constexpr rtp::PayloadType kKnown(0), kUnknown(1);
constexpr size_t kFrames = 10;

constexpr uint8_t kDamage = 0x80, kNoMarker = 0x40;
/// In the six low bits: what happens beside it.
constexpr uint8_t kDrop = 0x21, kReset = 0x22, kStranger = 0x23, kPadding = 0x24, kFlood = 0x25;

class Program {
 public:
  explicit Program(ByteReader reader)
      : reader_(reader),
        format_(kFormats[reader_.u8().value_or(0) % kFormats.size()]),
        assembler_(codecs()) {
    cut();
  }

  void run() {
    while (const auto number = reader_.u8()) {
      const size_t which = *number % packets_.size();
      step(which, reader_.u8().value_or(0));
      take();
      require(assembler_.heldPackets() <= FrameAssembler::kMaxPackets &&
                  assembler_.heldBytes() <= FrameAssembler::kMaxBytes,
              "too much is held");
    }
    if (isDamaged_)
      return;
    // All of it, behind whatever there was.
    assembler_.reset();
    given_.clear();
    floor_ = 0;
    require(assembler_.heldPackets() == 0 && assembler_.heldBytes() == 0 && !assembler_.hasHole() &&
                !assembler_.isReceivingKey(),
            "something is left");
    for (size_t i = 0; i < packets_.size(); ++i)
      (void)assembler_.insert(packets_[i], indexOf(i), kNow);
    take();
    require(given_.size() == kFrames - unbegun(), "a frame does not come out");
    require(assembler_.heldPackets() == (unbegun() == 0 ? 0 : frames_[0].count), "more is held");
  }

 private:
  struct Frame {
    Bytes data;
    size_t first = 0;
    size_t count = 0;
  };
  static constexpr Timestamp kNow = Timestamp::milliseconds(1);

  std::vector<Codec> codecs() const {
    std::vector<Codec> codecs(1);
    codecs[0].format = format_;
    codecs[0].payloadType = kKnown;
    return codecs;
  }

  /// Neither a slice nor an OBU says that nothing comes before it.
  size_t unbegun() const { return format_ == Format::kH264 || format_ == Format::kAv1 ? 1 : 0; }

  void cut() {
    const auto packetizer = payload::createPacketizer({format_, false, 3});
    for (uint8_t i = 0; i < kFrames; ++i) {
      payload::EncodedFrame frame;
      if (format_ == Format::kH264)
        frame.data = {0, 0, 0, 1, static_cast<uint8_t>(i == 0 ? 0x65 : 0x41)};
      if (format_ == Format::kAv1)
        frame.data = {0x32, 100};
      const size_t header = frame.data.size();
      frame.data.resize(header + 100, static_cast<uint8_t>(2 * i + 1));
      frame.video.isKey = i == 0;
      const size_t first = packets_.size();
      for (Bytes& payload : packetizer->packetize(frame, {50, 0, 0})) {
        rtp::Packet packet;
        packet.payloadType = kKnown;
        packet.timestamp = rtp::RtpTime(3000u * i);
        packet.payload = std::move(payload);
        packets_.push_back(std::move(packet));
      }
      packets_.back().marker = true;
      frames_.push_back({frame.data, first, packets_.size() - first});
    }
  }

  rtp::SequenceIndex indexOf(size_t which) const {
    return rtp::SequenceIndex::first(rtp::SequenceNumber(65530)) + static_cast<int64_t>(which);
  }

  void step(size_t which, uint8_t action) {
    using Insertion = FrameAssembler::Insertion;
    rtp::Packet packet = packets_[which];
    if (action & kNoMarker)
      packet.marker = false;
    if (action & kDamage) {
      isDamaged_ = true;
      packet.payload[(action & 0x3f) % packet.payload.size()] ^= reader_.u8().value_or(1);
    } else if ((action & 0x3f) == kStranger) {
      packet.payloadType = kUnknown;
      const size_t held = assembler_.heldPackets();
      const auto result = assembler_.insert(packet, indexOf(which), kNow);
      require(result != Insertion::kTaken && result != Insertion::kOverflow,
              "a packet of a type that nobody knows is taken");
      require(assembler_.heldPackets() == held, "and held");
      return;
    } else if ((action & 0x3f) == kPadding) {
      // Where a packet should have been: that one never comes to be.
      packet.payload.clear();
      packet.marker = false;
    } else if ((action & 0x3f) == kFlood) {
      flood();
      return;
    } else if ((action & 0x3f) == kReset) {
      assembler_.reset();
      given_.clear();
      floor_ = 0;
    }
    const auto result = assembler_.insert(packet, indexOf(which), kNow);
    require(which >= floor_ || result == Insertion::kLate, "a packet that comes too late is taken");
    if (isDamaged_ || result == Insertion::kTaken)
      take();
    if ((action & 0xff) == kDrop) {
      assembler_.dropBefore(indexOf(which));
      floor_ = std::max(floor_, which);
    }
  }

  /// A frame that never ends, far behind all others.
  void flood() {
    rtp::Packet packet = packets_[0];
    packet.marker = false;
    packet.timestamp = rtp::RtpTime(1);
    const auto first = indexOf(packets_.size()) + 1;
    const size_t count = FrameAssembler::kMaxPackets + 1 - assembler_.heldPackets();
    auto last = FrameAssembler::Insertion::kTaken;
    for (size_t i = 0; i < count; ++i)
      last = assembler_.insert(packet, first + static_cast<int64_t>(i), kNow);
    require(isDamaged_ || last == FrameAssembler::Insertion::kOverflow, "no bound");
    take();
    assembler_.reset();
    given_.clear();
    floor_ = 0;
  }

  void take() {
    while (const auto frame = assembler_.poll()) {
      require(!frame->frame.data.empty(), "an empty frame");
      require(assembler_.isDone(frame->first, frame->last.next()), "a frame that is not done");
      if (isDamaged_)
        continue;
      const auto at = std::ranges::find(frames_, frame->frame.data, &Frame::data);
      require(at != frames_.end(), "a frame that was not cut");
      require(given_.insert(static_cast<size_t>(at - frames_.begin())).second,
              "a frame comes a second time");
      require(frame->first == indexOf(at->first) &&
                  frame->last == indexOf(at->first + at->count - 1) && frame->packets == at->count,
              "a frame of other packets");
      require(at->first >= floor_, "a frame of what was dropped");
    }
  }

  ByteReader reader_;
  const Format format_;
  FrameAssembler assembler_;
  std::vector<rtp::Packet> packets_;
  std::vector<Frame> frames_;
  std::set<size_t> given_;
  size_t floor_ = 0;
  bool isDamaged_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Program(ByteReader(ByteSpan(data, size))).run();
  return 0;
}
