#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/payload/encoded_frame.h"

namespace rtc::payload {

/// Which way a codec's frames go into RTP payloads.
enum class Format : uint8_t {
  /// One frame is one payload, as it is: Opus (RFC 7587), G.711, G.722, comfort noise.
  kAudio,
  /// RFC 4733.
  kTelephoneEvent,
  /// RFC 7741.
  kVp8,
  /// RFC 9628.
  kVp9,
  /// RFC 6184, packetization-mode 0 and 1; frames are in Annex B form.
  kH264,
  /// AV1's RTP specification; frames are a temporal unit in the low-overhead form.
  kAv1,
};

/// By the name of the codec in SDP, any case. Nullopt for rtx, red, ulpfec and what is not ours.
std::optional<Format> formatOf(std::string_view codecName);

/// How many bytes of payload packets take.
struct PayloadLimits {
  size_t max = 1200;
  /// Fewer in the first and the last one, whose headers are longer.
  size_t firstReduction = 0;
  size_t lastReduction = 0;
};

/// Cuts frames into payloads. One per stream that is sent: it counts pictures.
class Packetizer {
 public:
  virtual ~Packetizer() = default;
  /// The payloads of the frame, in order; the marker bit belongs on the last one (of the picture).
  /// Empty when the frame makes no sense as what it is said to be.
  virtual std::vector<Bytes> packetize(const EncodedFrame& frame, const PayloadLimits& limits) = 0;
};

struct PacketizerOptions {
  Format format = Format::kAudio;
  /// H.264 without fragmentation (RFC 6184 section 6.2): NAL units that do not fit are refused.
  bool singleNalUnits = false;
  /// Where picture ids and the like begin; random.
  uint32_t seed = 0;
};
std::unique_ptr<Packetizer> createPacketizer(const PacketizerOptions& options);

/// The pattern of references that the pictures of a VP9 stream repeat (RFC 9628 section 4.2.1).
struct PictureGroup {
  struct Picture {
    uint8_t temporalLayer = 0;
    /// Higher temporal layers may be switched to here.
    bool isSwitchingPoint = false;
    /// How many pictures back those lie that it refers to.
    std::vector<uint8_t> references;
    bool operator==(const Picture&) const = default;
  };
  std::vector<Picture> pictures;
  bool operator==(const PictureGroup&) const = default;
};

/// What can be said of one payload alone.
struct PayloadHeader {
  /// A frame begins with it: nothing before it that a decoder needs belongs to the same frame.
  bool beginsFrame = false;
  /// A frame begins with it if the payload before it belongs to another frame. So with
  /// `beginsFrame`; in formats that do not mark beginnings it is all that there is.
  bool mayBeginFrame = false;
  /// The frame surely ends with it, whatever the marker bit says.
  bool endsFrame = false;
  /// It belongs to a frame that needs no other one.
  bool isKey = false;
  std::optional<uint32_t> pictureId;
  /// Of how many bits `pictureId` is: 7 or 15.
  uint8_t pictureIdBits = 0;
  std::optional<uint8_t> tl0PictureIndex;
  uint8_t temporalLayer = 0;
  uint8_t spatialLayer = 0;
  bool isLayerSync = false;
  /// VP9's flexible mode: `references` says how many pictures back those lie that it refers to.
  bool namesReferences = false;
  std::vector<uint8_t> references;
  /// Of VP9 payloads that bring a new one.
  std::optional<PictureGroup> pictureGroup;
  /// For VP9: the frame refers to none of the lower spatial layer of the same picture, to none of
  /// earlier pictures.
  bool usesInterLayer = false;
  bool usesInterPicture = true;
  /// Of frames that say so at their beginning; 0 else.
  uint16_t width = 0;
  uint16_t height = 0;
  bool operator==(const PayloadHeader&) const = default;
};

/// Reads payloads and puts frames together. One per stream that is received.
class Depacketizer {
 public:
  virtual ~Depacketizer() = default;
  /// Nullopt for a payload that breaks its format; it is to be dropped as if it were lost.
  virtual std::optional<PayloadHeader> inspect(ByteSpan payload) const = 0;
  /// The frame that these payloads are, all of them, in order; each passed `inspect()`. Nullopt
  /// when they do not fit together.
  virtual std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const = 0;
};
std::unique_ptr<Depacketizer> createDepacketizer(Format format);

}  // namespace rtc::payload
