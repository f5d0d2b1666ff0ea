#include "tests/sim/whole/record.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "cpp/sctp/association.h"
#include "cpp/stun/demux.h"
#include "tests/fuzz/channel_program.h"
#include "tests/fuzz/peer_program.h"
#include "tests/sim/whole/world.h"

namespace rtc::sim::whole {
namespace {

/// Seeds of one target: a fuzzer makes more of them by itself.
constexpr size_t kMost = 16;

class Corpora {
 public:
  explicit Corpora(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// `prefix` is what the target wants in front.
  void add(const std::string& target, const std::string& shape, ByteSpan bytes,
           ByteSpan prefix = {}) {
    std::set<std::string>& shapes = shapes_[target];
    if (shapes.size() >= kMost || !shapes.insert(shape).second)
      return;
    std::filesystem::create_directories(directory_ / target);
    std::ofstream file(directory_ / target / ("session_" + shape), std::ios::binary);
    for (const ByteSpan part : {prefix, bytes})
      file.write(reinterpret_cast<const char*>(part.data()),
                 static_cast<std::streamsize>(part.size()));
    isBroken_ = isBroken_ || !file;
  }
  bool isBroken() const { return isBroken_; }

 private:
  std::filesystem::path directory_;
  std::map<std::string, std::set<std::string>> shapes_;
  bool isBroken_ = false;
};

std::string hex(ByteSpan bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

/// What programs of the structured targets can give as somebody's.
struct Overheard {
  std::vector<Bytes> chunks;
  std::vector<Bytes> datagrams;
};

void addDatagram(Corpora& corpora, ByteSpan data) {
  // Types, and the order of magnitude of the length.
  const std::string magnitude = std::to_string(data.size() / 64);
  switch (stun::classify(data)) {
    case stun::PacketKind::kStun:
      corpora.add("stun_message", hex(data.first(2)) + "_" + magnitude, data);
      return;
    case stun::PacketKind::kDtls:
      if (data.size() > 13 && data[3] == 0 && data[4] == 0) {
        static constexpr uint8_t kAsServer[] = {0};
        corpora.add("dtls_record", hex(data.first(1)) + hex(data.subspan(13, 1)), data, kAsServer);
      }
      return;
    case stun::PacketKind::kTurnChannel: {
      static constexpr uint8_t kCuts[] = {7};
      corpora.add("turn_stream_framer", magnitude, data, kCuts);
      return;
    }
    default:
      return;
  }
}

/// Sections and media of a description, and whether it offers.
std::string shapeOf(ByteSpan description) {
  std::string shape;
  const std::string_view text = asText(description);
  for (size_t at = text.find("\nm="); at != std::string_view::npos; at = text.find("\nm=", at + 1))
    shape += text.substr(at + 3, 1);
  return shape + (text.find("actpass") == std::string_view::npos ? "_answer" : "_offer");
}

void recordWorld(Corpora& corpora, Overheard& overheard, uint64_t seed,
                 const std::function<void(Plan&)>& change, std::string& wrong) {
  Plan plan;
  plan.seed = seed;
  const auto happens = [&](int64_t ms, Act act, uint32_t amount, int64_t length) {
    Event event;
    event.at = Timestamp::milliseconds(ms);
    event.act = act;
    event.amount = amount;
    event.length = Duration::milliseconds(length);
    event.seed = seed;
    plan.events.push_back(event);
  };
  happens(4000, Act::kSend, 10, 0);
  happens(4500, Act::kOpenChannel, 0, 0);
  happens(5000, Act::kTalk, 0, 500);
  happens(7000, Act::kRestartIce, 0, 0);
  happens(9000, Act::kCloseChannel, 0, 0);
  change(plan);
  World world(plan);
  world.tap = [&](World::Seen seen, ByteSpan bytes) {
    if (seen == World::Seen::kDatagram) {
      addDatagram(corpora, bytes);
      if (bytes.size() < 256 && overheard.datagrams.size() < 200)
        overheard.datagrams.push_back(toBytes(bytes));
    } else if (seen == World::Seen::kDescription) {
      corpora.add("sdp_parse", shapeOf(bytes), bytes);
      corpora.add("jsep_remote", shapeOf(bytes), bytes);
    } else {
      const std::string_view text = asText(bytes);
      const size_t type = text.find(" typ ");
      corpora.add("ice_candidate", std::string(text.substr(std::min(type + 5, text.size()), 5)),
                  bytes);
    }
  };
  if (const Verdict verdict = world.run())
    wrong = *verdict;
}

void recordAssociation(Corpora& corpora, Overheard& overheard) {
  SeededRandom randoms[2] = {SeededRandom(1), SeededRandom(2)};
  sctp::Association ends[2] = {{sctp::AssociationConfig{}, randoms[0]},
                               {sctp::AssociationConfig{}, randoms[1]}};
  Timestamp now = Timestamp::milliseconds(1000);
  size_t count = 0;
  const auto run = [&](bool loses) {
    for (int quiet = 0; quiet < 2; ++quiet) {
      for (size_t end = 0; end < 2; ++end) {
        while (auto output = ends[end].poll()) {
          auto* transmit = std::get_if<sctp::Transmit>(&*output);
          if (transmit == nullptr)
            continue;
          quiet = 0;
          const Bytes& packet = transmit->packet;
          const ByteSpan chunks = ByteSpan(packet).subspan(sctp::kPacketHeaderSize);
          corpora.add("sctp_packet", hex(chunks.first(1)) + "_packet", packet);
          corpora.add("sctp_packet", hex(chunks.first(1)) + "_chunks", chunks);
          if (chunks.size() <= 400)
            overheard.chunks.push_back(toBytes(chunks));
          if (!loses || ++count % 3 != 0)
            ends[1 - end].handlePacket(packet, now);
        }
      }
    }
  };
  ends[0].connect(now);
  run(false);
  for (int round = 0; round < 8; ++round) {
    sctp::SendOptions options;
    options.ordered = round % 2 == 0;
    if (round % 3 == 0)
      options.maxRetransmits = 0;
    const sctp::StreamId stream(static_cast<uint16_t>(round));
    (void)ends[round % 2].send(stream, sctp::Ppid(53), Bytes(static_cast<size_t>(700 * round + 1)),
                               options, now);
    run(round < 6);
    now = now + Duration::seconds(1);
    for (sctp::Association& end : ends)
      end.handleTimeout(now);
    run(false);
  }
  const sctp::StreamId reset(1);
  ends[0].resetStreams({&reset, 1}, now);
  run(false);
  ends[1].shutdown(now);
  run(false);
}

void append(Bytes& program, const Bytes& more) {
  program.insert(program.end(), more.begin(), more.end());
}

/// Sessions of two associations: what applications and networks do in them, and in every third
/// program what somebody has overheard, as if it were new.
void recordChannelPrograms(Corpora& corpora, const Overheard& overheard) {
  using fuzz::Instruction;
  using fuzz::instruction;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SeededRandom random(seed);
    const auto byte = [&] {
      return static_cast<uint8_t>(random.below(256));
    };
    Bytes program;
    for (size_t i = 0; i < static_cast<size_t>(fuzz::Setup::kCount); ++i)
      program.push_back(byte());
    append(program, instruction(Instruction::kOpen, {0, 1, 0, 0}));
    append(program, instruction(Instruction::kOpen, {1, byte(), byte(), 3}));
    append(program, instruction(Instruction::kNegotiated, {byte(), byte(), byte()}));
    for (int i = 0; i < 24; ++i) {
      append(program, instruction(Instruction::kSend, {byte(), byte(), byte(), byte()}));
      static constexpr Instruction kFates[] = {Instruction::kLose,    Instruction::kDuplicate,
                                               Instruction::kReorder, Instruction::kReplay,
                                               Instruction::kDeliver, Instruction::kClose};
      append(program, instruction(kFates[random.below(6)], {byte(), byte()}));
      if (i % 6 == 5)
        append(program, instruction(Instruction::kSendFrom, {byte(), byte(), byte()}));
      if (i % 8 == 7)
        append(program, instruction(Instruction::kOpen, {byte(), byte(), byte(), 0}));
      append(program, i % 3 == 0 ? instruction(Instruction::kWait, {byte()})
                                 : instruction(Instruction::kRun, {byte()}));
      if (seed % 3 == 0 && !overheard.chunks.empty()) {
        const Bytes& chunks =
            overheard.chunks[random.below(static_cast<uint32_t>(overheard.chunks.size()))];
        append(program,
               instruction(Instruction::kForgeRaw,
                           {byte(), fuzz::kNear, static_cast<uint8_t>(chunks.size() / 4)}));
        append(program, Bytes(chunks.begin(),
                              chunks.end() - static_cast<std::ptrdiff_t>(chunks.size() % 4)));
      }
    }
    if (seed % 4 == 0)
      append(program, instruction(Instruction::kRestart, {byte()}));
    append(program, instruction(Instruction::kRun, {13}));
    if (seed % 5 == 0)
      append(program, instruction(Instruction::kEnd, {byte(), byte()}));
    corpora.add("datachannel_pair", std::to_string(seed), program);
  }
}

/// Two applications that negotiate, talk, change their minds and hang up, while some of what they
/// send is lost or changed, and some of what others sent arrives.
void recordPeerPrograms(Corpora& corpora, const Overheard& overheard) {
  using fuzz::Call;
  using fuzz::call;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SeededRandom random(seed + 100);
    const auto byte = [&] {
      return static_cast<uint8_t>(random.below(256));
    };
    Bytes program{static_cast<uint8_t>(seed % 2 == 0 ? byte() | fuzz::kStartsNegotiated : byte())};
    append(program, call(Call::kDataChannel, {0, 1, 5}));
    append(program, call(Call::kTransceiver, {1, byte(), byte()}));
    // An exchange by its parts.
    append(program, call(Call::kCreateOffer, {0}));
    append(program, call(Call::kSetLocal, {0}));
    append(program, call(Call::kSetRemote, {1}));
    append(program, call(Call::kCreateAnswer, {1}));
    append(program, call(Call::kSetLocal, {1}));
    append(program, call(Call::kSetRemote, {0}));
    append(program, call(Call::kCandidates, {0}));
    append(program, call(Call::kCandidates, {1}));
    append(program, call(Call::kTime, {10}));
    for (int i = 0; i < 12; ++i) {
      static constexpr Call kCalls[] = {
          Call::kSend,      Call::kFrame,       Call::kRestartIce, Call::kNegotiate,
          Call::kChange,    Call::kStats,       Call::kInterface,  Call::kRollback,
          Call::kSetLocal,  Call::kSetRemote,   Call::kConfigure,  Call::kCloseChannel,
          Call::kCandidate, Call::kSetRemoteTo, Call::kReplay,     Call::kWeather};
      append(program, call(kCalls[random.below(16)], {byte(), byte(), byte(), byte()}));
      if (i % 4 == 3 && !overheard.datagrams.empty()) {
        const Bytes& datagram =
            overheard.datagrams[random.below(static_cast<uint32_t>(overheard.datagrams.size()))];
        append(program, call(Call::kInject, {byte(), static_cast<uint8_t>(datagram.size())}));
        append(program, datagram);
      }
      append(program, call(Call::kTime, {static_cast<uint8_t>(byte() % 12)}));
    }
    if (seed % 3 == 0)
      append(program, call(Call::kClose, {byte(), 0x5a}));
    corpora.add("call_peers", std::to_string(seed), program);
  }
}

}  // namespace

std::string recordCorpora(const std::filesystem::path& directory) {
  Corpora corpora(directory);
  std::string wrong;
  Overheard overheard;
  recordWorld(
      corpora, overheard, 1, [](Plan& plan) { plan.withMedia = true; }, wrong);
  recordWorld(
      corpora, overheard, 2,
      [](Plan& plan) {
        plan.withRelay = true;
        plan.access[0] = plan.access[1] = Access::kSymmetric;
      },
      wrong);
  recordAssociation(corpora, overheard);
  recordChannelPrograms(corpora, overheard);
  recordPeerPrograms(corpora, overheard);
  if (corpora.isBroken())
    wrong = "files cannot be written below " + directory.string();
  return wrong;
}

}  // namespace rtc::sim::whole
