#include "tests/sim/whole/watch.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>

namespace rtc::sim::whole {
namespace {

using ice::IceTransportState;
using peer::DtlsState;
using peer::SctpState;

/// webrtc-pc section 5.6.3: the figure of RTCIceTransportState and the text under it. An ICE
/// restart leads to "checking" from "disconnected" and "failed", and to "connected" from
/// "completed".
bool isEdge(IceTransportState from, IceTransportState to) {
  switch (to) {
    case IceTransportState::kNew:
      return false;
    case IceTransportState::kChecking:
      return from == IceTransportState::kNew || from == IceTransportState::kDisconnected ||
             from == IceTransportState::kFailed || from == IceTransportState::kConnected ||
             from == IceTransportState::kCompleted;
    case IceTransportState::kConnected:
      return from == IceTransportState::kChecking || from == IceTransportState::kCompleted ||
             from == IceTransportState::kDisconnected;
    case IceTransportState::kCompleted:
      return from == IceTransportState::kChecking || from == IceTransportState::kConnected ||
             from == IceTransportState::kDisconnected;
    case IceTransportState::kDisconnected:
      return from == IceTransportState::kChecking || from == IceTransportState::kConnected ||
             from == IceTransportState::kCompleted;
    case IceTransportState::kFailed:
      return from != IceTransportState::kNew && from != IceTransportState::kClosed;
    case IceTransportState::kClosed:
      return from != IceTransportState::kClosed;
  }
  return false;
}

/// webrtc-pc section 5.5.1. "connected" goes back to "connecting" only for another peer's
/// fingerprints.
bool isEdge(DtlsState from, DtlsState to) {
  switch (to) {
    case DtlsState::kNew:
      return false;
    case DtlsState::kConnecting:
      return from == DtlsState::kNew;
    case DtlsState::kConnected:
      return from == DtlsState::kConnecting;
    case DtlsState::kClosed:
      return from != DtlsState::kClosed && from != DtlsState::kFailed;
    case DtlsState::kFailed:
      return from == DtlsState::kNew || from == DtlsState::kConnecting ||
             from == DtlsState::kConnected;
  }
  return false;
}

bool isEdge(ice::GatheringState from, ice::GatheringState to) {
  using State = ice::GatheringState;
  switch (to) {
    case State::kNew:
      return false;
    case State::kGathering:
      return from != State::kGathering;
    case State::kComplete:
      return from == State::kGathering;
  }
  return false;
}

bool isEdge(SctpState from, SctpState to) {
  return from != to && from != SctpState::kClosed && to != SctpState::kConnecting;
}

template <typename State>
Verdict move(State& state, State to, const char* what) {
  if (!isEdge(state, to)) {
    return "[edges] " + std::string(what) + " from " + toString(state) + " to " + toString(to);
  }
  state = to;
  return std::nullopt;
}

bool concernsSockets(const peer::Output& output) {
  return std::holds_alternative<peer::SendDatagram>(output) ||
         std::holds_alternative<peer::SendStream>(output) ||
         std::holds_alternative<peer::CloseStream>(output) ||
         std::holds_alternative<peer::CloseInterfaces>(output);
}

/// Members of webrtc-stats that count up. Not packetsLost, which late packets take from (RFC 3550
/// section 6.4.1), and not estimates and states of the moment.
bool counts(std::string_view member) {
  static constexpr std::string_view kCounters[] = {"bytesReceived",
                                                   "bytesSent",
                                                   "consentRequestsSent",
                                                   "dataChannelsClosed",
                                                   "dataChannelsOpened",
                                                   "fecPacketsReceived",
                                                   "firCount",
                                                   "framesReceived",
                                                   "framesSent",
                                                   "freezeCount",
                                                   "headerBytesReceived",
                                                   "headerBytesSent",
                                                   "jitterBufferEmittedCount",
                                                   "messagesReceived",
                                                   "messagesSent",
                                                   "nackCount",
                                                   "packetsDiscarded",
                                                   "packetsReceived",
                                                   "packetsSent",
                                                   "pliCount",
                                                   "requestsReceived",
                                                   "requestsSent",
                                                   "responsesReceived",
                                                   "responsesSent",
                                                   "retransmittedBytesReceived",
                                                   "retransmittedBytesSent",
                                                   "retransmittedPacketsReceived",
                                                   "retransmittedPacketsSent",
                                                   "selectedCandidatePairChanges",
                                                   "totalRoundTripTime",
                                                   "roundTripTimeMeasurements",
                                                   "totalPacketSendDelay",
                                                   "totalFreezesDuration",
                                                   "jitterBufferDelay"};
  return std::find(std::begin(kCounters), std::end(kCounters), member) != std::end(kCounters);
}

}  // namespace

Watch::TransportStates* Watch::stateOf(jsep::TransportId id) {
  last_ = id;
  return &transports_[id];
}

IceTransportState Watch::ice() const {
  const auto found = transports_.find(last_);
  return found == transports_.end() ? IceTransportState::kNew : found->second.ice;
}

DtlsState Watch::dtls() const {
  const auto found = transports_.find(last_);
  return found == transports_.end() ? DtlsState::kNew : found->second.dtls;
}

Verdict Watch::noteTransport(const peer::Output& output) {
  const auto at = [&](jsep::TransportId id) -> TransportStates* {
    TransportStates* states = stateOf(id);
    return states->isClosed ? nullptr : states;
  };
  static const std::string kGone = "[nothing after close] of a transport that is closed: ";
  if (const auto* ice = std::get_if<peer::IceStateChanged>(&output)) {
    TransportStates* states = at(ice->transport);
    return states ? move(states->ice, ice->state, "ICE") : kGone + "ICE state";
  }
  if (const auto* gathering = std::get_if<peer::IceGatheringStateChanged>(&output)) {
    TransportStates* states = at(gathering->transport);
    return states ? move(states->gathering, gathering->state, "gathering") : kGone + "gathering";
  }
  if (const auto* dtls = std::get_if<peer::DtlsStateChanged>(&output)) {
    hasConnected_ = hasConnected_ || dtls->state == DtlsState::kConnected;
    TransportStates* states = at(dtls->transport);
    if (states == nullptr)
      return kGone + "DTLS state";
    if (dtls->state == DtlsState::kConnected && dtls->remoteCertificates.empty())
      return "[authentication] DTLS is connected without a certificate";
    if (dtls->state == DtlsState::kConnected && states->ice == IceTransportState::kNew)
      return "[edges] DTLS is connected before ICE checked anything";
    if (meetsAnother_ && dtls->state == DtlsState::kConnecting &&
        states->dtls == DtlsState::kConnected)
      states->dtls = DtlsState::kNew;
    return move(states->dtls, dtls->state, "DTLS");
  }
  if (const auto* closed = std::get_if<peer::TransportClosed>(&output)) {
    if (std::exchange(stateOf(closed->transport)->isClosed, true))
      return "[nothing after close] a transport is closed twice";
  }
  return std::nullopt;
}

Verdict Watch::noteChannel(const datachannel::Output& output) {
  const auto open = [&](datachannel::ChannelId id) -> Verdict {
    if (!channels_.emplace(id, ChannelStep::kOpen).second)
      return "[edges] a channel opens twice";
    return std::nullopt;
  };
  if (const auto* opened = std::get_if<datachannel::ChannelOpened>(&output))
    return open(opened->channel);
  if (const auto* announced = std::get_if<datachannel::ChannelAnnounced>(&output))
    return open(announced->channel);
  if (const auto* message = std::get_if<datachannel::MessageReceived>(&output)) {
    const auto found = channels_.find(message->channel);
    if (found == channels_.end())
      return "[edges] a message on a channel that has not opened";
    if (found->second == ChannelStep::kClosed)
      return "[nothing after close] a message on a channel that is closed";
    return std::nullopt;
  }
  if (const auto* closing = std::get_if<datachannel::ChannelClosing>(&output)) {
    const auto found = channels_.find(closing->channel);
    if (found == channels_.end() || found->second != ChannelStep::kOpen)
      return "[edges] a channel that is not open begins to close";
    found->second = ChannelStep::kClosing;
    return std::nullopt;
  }
  if (const auto* closed = std::get_if<datachannel::ChannelClosed>(&output)) {
    ChannelStep& step = channels_[closed->channel];
    if (step == ChannelStep::kClosed)
      return "[nothing after close] a channel closes twice";
    step = ChannelStep::kClosed;
  }
  return std::nullopt;
}

Verdict Watch::note(const peer::Output& output) {
  if (isClosed_ && !concernsSockets(output)) {
    return "[nothing after close] an output of kind " + std::to_string(output.index()) +
           " after close()";
  }
  if (const auto* event = std::get_if<datachannel::Output>(&output))
    return noteChannel(*event);
  if (const auto* change = std::get_if<peer::SctpStateChanged>(&output))
    return move(sctp_, change->state, "SCTP");
  return noteTransport(output);
}

Verdict Watch::noteStats(const std::vector<peer::StatsRecord>& records, bool isPeerHonest) {
  std::set<std::string> ids;
  for (const peer::StatsRecord& record : records) {
    if (!ids.insert(record.id).second)
      return "[stats] two records are called " + record.id;
    for (const auto& [name, value] : record.members) {
      const double* number = std::get_if<double>(&value);
      if (number == nullptr)
        continue;
      if (!std::isfinite(*number))
        return "[stats] " + record.id + "." + name + " is no number";
      if (!counts(name))
        continue;
      const bool isByPeer = record.type == "inbound-rtp" || record.type == "remote-outbound-rtp";
      if (!isPeerHonest && isByPeer)
        continue;
      double& before = counters_[record.id + "." + name];
      // Sums of durations are in seconds.
      if (*number < before - 1e-9) {
        return "[stats] " + record.type + " " + record.id + "." + name + " fell from " +
               std::to_string(before) + " to " + std::to_string(*number);
      }
      before = *number;
    }
  }
  return std::nullopt;
}

Verdict Watch::compare(const peer::Peer& peer) const {
  if (peer.closed())
    return std::nullopt;
  for (const auto& slot : peer.transports()) {
    const auto found = transports_.find(slot.id);
    const TransportStates states = found == transports_.end() ? TransportStates{} : found->second;
    if (slot.transport->ice().state() != states.ice) {
      return std::string("[edges] ICE is ") + toString(slot.transport->ice().state()) +
             ", and said to be " + toString(states.ice);
    }
    if (slot.transport->dtlsState() != states.dtls) {
      return std::string("[edges] DTLS is ") + toString(slot.transport->dtlsState()) +
             ", and said to be " + toString(states.dtls);
    }
  }
  return std::nullopt;
}

}  // namespace rtc::sim::whole
