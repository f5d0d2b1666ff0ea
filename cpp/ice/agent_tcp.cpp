// Connections to the peer's passive TCP candidates (RFC 6544). Each is made when its pair is first
// checked, and is a base of its own: what comes on it comes from that candidate, and what is sent
// to that candidate from that interface goes on it.
//
// Our active candidates are not signalled: they have no port before there is a connection (section
// 4.5 writes 9), and the peer, who cannot connect to them, learns them from the checks.

#include <algorithm>

#include "cpp/ice/agent.h"
#include "cpp/ice/priority.h"

namespace rtc::ice {
namespace {

// Section 4.5: an active candidate's port is the discard port.
constexpr uint16_t kDiscardPort = 9;
// Checks and answers that wait for the connection.
constexpr size_t kMaxWaiting = 8;

}  // namespace

void Agent::formTcpPairs(Session& session, const RemoteCandidate& remote, Timestamp now) {
  // Forming a pair adds a base.
  const std::vector<Base> bases = bases_;
  for (const Base& base : bases)
    formTcpPair(session, base, remote, now);
}

void Agent::formTcpPair(Session& session, const Base& base, const RemoteCandidate& remote,
                        Timestamp now) {
  const Endpoint& endpoint = remote.candidate.endpoint;
  // Section 6.2: an active candidate goes with passive ones alone.
  if (!config_.connectsTcp || config_.policy != TransportPolicy::kAll || base.isRelay ||
      base.isTcp || remote.candidate.tcpType != TcpType::kPassive ||
      tcpPaths_.size() >= config_.limits.tcpPaths) {
    return;
  }
  for (const TcpPath& path : tcpPaths_) {
    if (path.interface == base.interface && path.remote == endpoint &&
        session.checks.find(path.base, endpoint) != nullptr) {
      return;
    }
  }
  Base own;
  own.id = gatherer_.nextBaseId();
  own.address = Endpoint{base.address.address, kDiscardPort};
  own.interface = base.interface;
  own.localPreference = tcpLocalPreference(base.localPreference);
  own.isTcp = true;
  Candidate candidate;
  candidate.transport = TransportProtocol::kTcp;
  candidate.tcpType = TcpType::kActive;
  candidate.endpoint = own.address;
  candidate.priority = candidatePriority(candidate.type, own.localPreference, candidate.transport);
  candidate.foundation = gatherer_.foundation(candidate.type, own.address.address, "", "tcp");
  bases_.push_back(own);
  addLocal(own.id, std::move(candidate));
  if (formPair(session, own, remote, now) == nullptr) {
    removeBase(own.id, now);
    return;
  }
  tcpPaths_.push_back(TcpPath{own.id, own.interface, endpoint, {}});
}

Agent::TcpPath* Agent::findTcp(BaseId base) {
  const auto found = std::find_if(tcpPaths_.begin(), tcpPaths_.end(),
                                  [base](const TcpPath& path) { return path.base == base; });
  return found == tcpPaths_.end() ? nullptr : &*found;
}

Agent::TcpPath* Agent::findTcp(StreamId stream) {
  const auto found =
      std::find_if(tcpPaths_.begin(), tcpPaths_.end(),
                   [stream](const TcpPath& path) { return path.connection.stream == stream; });
  return found == tcpPaths_.end() ? nullptr : &*found;
}

void Agent::sendTcp(BaseId base, ByteSpan packet) {
  TcpPath* path = findTcp(base);
  Bytes frame = tcpFrame(packet);
  if (path == nullptr || frame.empty())
    return;
  auto& connection = path->connection;
  if (!connection.stream) {
    connection.stream = gatherer_.nextStreamId();
    outputs_.push_back(PeerStreamOpen{*connection.stream, path->interface, path->remote});
  }
  if (connection.isOpen)
    outputs_.push_back(StreamTransmit{*connection.stream, std::move(frame)});
  else if (connection.waiting.size() < kMaxWaiting)
    connection.waiting.push_back(std::move(frame));
}

void Agent::handleTcpOpened(TcpPath& path) {
  auto& connection = path.connection;
  if (connection.isOpen)
    return;
  connection.isOpen = true;
  for (Bytes& frame : std::exchange(connection.waiting, {}))
    outputs_.push_back(StreamTransmit{*connection.stream, std::move(frame)});
}

void Agent::handleTcpData(StreamId stream, ByteSpan data, Timestamp now) {
  TcpPath* path = findTcp(stream);
  path->connection.reader.push(data);
  const BaseId base = path->base;
  const Endpoint remote = path->remote;
  // What a packet brings about may end the connection.
  while ((path = findTcp(stream)) != nullptr) {
    const auto packet = path->connection.reader.next();
    if (!packet)
      break;
    handleFromBase(base, remote, toBytes(*packet), now);
  }
}

// Section 7.1: a connection that broke may be made again. One that was of use is, once; one that
// could not be made has failed.
void Agent::handleTcpClosed(TcpPath& path) {
  path.connection = {};
  for (Session* session : sessions()) {
    if (session == nullptr)
      continue;
    Pair* pair = session->checks.find(path.base, path.remote);
    if (pair == nullptr)
      continue;
    const bool wasValid = pair->valid();
    for (Transaction& transaction : session->transactions) {
      if (transaction.pair == pair->id)
        transaction.cancelled = true, transaction.forgetAt = lastUpdate_;
    }
    pair->check.reset();
    pair->nominated = false;
    if (session->nominating == pair->id)
      session->nominating.reset();
    session->checks.untrigger(*pair);
    pair->state = wasValid ? PairState::kWaiting : PairState::kFailed;
    if (wasValid)
      session->checks.trigger(*pair);
  }
}

void Agent::closeTcp(TcpPath& path) {
  if (path.connection.stream)
    outputs_.push_back(StreamClose{*path.connection.stream});
  path.connection = {};
}

void Agent::removeTcpOf(InterfaceId interface, Timestamp now) {
  std::vector<BaseId> gone;
  for (TcpPath& path : tcpPaths_) {
    if (path.interface != interface)
      continue;
    closeTcp(path);
    gone.push_back(path.base);
  }
  std::erase_if(tcpPaths_, [&](const TcpPath& path) { return path.interface == interface; });
  for (BaseId base : gone)
    removeBase(base, now);
}

// A pair that had to make room, or whose session is over, needs no connection.
void Agent::sweepTcp(Timestamp now) {
  for (size_t i = 0; i < tcpPaths_.size();) {
    TcpPath& path = tcpPaths_[i];
    const auto all = sessions();
    const bool isUsed = std::any_of(all.begin(), all.end(), [&](const Session* session) {
      return session != nullptr && session->checks.find(path.base, path.remote) != nullptr;
    });
    if (isUsed) {
      ++i;
      continue;
    }
    closeTcp(path);
    const BaseId base = path.base;
    tcpPaths_.erase(tcpPaths_.begin() + static_cast<std::ptrdiff_t>(i));
    removeBase(base, now);
  }
}

}  // namespace rtc::ice
