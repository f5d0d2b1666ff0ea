#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rtc::rtp {

/// The header extensions that we read and write, by meaning; which id stands for which is
/// negotiated.
enum class ExtensionKind : uint8_t {
  /// RFC 6464.
  kAudioLevel,
  /// RFC 5450.
  kTransmissionOffset,
  /// 24 bits of fixed-point seconds (6.18), when the packet left.
  kAbsoluteSendTime,
  /// 3GPP TS 26.114: rotation and flip.
  kVideoOrientation,
  /// draft-holmer-rmcat-transport-wide-cc-extensions-01.
  kTransportSequenceNumber,
  /// RFC 9143 section 15.
  kMid,
  /// RFC 8852.
  kRtpStreamId,
  kRepairedRtpStreamId,
  /// When the frame was captured: NTP time, and the offset of the capturer's clock.
  kAbsoluteCaptureTime,
  /// AV1's RTP specification, appendix A.
  kDependencyDescriptor,
  /// What the numbers of a picture stand for (ITU-T H.273).
  kColorSpace,
};
inline constexpr size_t kExtensionKinds = 11;

/// Nullopt for a URI that means nothing to us.
std::optional<ExtensionKind> extensionKindFromUri(std::string_view uri);

/// Which id means which extension on one transport.
class ExtensionIds {
 public:
  /// `id` is 1 to 255, 15 excepted; 0 takes it out.
  void set(ExtensionKind kind, uint8_t id) { ids_[static_cast<size_t>(kind)] = id; }
  /// 0 for none.
  uint8_t id(ExtensionKind kind) const { return ids_[static_cast<size_t>(kind)]; }
  std::optional<ExtensionKind> kind(uint8_t id) const {
    for (size_t i = 0; id != 0 && i < ids_.size(); ++i) {
      if (ids_[i] == id)
        return static_cast<ExtensionKind>(i);
    }
    return std::nullopt;
  }
  bool operator==(const ExtensionIds&) const = default;

 private:
  std::array<uint8_t, kExtensionKinds> ids_{};
};

}  // namespace rtc::rtp
