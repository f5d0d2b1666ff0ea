#include "tests/sim/whole/node.h"

#include <algorithm>
#include <utility>

#include "cpp/stun/demux.h"

namespace rtc::sim::whole {
namespace {

/// What an operating system keeps for a process that does not read.
constexpr size_t kSocketBuffer = 256;

}  // namespace

Node::Node(const Environment& environment, memory::Owner owner, const IpAddress& address,
           uint64_t seed, peer::Configuration configuration)
    : environment_(environment), owner_(owner), address_(address), chance_(seed) {
  const memory::For scope(owner_);
  peer_ = std::make_unique<peer::Peer>(configuration, chance_, now());
}

Node::~Node() {
  *isAlive_ = false;
}

void Node::violated(Verdict verdict) {
  if (verdict)
    environment_.onViolation(std::move(*verdict));
}

Timestamp Node::deadline() const {
  if (!peer_ || environment_.network.now() < runsAgain_)
    return Timestamp::never();
  const Timestamp due = peer_->deadline();
  return due.isNever() ? due : due - ahead_ + environment_.timerLag;
}

void Node::handleTimeoutIfDue() {
  if (!peer_ || deadline() > environment_.network.now())
    return;
  {
    const memory::For scope(owner_);
    peer_->handleTimeout(now());
  }
  drain();
  if (!peer_ || peer_->deadline() > now())
    return;
  const auto text = [](Timestamp time) {
    return time.isNever() ? std::string("never") : std::to_string(time.us());
  };
  std::string what = "[timers] after a timeout at " + text(now()) + " us the deadline is at " +
                     text(peer_->deadline()) + " us;";
  for (const auto& slot : peer_->transports()) {
    what += " ICE " + text(slot.transport->ice().deadline()) + ", with DTLS " +
            text(slot.transport->deadline());
  }
  violated(std::move(what));
}

void Node::whenRunning(std::function<void()> action) {
  if (!peer_)
    return;
  if (environment_.network.now() < runsAgain_)
    waiting_.push_back(std::move(action));
  else
    action();
}

void Node::standStill(Duration time) {
  const Timestamp until = environment_.network.now() + time;
  if (until <= runsAgain_)
    return;
  runsAgain_ = until;
  environment_.network.after(time, [this, alive = isAlive_] {
    if (!*alive || environment_.network.now() < runsAgain_)
      return;
    waitingDatagrams_ = 0;
    for (auto& action : std::exchange(waiting_, {}))
      action();
  });
}

void Node::openSocket(jsep::TransportId transport) {
  for (const auto& [id, socket] : sockets_) {
    if (socket.transport == transport && socket.local.address == address_)
      return;
  }
  const ice::InterfaceId id(++lastSocket_);
  const Endpoint local{address_, nextPort_++};
  sockets_[id] = {transport, local};
  environment_.network.bind(local, [this, id](const Endpoint& source, Bytes data) {
    if (data.size() >= 2 && data[0] == 0x01 && data[1] == 0x01)
      answered_.insert(source);
    const bool waits = environment_.network.now() < runsAgain_;
    if (waits && ++waitingDatagrams_ > kSocketBuffer)
      return;
    whenRunning([this, id, source, data = std::move(data)]() mutable {
      if (peer_)
        call([&](peer::Peer& peer, Timestamp now) {
          peer.handleDatagram(id, source, std::move(data), now);
        });
    });
  });
  call([&](peer::Peer& peer, Timestamp now) {
    peer.addInterface(transport, id, local, ice::InterfaceKind::kVirtual, 0, now);
  });
}

void Node::closeSockets(jsep::TransportId transport) {
  std::erase_if(sockets_, [&](const auto& entry) {
    if (entry.second.transport != transport)
      return false;
    environment_.network.unbind(entry.second.local);
    return true;
  });
}

void Node::move(const IpAddress& address) {
  address_ = address;
  std::vector<ice::InterfaceId> gone;
  for (const auto& [id, socket] : sockets_) {
    environment_.network.unbind(socket.local);
    gone.push_back(id);
  }
  sockets_.clear();
  for (const ice::InterfaceId id : gone)
    call([&](peer::Peer& peer, Timestamp now) { peer.removeInterface(id, now); });
  for (const jsep::TransportId transport : std::vector(transports_))
    openSocket(transport);
}

void Node::openStream(peer::StreamId id) {
  streams_[id] = std::nullopt;
  const auto closed = [this, id, alive = isAlive_] {
    if (!*alive)
      return;
    whenRunning([this, id] {
      if (streams_.erase(id) > 0 && peer_)
        call([&](peer::Peer& peer, Timestamp now) { peer.handleStreamClosed(id, now); });
    });
  };
  environment_.network.after(environment_.network.latency * 2, [this, id, closed,
                                                                alive = isAlive_] {
    if (!*alive || !streams_.contains(id))
      return;
    if (environment_.relay == nullptr || environment_.relay->isDown()) {
      closed();
      return;
    }
    streams_[id] = environment_.relay->openStream(
        {address_, 1},
        [this, id, alive](Bytes data) {
          if (!*alive)
            return;
          whenRunning([this, id, data = std::move(data)] {
            if (peer_ && streams_.contains(id))
              call([&](peer::Peer& peer, Timestamp now) { peer.handleStreamData(id, data, now); });
          });
        },
        closed);
    whenRunning([this, id] {
      if (peer_ && streams_.contains(id))
        call([&](peer::Peer& peer, Timestamp now) { peer.handleStreamOpened(id, now); });
    });
  });
}

void Node::drain() {
  // What an output leads to is drained by who is draining already.
  if (isDraining_)
    return;
  isDraining_ = true;
  while (peer_) {
    std::optional<peer::Output> output;
    {
      const memory::For scope(owner_);
      output = peer_->poll();
    }
    if (!output)
      break;
    handle(std::move(*output));
  }
  isDraining_ = false;
  if (!peer_)
    return;
  mostBytes_ = std::max(mostBytes_, memory::bytesOf(owner_));
  violated(watch_.compare(*peer_));
}

void Node::handle(peer::Output output) {
  const memory::For scope(memory::Owner::kSimulation);
  violated(watch_.note(output));
  if (auto* open = std::get_if<peer::OpenInterfaces>(&output)) {
    if (std::find(transports_.begin(), transports_.end(), open->transport) == transports_.end())
      transports_.push_back(open->transport);
    openSocket(open->transport);
    call([&](peer::Peer& peer, Timestamp now) { peer.interfacesComplete(open->transport, now); });
  } else if (auto* close = std::get_if<peer::CloseInterfaces>(&output)) {
    std::erase(transports_, close->transport);
    closeSockets(close->transport);
  } else if (auto* datagram = std::get_if<peer::SendDatagram>(&output)) {
    if (const auto from = sockets_.find(datagram->interface); from != sockets_.end()) {
      // RFC 8827 section 5.3: nothing but checks goes to an address that has not answered one.
      const stun::PacketKind kind = stun::classify(datagram->data);
      if ((kind == stun::PacketKind::kDtls || kind == stun::PacketKind::kRtp) &&
          !answered_.contains(datagram->destination))
        violated("[consent] data for an address that has answered no check");
      environment_.network.send(from->second.local, datagram->destination,
                                Bytes(datagram->data.begin(), datagram->data.end()));
    }
  } else if (auto* stream = std::get_if<peer::OpenStream>(&output)) {
    openStream(stream->stream);
  } else if (auto* bytes = std::get_if<peer::SendStream>(&output)) {
    const auto found = streams_.find(bytes->stream);
    if (found == streams_.end() || !found->second)
      violated("[streams] bytes for a stream that is not open");
    else
      environment_.relay->streamData(*found->second, Bytes(bytes->data.begin(), bytes->data.end()));
  } else if (auto* shut = std::get_if<peer::CloseStream>(&output)) {
    const auto found = streams_.find(shut->stream);
    if (found == streams_.end())
      violated("[streams] a stream is closed that is not there");
    else if (const auto client = std::exchange(found->second, std::nullopt); true) {
      streams_.erase(found);
      if (client)
        environment_.relay->streamClosed(*client);
    }
  } else {
    environment_.onOutput(*this, std::move(output));
  }
}

void Node::close() {
  {
    const memory::For scope(owner_);
    peer_->close(now());
  }
  watch_.closed();
  drain();
}

void Node::destroy() {
  waiting_.clear();
  peer_.reset();
}

}  // namespace rtc::sim::whole
