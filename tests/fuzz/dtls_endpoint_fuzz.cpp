// Datagrams from anybody, at every stage of a session, also before it is begun, with or without
// cookies, and with keys of either kind. The input's first byte chooses our role and the stage; the
// rest is a series of datagrams, each with a two-byte length before it and a byte
// that says whether it comes as it is, laid over a genuine one, or after a timeout.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "cpp/dtls/endpoint.h"
#include "tests/fuzz/rsa_certificate.h"

namespace {

using namespace rtc;
using namespace rtc::dtls;

std::shared_ptr<const Certificate> certificate(uint64_t seed) {
  SeededRandom random(seed);
  auto made = Certificate::generate(KeyType::kEcdsaP256, random, 2'000'000'000, 1'700'000'000);
  if (!made.ok())
    std::abort();
  return *made;
}

/// Of the stages before the first step, from kFirstOptions on.
constexpr int kFirstOptions = 30, kCookies = 1, kEarly = 2, kOurRsa = 4, kTheirRsa = 8,
              kOtherHash = 16;

struct Session {
  SeededRandom random{7};
  Timestamp now = Timestamp::milliseconds(1);
  std::unique_ptr<Endpoint> victim;
  std::unique_ptr<Endpoint> partner;
  std::vector<Bytes> towardsVictim;
  bool victimConnected = false;
  /// The partner hears what the victim says (and spends its signatures on it).
  bool partnerListens = false;

  explicit Session(Role role, int options = 0) {
    static const std::shared_ptr<const Certificate> all[] = {certificate(1), certificate(2),
                                                             rtc::fuzz::rsaCertificate()};
    const auto& ours = all[(options & kOurRsa) != 0 ? 2 : 0];
    const auto& theirs = all[(options & kTheirRsa) != 0 ? 2 : 1];
    EndpointConfig config;
    config.role = role;
    config.certificate = ours;
    config.expected = {theirs->fingerprint((options & kOtherHash) != 0 ? HashAlgorithm::kSha384
                                                                       : HashAlgorithm::kSha256)};
    config.cookieExchange = (options & kCookies) != 0;
    victim = createMbedtlsEndpoint(config, random);
    config.role = role == Role::kClient ? Role::kServer : Role::kClient;
    config.certificate = theirs;
    config.expected = ours->fingerprints();
    partner = createMbedtlsEndpoint(config, random);
    if ((options & kEarly) == 0)
      victim->start(now);
    partner->start(now);
  }

  /// Passes on what the victim says; keeps what the partner says.
  void drain() {
    for (int quiet = 0; quiet < 2;) {
      ++quiet;
      while (auto output = victim->poll()) {
        quiet = 0;
        if (auto* transmit = std::get_if<Transmit>(&*output)) {
          if (partnerListens)
            partner->handleDatagram(std::move(transmit->data), now);
        } else if (std::holds_alternative<Connected>(*output)) {
          victimConnected = true;
        } else if (std::holds_alternative<Received>(*output) && !victimConnected) {
          std::abort();  // data before the fingerprint was checked
        }
      }
      while (auto output = partner->poll()) {
        if (auto* transmit = std::get_if<Transmit>(&*output)) {
          towardsVictim.push_back(std::move(transmit->data));
        }
      }
    }
  }

  /// What was said while the partner did not listen is said again.
  void timers() {
    for (Endpoint* each : {victim.get(), partner.get()}) {
      if (each->deadline().isNever())
        continue;
      now = std::max(now, each->deadline());
      each->handleTimeout(now);
    }
  }

  /// Lets the genuine session take one step.
  void step() {
    drain();
    for (Bytes& datagram : std::exchange(towardsVictim, {})) {
      victim->handleDatagram(std::move(datagram), now);
    }
    drain();
  }
};

/// Datagrams by the input's recipe, one after the other.
void attack(Session& session, ByteReader& reader) {
  for (int count = 0; count < 64 && !reader.atEnd(); ++count) {
    const uint8_t manner = *reader.u8();
    const auto length = reader.u16();
    if (!length)
      return;
    Bytes datagram = toBytes(*reader.bytes(std::min<size_t>(*length, reader.remaining())));
    if (manner % 4 == 1 && !session.towardsVictim.empty()) {
      // A genuine datagram with some bytes changed.
      Bytes genuine = session.towardsVictim.front();
      for (size_t i = 0; i + 1 < datagram.size(); i += 2) {
        genuine[(datagram[i] * 5u) % genuine.size()] ^= datagram[i + 1];
      }
      datagram = std::move(genuine);
    } else if (manner % 4 == 2 && !session.victim->deadline().isNever()) {
      session.now = std::max(session.now, session.victim->deadline());
      session.victim->handleTimeout(session.now);
      // Or its timer would come again and again.
      if (session.victim->deadline() <= session.now)
        std::abort();
    }
    session.victim->handleDatagram(std::move(datagram), session.now);
    session.drain();
  }
}

/// An established session, kept from one input to the next: that none of them may end it is what
/// is tested, and a handshake costs a hundred times as much as an input.
Session& established(Role role) {
  static const auto make = [](Role which) {
    auto session = std::make_unique<Session>(which);
    session->partnerListens = true;
    for (int i = 0; i < 3; ++i)
      session->step();
    // A record that never arrived, to be damaged.
    if (!session->partner->send(Bytes(64, 1), session->now))
      std::abort();
    session->drain();
    return session;
  };
  static const std::unique_ptr<Session> sessions[] = {make(Role::kClient), make(Role::kServer)};
  return *sessions[role == Role::kClient ? 0 : 1];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  ByteReader reader({data, size});
  const uint8_t choice = *reader.u8();
  const Role role = (choice & 1) != 0 ? Role::kClient : Role::kServer;
  const int stage = choice >> 1;
  if (stage >= 64) {
    Session& session = established(role);
    attack(session, reader);
    if (session.victim->state() != State::kConnected)
      std::abort();
    return 0;
  }
  const bool hasOptions = stage >= kFirstOptions && stage < 62;
  const int options = hasOptions ? stage - kFirstOptions : 0;
  Session session(role, options);
  if ((options & kEarly) != 0) {
    session.drain();
    attack(session, reader);
    session.drain();
    if (session.victim->state() != State::kNew || !session.victim->deadline().isNever())
      std::abort();  // begun by somebody else
    session.victim->start(session.now);
    session.drain();
  }
  const int steps = stage < 62 ? 0 : stage - 61;
  session.partnerListens = steps > 0;
  for (int i = 0; i < steps; ++i)
    session.step();
  session.drain();
  attack(session, reader);
  if (hasOptions) {
    // Whoever was not attacked connects.
    const bool wasAttacked = size > 1;
    session.partnerListens = true;
    for (int i = 0; i < 4; ++i) {
      session.step();
      session.timers();
    }
    if (!wasAttacked && session.victim->state() != State::kConnected)
      std::abort();
    const bool isConnected = session.victim->state() == State::kConnected;
    if (session.victim->secrets().has_value() != isConnected ||
        session.victim->exportKeyingMaterial("EXPORTER-x", 32).empty() == isConnected)
      std::abort();
  }
  session.victim->close(session.now);
  session.drain();
  return 0;
}
