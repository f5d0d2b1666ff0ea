#pragma once

// RE-CONFIG, RFC 6525 section 3.1: one or two parameters. Those that this end makes or obeys:
//
// Outgoing SSN Reset Request (section 4.1)
//   |     Parameter Type = 13       | Parameter Length = 16 + 2 * N |
//   |           Re-configuration Request Sequence Number            |
//   |           Re-configuration Response Sequence Number           |
//   |                Sender's Last Assigned TSN                     |
//   |  Stream Number 1 (optional)   |    Stream Number 2 (optional) |
//
// Re-configuration Response (section 4.4)
//   |     Parameter Type = 16       |      Parameter Length         |
//   |         Re-configuration Response Sequence Number             |
//   |                            Result                             |

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/sctp/parameter.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

enum class ReConfigParameter : uint16_t {
  kOutgoingSsnReset = 13,
  kIncomingSsnReset = 14,
  kSsnTsnReset = 15,
  kResponse = 16,
  kAddOutgoingStreams = 17,
  kAddIncomingStreams = 18,
};

/// RFC 6525 section 4.4.
enum class ReConfigResult : uint32_t {
  kNothingToDo = 0,
  kPerformed = 1,
  kDenied = 2,
  kWrongSsn = 3,
  kRequestInProgress = 4,
  kBadSequenceNumber = 5,
  kInProgress = 6,
};

struct OutgoingResetRequest {
  uint32_t requestNumber = 0;
  uint32_t responseNumber = 0;
  Tsn lastAssignedTsn;
  /// Empty: all streams.
  std::vector<StreamId> streams;

  static constexpr size_t kFixedSize = 16;

  static std::optional<OutgoingResetRequest> parse(ByteSpan value) {
    ByteReader reader(value);
    if (reader.remaining() < 12 || reader.remaining() % 2 != 0)
      return std::nullopt;
    OutgoingResetRequest request;
    request.requestNumber = *reader.u32();
    request.responseNumber = *reader.u32();
    request.lastAssignedTsn = Tsn(*reader.u32());
    while (!reader.atEnd())
      request.streams.push_back(StreamId(*reader.u16()));
    return request;
  }

  void writeTo(ByteWriter& writer) const {
    ByteWriter value;
    value.u32(requestNumber);
    value.u32(responseNumber);
    value.u32(lastAssignedTsn.value());
    for (const StreamId stream : streams)
      value.u16(stream.value());
    writeParameter(writer, static_cast<uint16_t>(ReConfigParameter::kOutgoingSsnReset),
                   value.view());
  }
};

struct ReConfigResponse {
  uint32_t responseNumber = 0;
  /// A value outside the registry counts as a refusal.
  ReConfigResult result = ReConfigResult::kPerformed;

  static std::optional<ReConfigResponse> parse(ByteSpan value) {
    ByteReader reader(value);
    const auto number = reader.u32();
    const auto result = reader.u32();
    if (!result)
      return std::nullopt;
    return ReConfigResponse{*number, static_cast<ReConfigResult>(*result)};
  }

  void writeTo(ByteWriter& writer) const {
    ByteWriter value;
    value.u32(responseNumber);
    value.u32(static_cast<uint32_t>(result));
    writeParameter(writer, static_cast<uint16_t>(ReConfigParameter::kResponse), value.view());
  }
};

}  // namespace rtc::sctp
