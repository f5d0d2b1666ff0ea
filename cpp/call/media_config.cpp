#include "cpp/call/media_config.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "cpp/jsep/codecs.h"
#include "cpp/sdp/format_parameters.h"

namespace rtc::call {
namespace {

media::Kind kindOf(jsep::MediaKind kind) {
  return kind == jsep::MediaKind::kAudio ? media::Kind::kAudio : media::Kind::kVideo;
}

bool hasFeedback(const jsep::RtpCodec& codec, std::string_view feedback) {
  return std::find(codec.feedback.begin(), codec.feedback.end(), feedback) != codec.feedback.end();
}

// RFC 4588 section 8.1: which payload type an rtx repeats.
std::optional<uint8_t> repeatedBy(const jsep::RtpCodec& codec) {
  if (jsep::roleOf(codec) != jsep::CodecRole::kRetransmission)
    return std::nullopt;
  const auto apt = sdp::formatParameter(codec.fmtp, "apt");
  uint8_t number = 0;
  if (!apt || std::from_chars(apt->data(), apt->data() + apt->size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

std::vector<media::Codec> codecsFrom(const std::vector<jsep::RtpCodec>& negotiated) {
  std::vector<media::Codec> codecs;
  for (const jsep::RtpCodec& one : negotiated) {
    if (!one.payloadType)
      continue;
    const auto role = jsep::roleOf(one);
    media::Codec codec;
    if (const auto format = payload::formatOf(one.name)) {
      codec.format = *format;
    } else if (role == jsep::CodecRole::kRedundancy) {
      codec.role = media::CodecRole::kRed;
    } else if (role == jsep::CodecRole::kErrorCorrection) {
      codec.role = media::CodecRole::kUlpfec;
    } else {
      continue;
    }
    codec.name = one.name;
    codec.clockRate = one.clockRate;
    codec.channels = one.channels;
    codec.fmtp = one.fmtp;
    codec.payloadType = rtp::PayloadType(*one.payloadType);
    codec.hasNack = hasFeedback(one, "nack");
    codec.hasPli = hasFeedback(one, "nack pli");
    codec.hasFir = hasFeedback(one, "ccm fir");
    codec.hasTransportCc = hasFeedback(one, "transport-cc");
    codec.hasRemb = hasFeedback(one, "goog-remb");
    codecs.push_back(std::move(codec));
  }
  for (const jsep::RtpCodec& one : negotiated) {
    const auto repeated = one.payloadType ? repeatedBy(one) : std::nullopt;
    for (media::Codec& codec : codecs) {
      if (repeated && codec.payloadType == rtp::PayloadType(*repeated))
        codec.rtxPayloadType = rtp::PayloadType(*one.payloadType);
    }
  }
  return codecs;
}

rtp::ExtensionIds extensionsFrom(const std::vector<jsep::RtpHeaderExtension>& negotiated) {
  rtp::ExtensionIds ids;
  for (const jsep::RtpHeaderExtension& extension : negotiated) {
    const auto kind = rtp::extensionKindFromUri(extension.uri);
    if (kind && !extension.encrypted && extension.id < 256)
      ids.set(*kind, static_cast<uint8_t>(extension.id));
  }
  return ids;
}

}  // namespace

media::SenderConfig senderConfig(const jsep::MediaFlow& flow) {
  media::SenderConfig config;
  config.kind = kindOf(flow.kind);
  config.mid = flow.mid;
  config.cname = flow.send.cname;
  config.codecs = codecsFrom(flow.send.codecs);
  config.extensions = extensionsFrom(flow.send.headerExtensions);
  config.reducedSize = flow.send.reducedSize;
  config.sends = flow.sends;
  config.ends = flow.ends;
  if (flow.rids.size() < 2) {
    config.encodings.push_back({rtp::Ssrc(flow.ssrc), rtp::Ssrc(flow.rtxSsrc), ""});
  } else {
    for (const std::string& rid : flow.rids)
      config.encodings.push_back({rtp::Ssrc(0), rtp::Ssrc(0), rid});
  }
  return config;
}

media::ReceiverConfig receiverConfig(const jsep::MediaFlow& flow) {
  media::ReceiverConfig config;
  config.kind = kindOf(flow.kind);
  config.mid = flow.mid;
  config.codecs = codecsFrom(flow.receive.codecs);
  config.extensions = extensionsFrom(flow.receive.headerExtensions);
  config.reducedSize = flow.receive.reducedSize;
  config.receives = flow.receives;
  for (const jsep::AnnouncedStream& stream : flow.announced)
    config.announced.push_back({rtp::Ssrc(stream.ssrc), rtp::Ssrc(stream.rtxSsrc)});
  return config;
}

}  // namespace rtc::call
