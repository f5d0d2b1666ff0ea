#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/ice/check_list.h"
#include "cpp/ice/config.h"
#include "cpp/ice/events.h"
#include "cpp/ice/gatherer.h"
#include "cpp/ice/session.h"
#include "cpp/ice/tcp_framing.h"

namespace rtc::ice {

struct LocalCandidateInfo {
  LocalCandidateId id;
  Candidate candidate;
  BaseId base;
  /// Its interface or allocation is gone.
  bool removed = false;
};

struct RemoteCandidateInfo {
  RemoteCandidateId id;
  Candidate candidate;
};

/// One pair, for RTCIceCandidatePairStats.
struct PairInfo {
  PairId id;
  LocalCandidateId local;
  RemoteCandidateId remote;
  PairState state = PairState::kFrozen;
  bool nominated = false;
  bool selected = false;
  uint64_t priority = 0;
  PairCounters counters;
};

struct AgentCounters {
  /// Datagrams that were neither STUN nor from a peer that had passed a check.
  uint64_t droppedDatagrams = 0;
  /// STUN messages that failed parsing, USERNAME, integrity or the match with a request.
  uint64_t refusedMessages = 0;
  uint64_t selectedPairChanges = 0;
};

/// A full ICE agent (RFC 8445) for one data stream with one component, as BUNDLE and rtcp-mux leave
/// it, with trickle (RFC 8838) and consent (RFC 7675).
///
/// After every input drain `poll()`, then ask `deadline()`. No function calls back, so all may be
/// called between two polls. Nothing but `send`, `setRole` and `restart` has an error to report:
/// what a peer or a server does wrong shows in states, `CandidateError` and counters.
///
/// Order of calls: `setLocalCredentials`, `gather`, interfaces as they come, `interfacesComplete`;
/// `setRemoteCredentials`, remote candidates as they come, `endOfRemoteCandidates`. The two chains
/// are independent of each other.
class Agent {
 public:
  /// `random` must outlive the agent.
  Agent(AgentConfig config, RandomSource& random);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // --- configuration

  /// Our own ufrag and password. Candidates that were gathered before are emitted now. To change
  /// the credentials later is a `restart`.
  void setLocalCredentials(Credentials credentials, Timestamp now);
  /// The peer's. Other ones than before mean that the peer restarts (RFC 8445 section 9): its
  /// candidates start from none, and the pair in use carries data until a new one is nominated.
  /// Our half is `restart`, or `setLocalCredentials` with the ones from before where ours stay.
  void setRemoteCredentials(Credentials credentials, bool lite, Timestamp now);
  /// What signalling determined (section 6.1.1). No effect while a lite peer makes us controlling.
  void setRole(Role role, Timestamp now);
  Role role() const { return role_; }
  /// Servers and policy for the next `gather` or `restart`.
  void configure(std::vector<Server> servers, TransportPolicy policy);

  // --- gathering

  void gather(Timestamp now);
  /// New credentials of our own, announced to the peer or answering its restart. Candidates are
  /// emitted again with the new ufrag.
  void restart(Credentials local, Timestamp now);
  /// Takes restarts that the peer has not answered back (rollback of the description that announced
  /// them): credentials, remote candidates and pairs are those that belong to `local`, our
  /// credentials from before. Candidates found since are told under these as well. False when
  /// there is nothing to go back to.
  bool cancelRestart(const Credentials& local, Timestamp now);
  void addInterface(InterfaceId id, const Endpoint& local, InterfaceKind kind, Timestamp now);
  void removeInterface(InterfaceId id, Timestamp now);
  /// The embedding knows of no further interface for now; one that comes later is welcome.
  void interfacesComplete(Timestamp now);
  void handleResolved(ResolveId id, const std::vector<IpAddress>& addresses, Timestamp now);

  // --- the peer

  /// A candidate that was signalled. Ignored: another component, another ufrag than the peer's
  /// current one, a duplicate, one beyond the limit.
  void addRemoteCandidate(Candidate candidate, Timestamp now);
  void endOfRemoteCandidates(Timestamp now);

  // --- transport

  void handleDatagram(InterfaceId id, const Endpoint& source, Bytes data, Timestamp now);
  /// Fresh credentials for a stream that is not open yet, in place of the configuration's.
  void setStreamCredentials(StreamId id, std::string username, std::string password);
  void handleStreamOpened(StreamId id, Timestamp now);
  void handleStreamData(StreamId id, ByteSpan data, Timestamp now);
  void handleStreamClosed(StreamId id, Timestamp now);
  /// Sends on the selected pair, or before nomination on the best valid one (section 12.1). False
  /// when there is none: the datagram is dropped.
  bool send(Bytes data, Timestamp now);
  /// Final. Allocations are given back; drain `poll()` once more for that.
  void close(Timestamp now);

