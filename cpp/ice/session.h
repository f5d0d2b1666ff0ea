#pragma once

#include <optional>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/ice/candidate.h"
#include "cpp/ice/check_list.h"
#include "cpp/ice/config.h"
#include "cpp/stun/message.h"
#include "cpp/stun/transaction_timer.h"

namespace rtc::ice {

struct RemoteCandidate {
  RemoteCandidateId id;
  Candidate candidate;
};

/// A binding request of ours that may still be answered.
struct Transaction {
  enum class Kind : uint8_t { kCheck, kNomination, kConsent };
  stun::TransactionId id;
  PairId pair;
  Kind kind = Kind::kCheck;
  /// The role it was sent in, which a 487 is about.
  Role role = Role::kControlling;
  /// PRIORITY as it was sent: what a peer-reflexive candidate found by it gets.
  uint32_t priority = 0;
  Bytes request;
  /// Cancelled (RFC 8445 section 7.3.1.4): no more retransmissions, no failure; an answer counts.
  bool cancelled = false;
  stun::TransactionTimer timer;
  /// When to forget a consent request or a cancelled check.
  Timestamp forgetAt = Timestamp::never();
  Timestamp lastSent;
};

/// A check that came before the peer's credentials did (RFC 8445 section 7.3).
struct EarlyCheck {
  BaseId base;
  Endpoint source;
  uint32_t priority = 0;
  bool useCandidate = false;
};

/// Data that came as early.
struct EarlyDatagram {
  BaseId base;
  Endpoint source;
  Bytes data;
};

/// Everything that one pair of credentials governs; a restart begins another one.
struct Session {
  explicit Session(size_t pairLimit) : checks(pairLimit) {}

  Credentials local;
  Credentials remote;
  bool remoteLite = false;
  bool remoteEnded = false;
  uint32_t generation = 0;
  /// What was told under our credentials.
  std::vector<LocalCandidateId> told;
  bool toldEnd = false;
  std::vector<RemoteCandidate> remotes;
  size_t peerReflexive = 0;
  CheckList checks;
  std::vector<Transaction> transactions;
  std::vector<EarlyCheck> earlyChecks;
  std::vector<EarlyDatagram> earlyDatagrams;
  /// Checks can run since then.
  Timestamp checkingSince = Timestamp::never();
  /// Since when every pair there is has failed; never while there is none, or one may still
  /// succeed.
  Timestamp hopelessSince = Timestamp::never();
  /// The last time that something gave hope: a candidate, an authenticated message.
  Timestamp lastActivity;
  Timestamp firstValidAt = Timestamp::never();
  /// Controlling: the pair that is being nominated.
  std::optional<PairId> nominating;

  bool canCheck() const { return !local.empty() && !remote.empty(); }
  RemoteCandidate* find(const Endpoint& endpoint) {
    for (RemoteCandidate& remoteCandidate : remotes) {
      const Candidate& c = remoteCandidate.candidate;
      if (c.transport == TransportProtocol::kUdp && c.endpoint == endpoint) {
        return &remoteCandidate;
      }
    }
    return nullptr;
  }
  const RemoteCandidate* find(RemoteCandidateId id) const {
    for (const RemoteCandidate& remoteCandidate : remotes) {
      if (remoteCandidate.id == id)
        return &remoteCandidate;
    }
    return nullptr;
  }
  bool hasNominated() const {
    for (const auto& pair : checks.pairs()) {
      if (pair->nominated && pair->valid())
        return true;
    }
    return false;
  }
};

}  // namespace rtc::ice
