#pragma once

// Two associations, one virtual clock, and a seeded network between them.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/sctp/association.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/packet.h"

namespace rtc::sctp::testing {

struct Network {
  Duration delay = Duration::milliseconds(10);
  /// Added to the delay, uniformly up to this; enough of it reorders.
  Duration jitter = Duration::zero();
  double loss = 0;
  double duplication = 0;
  /// Bytes a second; zero is unlimited. A queue of 200 ms stands before the limit.
  uint64_t bytesPerSecond = 0;
};

/// What one end saw, and the end itself.
struct Peer {
  std::unique_ptr<Association> association;
  std::vector<Output> events;  // all but Transmit and Received
  /// Those that came in pieces are put together.
  std::deque<Received> received;
  std::map<PartId, Bytes> arriving;
  size_t piecesReceived = 0;
  size_t messagesGivenUp = 0;
  std::map<std::pair<uint16_t, uint32_t>, size_t> sentBytes;
  size_t packetsSent = 0;
  std::vector<Bytes> sniffed;  // with `Pair::sniff`

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> result;
    for (const Output& event : events) {
      if (const T* found = std::get_if<T>(&event))
        result.push_back(*found);
    }
    return result;
  }
  template <typename T>
  bool has() const {
    return !all<T>().empty();
  }
  Association* operator->() { return association.get(); }

  void take(Received one) {
    if (!one.part) {
      received.push_back(std::move(one));
      return;
    }
    const MessagePart part = *one.part;
    Bytes& message = arriving[part.id];
    if (part.kind == MessagePart::Kind::kGivenUp) {
      ++messagesGivenUp;
      arriving.erase(part.id);
      return;
    }
    ++piecesReceived;
    if (part.offset != message.size())
      std::abort();  // pieces come in their order
    message.insert(message.end(), one.message.begin(), one.message.end());
    if (part.kind != MessagePart::Kind::kLast)
      return;
    received.push_back({one.stream, one.ppid, std::move(message), one.ordered});
    arriving.erase(part.id);
  }
};

class Pair {
 public:
  explicit Pair(uint64_t seed = 1, AssociationConfig configA = {}, AssociationConfig configB = {})
      : random_(seed), randomA_(seed * 2 + 1000), randomB_(seed * 2 + 1001) {
    a.association = std::make_unique<Association>(configA, randomA_);
    b.association = std::make_unique<Association>(configB, randomB_);
  }

  Peer a;
  Peer b;
  Network network;
  Timestamp now = Timestamp::milliseconds(1000);
  bool sniff = false;
  /// False drops the packet; may change it.
  std::function<bool(bool fromA, Bytes& packet)> filter;
  /// Takes the outputs instead of the peers' lists, in their order.
  std::function<void(bool ofA, Output output)> sink;
  /// More to do after a round of draining; true when it did something.
  std::function<bool()> drainMore;
  /// Called when an end's outputs were drained after an input.
  std::function<void()> onStep;

  /// Both ends set up, the network being as it is.
  bool connect() {
    a->connect(now);
    b->connect(now);
    return runUntil([&] { return established(); }, Duration::seconds(60));
  }
  bool established() {
    return a->state() == State::kEstablished && b->state() == State::kEstablished;
  }

  void drain() {
    for (bool more = true; more;) {
      more = drainOne(a, true);
      more = drainOne(b, false) || more;
      if (drainMore)
        more = drainMore() || more;
    }
  }

  /// Advances to the next packet or timer. False when nothing is left to happen before `limit`.
  bool step(Timestamp limit = Timestamp::never()) {
    drain();
    Timestamp next = earlier(a->deadline(), b->deadline());
    if (!wire_.empty())
      next = earlier(next, wire_.begin()->first.first);
    if (next.isNever() || next > limit) {
      if (!limit.isNever())
        now = std::max(now, limit);
      return false;
    }
    now = std::max(now, next);
    if (a->deadline() <= now)
      a->handleTimeout(now);
    if (b->deadline() <= now)
      b->handleTimeout(now);
    while (!wire_.empty() && wire_.begin()->first.first <= now) {
      auto node = wire_.extract(wire_.begin());
      Packet& packet = node.mapped();
      (packet.fromA ? b : a)->handlePacket(packet.bytes, now);
      drain();
    }
    drain();
    if (onStep)
      onStep();
    return true;
  }

