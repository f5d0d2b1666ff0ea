#pragma once

#include <optional>
#include <string>

#include "cpp/base/address.h"
#include "cpp/base/time.h"
#include "cpp/ice/config.h"
#include "cpp/stun/message.h"

namespace rtc::ice {

/// RFC 8445 section 6.1.2.6; the values of RTCStatsIceCandidatePairState.
enum class PairState : uint8_t { kFrozen, kWaiting, kInProgress, kSucceeded, kFailed };

/// What RTCIceCandidatePairStats counts.
struct PairCounters {
  uint64_t packetsSent = 0;
  uint64_t packetsReceived = 0;
  uint64_t bytesSent = 0;
  uint64_t bytesReceived = 0;
  uint64_t requestsSent = 0;
  uint64_t requestsReceived = 0;
  uint64_t responsesSent = 0;
  uint64_t responsesReceived = 0;
  /// A part of `requestsSent`: those that only ask for consent.
  uint64_t consentRequestsSent = 0;
  Duration totalRoundTripTime;
  std::optional<Duration> currentRoundTripTime;
  Timestamp lastPacketSent = Timestamp::never();
  Timestamp lastPacketReceived = Timestamp::never();
};

/// Consent to send (RFC 7675) on a valid pair.
struct Consent {
  Timestamp lastResponse;
  Timestamp nextRequest = Timestamp::never();
  /// Requests since the last response, and when the first and the second of them left.
  int unanswered = 0;
  Timestamp firstUnanswered = Timestamp::never();
  Timestamp secondUnanswered = Timestamp::never();
  /// The peer has turned to another pair, or the pair that carries data does not answer: the next
  /// two requests follow at once.
  bool doubted = false;
};

/// A candidate pair: a base to send from and a remote address to send to. The base stands for every
/// local candidate that shares it (RFC 8445 section 6.1.2.4 prunes reflexive ones in its favour).
struct Pair {
  PairId id;
  BaseId base;
  Endpoint remoteEndpoint;
  /// The base's own candidate; once valid, the one whose address the peer saw (section 7.2.5.3.1).
  LocalCandidateId local;
  RemoteCandidateId remote;
  uint32_t localPriority = 0;
  uint32_t remotePriority = 0;
  uint64_t priority = 0;
  std::string foundation;

  PairState state = PairState::kFrozen;
  bool nominated = false;
  /// Controlled: USE-CANDIDATE arrived before our own check succeeded (section 7.3.1.5).
  bool nominateOnSuccess = false;
  /// A check from there carried our password: data from there is our peer's.
  bool authenticated = false;
  bool queuedForTriggeredCheck = false;
  /// It is checked though another one is nominated, to be there when that is lost.
  bool standsBy = false;
  /// The check under way was not answered at once: pairs that are like this one wait for it no
  /// more.
  bool isSlow = false;
  /// The transaction whose time-out fails the pair.
  std::optional<stun::TransactionId> check;
  Consent consent;
  PairCounters counters;

  bool valid() const { return state == PairState::kSucceeded; }
};

}  // namespace rtc::ice
