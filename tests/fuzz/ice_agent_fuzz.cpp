// Datagrams from anybody to an agent in different phases: random ones, and real ones with some
// bytes changed. Whoever does not know a password changes nothing: no state, role, pair, candidate
// nor deadline, and gets no more out of the agent than an error response.

#include <cstdlib>
#include <tuple>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/ice/agent.h"

namespace {

using namespace rtc;
using namespace rtc::ice;

const Endpoint kA{IpAddress::v4({10, 0, 0, 1}), 5000};
const Endpoint kB{IpAddress::v4({10, 0, 0, 2}), 5000};
const Credentials kCredentialsA{"aaaa", "aaaaaaaaaaaaaaaaaaaaaa"};
const Credentials kCredentialsB{"bbbb", "bbbbbbbbbbbbbbbbbbbbbb"};

AgentConfig configFor(Role role) {
  AgentConfig config;
  config.role = role;
  return config;
}

struct World {
  SeededRandom random{1};
  Timestamp now = Timestamp::milliseconds(1000);
  Agent a{configFor(Role::kControlling), random};
  Agent b{configFor(Role::kControlled), random};
  std::vector<Bytes> captured;

  explicit World(int phase) {
    for (Agent* agent : {&a, &b}) {
      agent->setLocalCredentials(agent == &a ? kCredentialsA : kCredentialsB, now);
      agent->addInterface(InterfaceId(1), agent == &a ? kA : kB, InterfaceKind::kUdp, now);
      agent->gather(now);
      agent->interfacesComplete(now);
    }
    Candidate candidate;
    candidate.foundation = "1";
    candidate.priority = 1000;
    candidate.endpoint = kA;
    b.setRemoteCredentials(kCredentialsA, false, now);
    b.addRemoteCandidate(candidate, now);
    if (phase > 0) {
      candidate.endpoint = kB;
      a.setRemoteCredentials(kCredentialsB, false, now);
      a.addRemoteCandidate(candidate, now);
    }
    // Phase 0: before the peer's credentials. 1: checking. 2: connected.
    const int rounds = phase == 2 ? 8 : 1;
    for (int round = 0; round < rounds; ++round) {
      exchange(phase == 2);
      now = now + Duration::milliseconds(20);
      a.handleTimeout(now);
      b.handleTimeout(now);
    }
    drain();
  }

  void exchange(bool deliver) {
    std::vector<Bytes> toA, toB;
    take(a, toB);
    take(b, toA);
    for (Bytes& data : toA) {
      captured.push_back(data);
      if (deliver)
        a.handleDatagram(InterfaceId(1), kB, std::move(data), now);
    }
    for (Bytes& data : toB) {
      captured.push_back(data);
      if (deliver)
        b.handleDatagram(InterfaceId(1), kA, std::move(data), now);
    }
  }
  static void take(Agent& agent, std::vector<Bytes>& out) {
    while (auto output = agent.poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output))
        out.push_back(std::move(transmit->data));
    }
  }
  void drain() {
    while (a.poll()) {
    }
  }
};

auto snapshot(const Agent& agent) {
  std::vector<std::tuple<PairId, PairState, bool, bool, uint64_t>> pairs;
  for (const PairInfo& pair : agent.pairs()) {
    pairs.emplace_back(pair.id, pair.state, pair.nominated, pair.selected,
                       pair.counters.requestsReceived);
  }
  return std::tuple(agent.state(), agent.role(), agent.gatheringState(),
                    agent.remoteCandidates().size(), agent.localCandidates().size(), pairs,
                    agent.deadline());
}

bool isAuthentic(const Bytes& data) {
  const auto message = stun::Message::parse(data);
  return message.ok() && (message->verifyIntegrity(asBytes(kCredentialsA.password)) ||
                          message->verifyIntegrity(asBytes(kCredentialsB.password)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader({data, size});
  World world(reader.u8().value_or(0) % 3);
  const auto before = snapshot(world.a);
  for (int packets = 0; packets < 64 && !reader.atEnd(); ++packets) {
    const uint8_t kind = reader.u8().value_or(0);
    Bytes packet;
    if (kind % 2 == 0 || world.captured.empty()) {
      const size_t length = reader.u8().value_or(0) * 4u;
      packet = toBytes(*reader.bytes(std::min(length, reader.remaining())));
    } else {
      packet = world.captured[reader.u8().value_or(0) % world.captured.size()];
      for (int changes = reader.u8().value_or(0) % 8 + 1; changes > 0 && !packet.empty();
           --changes) {
        const size_t position = reader.u8().value_or(0) % packet.size();
        packet[position] = static_cast<uint8_t>(packet[position] ^ reader.u8().value_or(1));
      }
    }
    if (isAuthentic(packet))
      continue;
    Endpoint source = kB;
    if (kind & 2)
      source.port = static_cast<uint16_t>(source.port + (kind >> 4));
    world.a.handleDatagram(InterfaceId(1), source, std::move(packet), world.now);
    while (auto output = world.a.poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        const auto answer = stun::Message::parse(transmit->data);
        if (!answer.ok() || answer->messageClass() != stun::MessageClass::kError)
          std::abort();
      } else if (!std::holds_alternative<Received>(*output)) {
        std::abort();
      }
    }
    if (snapshot(world.a) != before)
      std::abort();
  }
  return 0;
}
