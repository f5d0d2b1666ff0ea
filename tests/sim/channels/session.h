#pragma once

// One seeded session: two associations with their channel sets, the links between them, and two
// applications that open, send, close, restart and abort at random, in virtual time.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/datachannel/channel_set.h"
#include "cpp/sctp/association.h"
#include "tests/sim/channels/ledger.h"
#include "tests/sim/channels/scenario.h"
#include "tests/sim/channels/wire_watch.h"
#include "tests/sim/link.h"

namespace rtc::sim::channels {

/// What happened in a session, or in many.
struct Figures {
  uint64_t sessions = 0;
  uint64_t channels = 0;
  uint64_t messagesSent = 0;
  uint64_t messagesArrived = 0;
  uint64_t bytesArrived = 0;
  uint64_t packets = 0;
  uint64_t packetsLost = 0;
  uint64_t restarts = 0;
  uint64_t refusals = 0;
  uint64_t virtualSeconds = 0;
  /// The longest without progress, and its share of what was allowed, in percent.
  Duration longestSilence;
  uint64_t silencePercent = 0;
  uint64_t transferPercent = 0;
  size_t reassemblyBytes = 0;

  void add(const Figures& other);
};

class Session {
 public:
  using Trace = std::function<void(Timestamp now, const std::string& line)>;

  explicit Session(const Scenario& scenario, Trace trace = nullptr);
  ~Session();

  /// From the first channel to the end. What it gives back is the first promise that was broken.
  Verdict run();
  const Figures& figures() const { return figures_; }
  /// Over every packet and every event: two runs of one seed give the same.
  uint64_t digest() const { return digest_; }

 private:
  using ChannelId = datachannel::ChannelId;
  using ChannelState = datachannel::ChannelState;

  struct Side {
    ChannelId handle;
    ChannelState state = ChannelState::kConnecting;
    size_t buffered = 0;
    bool closedHere = false;
  };
  /// A channel from `open()` to `closed` at both ends.
  struct Life {
    uint32_t number = 0;
    datachannel::ChannelOptions options;
    std::array<std::optional<Side>, 2> sides;
    /// By the sending end.
    std::array<Flow, 2> flows;
  };
  struct End {
    explicit End(uint64_t seed) : random(seed) {}
    SeededRandom random;
    sctp::AssociationConfig config;
    size_t pathCeiling = 0;
    std::unique_ptr<sctp::Association> association;
    datachannel::ChannelSet channels;
    std::map<ChannelId, Life*> lives;
    std::unique_ptr<WireWatch> watch;
    bool closed = false;
    std::optional<sctp::CloseReason> reason;
  };

  // the world
  void put(size_t from, Bytes packet);
  void drain();
  void drainAssociation(size_t end);
  void drainChannels(size_t end);
  bool step(Timestamp limit);
  void runFor(Duration time);
  void expectWithin(Duration limit, const std::string& what, const std::function<bool()>& done);
  void watchProgress();
  void checkBounds();
  void checkBuffered();

  // what happens
  void connect();
  void act();
  void openChannel();
  void openNegotiated();
  void sendSome();
  void sendOne(Life& life, size_t end, size_t size);
  void closeOne();
  void close(Life& life, size_t end);
  void changeLink();
  void replaceAssociation();
  void finish();
  void finishChannels();
  void finishByShutdown();
  void finishByAbort();
  void finishBySilence();
  void checkComplete();

  // what the ends say
  void handleAssociation(size_t end, const sctp::Output& output);
  void handle(size_t end, datachannel::Output output);
  Side* sideOf(size_t end, ChannelId channel, const char* event);

  bool oneIn(uint32_t n) { return random_.below(n) == 0; }
  size_t randomEnd() { return random_.below(2); }
  bool established() const;
  bool outstanding() const;
  bool anyClosing() const;
  bool drained() const;
  Life* randomLife(const std::function<bool(const Life&)>& suitable);
  Life& newLife(const datachannel::ChannelOptions& options);
  datachannel::ChannelOptions randomOptions();
  void require(bool holds, const std::function<std::string()>& what);
  void fail(std::string what);
  void trace(const std::function<std::string()>& line);
  void digest(ByteSpan bytes);
  void digest(uint64_t value);

  Scenario scenario_;
  Trace trace_;
  SeededRandom random_;
  SeededRandom wireRandom_;
  Timestamp now_ = Timestamp::milliseconds(1000);
  std::array<Link, 2> links_;
  /// The worst that the links have been.
  std::array<LinkOptions, 2> worst_;
  struct Packet {
    size_t from;
    Bytes bytes;
  };
  std::map<std::pair<Timestamp, uint64_t>, Packet> wire_;
  uint64_t sequence_ = 0;
  bool silent_ = false;
  /// Until then the links let too little pass for anything to be expected.
  Timestamp outageEnds_;
  std::array<LinkOptions, 2> afterOutage_;

  std::array<End, 2> ends_;
  std::vector<std::unique_ptr<Life>> lives_;
  std::map<uint32_t, Flow*> flows_;
  size_t budget_;
  uint32_t restartsLeft_;
  bool errorsExpected_ = false;
  bool shuttingDown_ = false;

  std::array<uint64_t, 6> signature_{};
  uint64_t eventCount_ = 0;
  Timestamp lastProgress_;
  Verdict failure_;
  Figures figures_;
  uint64_t digest_ = 14695981039346656037u;
};

}  // namespace rtc::sim::channels
