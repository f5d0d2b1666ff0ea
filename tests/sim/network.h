#pragma once

// A small internet in virtual time: hosts on links, NATs and firewalls before them, a core between.
// Seeded: with the same seed and the same calls the same packets arrive at the same times.

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string_view>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "tests/sim/link.h"
#include "tests/sim/nat.h"

namespace rtc::sim {

inline IpAddress ip(std::string_view text) {
  return IpAddress::parse(text).value();
}
inline Endpoint at(std::string_view address, uint16_t port) {
  return Endpoint{ip(address), port};
}

/// One clock, one queue of datagrams in flight, one latency of the core. Hosts are their addresses;
/// one that nothing was said about sits on the core itself.
class Network {
 public:
  /// For `addNat` by name.
  enum class Nat { kFullCone, kAddressRestricted, kPortRestricted, kSymmetric };
  using Handler = std::function<void(const Endpoint& source, Bytes data)>;

  explicit Network(uint64_t seed = 1) : random_(seed) {}

  Duration latency = Duration::milliseconds(10);
  /// Loss in the core, as the test likes it; NATs have translated the packet.
  std::function<bool(const Packet&)> drop;
  /// All that entered the core, while `logs` is set.
  std::vector<Packet> log;
  bool logs = true;

  Timestamp now() const { return now_; }
  void bind(const Endpoint& local, Handler handler) { handlers_[local] = std::move(handler); }
  void unbind(const Endpoint& local) { handlers_.erase(local); }

  /// Puts `inside` behind a NAT that the world sees as `outside`. Several hosts with one outside
  /// address share the NAT, which is made with the first, and reach each other without it.
  void addNat(const IpAddress& inside, const IpAddress& outside, Nat kind);
  sim::Nat& addNat(const IpAddress& inside, const IpAddress& outside, const NatOptions& options);
  /// Both directions of the host's link; packets under way are not touched.
  void setLink(const IpAddress& host, const LinkOptions& options);
  /// A firewall before the host lets no datagram pass, whichever way it goes.
  void blockUdp(const IpAddress& host) { udpBlocked_.insert(host); }

  void send(const Endpoint& from, const Endpoint& to, Bytes data);
  /// From somebody in the core who can claim any source: through the receiver's NAT to its link.
  void inject(Packet packet);
  void after(Duration delay, std::function<void()> action);
  /// A binding server without credentials.
  void addStunServer(const Endpoint& address);
  /// Packets that met this fate, each copy of a duplicated one counted.
  size_t count(Fate fate) const { return fates_[static_cast<size_t>(fate)]; }

  Timestamp nextEvent() const { return events_.empty() ? Timestamp::never() : events_.top().at; }
  /// Advances the clock to `to` and runs what is due there.
  void advance(Timestamp to);

 private:
  struct Host {
    std::unique_ptr<Link> up;
    std::unique_ptr<Link> down;
  };
  struct Event {
    Timestamp at;
    uint64_t sequence;
    std::function<void()> action;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : sequence > other.sequence;
    }
  };
  using Next = void (Network::*)(Packet);
  /// Along a link if there is one, then on with `next`, once for each copy.
  void travel(Link* link, Packet packet, Next next);
  void leave(Packet packet);
  void arrive(Packet packet);
  void enter(Packet packet);
  void settle(Packet packet);
  void note(Fate fate) { ++fates_[static_cast<size_t>(fate)]; }
  sim::Nat* natOf(const IpAddress& inside) const;

  SeededRandom random_;
  Timestamp now_ = Timestamp::milliseconds(1000);
  uint64_t sequence_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::map<Endpoint, Handler> handlers_;
  std::map<IpAddress, Host> hosts_;
  std::map<IpAddress, std::unique_ptr<sim::Nat>> nats_;  // by outside address
  std::map<IpAddress, sim::Nat*> natByInside_;
  std::set<IpAddress> udpBlocked_;
  std::array<size_t, kFates> fates_{};
};

}  // namespace rtc::sim
