#pragma once

// SDES, RFC 3550 section 6.5:
//
//   |V=2|P|    SC   |  PT=SDES=202  |             length            |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                          SSRC/CSRC_1                          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |    CNAME=1    |     length    | user and domain name        ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// A chunk's items end with one or more zero bytes, up to the next word.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/rtcp_header.h"
#include "cpp/rtp/types.h"

namespace rtc::rtp {

struct SourceDescription {
  /// Of the items the canonical name alone is of use to us.
  struct Chunk {
    Ssrc source;
    /// At most 255 bytes are written; empty when there was none.
    std::string cname;
    bool operator==(const Chunk&) const = default;
  };
  /// At most 31 are written.
  std::vector<Chunk> chunks;
  bool operator==(const SourceDescription&) const = default;

  static std::optional<SourceDescription> parse(size_t count, ByteSpan body) {
    ByteReader reader(body);
    SourceDescription description;
    for (size_t i = 0; i < count; ++i) {
      const auto source = reader.u32();
      if (!source)
        return std::nullopt;
      Chunk chunk{Ssrc(*source), {}};
      for (;;) {
        const auto type = reader.u8();
        if (!type)
          return std::nullopt;
        if (*type == kEnd)
          break;
        const auto length = reader.u8();
        const auto text = length ? reader.bytes(*length) : std::nullopt;
        if (!text)
          return std::nullopt;
        if (*type == kCname)
          chunk.cname = asText(*text);
      }
      if (!reader.skip((4 - reader.position() % 4) % 4))
        return std::nullopt;
      description.chunks.push_back(std::move(chunk));
    }
    return description;
  }

  void writeTo(ByteWriter& writer) const {
    const size_t count = std::min(chunks.size(), kMaxRtcpCount);
    const RtcpScope scope(writer, RtcpType::kSourceDescription, count);
    for (size_t i = 0; i < count; ++i) {
      const Chunk& chunk = chunks[i];
      writer.u32(chunk.source.value());
      size_t written = 1;
      if (!chunk.cname.empty()) {
        const auto name = std::string_view(chunk.cname).substr(0, 255);
        writer.u8(kCname);
        writer.u8(static_cast<uint8_t>(name.size()));
        writer.text(name);
        written += 2 + name.size();
      }
      writer.u8(kEnd);
      writer.zeros((4 - written % 4) % 4);
    }
  }

 private:
  static constexpr uint8_t kEnd = 0;
  static constexpr uint8_t kCname = 1;
};

}  // namespace rtc::rtp