  std::optional<Output> poll();
  Timestamp deadline() const;
  /// Harmless when early.
  void handleTimeout(Timestamp now);

  // --- inspection

  IceTransportState state() const { return state_; }
  GatheringState gatheringState() const { return gatheringState_; }
  const Credentials& localCredentials() const { return current_->local; }
  const Credentials& remoteCredentials() const { return current_->remote; }
  std::vector<PairInfo> pairs() const;
  const std::vector<LocalCandidateInfo>& localCandidates() const { return locals_; }
  std::vector<RemoteCandidateInfo> remoteCandidates() const;
  std::optional<PairInfo> selectedPair() const;
  /// Whether that is still the pair from before a restart.
  bool carriesPrevious() const { return carrierInPrevious_; }
  /// Counts restarts, the peer's and ours.
  uint32_t generation() const { return current_->generation; }
  const AgentCounters& counters() const { return counters_; }

 private:
  // agent_candidates.cpp: candidates and pairs.
  void emitLocal(const LocalCandidateInfo& info);
  void emitUntold();
  static bool isSignalled(const Candidate& candidate);
  void emitRemoved(const LocalCandidateInfo& info);
  void emitEnd();
  LocalCandidateId addLocal(BaseId base, Candidate candidate);
  void addBase(const Base& base, Candidate candidate, Timestamp now);
  void removeBase(BaseId base, Timestamp now);
  void forgetRemoved();
  void refusePeer(BaseId base, const IpAddress& peer);
  static void standBy(Pair& pair);
  void addReflexive(BaseId base, Candidate candidate);
  void addResolvedCandidate(Session& session, Candidate candidate, Timestamp now);
  const Base* findBase(BaseId id) const;
  bool isUsable(const Base& base) const;
  const LocalCandidateInfo* findLocal(LocalCandidateId id) const;
  bool hasLocalCandidate() const;
  void formPairs(Session& session, const RemoteCandidate& remote, Timestamp now);
  Pair* formPair(Session& session, const Base& base, const RemoteCandidate& remote, Timestamp now);

  // agent_tcp.cpp: connections to TCP candidates of the peer.
  struct TcpPath {
    BaseId base;
    InterfaceId interface;
    Endpoint remote;
    struct Connection {
      std::optional<StreamId> stream;
      bool isOpen = false;
      /// Frames for when it is.
      std::vector<Bytes> waiting;
      TcpFrameReader reader;
    } connection;
  };
  void formTcpPairs(Session& session, const RemoteCandidate& remote, Timestamp now);
  void formTcpPair(Session& session, const Base& base, const RemoteCandidate& remote,
                   Timestamp now);
  TcpPath* findTcp(BaseId base);
  TcpPath* findTcp(StreamId stream);
  void sendTcp(BaseId base, ByteSpan packet);
  void handleTcpOpened(TcpPath& path);
  void handleTcpData(StreamId stream, ByteSpan data, Timestamp now);
  void handleTcpClosed(TcpPath& path);
  void closeTcp(TcpPath& path);
  void removeTcpOf(InterfaceId interface, Timestamp now);
  void sweepTcp(Timestamp now);

  // agent.cpp: inputs, and the way of a datagram.
  void drainGatherer(Timestamp now);
  void beginSession();
  void handleFromBase(BaseId base, const Endpoint& source, Bytes data, Timestamp now);
  void handleData(BaseId base, const Endpoint& source, Bytes data, Timestamp now);
  void transmit(BaseId base, const Endpoint& destination, Bytes data, Timestamp now);
  void flushEarly(Timestamp now);
  PairInfo infoOf(const Pair& pair, bool inPrevious) const;

  // agent_checks.cpp: connectivity checks and their answers.
  void handleStun(BaseId base, const Endpoint& source, const Bytes& data, Timestamp now);
  void handleRequest(BaseId base, const Endpoint& source, const stun::Message& request,
                     Timestamp now);
  void respond(BaseId base, const Endpoint& source, Bytes response, Timestamp now);
  bool loses(const stun::Message& request);
  void handleCheckFrom(Session& session, const EarlyCheck& check, Timestamp now);
  void handleResponse(BaseId base, const Endpoint& source, const stun::Message& response,
                      Timestamp now);
  void handleSuccess(Session& session, const Transaction& transaction, Pair& pair,
                     const Endpoint& mapped, Timestamp now);
  void handleRoleConflict(Session& session, const Transaction& transaction, Pair& pair);
  LocalCandidateId localSeenAs(const Pair& pair, const Endpoint& mapped, uint32_t priority);
  void sendCheck(Session& session, Pair& pair, Timestamp now);
  void sendConsent(Session& session, Pair& pair, Timestamp now);
  std::optional<Transaction> startTransaction(const Session& session, Pair& pair,
                                              Transaction::Kind kind, Timestamp now);
  void sendDueChecks(Timestamp now);
  void sendDueConsents(Session& session, Timestamp now);
  void runTransactions(Session& session, Timestamp now);
  void switchRole(Role role);
  void markNominated(Session& session, Pair& pair, Timestamp now);
  Duration consentDelay(const Pair& pair);
  bool isCarrier(const Pair& pair) const { return carrier_ == pair.id; }

