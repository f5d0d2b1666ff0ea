#include <utility>

#include "cpp/peer/peer.h"

// The sockets' side: each input goes to the transport that it belongs to.
namespace rtc::peer {

void Peer::addInterface(jsep::TransportId transport, ice::InterfaceId id, const Endpoint& local,
                        ice::InterfaceKind kind, size_t mtu, Timestamp now) {
  Transport* owner = find(transport);
  if (!owner)
    return;
  interfaces_[id] = transport;
  owner->addInterface(id, local, kind, mtu, now);
  pump(now);
}

void Peer::removeInterface(ice::InterfaceId id, Timestamp now) {
  const auto entry = interfaces_.find(id);
  if (entry == interfaces_.end())
    return;
  if (Transport* owner = find(entry->second))
    owner->ice().removeInterface(id, now);
  interfaces_.erase(entry);
  pump(now);
}

void Peer::interfacesComplete(jsep::TransportId transport, Timestamp now) {
  if (Transport* owner = find(transport))
    owner->ice().interfacesComplete(now);
  pump(now);
}

void Peer::handleDatagram(ice::InterfaceId id, const Endpoint& source, Bytes datagram,
                          Timestamp now) {
  const auto entry = interfaces_.find(id);
  if (entry == interfaces_.end())
    return;
  if (Transport* owner = find(entry->second)) {
    owner->ice().handleDatagram(id, source, std::move(datagram), now);
  }
  pump(now);
}

void Peer::setStreamCredentials(StreamId id, std::string username, std::string password) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  if (Transport* owner = find(entry->second.first)) {
    owner->ice().setStreamCredentials(entry->second.second, std::move(username),
                                      std::move(password));
  }
}

void Peer::handleStreamOpened(StreamId id, Timestamp now) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  if (Transport* owner = find(entry->second.first)) {
    owner->ice().handleStreamOpened(entry->second.second, now);
  }
  pump(now);
}

void Peer::handleStreamData(StreamId id, ByteSpan data, Timestamp now) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  if (Transport* owner = find(entry->second.first)) {
    owner->ice().handleStreamData(entry->second.second, data, now);
  }
  pump(now);
}

void Peer::handleStreamClosed(StreamId id, Timestamp now) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  const auto [transport, stream] = entry->second;
  streams_.erase(entry);
  if (Transport* owner = find(transport))
    owner->ice().handleStreamClosed(stream, now);
  pump(now);
}

void Peer::handleResolved(ResolveId id, const std::vector<IpAddress>& addresses, Timestamp now) {
  const auto entry = resolutions_.find(id);
  if (entry == resolutions_.end())
    return;
  const auto [transport, resolution] = entry->second;
  resolutions_.erase(entry);
  if (Transport* owner = find(transport))
    owner->ice().handleResolved(resolution, addresses, now);
  pump(now);
}

}  // namespace rtc::peer
