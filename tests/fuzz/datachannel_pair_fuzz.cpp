// Two associations with their data channels, and whatever can happen between them: each input is a
// program (channel_program.h) of channels opened, used and closed, packets lost, repeated, delayed,
// damaged and made up, time passing, associations begun anew and ended. As long as nobody has made
// a packet up, reliable messages arrive once, intact and in their order, and once the network is
// good everything arrives that has to. Always, memory is bounded, every event makes sense, and what
// can be asked for is what the events have told.

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/datachannel/channel_set.h"
#include "cpp/sctp/packet.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/fuzz/channel_program.h"
#include "tests/sim/channels/ledger.h"

using namespace rtc;
using namespace rtc::datachannel;
using rtc::fuzz::Instruction;
using rtc::fuzz::Later;
using rtc::fuzz::Setup;
using rtc::sim::channels::Flow;
using rtc::sim::channels::Message;

namespace {

constexpr size_t kMostChannels = 24;
constexpr size_t kMostPackets = 2000;
constexpr size_t kMostBytes = 600'000;
constexpr int kMostInstructions = 400;
constexpr Duration kLatency = Duration::milliseconds(10);
/// Not below what `AssociationConfig` makes of the retransmission timers before it gives up.
constexpr Duration kPatience = Duration::seconds(20);
/// In which everything is delivered by a network that loses nothing.
constexpr Duration kEnough = Duration::seconds(600);

class Machine {
 public:
  explicit Machine(ByteSpan program) : program_(program) {
    std::array<uint8_t, static_cast<size_t>(Setup::kCount)> setup{};
    for (uint8_t& value : setup)
      value = next();
    const auto of = [&](Setup what) {
      return setup[static_cast<size_t>(what)];
    };
    const uint8_t flags = of(Setup::kFlags);
    static constexpr size_t kWindows[] = {64 * 1024, 100'000, 512 * 1024, 8 * 1024 * 1024};
    static constexpr size_t kMessages[] = {1000, 20'000, 65'536, 300'000};
    static constexpr size_t kBuffers[] = {32 * 1024, 128 * 1024, 1024 * 1024, 16 * 1024 * 1024};
    static constexpr size_t kPackets[] = {1188, 512, 600, 1400};
    static constexpr uint16_t kStreams[] = {65535, 1000, 200, 6};
    knowsInit_ = (flags & fuzz::kKnowsInit) != 0;
    fewStreams_ = (of(Setup::kStreams) & 15) == 15;
    for (size_t i = 0; i < 2; ++i) {
      End& end = ends_[i];
      const auto choice = [&](Setup what) {
        return of(what) >> (2 * i) & 3;
      };
      end.config.interleaving = (flags >> i & 1) != 0;
      end.config.zeroChecksum = (flags >> i & 4) == 0;
      end.config.receiveWindow = kWindows[choice(Setup::kWindow)];
      end.config.maxSendMessageSize = end.config.maxReceiveMessageSize = maxMessage_ =
          kMessages[of(Setup::kMessage) & 3];
      end.config.sendBufferLimit = kBuffers[choice(Setup::kBuffer)];
      end.config.maxPacketSize = kPackets[choice(Setup::kPacket)];
      end.config.outgoingStreams = end.config.incomingStreams =
          fewStreams_ ? 6 : kStreams[std::min(choice(Setup::kStreams), 2)];
      begin(i);
    }
    if ((of(Setup::kStreams) & fuzz::kOpensEarly) == fuzz::kOpensEarly) {
      for (int left = 1 + next() % 4; left > 0; --left)
        open();
    }
    for (size_t i = 0; i < 2; ++i)
      ends_[i].channels.setRole(i == 0 ? DtlsRole::kClient : DtlsRole::kServer, now_);
    drain();
    bytesBefore_ = rtc::testing::bytesInUse();
    connect((flags & fuzz::kBothConnect) != 0);
    if ((flags & fuzz::kStartsConnected) != 0)
      run(Duration::milliseconds(200));
  }

  void run() {
    for (int i = 0; i < kMostInstructions && at_ < program_.size(); ++i) {
      const uint8_t what = next();
      if (what >= fuzz::kFirstLater)
        executeLater(static_cast<Later>(what % static_cast<uint8_t>(Later::kCount)));
      else
        execute(static_cast<Instruction>(what % static_cast<uint8_t>(Instruction::kCount)));
      drain();
      checkBounds();
      checkStates();
    }
    finish();
  }

 private:
  struct Life {
    ChannelOptions options;
    std::array<std::optional<ChannelId>, 2> handles;
    /// By the sending end.
    std::array<Flow, 2> flows;
    bool isForgotten = false;
  };
  struct Side {
    /// Null for channels that somebody made up.
    Life* life = nullptr;
    ChannelState state = ChannelState::kConnecting;
    size_t buffered = 0;
    bool closedHere = false;
  };
  struct Wanted {
    sctp::SourceId source;
    size_t offset;
    size_t bytes;
  };
  struct End {
    SeededRandom random{0};
    sctp::AssociationConfig config;
    std::unique_ptr<sctp::Association> association;
    ChannelSet channels;
    std::map<ChannelId, Side> sides;
    std::map<sctp::PartId, Bytes> arriving;
    std::map<sctp::SourceId, std::pair<ChannelId, Message>> sources;
    std::deque<Wanted> wanted;
    bool closed = false;

    /// Packets to the other end, and those that have been delivered since the association began.
    std::deque<Bytes> wire;
    std::deque<Bytes> delivered;
    /// What packets that the other end makes up should have: from those that this end has sent.
    sctp::VerificationTag tag;
    uint32_t initialTsn = 0;
    uint32_t nextTsn = 0;
  };

  uint8_t next() { return at_ < program_.size() ? program_[at_++] : 0; }
  size_t nextEnd() { return next() & 1; }
  static uint16_t sixteen(const Bytes& bytes, size_t at) {
    return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
  }

  // What happens, for whoever sets WEBRTC_FUZZ_TRACE: by the types of chunks, and the places of
  // outputs in their variants.
  void trace(size_t who, const char* what, size_t index) const {
    if (isTraced_)
      std::fprintf(stderr, "%lld %c %s %zu\n", static_cast<long long>(now_.us()),
                   who == 0 ? 'a' : 'b', what, index);
  }
  void trace(size_t who, const char* what, const Bytes& packet) const {
    if (!isTraced_)
      return;
    std::fprintf(stderr, "%lld %c %s", static_cast<long long>(now_.us()), who == 0 ? 'a' : 'b',
                 what);
    sctp::ChunkIterator chunks(ByteSpan(packet).subspan(sctp::kPacketHeaderSize));
    while (const auto chunk = chunks.next())
      std::fprintf(stderr, " %d/%zu", chunk->type, chunk->whole.size());
    std::fprintf(stderr, "\n");
  }

  // ---- what must hold

  static void require(bool holds, const std::string& what) {
    if (holds)
      return;
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
  }
  /// Holds among honest ends.
  void promise(bool holds, const std::string& what) const { require(holds || forged_, what); }

  void checkBounds() {
    size_t allowed = 6 * 1024 * 1024;
    for (End& end : ends_) {
      const auto statistics = end.association->statistics();
      const size_t window = sctp::saneConfig(end.config).receiveWindow;
      const size_t held = 2 * window + end.config.maxReceiveMessageSize;
      require(statistics.reassemblyBytes <= held, "reassembly holds more than its bound");
      // Messages, what is in flight, and what the wire and this test keep of them.
      allowed += 4 * (statistics.reassemblyBytes + end.association->bufferedAmount() +
                      statistics.bytesInFlight);
      for (const Bytes& packet : end.wire)
        allowed += packet.size() + 64;
    }
    allowed += 2 * bytesSent_;
    require(rtc::testing::growthSince(bytesBefore_) <= allowed, "memory grows without a bound");
  }

  void checkStates() const {
    for (const End& end : ends_) {
      size_t alive = 0;
      for (const auto& [handle, side] : end.sides) {
        const ChannelState state = end.channels.state(handle);
        const bool isClosed = side.state == ChannelState::kClosed;
        const bool isClosing = side.closedHere && !isClosed;
        alive += isClosed ? 0 : 1;
        require(state == (isClosing ? ChannelState::kClosing : side.state),
                "a channel is in another state than was told");
        require(isClosed || end.channels.bufferedAmount(handle) == side.buffered,
                "another amount is buffered than was told");
        require((end.channels.options(handle) == nullptr) == isClosed,
                "a channel without options, or options without a channel");
      }
      require(end.channels.size() == alive, "another number of channels than was told");
      require(end.channels.everUsed() == !end.sides.empty(), "channels were, and never were");
    }
  }

  bool established() const {
    return std::all_of(ends_.begin(), ends_.end(), [](const End& end) {
      return end.association->state() == sctp::State::kEstablished;
    });
  }
  bool anyClosing() const {
    for (const End& end : ends_) {
      for (const auto& [handle, side] : end.sides) {
        if (side.state == ChannelState::kClosing ||
            (side.closedHere && side.state != ChannelState::kClosed))
          return true;
      }
    }
    return false;
  }
  bool outstanding() const {
    if (!established() || anyClosing())
      return true;
    return std::any_of(ends_.begin(), ends_.end(), [](const End& end) {
      const auto statistics = end.association->statistics();
      return end.association->bufferedAmount() > 0 || statistics.bytesInFlight > 0 ||
             statistics.reassemblyBytes > 0 || !end.wire.empty() || !end.sources.empty();
    });
  }

  // ---- the world

  void begin(size_t index) {
    End& end = ends_[index];
    if (!end.association)
      end.random = SeededRandom(index + 1);
    if (knowsInit_) {
      end.config.identity = sctp::drawIdentity(end.random);
      end.tag = end.config.identity->tag;
      end.initialTsn = end.nextTsn = end.config.identity->initialTsn.value();
    }
    end.association = std::make_unique<sctp::Association>(end.config, end.random);
    end.channels.attach(*end.association, now_);
  }

  void connect(bool both) {
    if (knowsInit_) {
      for (size_t i = 0; i < 2; ++i) {
        const End& other = ends_[1 - i];
        promise(ends_[i].association->establishWith(
                    sctp::initChunk(other.config, *other.config.identity), now_),
                "an INIT of ours is not taken");
      }
    } else {
      ends_[0].association->connect(now_);
      if (both)
        ends_[1].association->connect(now_);
    }
    drain();
  }

  void drain() {
    int outputs = 0;
    for (bool more = true; more;) {
      more = false;
      for (size_t i = 0; i < 2; ++i) {
        End& end = ends_[i];
        while (auto output = end.association->poll()) {
          require(++outputs < 100'000, "outputs without an end");
          more = true;
          if (auto* transmit = std::get_if<sctp::Transmit>(&*output)) {
            trace(i, "sends", transmit->packet);
            note(end, transmit->packet);
            hasAborted_ = hasAborted_ || sctp::carriesAbort(transmit->packet);
            if (end.wire.size() < kMostPackets)
              end.wire.push_back(std::move(transmit->packet));
          } else {
            trace(i, "association", output->index());
            handleAssociation(end, *output);
            end.channels.handle(std::move(*output), now_);
          }
        }
        while (auto output = end.channels.poll()) {
          require(++outputs < 100'000, "events without an end");
          more = true;
          trace(i, "channels", output->index());
          handle(i, std::move(*output));
        }
      }
    }
    promise(!hasAborted_ || ended_, "an ABORT, and no end");
  }

  /// What whoever listens on the path knows.
  static void note(End& end, const Bytes& packet) {
    sctp::ChunkIterator chunks(ByteSpan(packet).subspan(sctp::kPacketHeaderSize));
    while (const auto chunk = chunks.next()) {
      ByteReader reader(chunk->value);
      const auto first = reader.u32();
      if (!first)
        continue;
      switch (static_cast<sctp::ChunkType>(chunk->type)) {
        case sctp::ChunkType::kInit:
        case sctp::ChunkType::kInitAck:
          end.tag = sctp::VerificationTag(*first);
          if (chunk->value.size() >= 16)
            end.initialTsn = end.nextTsn = *ByteReader(chunk->value.subspan(12)).u32();
          break;
        case sctp::ChunkType::kData:
        case sctp::ChunkType::kIData:
          if (static_cast<int32_t>(*first + 1 - end.nextTsn) > 0)
            end.nextTsn = *first + 1;
          break;
        default:
          break;
      }
    }
  }

  void give(size_t to, const Bytes& packet) {
    ends_[to].association->handlePacket(packet, now_);
    drain();
  }
  void deliver(size_t from) {
    End& end = ends_[from];
    Bytes packet = std::move(end.wire.front());
    end.wire.pop_front();
    if (end.delivered.size() == 16)
      end.delivered.pop_front();
    end.delivered.push_back(packet);
    give(1 - from, packet);
  }

  void timers() {
    for (End& end : ends_) {
      if (end.association->deadline() <= now_)
        end.association->handleTimeout(now_);
    }
    drain();
    for (const End& end : ends_)
      require(end.association->deadline() > now_, "a deadline that lies in the past");
  }

  /// Time passes over a network that loses nothing. Returns whether `done` came true.
  template <typename Done>
  bool runUntil(Duration time, Done done) {
    const Timestamp limit = now_ + time;
    for (int steps = 0; !done(); ++steps) {
      require(steps < 200'000, "steps without an end");
      for (End& end : ends_)
        supplyAll(end);
      Timestamp due = earlier(ends_[0].association->deadline(), ends_[1].association->deadline());
      const bool isAnythingOnTheWay = !ends_[0].wire.empty() || !ends_[1].wire.empty();
      if (isAnythingOnTheWay)
        due = earlier(due, now_ + kLatency);
      if (due.isNever() || due > limit) {
        now_ = limit;
        return done();
      }
      now_ = std::max(now_, due);
      timers();
      for (size_t from = 0; from < 2; ++from) {
        for (size_t count = ends_[from].wire.size(); count > 0; --count)
          deliver(from);
      }
    }
    return true;
  }
  void run(Duration time) {
    (void)runUntil(time, [] { return false; });
  }

  // ---- instructions

  void execute(Instruction what) {
    switch (what) {
      case Instruction::kOpen:
        return open();
      case Instruction::kNegotiated:
        return openNegotiated();
      case Instruction::kSend:
        return send();
      case Instruction::kSendFrom:
        return sendFrom();
      case Instruction::kSupply: {
        End& end = ends_[nextEnd()];
        const uint8_t how = next();
        if (!end.wanted.empty())
          supply(end, (how & 1) == 0);
        return;
      }
      case Instruction::kDeliver: {
        const size_t from = nextEnd();
        for (size_t count = 1 + next() % 64; count > 0 && !ends_[from].wire.empty(); --count)
          deliver(from);
        return;
      }
      case Instruction::kLose:
        if (auto [end, packet] = onTheWay(); end != nullptr)
          end->wire.erase(packet);
        return;
      case Instruction::kDuplicate:
        if (auto [end, packet] = onTheWay(); end != nullptr && end->wire.size() < kMostPackets)
          end->wire.push_back(Bytes(*packet));
        return;
      case Instruction::kReorder:
        if (auto [end, packet] = onTheWay(); end != nullptr) {
          Bytes late = std::move(*packet);
          end->wire.erase(packet);
          end->wire.push_back(std::move(late));
        }
        return;
      case Instruction::kCorrupt:
        return corrupt();
      case Instruction::kReplay: {
        const size_t from = nextEnd();
        const size_t which = next();
        const auto& delivered = ends_[from].delivered;
        if (!delivered.empty())
          give(1 - from, Bytes(delivered[which % delivered.size()]));
        return;
      }
      case Instruction::kForge:
      case Instruction::kForgeRaw:
        return forge(what == Instruction::kForgeRaw);
      case Instruction::kWait: {
        const Duration time = Duration::milliseconds(int64_t{1} << (next() & 15));
        now_ = now_ + time;
        waited_ += time;
        return timers();
      }
      case Instruction::kRun:
        return run(Duration::milliseconds(int64_t{1} << (next() & 13)));
      case Instruction::kClose:
        return close();
      case Instruction::kRestart:
        return restart();
      case Instruction::kLimit:
        return limit();
      case Instruction::kEnd:
        return end();
      case Instruction::kCount:
        return;
    }
  }

  ChannelOptions nextOptions() {
    ChannelOptions options;
    const uint8_t flags = next();
    const uint8_t value = next();
    options.ordered = (flags & 1) != 0;
    if ((flags & 6) == 2) {
      options.maxRetransmits = value % 5;
    } else if ((flags & 6) == 4) {
      options.maxPacketLifeTime = static_cast<uint16_t>(value * 4);
    }
    static constexpr uint16_t kPriorities[] = {256, 128, 512, 1024};
    options.priority = kPriorities[flags >> 3 & 3];
    if ((flags & 32) != 0)
      options.protocol = std::string(value, 'p');
    return options;
  }
  Life& newLife(const ChannelOptions& options) {
    const auto number = static_cast<uint32_t>(lives_.size());
    lives_.push_back(std::make_unique<Life>(
        Life{options, {}, {Flow(2 * number, options), Flow(2 * number + 1, options)}}));
    return *lives_.back();
  }
  void open() {
    const size_t who = nextEnd();
    ChannelOptions options = nextOptions();
    options.label = std::to_string(lives_.size()) + std::string(next(), ' ');
    if (lives_.size() >= kMostChannels)
      return;
    const auto opened = ends_[who].channels.open(options, now_);
    if (!opened.ok()) {
      promise(ended_ || fewStreams_, "open() failed: " + opened.error().message);
      return;
    }
    Life& life = newLife(options);
    life.handles[who] = *opened;
    ends_[who].sides[*opened].life = &life;
  }
  /// What arrives before the receiving end has opened it is lost, so both do at once.
  void openNegotiated() {
    ChannelOptions options = nextOptions();
    options.negotiated = true;
    options.id = static_cast<uint16_t>(fewStreams_ ? next() % 6 : 130 + next() % 60);
    const bool isTaken = std::any_of(lives_.begin(), lives_.end(), [&](const auto& life) {
      return life->options.negotiated && life->options.id == options.id &&
             std::any_of(life->handles.begin(), life->handles.end(),
                         [&](const auto& handle) { return !handle || isAlive(*life, *handle); });
    });
    if (isTaken || fewStreams_ || !established() || lives_.size() >= kMostChannels || forged_)
      return;
    options.label = "negotiated";
    Life& life = newLife(options);
    for (size_t who = 0; who < 2; ++who) {
      const auto opened = ends_[who].channels.open(options, now_);
      promise(opened.ok(), "open() of a free id failed");
      if (!opened.ok())
        continue;
      life.handles[who] = *opened;
      ends_[who].sides[*opened].life = &life;
    }
  }
  bool isAlive(const Life& life, ChannelId handle) const {
    for (size_t who = 0; who < 2; ++who) {
      if (life.handles[who] == handle && ends_[who].sides.at(handle).state != ChannelState::kClosed)
        return true;
    }
    return false;
  }

  /// One of the channels that this end has in that state or before it.
  std::pair<const ChannelId, Side>* channelOf(End& end, ChannelState atMost) {
    const size_t which = next();
    std::vector<std::pair<const ChannelId, Side>*> found;
    for (auto& each : end.sides) {
      if (each.second.state <= atMost && !each.second.closedHere)
        found.push_back(&each);
    }
    return found.empty() ? nullptr : found[which % found.size()];
  }
  size_t nextSize() {
    const size_t index = next() % (fuzz::kSizes.size() + 1);
    if (index >= fuzz::kSizes.size() - 1)
      return maxMessage_ + (index == fuzz::kSizes.size() ? 1 : 0);
    return fuzz::kSizes[index];
  }

  void send() {
    const size_t who = nextEnd();
    End& end = ends_[who];
    auto* channel = channelOf(end, ChannelState::kOpen);
    const size_t size = nextSize();
    for (size_t count = 1 + next() % 8; count > 0 && channel != nullptr; --count) {
      auto& [handle, side] = *channel;
      if (bytesSent_ + size > kMostBytes)
        return;
      const Message message =
          side.life != nullptr ? side.life->flows[who].make(size) : Message{true, Bytes(size, 7)};
      const auto sent = message.binary
                            ? end.channels.sendBinary(handle, message.data, now_)
                            : end.channels.sendString(handle, asText(message.data), now_);
      if (side.state != ChannelState::kOpen) {
        require(!sent.ok(), "a channel that is not open takes a message");
        return;
      }
      if (!sent.ok()) {
        const bool tooLarge = size > end.association->maxSendMessageSize();
        // An association that is shutting down takes nothing, however long it is.
        promise(ended_ || tooLarge == (sent.error().kind == ErrorKind::kTypeError),
                "another error than webrtc-pc has: " + sent.error().message);
        // DATA_CHANNEL_OPEN may stand in it as well.
        const auto* options = end.channels.options(handle);
        promise(
            tooLarge || ended_ || end.association->bufferedAmount(sctp::StreamId(*options->id)) > 0,
            "an empty buffer is full");
        return;
      }
      require(size <= end.association->maxSendMessageSize(),
              "a message above the maximum is taken");
      bytesSent_ += size;
      side.buffered += size;
      if (side.life != nullptr)
        side.life->flows[who].sent(message, now_);
    }
  }
  void sendFrom() {
    const size_t who = nextEnd();
    End& end = ends_[who];
    auto* channel = channelOf(end, ChannelState::kOpen);
    const size_t size = nextSize();
    if (channel == nullptr || size == 0 || bytesSent_ + size > kMostBytes)
      return;
    auto& [handle, side] = *channel;
    Message message =
        side.life != nullptr ? side.life->flows[who].make(size) : Message{true, Bytes(size, 7)};
    const auto sent = end.channels.sendFrom(handle, message.binary, size, now_);
    if (!sent.ok())
      return;
    require(side.state == ChannelState::kOpen, "a channel that is not open takes a message");
    bytesSent_ += size;
    side.buffered += size;
    if (side.life != nullptr)
      side.life->flows[who].sent(message, now_);
    end.sources[*sent] = {handle, std::move(message)};
  }
  void supply(End& end, bool gives) {
    const Wanted wanted = end.wanted.front();
    end.wanted.pop_front();
    const auto source = end.sources.find(wanted.source);
    if (source == end.sources.end())
      return;
    const auto& [handle, message] = source->second;
    if (gives) {
      require(wanted.offset + wanted.bytes <= message.data.size(), "bytes beyond the message");
      end.channels.supply(wanted.source, wanted.offset,
                          toBytes(ByteSpan(message.data).subspan(wanted.offset, wanted.bytes)),
                          now_);
    } else {
      // The channel is reliable no more, so that the application closes it.
      const ChannelId channel = handle;
      forget(end.sides.at(channel).life);
      end.channels.giveUp(wanted.source, now_);
      close(end, channel);
    }
    drain();
  }
  void supplyAll(End& end) {
    while (!end.wanted.empty())
      supply(end, true);
  }

  std::pair<End*, std::deque<Bytes>::iterator> onTheWay() {
    End& end = ends_[nextEnd()];
    const size_t which = next();
    if (end.wire.empty())
      return {nullptr, {}};
    return {&end, end.wire.begin() + static_cast<std::ptrdiff_t>(which % end.wire.size())};
  }
  void corrupt() {
    auto [end, packet] = onTheWay();
    const size_t where = size_t{next()} << 3 | 3;
    const uint8_t how = next();
    if (end == nullptr || how == 0)
      return;
    (*packet)[where % packet->size()] ^= how;
    // Without a checksum it is DTLS that sees the damage.
    forged_ = forged_ || sctp::parsePacket(*packet, sctp::Checksum::kZero).ok();
  }

  void forge(bool raw) {
    const size_t victim = nextEnd();
    const uint8_t manner = next();
    Bytes chunks;
    const auto take = [&](size_t length) {
      for (; length > 0; --length)
        chunks.push_back(next());
    };
    if (raw) {
      take(next() * size_t{4});
    } else {
      for (size_t count = 1 + next() % 4; count > 0 && chunks.size() < 1100; --count) {
        static constexpr uint8_t kTypes[] = {0,  1,  2,  3,  4,   5,   6,   7,   8,   9,
                                             10, 11, 14, 64, 130, 132, 192, 194, 129, 255};
        const size_t start = chunks.size();
        chunks.push_back(kTypes[next() % std::size(kTypes)]);
        take(1);
        const size_t length = next();
        chunks.push_back(static_cast<uint8_t>((length + 4) >> 8));
        chunks.push_back(static_cast<uint8_t>(length + 4));
        take(length);
        chunks.resize(start + sctp::padded(chunks.size() - start));
      }
    }
    if ((manner & fuzz::kNear) != 0)
      bringNear(chunks, victim);
    sctp::VerificationTag tag = ends_[victim].tag;
    if ((manner & fuzz::kZeroTag) != 0)
      tag = sctp::VerificationTag(0);
    if ((manner & fuzz::kWrongTag) != 0)
      tag = sctp::VerificationTag(tag.value() ^ 0x5a5a5a5a);
    sctp::PacketBuilder packet(5000, 5000, tag, std::max<size_t>(1188, chunks.size() + 12));
    packet.addEncoded(chunks);
    forged_ = true;
    give(victim, packet.finish());
  }
  /// Numbers that would have to be guessed are put where they matter; the lowest bits stay.
  void bringNear(Bytes& chunks, size_t victim) {
    const End& self = ends_[victim];
    const End& peer = ends_[1 - victim];
    const auto patch = [&](size_t at, uint32_t base) {
      if (at + 4 > chunks.size())
        return;
      const uint32_t value = base + (chunks[at + 3] & 15) - 4;
      for (size_t i = 0; i < 4; ++i)
        chunks[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
    };
    for (size_t at = 0; at + 8 <= chunks.size();) {
      const size_t length = sctp::padded(sixteen(chunks, at + 2));
      switch (static_cast<sctp::ChunkType>(chunks[at])) {
        case sctp::ChunkType::kData:
        case sctp::ChunkType::kIData:
        case sctp::ChunkType::kForwardTsn:
        case sctp::ChunkType::kIForwardTsn:
          patch(at + 4, peer.nextTsn);
          break;
        case sctp::ChunkType::kSack:
        case sctp::ChunkType::kShutdown:
          patch(at + 4, self.nextTsn);
          break;
        case sctp::ChunkType::kReConfig:
          patch(at + 8, peer.initialTsn + 4);
          patch(at + 12, self.initialTsn + 4);
          patch(at + 16, peer.nextTsn);
          break;
        default:
          break;
      }
      if (length < sctp::kChunkHeaderSize)
        return;
      at += length;
    }
  }

  void executeLater(Later what) {
    switch (what) {
      case Later::kForgeMessage:
        return forgeMessage();
      case Later::kForgeRequest:
        return forgeRequest();
      case Later::kForgeBegun:
        return forgeBegun();
      case Later::kMisuse:
        return misuse();
      case Later::kCount:
        return;
    }
  }

  void giveForged(size_t victim, const Bytes& chunk) {
    sctp::PacketBuilder packet(5000, 5000, ends_[victim].tag, chunk.size() + 12);
    packet.addEncoded(chunk);
    forged_ = true;
    give(victim, packet.finish());
  }
  bool isInterleaved() const {
    return ends_[0].config.interleaving && ends_[1].config.interleaving;
  }
  /// A chunk of data that is taken: the TSN is the one that is due.
  Bytes dataChunk(size_t victim, uint8_t flags, uint16_t stream, uint32_t message, uint32_t ppid,
                  ByteSpan payload) {
    ByteWriter value;
    value.u32(ends_[1 - victim].nextTsn++);
    value.u16(stream);
    if (isInterleaved()) {
      value.u16(0);
      value.u32(message);
    } else {
      value.u16(static_cast<uint16_t>(message));
    }
    value.u32(ppid);
    value.bytes(payload);
    const auto type = isInterleaved() ? sctp::ChunkType::kIData : sctp::ChunkType::kData;
    return sctp::encodeChunk(type, flags, value.view());
  }

  void forgeMessage() {
    static constexpr uint32_t kPpids[] = {50, 50, 51, 53, 54, 56, 57, 52};
    static constexpr uint8_t kUnorderedWhole = 7;
    const size_t victim = nextEnd();
    const uint8_t stream = next();
    const uint32_t ppid = kPpids[next() % std::size(kPpids)];
    Bytes payload;
    for (size_t left = 1 + next(); left > 0; --left)
      payload.push_back(next());
    giveForged(victim, dataChunk(victim, kUnorderedWhole, stream, 0x10000, ppid, payload));
  }

  void forgeRequest() {
    const size_t victim = nextEnd();
    const auto type = static_cast<uint16_t>(13 + next() % 7);
    const uint32_t number = ends_[1 - victim].initialTsn + next() % 8;
    const uint32_t response = ends_[victim].initialTsn + next() % 8;
    const uint32_t last = ends_[1 - victim].nextTsn - 1 + next() % 4;
    ByteWriter parameter;
    parameter.u32(number);
    if (type == 13) {
      parameter.u32(response);
      parameter.u32(last);
    }
    for (size_t left = next() % 8; left > 0; --left)
      parameter.u16(next());
    ByteWriter value;
    value.u16(type);
    value.u16(static_cast<uint16_t>(parameter.size() + 4));
    value.bytes(parameter.view());
    giveForged(victim, sctp::encodeChunk(sctp::ChunkType::kReConfig, 0, value.view()));
  }

  void forgeBegun() {
    static constexpr uint8_t kBegins = 2;
    const size_t victim = nextEnd();
    const Bytes payload(1100, 1);
    for (uint32_t left = 1 + next() % 128; left > 0; --left) {
      giveForged(victim, dataChunk(victim, kBegins, static_cast<uint16_t>(left),
                                   isInterleaved() ? 0x20000 + begun_ : 0, 53, payload));
      ++begun_;
    }
  }

  void misuse() {
    End& end = ends_[nextEnd()];
    ChannelOptions options;
    ErrorKind expected = ErrorKind::kTypeError;
    switch (next() % 6) {
      case 0:
        options.label = std::string(65'536, 'l');
        break;
      case 1:
        options.protocol = std::string(65'536, 'p');
        break;
      case 2:
        options.maxRetransmits = 1;
        options.maxPacketLifeTime = 1;
        break;
      case 3:
        options.negotiated = true;
        break;
      case 4:
        options.negotiated = true;
        options.id = 65'535;
        break;
      default: {
        const auto isGiven = [](const auto& each) {
          return each.second.life != nullptr && each.second.life->options.negotiated &&
                 each.second.state != ChannelState::kClosed;
        };
        const auto taken = std::find_if(end.sides.begin(), end.sides.end(), isGiven);
        if (taken == end.sides.end())
          return;
        options = taken->second.life->options;
        expected = ErrorKind::kOperationError;
        break;
      }
    }
    const auto opened = end.channels.open(options, now_);
    require(!opened.ok(), "a channel that makes no sense is opened");
    require(opened.error().kind == expected, "another error than promised");
    const ChannelId nobody(100'000);
    require(!end.channels.sendBinary(nobody, Bytes(1), now_).ok() &&
                !end.channels.sendFrom(nobody, true, 1, now_).ok(),
            "a channel that is not there takes a message");
    end.channels.close(nobody, now_);
    require(end.channels.state(nobody) == ChannelState::kClosed &&
                end.channels.bufferedAmount(nobody) == 0 && end.channels.options(nobody) == nullptr,
            "a channel that is not there has something");
  }

  void close() {
    const size_t who = nextEnd();
    if (auto* channel = channelOf(ends_[who], ChannelState::kOpen))
      close(ends_[who], channel->first);
  }
  void close(End& end, ChannelId handle) {
    Side& side = end.sides.at(handle);
    if (side.closedHere || side.state == ChannelState::kClosed)
      return;
    side.closedHere = true;
    if (side.life != nullptr)
      side.life->flows[&end == &ends_[0] ? 1 : 0].receiverClosed();
    end.channels.close(handle, now_);
    drain();
  }
  static void cut(const Side& side) {
    if (side.life == nullptr)
      return;
    for (Flow& flow : side.life->flows)
      flow.cut();
  }
  /// Nothing is expected of its channel any more.
  void forget(Life* life) {
    if (life == nullptr)
      return;
    life->isForgotten = true;
    for (Flow& flow : life->flows)
      flow.cut();
  }
  void cutAll() {
    for (const auto& life : lives_) {
      for (Flow& flow : life->flows)
        flow.cut();
    }
  }

  /// As a peer does with a new DTLS transport. What was on the way does not fit the new keys. The
  /// ends agree on their channels: a closing that has gone half its way is not told again.
  void restart() {
    const size_t who = nextEnd();
    const bool isAgreed = std::all_of(lives_.begin(), lives_.end(), [&](const auto& life) {
      return life->handles[1 - who].has_value();
    });
    const bool fits = established() && !anyClosing() && isAgreed && ends_[who].sources.empty() &&
                      ends_[1 - who].sources.empty();
    if (restarts_ == 4 || (!forged_ && !fits) || ended_)
      return;
    ++restarts_;
    End& end = ends_[who];
    end.channels.detach();
    drain();
    for (End& each : ends_) {
      each.wire.clear();
      each.delivered.clear();
    }
    // What goes on in pieces begins again.
    end.arriving.clear();
    begin(who);
    for (const auto& life : lives_) {
      life->flows[who].senderReplaced();
      life->flows[1 - who].receiverReplaced();
    }
    if (knowsInit_) {
      connect(false);
    } else {
      end.association->connect(now_);
    }
  }

  void limit() {
    End& end = ends_[nextEnd()];
    const uint8_t which = next();
    const uint8_t value = next();
    if ((which & 1) == 0) {
      // DATA_CHANNEL_OPEN has to fit.
      end.association->setMaxSendMessageSize(
          std::min(maxMessage_, std::max<size_t>(value, 1) * 1000));
    } else {
      static constexpr size_t kCeilings[] = {0, 1411, 8911, 16'384};
      end.association->setPath(kCeilings[value & 3]);
    }
  }

  void end() {
    End& end = ends_[nextEnd()];
    const uint8_t how = next();
    ended_ = true;
    cutAll();
    switch (how % 3) {
      case 0:
        end.association->shutdown(now_);
        break;
      case 1:
        end.association->abort("enough", now_);
        break;
      default:
        end.channels.closeAll(std::nullopt);
        end.association->abort({}, now_);
        break;
    }
  }

  // ---- what the ends say

  void handleAssociation(End& end, const sctp::Output& output) {
    if (const auto* closed = std::get_if<sctp::Closed>(&output)) {
      require(!end.closed, "closed twice");
      end.closed = true;
      const bool isTooLate = closed->reason == sctp::CloseReason::kTimeout && waited_ > kPatience;
      promise(ended_ || isTooLate, "an association ends for no reason: " + closed->text);
      ended_ = true;
      cutAll();
    } else if (std::holds_alternative<sctp::Restarted>(output)) {
      promise(restarts_ > 0, "a restart that nobody asked for");
    }
  }

  void handle(size_t who, Output output) {
    End& end = ends_[who];
    const auto sideOf = [&](ChannelId channel) -> Side& {
      const auto found = end.sides.find(channel);
      require(found != end.sides.end(), "an event of a channel that is not there");
      require(found->second.state != ChannelState::kClosed, "an event of a closed channel");
      return found->second;
    };
    if (auto* announced = std::get_if<ChannelAnnounced>(&output)) {
      require(!end.sides.contains(announced->channel), "a channel is announced twice");
      Side& side = end.sides[announced->channel];
      side.state = ChannelState::kOpen;
      side.life = lifeOf(who, announced->options);
      promise(side.life != nullptr, "a channel that nobody opened is announced");
      if (side.life != nullptr)
        side.life->handles[who] = announced->channel;
    } else if (auto* opened = std::get_if<ChannelOpened>(&output)) {
      Side& side = sideOf(opened->channel);
      require(side.state == ChannelState::kConnecting, "opened twice");
      side.state = ChannelState::kOpen;
    } else if (auto* message = std::get_if<MessageReceived>(&output)) {
      take(who, sideOf(message->channel), std::move(*message));
    } else if (auto* sent = std::get_if<BufferedAmountDecreased>(&output)) {
      Side& side = sideOf(sent->channel);
      require(sent->bytes > 0 && sent->bytes <= side.buffered, "more was sent than was queued");
      side.buffered -= sent->bytes;
    } else if (auto* wanted = std::get_if<BytesWanted>(&output)) {
      require(end.sources.contains(wanted->source), "bytes of what is not there are wanted");
      end.wanted.push_back({wanted->source, wanted->offset, wanted->bytes});
    } else if (auto* released = std::get_if<SourceReleased>(&output)) {
      require(end.sources.erase(released->source) == 1, "a source is released twice");
    } else if (auto* closing = std::get_if<ChannelClosing>(&output)) {
      Side& side = sideOf(closing->channel);
      require(side.state == ChannelState::kOpen && !side.closedHere, "closing what is not open");
      side.state = ChannelState::kClosing;
    } else if (auto* closed = std::get_if<ChannelClosed>(&output)) {
      Side& side = sideOf(closed->channel);
      promise(!closed->error || ended_ || fewStreams_, "a channel ends with an error");
      if (closed->error)
        cut(side);
      promise(ended_ || closed->error || side.buffered == 0, "closed with bytes in its buffer");
      side.state = ChannelState::kClosed;
    }
  }

  Life* lifeOf(size_t who, const ChannelOptions& options) {
    for (const auto& life : lives_) {
      ChannelOptions expected = life->options;
      expected.id = options.id;
      if (expected == options && !life->handles[who] && !life->options.negotiated)
        return life.get();
    }
    return nullptr;
  }

  void take(size_t who, Side& side, MessageReceived message) {
    End& end = ends_[who];
    require(side.state == ChannelState::kOpen, "a message on a channel that is not open");
    require(!side.closedHere, "a message after close()");
    if (message.part) {
      const sctp::MessagePart part = *message.part;
      Bytes& whole = end.arriving[part.id];
      if (part.kind == sctp::MessagePart::Kind::kGivenUp) {
        end.arriving.erase(part.id);
        return;
      }
      require(part.offset == whole.size(), "pieces out of their order");
      whole.insert(whole.end(), message.data.begin(), message.data.end());
      require(whole.size() <= maxMessage_, "a message above the maximum arrives");
      if (part.kind != sctp::MessagePart::Kind::kLast)
        return;
      message.data = std::move(whole);
      end.arriving.erase(part.id);
    }
    require(message.data.size() <= maxMessage_, "a message above the maximum arrives");
    if (side.life == nullptr || side.life->isForgotten || forged_)
      return;
    const auto verdict = side.life->flows[1 - who].arrived(message.binary, message.data);
    promise(!verdict, verdict.value_or(""));
  }

  // ---- the end

  void finish() {
    if (forged_ || ended_) {
      run(Duration::seconds(forged_ ? 20 : 120));
      checkBounds();
      return;
    }
    const auto isDone = [&] {
      return ended_ || !outstanding();
    };
    require(runUntil(kEnough, isDone), "a stall, though nothing is lost");
    // A last acknowledgement of an opening.
    run(Duration::seconds(1));
    checkComplete();
    for (End& end : ends_) {
      for (auto& [handle, side] : end.sides)
        promise(ended_ || side.buffered == 0, "bytes stay in a buffer");
    }
    for (size_t i = 0; i < lives_.size() && !ended_; ++i) {
      const size_t first = i & 1;
      for (const size_t who : {first, 1 - first}) {
        if (const auto handle = lives_[i]->handles[who]) {
          close(ends_[who], *handle);
          break;
        }
      }
    }
    require(runUntil(kEnough,
                     [&] {
                       return ended_ || (ends_[0].channels.size() + ends_[1].channels.size() == 0 &&
                                         !outstanding());
                     }),
            "channels that do not close, though nothing is lost");
    checkComplete();
    checkBounds();
  }
  void checkComplete() {
    for (const auto& life : lives_) {
      for (const Flow& flow : life->flows) {
        const auto verdict = flow.complete();
        promise(!verdict || ended_, verdict.value_or(""));
      }
    }
  }

  const bool isTraced_ = std::getenv("WEBRTC_FUZZ_TRACE") != nullptr;
  ByteSpan program_;
  size_t at_ = 0;
  Timestamp now_ = Timestamp::milliseconds(1000);
  std::array<End, 2> ends_;
  std::vector<std::unique_ptr<Life>> lives_;
  size_t maxMessage_ = 0;
  bool knowsInit_ = false;
  bool fewStreams_ = false;
  /// In which nothing was delivered.
  Duration waited_;
  size_t bytesSent_ = 0;
  size_t bytesBefore_ = 0;
  int restarts_ = 0;
  /// Somebody has made a packet up.
  bool forged_ = false;
  /// An association has come to its end.
  bool ended_ = false;
  bool hasAborted_ = false;
  /// Messages that somebody has made up the beginnings of.
  uint32_t begun_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto machine = std::make_unique<Machine>(ByteSpan(data, size));
  machine->run();
  return 0;
}
