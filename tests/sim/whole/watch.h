#pragma once

// What holds for everything that a peer connection says, whatever happens to it. The list is in
// docs/hardening.md; names in brackets there are those of the verdicts here.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cpp/peer/peer.h"

namespace rtc::sim::whole {

/// Nothing, or which promise was broken, and how: "[promise] details".
using Verdict = std::optional<std::string>;

class Watch {
 public:
  /// Each output, in its order.
  Verdict note(const peer::Output& output);
  /// The peer tells other fingerprints, as one that is transferred to another does.
  void meetsAnother() { meetsAnother_ = true; }
  /// `peer` has been asked to close, and what was due before has been drained.
  void closed() { isClosed_ = true; }
  /// Counters never decrease, and no record has a negative or infinite number.
  /// A hostile peer can have streams forgotten and begun again, under the same name, and tell of
  /// them what it likes.
  Verdict noteStats(const std::vector<peer::StatsRecord>& records, bool isPeerHonest = true);
  /// What the outputs have said and what can be asked for are one thing.
  Verdict compare(const peer::Peer& peer) const;

  /// Of the transport that was heard of last.
  ice::IceTransportState ice() const;
  peer::DtlsState dtls() const;
  peer::SctpState sctp() const { return sctp_; }
  bool hasConnected() const { return hasConnected_; }

 private:
  struct TransportStates {
    ice::IceTransportState ice = ice::IceTransportState::kNew;
    ice::GatheringState gathering = ice::GatheringState::kNew;
    peer::DtlsState dtls = peer::DtlsState::kNew;
    bool isClosed = false;
  };
  enum class ChannelStep : uint8_t { kOpen, kClosing, kClosed };

  Verdict noteTransport(const peer::Output& output);
  Verdict noteChannel(const datachannel::Output& output);
  TransportStates* stateOf(jsep::TransportId id);

  std::map<jsep::TransportId, TransportStates> transports_;
  jsep::TransportId last_;
  peer::SctpState sctp_ = peer::SctpState::kConnecting;
  std::map<datachannel::ChannelId, ChannelStep> channels_;
  bool isClosed_ = false;
  bool hasConnected_ = false;
  bool meetsAnother_ = false;
  std::map<std::string, double> counters_;
};

}  // namespace rtc::sim::whole
