#pragma once

#include <algorithm>

#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/config.h"
#include "cpp/sctp/path_mtu.h"
#include "cpp/sctp/reassembly.h"
#include "cpp/sctp/receive_window.h"
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

  /// What this end may use towards a peer that announced `peers`.
  static Extensions agreed(const AssociationConfig& config, const Extensions& peers);

  VerificationTag localTag;
  VerificationTag peerTag;
  Extensions extensions;
  uint16_t outgoingStreams;
  uint16_t incomingStreams;
  PathMtu pathMtu;
  RetransmissionQueue outgoing;
  ReceivedTsns received;
  ReceiveWindow window;
  Reassembly reassembly;
  StreamReset streamReset;
};

inline Extensions Connection::agreed(const AssociationConfig& config, const Extensions& peers) {
  Extensions extensions = peers;
  extensions.zeroChecksum = config.zeroChecksum && peers.zeroChecksum;
  extensions.interleaving = config.interleaving && peers.interleaving;
  // RFC 8260 section 2.3: the one goes with I-DATA, the other with DATA.
  extensions.forwardTsn = extensions.interleaving ? peers.iForwardTsn : peers.forwardTsn;
  extensions.iForwardTsn = extensions.interleaving && peers.iForwardTsn;
  return extensions;
}

inline Connection::Connection(const AssociationConfig& config, const StateCookie& cookie,
                              SendQueue& queue, RtoEstimator& rto)
    : localTag(cookie.localTag),
      peerTag(cookie.peerTag),
      extensions(agreed(config, cookie.peerExtensions)),
      outgoingStreams(std::min(config.outgoingStreams, cookie.peerIncomingStreams)),
      incomingStreams(std::min(config.incomingStreams, cookie.peerOutgoingStreams)),
      pathMtu(config.maxPacketSize),
      outgoing({config.maxPacketSize, config.maxBurst, extensions.forwardTsn,
                extensions.interleaving, config.congestionControl},
               cookie.localInitialTsn, cookie.peerReceiveWindow, queue, rto),
      received(cookie.peerInitialTsn, config.sackDelay),
      window(config.initialReceiveWindow, config.receiveWindow),
      streamReset({extensions.reConfig, incomingStreams}, cookie.localInitialTsn,
                  cookie.peerInitialTsn, queue, outgoing, received, reassembly) {}

}  // namespace rtc::sctp
