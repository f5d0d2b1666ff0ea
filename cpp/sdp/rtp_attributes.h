#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// RTP's attributes; see attributes.h for the form that all of them share.
namespace rtc::sdp {

/// RFC 8866 section 6.7. Four attributes, one meaning.
struct Direction {
  enum class Value { kSendRecv, kSendOnly, kRecvOnly, kInactive };
  Value direction = Value::kSendRecv;
  std::string_view name() const;
  static std::optional<Direction> fromName(std::string_view name);
};

/// RFC 5761.
struct RtcpMux {
  static constexpr std::string_view kName = "rtcp-mux";
};

/// RFC 8858.
struct RtcpMuxOnly {
  static constexpr std::string_view kName = "rtcp-mux-only";
};

/// RFC 5506.
struct RtcpRsize {
  static constexpr std::string_view kName = "rtcp-rsize";
};

/// RFC 8285 section 6, session or media level.
struct ExtmapAllowMixed {
  static constexpr std::string_view kName = "extmap-allow-mixed";
};

/// RFC 8285 section 8: a=extmap:1/recvonly urn:… attributes
struct Extmap {
  static constexpr std::string_view kName = "extmap";
  static constexpr std::string_view kForm = "<id>[/<direction>] <URI> [<attributes>]";
  uint16_t id = 0;
  std::optional<std::string> direction;
  std::string uri;
  std::optional<std::string> attributes;
  std::optional<std::string> value() const;
  static std::optional<Extmap> parse(std::string_view value);
};

/// RFC 8866 section 6.6: a=rtpmap:111 opus/48000/2
struct RtpMap {
  static constexpr std::string_view kName = "rtpmap";
  static constexpr std::string_view kForm = "<payload type> <encoding>/<clock rate>[/<channels>]";
  uint8_t payloadType = 0;
  std::string encoding;
  uint32_t clockRate = 0;
  std::optional<uint32_t> channels;
  std::optional<std::string> value() const;
  static std::optional<RtpMap> parse(std::string_view value);
};

/// RFC 8866 section 6.15: a=fmtp:111 minptime=10;useinbandfec=1. The format is a payload type, or a
/// word in sections that are not RTP.
struct Fmtp {
  static constexpr std::string_view kName = "fmtp";
  static constexpr std::string_view kForm = "<format> <parameters>";
  std::string format;
  std::string parameters;
  std::optional<std::string> value() const;
  static std::optional<Fmtp> parse(std::string_view value);
};

/// RFC 4585 section 4.2: a=rtcp-fb:96 nack pli; without a payload type it is for all ("*").
struct RtcpFb {
  static constexpr std::string_view kName = "rtcp-fb";
  static constexpr std::string_view kForm = "<payload type or *> <feedback>";
  std::optional<uint8_t> payloadType;
  std::string feedback;
  std::optional<std::string> value() const;
  static std::optional<RtcpFb> parse(std::string_view value);
};

/// RFC 8830: a=msid:<stream or -> [<track>]
struct Msid {
  static constexpr std::string_view kName = "msid";
  static constexpr std::string_view kForm = "<stream id> [<track id>]";
  std::string stream;
  std::optional<std::string> track;
  std::optional<std::string> value() const;
  static std::optional<Msid> parse(std::string_view value);
};

/// RFC 5576 section 4.1: a=ssrc:1234 cname:abc
struct Ssrc {
  static constexpr std::string_view kName = "ssrc";
  static constexpr std::string_view kForm = "<number below 2^32> <attribute>[:<value>]";
  uint32_t ssrc = 0;
  std::string attribute;
  std::optional<std::string> text;
  std::optional<std::string> value() const;
  static std::optional<Ssrc> parse(std::string_view value);
};

/// RFC 5576 section 4.2: a=ssrc-group:FID 1 2
struct SsrcGroup {
  static constexpr std::string_view kName = "ssrc-group";
  static constexpr std::string_view kForm = "<semantics> *(<SSRC>)";
  std::string semantics;
  std::vector<uint32_t> ssrcs;
  std::optional<std::string> value() const;
  static std::optional<SsrcGroup> parse(std::string_view value);
};

/// RFC 8851 section 4: a=rid:hi send pt=96;max-width=1280
struct Rid {
  static constexpr std::string_view kName = "rid";
  static constexpr std::string_view kForm = "<id> send|recv [<restrictions>]";
  std::string id;
  bool send = true;
  std::optional<std::string> restrictions;
  std::optional<std::string> value() const;
  static std::optional<Rid> parse(std::string_view value);
};

/// RFC 8853 section 5.1: a=simulcast:send hi;~mid,low recv x. Each list is kept as it came.
struct Simulcast {
  static constexpr std::string_view kName = "simulcast";
  static constexpr std::string_view kForm = "send <streams> [recv <streams>], or the other way";
  bool sendFirst = true;
  std::optional<std::string> send;
  std::optional<std::string> recv;
  std::optional<std::string> value() const;
  static std::optional<Simulcast> parse(std::string_view value);
};

}  // namespace rtc::sdp