  // agent_state.cpp: nomination, selection, states, time.
  void settle(Timestamp now);
  void update(Timestamp now);
  void nominate(Timestamp now);
  bool awaitsNomination(Timestamp now) const;
  Timestamp nominationTime(const Pair& best) const;
  enum class Nominated { kRequired, kAny };
  /// `kRequired`: it answers, as far as is known. `kCertain`: that is not in doubt either.
  enum class Healthy { kCertain, kRequired, kAny };
  Pair* bestValid(const Session& session, Nominated nominated, Healthy healthy,
                  Timestamp now) const;
  Timestamp unhealthyAt(const Pair& pair) const;
  bool isHealthy(const Pair& pair, Timestamp now) const { return now < unhealthyAt(pair); }
  Timestamp doubtfulAt(const Pair& pair) const;
  Timestamp consentEnd(const Pair& pair) const {
    return pair.consent.lastResponse + config_.timings.consentExpiry;
  }
  void doubtCarrier(const Pair& other, Timestamp now);
  static void doubt(Pair& pair, Timestamp from);
  bool checksOrdinarily(Timestamp now) const;
  Pair* carrier() const;
  void selectCarrier(Timestamp now);
  bool allCandidatesAreKnown() const;
  bool mayGainCandidates() const;
  void forgetLoss();
  Timestamp restartNeededAt() const;
  void probeRelays(Timestamp now);
  Timestamp resignationTime() const;
  IceTransportState computeState(Timestamp now) const;
  Timestamp failureTime() const;
  void setState(IceTransportState state);
  void setGatheringState(GatheringState state);
  /// All that are alive, the current one first; null for one that there is not.
  std::array<Session*, 3> sessions() const {
    return {current_.get(), previous_.get(), replaced_.get()};
  }
  /// While the peer has not answered our restart, what was before may come back.
  bool isPast(const Session& session) const {
    return &session != current_.get() && !current_->remote.empty();
  }
  bool isOver() const {
    return state_ == IceTransportState::kFailed || state_ == IceTransportState::kClosed;
  }

  AgentConfig config_;
  RandomSource& random_;
  Gatherer gatherer_;
  Role role_;
  uint64_t tieBreaker_;
  Queue<Output> outputs_;
  bool draining_ = false;
  /// Something other than data happened; see `settle`.
  bool needsUpdate_ = false;
  Timestamp lastUpdate_;

  GatheringState gatheringState_ = GatheringState::kNew;
  IceTransportState state_ = IceTransportState::kNew;
  std::vector<Base> bases_;
  std::vector<TcpPath> tcpPaths_;
  std::vector<LocalCandidateInfo> locals_;
  std::unique_ptr<Session> current_;
  /// The one before a restart, while its pair may still carry data.
  std::unique_ptr<Session> previous_;
  /// What our restart replaced, when `previous_` has an older one whose pair carries data: it waits
  /// for the peer to answer, or for us to take the restart back.
  std::unique_ptr<Session> replaced_;
  Timestamp previousExpiry_ = Timestamp::never();
  struct Resolving {
    uint32_t generation = 0;
    Candidate candidate;
  };
  std::map<ResolveId, Resolving> resolving_;

  /// The pair that carries data.
  std::optional<PairId> carrier_;
  bool carrierInPrevious_ = false;
  Timestamp nextCheckAt_;
  /// When the last valid pair went away with its base, and when the peer's consent for it would
  /// have ended.
  Timestamp lostAt_ = Timestamp::never();
  Timestamp returnBy_ = Timestamp::never();
  /// When the youngest base came.
  Timestamp baseAddedAt_;
  bool restartTold_ = false;
  uint32_t lastLocal_ = 0;
  uint32_t lastRemote_ = 0;
  uint32_t lastPair_ = 0;
  uint32_t lastGeneration_ = 0;
  AgentCounters counters_;
};

}  // namespace rtc::ice
