#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// RTP payload formats: those that we have, and how a section of a description lists them. How two
/// of them compare is codec_matching.h; what an exchange makes of them is codec_negotiation.h.
namespace rtc::jsep {

/// RTCRtpCodecParameters, and the feedback that SDP lists with it.
struct RtpCodec {
  MediaKind kind = MediaKind::kAudio;
  /// The subtype of the media type: "opus", "VP8", "rtx", … Any case is the same codec. Empty for a
  /// number in an m= line about which the section says nothing.
  std::string name;
  /// In Hz.
  uint32_t clockRate = 0;
  uint32_t channels = 1;
  /// sdpFmtpLine: what stands behind "a=fmtp:<number> "; empty for none.
  std::string fmtp;
  /// What stands behind "a=rtcp-fb:<number> ", each once: "nack pli", …
  std::vector<std::string> feedback;
  /// 0 to 127. Absent in capabilities and preferences.
  std::optional<uint8_t> payloadType;
  bool operator==(const RtpCodec&) const = default;
};

/// What of a codec is compared, wherever it is kept. A view: no longer than that.
struct CodecFormat {
  MediaKind kind;
  std::string_view name;
  uint32_t clockRate;
  uint32_t channels;
  std::string_view fmtp;

  CodecFormat(MediaKind theKind, std::string_view theName, uint32_t theClockRate,
              uint32_t theChannels, std::string_view theFmtp)
      : kind(theKind),
        name(theName),
        clockRate(theClockRate),
        channels(theChannels),
        fmtp(theFmtp) {}
  CodecFormat(const RtpCodec& codec)  // NOLINT(*-explicit-*)
      : CodecFormat(codec.kind, codec.name, codec.clockRate, codec.channels, codec.fmtp) {}
};

/// "audio/opus", "video/VP8".
std::string mimeType(const RtpCodec& codec);

/// What a payload format is for. All but `kMedia` serve a media codec, and make no sense alone.
enum class CodecRole {
  kMedia,
  /// rtx (RFC 4588): its fmtp names the payload type that it repeats.
  kRetransmission,
  /// red (RFC 2198): its fmtp names the payload types inside, or there is none.
  kRedundancy,
  /// ulpfec (RFC 5109), flexfec (RFC 8627).
  kErrorCorrection,
  /// CN (RFC 3389), for the media codecs of its clock rate.
  kComfortNoise,
  /// telephone-event (RFC 4733), for the media codecs of its clock rate.
  kTelephoneEvent,
};
CodecRole roleOf(const RtpCodec& codec);

/// What we implement, the same for sending and receiving, in our order of preference and without
/// payload types: the `codecs` of RTCRtpSender.getCapabilities(kind) and RTCRtpReceiver's. As
/// webrtc-pc wants it there, "rtx" stands once for all that can be repeated.
std::vector<RtpCodec> supportedCodecs(MediaKind kind);

/// Where that payload format is among them; rtx whatever it repeats. Absent for what we do not
/// have.
std::optional<size_t> supportedIndex(const RtpCodec& codec);
bool isSupported(const RtpCodec& codec);
/// Whether an rtx goes with that codec.
bool isRepeated(const RtpCodec& codec);
/// The payload type that RFC 3551 fixes for the codec, or that browsers give it when nothing speaks
/// against it; absent for what we do not have, and for an rtx that repeats another number.
std::optional<uint8_t> usualPayloadType(const RtpCodec& codec);

/// The payload formats of an audio or video section in the order of its m= line, which is that of
/// preference. a=rtcp-fb:* is spread over all of them; numbers that RFC 3551 fixes need no
/// a=rtpmap; unknown formats are there under their names. What makes no sense (numbers above 127,
/// repetitions) is left out; other kinds of sections give an empty list. Never fails.
std::vector<RtpCodec> codecsOf(const sdp::MediaSection& section);

/// Makes `codecs` the formats of the section, and appends a=rtpmap, a=rtcp-fb and a=fmtp of each.
/// Codecs without a payload type are left out.
void writeCodecs(sdp::MediaSection& section, const std::vector<RtpCodec>& codecs);

}  // namespace rtc::jsep
