#pragma once

// INIT and INIT ACK, RFC 9260 sections 3.3.2 and 3.3.3:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  Type = 1, 2  |  Chunk Flags  |      Chunk Length             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         Initiate Tag                          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           Advertised Receiver Window Credit (a_rwnd)          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  Number of Outbound Streams   |   Number of Inbound Streams   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                          Initial TSN                          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /              Optional/Variable-Length Parameters              /

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Optional protocol parts that both ends must know.
struct Extensions {
  /// RFC 3758.
  bool forwardTsn = false;
  /// RFC 6525.
  bool reConfig = false;
  /// RFC 8260: I-DATA, and I-FORWARD-TSN in the place of FORWARD TSN.
  bool interleaving = false;
  bool iForwardTsn = false;
  /// RFC 9653: DTLS finds what the checksum would (EDMID 1), so that it may be zero towards whoever
  /// says this.
  bool zeroChecksum = false;
  /// RFC 4820: PAD. Whoever says so takes datagrams as large as DTLS records; of others nobody
  /// knows what one above the size of Ethernet's does to them.
  bool padding = false;

  bool operator==(const Extensions&) const = default;
};

/// Either of the two; INIT has no cookie.
struct InitChunk {
  VerificationTag tag;
  uint32_t receiveWindow = 0;
  uint16_t outgoingStreams = 0;
  uint16_t incomingStreams = 0;
  Tsn initialTsn;
  Extensions extensions;
  ByteSpan cookie;
  /// Encoded parameters that were not recognised and ask to be reported (RFC 9260 section 3.2.1).
  Bytes unrecognized;

  /// Nullopt when the fixed part does not fit or a parameter's length is wrong. Address parameters
  /// are ignored: over DTLS there is no address (RFC 8261 section 5).
  static std::optional<InitChunk> parse(ByteSpan value);
  /// The chunk's value, without the padding of its last parameter. In an INIT ACK `unrecognized`
  /// goes back as Unrecognized Parameters.
  Bytes encode() const;
  /// RFC 9260 section 3.3.2: tag and stream counts must not be zero, and with less than 1500 bytes
  /// of window the peer is to be treated as broken.
  bool mandatoryFieldsValid() const {
    return tag.value() != 0 && outgoingStreams != 0 && incomingStreams != 0 &&
           receiveWindow >= 1500;
  }
};

}  // namespace rtc::sctp
