#pragma once

// One plan carried out: two machines, the relay and the network between them, in virtual time, with
// what must hold checked at every step.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/channels/ledger.h"
#include "tests/sim/network.h"
#include "tests/sim/whole/node.h"
#include "tests/sim/whole/plan.h"
#include "tests/sim/whole/watch.h"

namespace rtc::sim::whole {

/// What happened in a world, or in many.
struct Figures {
  uint64_t worlds = 0;
  /// In which data could be sent, and in which it still could at the end.
  uint64_t connected = 0;
  uint64_t lasting = 0;
  uint64_t events = 0;
  uint64_t packets = 0;
  uint64_t forged = 0;
  uint64_t messagesSent = 0;
  uint64_t messagesArrived = 0;
  uint64_t framesSent = 0;
  uint64_t framesArrived = 0;
  uint64_t negotiations = 0;
  uint64_t restarts = 0;
  uint64_t virtualSeconds = 0;
  /// That a peer connection held, beyond what its application had queued.
  size_t mostBytes = 0;

  void add(const Figures& other);
};

class World {
 public:
  using Trace = std::function<void(Timestamp now, const std::string& line)>;

  explicit World(const Plan& plan, Trace trace = nullptr);
  ~World();

  /// From the first call to the destruction of both ends. The first promise that was broken.
  Verdict run();
  const Figures& figures() const { return figures_; }
  /// Gets what is on the wire, and what is signalled: for corpora.
  enum class Seen : uint8_t { kDatagram, kDescription, kCandidate };
  std::function<void(Seen, ByteSpan)> tap;
  /// Over every packet and every output: two runs of one plan give the same.
  uint64_t digest() const { return digest_; }

 private:
  struct Side {
    datachannel::ChannelId handle;
    bool isOpen = false;
  };
  /// A channel, from one end's call to the end of both sides.
  struct Life {
    uint32_t number = 0;
    datachannel::ChannelOptions options;
    std::array<std::optional<Side>, 2> sides;
    /// By the sending end.
    std::array<channels::Flow, 2> flows;
  };
  enum Kind : size_t { kAudio, kVideo };
  struct Talk {
    jsep::TransceiverId transceiver;
    bool exists = false;
    uint32_t timestamp = 0;
    bool wantsKey = true;
    std::vector<Bytes> sent;
    /// At the other end.
    uint32_t next = 0;
  };

  // world.cpp: the world, and its end
  void build();
  void learnIdentities();
  void makeNode(size_t end);
  std::string publicAddress(size_t end) const;
  bool step(Timestamp limit);
  bool runUntil(const std::function<bool()>& done, Timestamp limit);
  void check();
  bool passes(const Packet& packet);
  void finish();
  void expectOutcome();
  void closeBoth();
  void expectNothingLeft();
  bool isWorking() const;
  bool hasEnded(size_t end) const;
  /// Somebody who has not finished the DTLS handshake gives up when it takes too long.
  bool isShakingHands() const;
  size_t bufferedBytes(size_t end) const;
  size_t unacknowledgedChunks(size_t end) const;

  // signalling.cpp
  void negotiate(size_t offerer);
  void offer(size_t offerer);
  void takeOffer(size_t answerer, const jsep::Description& description);
  void takeAnswer(size_t offerer, const jsep::Description& description);
  bool takeDamaged(size_t end, const jsep::Description& description);
  void negotiated();
  void negotiationFailed(const std::string& what, const Error& error);
  void signal(size_t to, std::function<void()> deliver);
  class HoldsCandidates;
  void trickle(size_t from, const peer::LocalCandidate& candidate);
  void wantRestart();

  // events.cpp: what the schedule has
  void begin(const Event& event);
  void beginAtNetwork(const Event& event);
  void beginAtMachine(const Event& event);
  void beginAtRelay(const Event& event);
  void beginHostile(const Event& event);
  void applyLinks();
  void forge(const Event& event);
  void flood(const Event& event);
  void inject(Packet packet);

  // application.cpp
  void handle(size_t end, peer::Output output);
  void handleChannel(size_t end, const datachannel::Output& output);
  void handleMedia(size_t end, const media::Event& event);
  void openChannel(size_t end, SeededRandom& random);
  void closeChannel(size_t end, SeededRandom& random);
  void sendSome(size_t end, uint32_t count, SeededRandom& random);
  void fillBuffer(size_t end);
  bool sendOne(Life& life, size_t end, size_t size);
  void misuse(size_t end, SeededRandom& random);
  void addTracks(size_t end);
  void talk(size_t end, Duration length, SeededRandom& random);
  void sendFrame(size_t end, Kind kind, SeededRandom& random);
  void lookAtStats();
  void cutAll();

  Node& node(size_t end) { return *nodes_[end]; }
  const Node& node(size_t end) const { return *nodes_[end]; }
  /// Whether that end keeps to the protocol.
  bool isHonest(size_t end) const { return end == 0 || !plan_.isHostile; }
  size_t endOf(const Node& node) const { return &node == nodes_[0].get() ? 0 : 1; }
  Timestamp now() const { return network_.now(); }
  void require(bool holds, const std::function<std::string()>& what);
  void fail(std::string what);
  void note(Verdict verdict);
  void trace(const std::function<std::string()>& line);
  void digest(ByteSpan bytes);
  void digest(uint64_t value);

  Plan plan_;
  Trace trace_;
  SeededRandom random_;
  Network network_;
  std::unique_ptr<TurnNode> relay_;
  std::array<std::unique_ptr<Node>, 2> nodes_;
  std::array<IpAddress, 2> outside_;
  std::array<sim::Nat*, 2> nats_{};
  std::array<size_t, 2> baseline_{};
  uint8_t moves_ = 0;

  std::vector<std::unique_ptr<Life>> lives_;
  std::array<std::map<datachannel::ChannelId, Life*>, 2> byHandle_;
  std::array<std::array<Talk, 2>, 2> talks_;

  std::array<bool, 2> holds_{};
  std::array<std::vector<peer::LocalCandidate>, 2> held_;
  bool negotiating_ = false;
  std::array<bool, 2> wantsNegotiation_{};
  bool wantsRestart_ = false;
  uint32_t negotiationsLeft_ = 40;
  bool glares_ = false;
  const Event* badDescription_ = nullptr;
  /// Something may have ended the session that no protocol can survive.
  bool mayEnd_ = false;
  bool chanceWasBroken_ = false;
  bool isFinishing_ = false;

  std::vector<const Event*> active_;
  std::deque<Packet> seen_;
  sctp::VerificationTag tagOfFirst_;
  uint32_t tsnOfSecond_ = 0;
  bool swallows_ = false;
  uint64_t extraBytes_ = 0;

  Timestamp lastInstant_;
  uint32_t stepsAtInstant_ = 0;
  uint64_t steps_ = 0;
  Verdict failure_;
  Figures figures_;
  uint64_t digest_ = 14695981039346656037u;
};

/// Runs a plan in a world of its own.
Verdict runPlan(const Plan& plan);
/// The shortest schedule that was found to break the same promise: events are left out, and then
/// what is left is made shorter and less, while it still does.
Plan shrink(const Plan& plan, const std::string& verdict,
            const std::function<Verdict(const Plan&)>& run = runPlan);
/// "[promise]" of a verdict.
std::string promiseOf(const std::string& verdict);

}  // namespace rtc::sim::whole
