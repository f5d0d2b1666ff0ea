#include "cpp/peer/transport.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::peer {
namespace {

constexpr int64_t kUnixTime = 1'700'000'000;

Endpoint at(std::string_view address) {
  return {*IpAddress::parse(address), 5000};
}

/// Two transports that know each other's candidates, on a network where each datagram takes 5 ms,
/// and one virtual clock.
class TransportPair : public ::testing::Test {
 protected:
  struct Datagram {
    Timestamp at;
    Endpoint source;
    Endpoint destination;
    Bytes data;
  };

  struct End {
    End(ice::Role role, uint64_t seed)
        : random(seed),
          certificate(*dtls::Certificate::generate(dtls::KeyType::kEcdsaP256, random,
                                                   kUnixTime + 86400, kUnixTime)),
          transport(configFor(role), random, nullptr, false) {}

    static ice::AgentConfig configFor(ice::Role role) {
      ice::AgentConfig config;
      config.role = role;
      return config;
    }

    SeededRandom random;
    std::shared_ptr<const dtls::Certificate> certificate;
    Transport transport;
    std::map<ice::InterfaceId, Endpoint> interfaces;
    std::vector<ice::IceTransportState> states;
  };

  void addInterface(End& end, std::string_view address) {
    const ice::InterfaceId id(static_cast<uint32_t>(end.interfaces.size() + 1));
    end.interfaces[id] = at(address);
    end.transport.addInterface(id, at(address), ice::InterfaceKind::kVirtual, 0, now);
  }

  /// The one that the selected pair begins at.
  void removeSelectedInterface(End& end) {
    const ice::LocalCandidateId local = end.transport.ice().selectedPair()->local;
    for (const ice::LocalCandidateInfo& info : end.transport.ice().localCandidates()) {
      if (info.id != local)
        continue;
      const auto gone =
          std::find_if(end.interfaces.begin(), end.interfaces.end(),
                       [&](const auto& one) { return one.second == info.candidate.endpoint; });
      end.transport.ice().removeInterface(gone->first, now);
      end.interfaces.erase(gone);
      break;
    }
    settle();
  }

  void start() {
    a.transport.ice().setLocalCredentials(kOfA, now);
    b.transport.ice().setLocalCredentials(kOfB, now);
    a.transport.ice().setRemoteCredentials(kOfB, false, now);
    b.transport.ice().setRemoteCredentials(kOfA, false, now);
    a.transport.setDtlsParameters(dtls::Role::kClient, b.certificate->fingerprints(), a.certificate,
                                  now);
    b.transport.setDtlsParameters(dtls::Role::kServer, a.certificate->fingerprints(), b.certificate,
                                  now);
    for (End* end : {&a, &b}) {
      end->transport.ice().gather(now);
      end->transport.ice().interfacesComplete(now);
    }
    settle();
  }

  size_t workingPairs(const End& end) const {
    const auto pairs = end.transport.ice().pairs();
    return static_cast<size_t>(std::count_if(pairs.begin(), pairs.end(), [](const auto& pair) {
      return pair.state == ice::PairState::kSucceeded;
    }));
  }

  bool connected() const {
    return a.transport.dtlsState() == DtlsState::kConnected &&
           b.transport.dtlsState() == DtlsState::kConnected;
  }

  /// Lets virtual time pass until `done` or the limit.
  bool runUntil(const std::function<bool()>& done, Duration limit) {
    const Timestamp end = now + limit;
    while (!done()) {
      Timestamp next = earlier(a.transport.deadline(), b.transport.deadline());
      if (!inFlight.empty())
        next = earlier(next, inFlight.front().at);
      if (next > end)
        return false;
      now = std::max(now, next);
      while (!inFlight.empty() && inFlight.front().at <= now) {
        const Datagram datagram = std::move(inFlight.front());
        inFlight.pop_front();
        deliver(datagram);
        settle();
      }
      a.transport.handleTimeout(now);
      b.transport.handleTimeout(now);
      settle();
    }
    return true;
  }

  Timestamp now = Timestamp::milliseconds(1000);
  /// Whether a datagram is lost.
  std::function<bool(const Datagram& datagram)> isLost;
  End a{ice::Role::kControlling, 1};
  End b{ice::Role::kControlled, 2};

 private:
  inline static const ice::Credentials kOfA{"aaaa", "aaaaaaaaaaaaaaaaaaaaaaaa"};
  inline static const ice::Credentials kOfB{"bbbb", "bbbbbbbbbbbbbbbbbbbbbbbb"};

  void settle() {
    drain(a, b);
    drain(b, a);
    drain(a, b);
  }

  void drain(End& end, End& other) {
    while (auto output = end.transport.poll(now)) {
      auto* event = std::get_if<ice::Output>(&*output);
      if (event == nullptr)
        continue;
      if (auto* sent = std::get_if<ice::Transmit>(event)) {
        Datagram datagram{now + Duration::milliseconds(5), end.interfaces.at(sent->interface),
                          sent->destination, std::move(sent->data)};
        if (!isLost || !isLost(datagram))
          inFlight.push_back(std::move(datagram));
      } else if (auto* candidate = std::get_if<ice::LocalCandidate>(event)) {
        other.transport.ice().addRemoteCandidate(candidate->candidate, now);
      } else if (auto* change = std::get_if<ice::ConnectionStateChanged>(event)) {
        end.states.push_back(change->state);
      }
    }
  }

  void deliver(const Datagram& datagram) {
    for (End* end : {&a, &b}) {
      for (const auto& [id, local] : end->interfaces) {
        if (local == datagram.destination)
          end->transport.ice().handleDatagram(id, datagram.source, datagram.data, now);
      }
    }
  }

  std::deque<Datagram> inFlight;
};

// The path is never called lost: there is another one at once.
TEST_F(TransportPair, TheHandshakeGoesOnAsSoonAsAnotherPairTakesOver) {
  addInterface(a, "10.0.0.1");
  addInterface(a, "10.0.1.1");
  addInterface(b, "10.0.0.2");
  isLost = [](const Datagram& datagram) {
    return datagram.data[0] >= 20;
  };
  start();
  ASSERT_TRUE(runUntil(
      [this] {
        return workingPairs(a) == 2 && a.transport.dtls() != nullptr &&
               a.transport.dtls()->deadline() - now > Duration::seconds(3);
      },
      Duration::seconds(30)));
  removeSelectedInterface(a);
  isLost = nullptr;
  // The other end finds out within a second that nothing answers where it sent to. By its own timer
  // the flight would leave after three.
  EXPECT_TRUE(runUntil([this] { return connected(); }, Duration::seconds(2)));
  for (const ice::IceTransportState state : a.states)
    EXPECT_TRUE(state == ice::IceTransportState::kChecking || hasPath(state));
}

}  // namespace
}  // namespace rtc::peer
