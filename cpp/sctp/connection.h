#pragma once

#include <algorithm>

#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/config.h"
#include "cpp/sctp/reassembly.h"
#include "cpp/sctp/received_tsns.h"
#include "cpp/sctp/retransmission_queue.h"
#include "cpp/sctp/state_cookie.h"
#include "cpp/sctp/stream_reset.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// What exists once both ends' tags, windows and initial TSNs are known: the transmission control
/// block of RFC 9260 section 14. A restart of the peer replaces it whole.
struct Connection {
  Connection(const AssociationConfig& config, const StateCookie& cookie, SendQueue& queue,
             RtoEstimator& rto);
  // The parts refer to each other.
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  VerificationTag localTag;
  VerificationTag peerTag;
  Extensions extensions;
  uint16_t outgoingStreams;
  uint16_t incomingStreams;
  RetransmissionQueue outgoing;
  ReceivedTsns received;
  Reassembly reassembly;
  StreamReset streamReset;
};

inline Connection::Connection(const AssociationConfig& config, const StateCookie& cookie,
                              SendQueue& queue, RtoEstimator& rto)
    : localTag(cookie.localTag),
      peerTag(cookie.peerTag),
      extensions(cookie.peerExtensions),
      outgoingStreams(std::min(config.outgoingStreams, cookie.peerIncomingStreams)),
      incomingStreams(std::min(config.incomingStreams, cookie.peerOutgoingStreams)),
      outgoing({config.maxPacketSize, config.maxBurst, cookie.peerExtensions.forwardTsn,
                config.congestionControl},
               cookie.localInitialTsn, cookie.peerReceiveWindow, queue, rto),
      received(cookie.peerInitialTsn, config.sackDelay),
      streamReset({cookie.peerExtensions.reConfig, incomingStreams}, cookie.localInitialTsn,
                  cookie.peerInitialTsn, queue, outgoing, received, reassembly) {}

}  // namespace rtc::sctp