  void runFor(Duration duration) {
    const Timestamp limit = now + duration;
    while (step(limit)) {
    }
  }
  bool runUntil(const std::function<bool()>& done, Duration timeout = Duration::seconds(600)) {
    const Timestamp limit = now + timeout;
    drain();
    while (!done()) {
      if (!step(limit))
        return done();
    }
    return true;
  }
  /// Nothing is queued or unacknowledged on either side.
  bool settle(Duration timeout = Duration::seconds(600)) {
    return runUntil([&] { return wire_.empty() && idle(a) && idle(b); }, timeout);
  }
  size_t packetsOnTheWire() const { return wire_.size(); }

 private:
  struct Packet {
    bool fromA;
    Bytes bytes;
  };

  static bool idle(Peer& peer) {
    const Statistics s = peer->statistics();
    return peer->bufferedAmount() == 0 && s.bytesInFlight == 0 && s.reassemblyBytes == 0;
  }

  bool drainOne(Peer& peer, bool fromA) {
    bool any = false;
    while (auto output = peer->poll()) {
      any = true;
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        ++peer.packetsSent;
        if (sniff)
          peer.sniffed.push_back(transmit->packet);
        put(fromA, std::move(transmit->packet));
      } else if (sink) {
        sink(fromA, std::move(*output));
      } else if (auto* received = std::get_if<Received>(&*output)) {
        peer.take(std::move(*received));
      } else {
        if (auto* sent = std::get_if<SentBytes>(&*output)) {
          peer.sentBytes[{sent->stream.value(), sent->ppid.value()}] += sent->bytes;
        }
        peer.events.push_back(std::move(*output));
      }
    }
    return any;
  }

  double chance() { return static_cast<double>(random_.u32()) / 4294967296.0; }

  void put(bool fromA, Bytes packet) {
    if (filter && !filter(fromA, packet))
      return;
    if (chance() < network.loss)
      return;
    Timestamp departs = now;
    if (network.bytesPerSecond > 0) {
      Timestamp& free = fromA ? freeA_ : freeB_;
      departs = std::max(now, free);
      if (departs - now > Duration::milliseconds(200))
        return;
      departs = departs + Duration::microseconds(static_cast<int64_t>(packet.size()) * 1000000 /
                                                 static_cast<int64_t>(network.bytesPerSecond));
      free = departs;
    }
    if (chance() < network.duplication)
      enqueue(departs, fromA, packet);
    enqueue(departs, fromA, std::move(packet));
  }
  void enqueue(Timestamp departs, bool fromA, Bytes packet) {
    Duration delay = network.delay;
    if (network.jitter > Duration::zero()) {
      delay +=
          Duration::microseconds(random_.below(static_cast<uint32_t>(network.jitter.us()) + 1));
    }
    wire_.emplace(std::pair(departs + delay, sequence_++), Packet{fromA, std::move(packet)});
  }

  SeededRandom random_;
  SeededRandom randomA_;
  SeededRandom randomB_;
  std::map<std::pair<Timestamp, uint64_t>, Packet> wire_;
  uint64_t sequence_ = 0;
  Timestamp freeA_;
  Timestamp freeB_;
};

/// Bytes that depend on a seed and the position.
inline Bytes pattern(size_t size, uint32_t seed = 0) {
  Bytes bytes(size);
  uint32_t x = seed * 2654435761u + 12345;
  for (uint8_t& byte : bytes) {
    x = x * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(x >> 24);
  }
  return bytes;
}

/// The types of a packet's chunks.
inline std::vector<uint8_t> chunkTypes(ByteSpan packet) {
  std::vector<uint8_t> types;
  const auto view = parsePacket(packet, Checksum::kZero);
  if (!view)
    return types;
  ChunkIterator chunks(view->chunks);
  while (const auto chunk = chunks.next())
    types.push_back(chunk->type);
  return types;
}
inline bool hasChunk(ByteSpan packet, ChunkType type) {
  const auto types = chunkTypes(packet);
  return std::find(types.begin(), types.end(), static_cast<uint8_t>(type)) != types.end();
}

/// Fragments of messages, in chunks of either kind.
inline bool hasData(ByteSpan packet) {
  return hasChunk(packet, ChunkType::kData) || hasChunk(packet, ChunkType::kIData);
}

}  // namespace rtc::sctp::testing
