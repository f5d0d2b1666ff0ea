#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/sctp/congestion_control.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// What INIT says of an association that cannot be configured: drawn at random, once.
struct Identity {
  VerificationTag tag;
  Tsn initialTsn;
};

/// What may be asked for as `maxReceiveMessageSize`.
constexpr size_t kLargestMessage = size_t{1} << 30;

/// What an association is told at its birth. The defaults are those of a data-channel transport.
struct AssociationConfig {
  uint16_t localPort = 5000;
  uint16_t remotePort = 5000;
  /// What `initChunk` was made with, if the peer was told; else the association draws its own.
  std::optional<Identity> identity;

  /// The largest SCTP packet that passes on every path, in bytes; rounded down to a multiple of 4,
  /// at least 512. Larger ones are sent where the path was found to take them
  /// (`Association::setPath`), but no chunk is larger, so that each can be sent again on another
  /// path.
  /// 1280 (IPv6's minimum) - 40 (IPv6) - 8 (UDP) - 4 (TURN ChannelData) - 37 (a DTLS record with
  /// explicit nonce and tag) leaves 1191.
  size_t maxPacketSize = 1188;

  /// The largest message that the peer said it takes (SDP's max-message-size; pass SIZE_MAX for 0).
  size_t maxSendMessageSize = 65536;
  /// The largest message taken from the peer; a larger one aborts the association.
  size_t maxReceiveMessageSize = 256 * 1024;
  /// Bytes that may wait for a missing fragment or an earlier message; INIT announces so many. The
  /// message in delivery, or with I-DATA the largest that has begun, does not count, so that it may
  /// be larger than that. What was handed over of others does until they have ended, for whoever
  /// took it keeps it. A peer that makes this end hold more than both is sent an ABORT. At least
  /// 64 KiB.
  size_t receiveWindow = 8 * 1024 * 1024;
  /// What of it SACKs advertise until more arrives in a round trip (`ReceiveWindow`).
  size_t initialReceiveWindow = 512 * 1024;
  /// Bytes that `send()` may hold of a stream before it answers `kBufferFull`. Not of all streams:
  /// a full one must not shut out those that have priority.
  size_t sendBufferLimit = 16 * 1024 * 1024;

  /// Messages are cut into I-DATA chunks, which mix with those of other messages, towards peers
  /// that know them (RFC 8260).
  bool interleaving = true;
  /// Packets go without checksum once the peer has said that it takes them so, and may come without
  /// (RFC 9653): the DTLS below finds all damage.
  bool zeroChecksum = true;

  /// Announced in INIT; the association uses what both ends can do. RFC 8831 section 6.2 asks for
  /// 65535.
  uint16_t outgoingStreams = 65535;
  uint16_t incomingStreams = 65535;

  /// RFC 9260 section 16 suggests 1 s, 1 s and 60 s, made for paths that nobody has measured. Below
  /// a data channel ICE has just done so, and its consent checks notice a dead path, so a long
  /// backoff only delays the recovery, and what counts for giving up is the time, about a minute,
  /// in which even 30 % loss lets something through. The minimum lies above the 200 ms for which
  /// peers delay a SACK.
  Duration rtoInitial = Duration::milliseconds(500);
  Duration rtoMin = Duration::milliseconds(300);
  Duration rtoMax = Duration::seconds(3);
  /// RFC 9260 section 6.2: no more than 500 ms, 200 ms suggested.
  Duration sackDelay = Duration::milliseconds(200);
  /// RFC 9260 section 16 HB.interval. Zero turns heartbeats off.
  Duration heartbeatInterval = Duration::seconds(30);
  /// RFC 9260 section 16 Valid.Cookie.Life.
  Duration cookieLifetime = Duration::seconds(60);
  /// RFC 9260 section 16 Association.Max.Retrans and Max.Init.Retransmits, where 10 and 8 go with
  /// an RTO.Max of 60 s. What is sent while there is no path does not count (`setPathWorks`).
  int maxRetransmissions = 20;
  int maxInitRetransmissions = 15;
  /// Packets that one acknowledgement may set free at most (RFC 9260 section 6.1 rule D, where 4 is
  /// suggested; 10 is the initial window of RFC 6928).
  /// It does not hold where the congestion control sets a pace.
  int maxBurst = 10;
  /// `makeReno` is there for comparison.
  CongestionControlFactory congestionControl = &makeBbr;
};

/// The same within its bounds: what an association uses.
AssociationConfig saneConfig(AssociationConfig config);

}  // namespace rtc::sctp
