#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/media/codec.h"
#include "cpp/payload/encoded_frame.h"
#include "cpp/payload/format.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

/// A frame all of whose packets are there.
struct AssembledFrame {
  payload::EncodedFrame frame;
  payload::Format format = payload::Format::kVp8;
  /// What its first packet says of it, with the references that all of them name.
  payload::PayloadHeader header;
  rtp::SequenceIndex first;
  rtp::SequenceIndex last;
  /// Of the packet that came first, and of the one that made it complete.
  Timestamp firstPacketAt;
  Timestamp completeAt;
  size_t packets = 0;
};

/// Puts the packets of one SSRC of video together to frames. Frames come out in the order in which
/// they become complete; whether they can be decoded is `DecodeChain`'s business.
///
/// A frame goes from a packet that begins one to the marker bit, a packet that ends it, or the next
/// timestamp. Of formats that do not mark beginnings (H.264, AV1), the packet before must have come
/// and belong to another frame, but for key frames that bring their parameters with them.
class FrameAssembler {
 public:
  /// What is held of frames that are not complete. Beyond it everything is thrown away: a frame
  /// that never ends must not fill the memory, and nobody sends such large ones. Packets of 1200
  /// bytes are 2.4 MB in all, a key frame of the best quality in 4K.
  static constexpr size_t kMaxPackets = 2048;
  static constexpr size_t kMaxBytes = size_t{8} * 1024 * 1024;

  enum class Insertion : uint8_t {
    kTaken,
    kDuplicate,
    /// Before what `dropBefore()` named, or of a frame that is done.
    kLate,
    kUnknownPayloadType,
    /// It breaks its payload format, and is as if it was lost.
    kMalformed,
    /// It was taken, and everything before it thrown away.
    kOverflow,
  };

  explicit FrameAssembler(const std::vector<Codec>& codecs) { setCodecs(codecs); }

  /// What payload types mean from now on; packets that are held keep their meaning.
  void setCodecs(const std::vector<Codec>& codecs);

  /// A packet without payload (padding) fills its place and is no part of a frame. Packets from
  /// retransmission are to be unwrapped (RFC 4588) before.
  Insertion insert(rtp::Packet packet, rtp::SequenceIndex index, Timestamp now);
  std::optional<AssembledFrame> poll();

  /// Nothing before it is of any use any more.
  void dropBefore(rtp::SequenceIndex index);
  /// Forgets all packets, as if none had come.
  void reset();

  /// All packets from `from` up to but not including `to` have come and are no parts of incomplete
  /// frames.
  bool isDone(rtp::SequenceIndex from, rtp::SequenceIndex to) const;
  /// A packet is missing between what was dropped and the newest one.
  bool hasHole() const;
  /// A part of a key frame is held, which says so.
  bool isReceivingKey() const { return keyPackets_ != 0; }
  size_t heldPackets() const { return held_.size(); }
  /// Payloads, and what was read out of them that takes more.
  size_t heldBytes() const { return heldBytes_; }

 private:
  struct PacketFormat {
    payload::Format format;
    std::shared_ptr<const payload::Depacketizer> depacketizer;
  };
  struct Held {
    rtp::Packet packet;
    payload::PayloadHeader header;
    PacketFormat format;
    Timestamp receivedAt;
    /// All packets of its frame before it are there, and it is known where that begins.
    bool isContinuous = false;
  };
  /// A range of packets that are done: parts of frames that are complete, and padding.
  struct Done {
    rtp::SequenceIndex last;
    /// Of padding that ends it, which may lie within a frame with the same timestamp.
    std::optional<rtp::RtpTime> padding;
  };
  using Packets = std::map<rtp::SequenceIndex, Held>;

  static size_t costOf(const rtp::Packet& packet, const payload::PayloadHeader& header);
  const Done* doneRangeOf(rtp::SequenceIndex index) const;
  bool mayStart(const Packets::value_type& entry) const;
  bool continuesFrame(const Packets::value_type& entry) const;
  /// Goes on from there as far as packets are continuous, and takes out the frame if it ends.
  void follow(Packets::iterator it);
  bool isEnd(const Packets::value_type& entry) const;
  void takeOut(Packets::iterator last);
  void markDone(rtp::SequenceIndex first, const Done& done);
  Packets::iterator erase(Packets::iterator it);
  void describe(const std::vector<Held*>& packets, AssembledFrame& out) const;
  void throwAwayHeld();

  std::map<rtp::PayloadType, PacketFormat> formats_;
  Packets held_;
  size_t heldBytes_ = 0;
  size_t keyPackets_ = 0;
  std::map<rtp::SequenceIndex, Done> done_;
  std::optional<rtp::SequenceIndex> floor_;
  std::optional<rtp::SequenceIndex> lowest_;
  std::optional<rtp::SequenceIndex> highest_;
  std::deque<AssembledFrame> frames_;
};

}  // namespace rtc::media
