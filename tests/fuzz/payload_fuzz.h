#pragma once

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/payload/format.h"

namespace rtc::payload {

/// The input is a sequence of {length byte * 2, payload}. Each payload is inspected; those that
/// pass are put together, and what comes out is cut and put together again.
inline void fuzzDepacketizer(Format format, ByteSpan input) {
  // For each byte of a payload: start codes of four bytes, sizes of OBUs.
  constexpr size_t kMostPerByte = 6;
  const auto depacketizer = createDepacketizer(format);
  std::vector<ByteSpan> payloads;
  size_t total = 0;
  ByteReader reader(input);
  while (const auto length = reader.u8()) {
    const ByteSpan payload =
        *reader.bytes(std::min<size_t>(size_t{*length} * 2, reader.remaining()));
    const auto header = depacketizer->inspect(payload);
    if (!header)
      continue;
    if (payload.empty() || (header->beginsFrame && !header->mayBeginFrame))
      std::abort();
    total += payload.size();
    payloads.push_back(payload);
    // Alone, and behind all the others.
    (void)depacketizer->assemble({payload});
  }
  const auto frame = depacketizer->assemble(payloads);
  if (!frame)
    return;
  if (frame->empty() || frame->size() > total * kMostPerByte)
    std::abort();
  EncodedFrame encoded;
  encoded.data = *frame;
  const auto packetizer = createPacketizer({format, false, 1});
  const PayloadLimits limits{50 + total % 100, 0, 0};
  std::vector<ByteSpan> again;
  const std::vector<Bytes> cut = packetizer->packetize(encoded, limits);
  for (const Bytes& payload : cut) {
    if (payload.empty() || payload.size() > limits.max || !depacketizer->inspect(payload))
      std::abort();
    again.emplace_back(payload);
  }
  // H.264's start codes may lie within what a payload called one unit.
  if (format != Format::kH264 && (cut.empty() || depacketizer->assemble(again) != frame))
    std::abort();
}

}  // namespace rtc::payload
