#include "tests/sim/whole/plan.h"

#include <algorithm>

#include "cpp/base/random.h"

namespace rtc::sim::whole {
namespace {

constexpr Timestamp kStart = Timestamp::milliseconds(1000);

const char* toString(Access access) {
  switch (access) {
    case Access::kOpen:
      return "open";
    case Access::kFullCone:
      return "full cone";
    case Access::kPortRestricted:
      return "port-restricted";
    case Access::kSymmetric:
      return "symmetric";
    case Access::kStreamsOnly:
      return "streams only";
  }
  return "";
}

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}
  bool oneIn(uint32_t n) { return random_.below(n) == 0; }
  uint32_t between(uint32_t low, uint32_t high) { return low + random_.below(high - low + 1); }
  Duration milliseconds(uint32_t low, uint32_t high) {
    return Duration::milliseconds(between(low, high));
  }
  uint64_t seed() { return random_.u64(); }
  template <typename T, size_t n>
  T oneOf(const T (&choices)[n]) {
    return choices[random_.below(n)];
  }

 private:
  SeededRandom random_;
};

/// Of no two hosts that reach each other neither directly nor over the relay.
void drawPlace(Plan& plan, Dice& dice) {
  static constexpr Access kAll[] = {Access::kOpen,      Access::kOpen,
                                    Access::kFullCone,  Access::kPortRestricted,
                                    Access::kSymmetric, Access::kStreamsOnly};
  for (Access& access : plan.access)
    access = dice.oneOf(kAll);
  const auto isHard = [](Access access) {
    return access == Access::kSymmetric || access == Access::kStreamsOnly;
  };
  plan.withRelay = isHard(plan.access[0]) || isHard(plan.access[1]) || dice.oneIn(4);
  plan.link.latency = dice.milliseconds(0, 60);
  if (dice.oneIn(3))
    plan.link.jitter = dice.milliseconds(1, 30);
  if (dice.oneIn(3))
    plan.link.loss = dice.between(1, 50) / 1000.0;
  plan.signalling = dice.oneIn(4) ? Duration::zero() : dice.milliseconds(1, 400);
  // As where the clock of the system ticks seldom.
  if (dice.oneIn(2))
    plan.timerLag = dice.milliseconds(1, 20);
  plan.withMedia = dice.oneIn(3);
  plan.isHostile = dice.oneIn(3);
}

Act drawAct(const Plan& plan, Dice& dice) {
  static constexpr Act kHostile[] = {Act::kBadChunks,     Act::kBadChunks,     Act::kBadRecords,
                                     Act::kBadRtp,        Act::kBadRtcp,       Act::kBadDatagrams,
                                     Act::kBadCandidates, Act::kBadDescription};
  static constexpr Act kApplication[] = {
      Act::kSend,        Act::kSend,         Act::kSend,  Act::kSend,       Act::kTalk,
      Act::kOpenChannel, Act::kCloseChannel, Act::kGlare, Act::kRestartIce, Act::kMisuse};
  static constexpr Act kNetwork[] = {
      Act::kLoss,    Act::kPartition, Act::kOneWay,  Act::kSlow,     Act::kDelay,
      Act::kReorder, Act::kDuplicate, Act::kCorrupt, Act::kNatReset, Act::kMove};
  static constexpr Act kMachine[] = {Act::kStall, Act::kClockJump, Act::kNoChance};
  static constexpr Act kRelay[] = {Act::kRelayCrash, Act::kRelayCut, Act::kRelayDeaf,
                                   Act::kRelayFull, Act::kRelayFlood};
  static constexpr Act kEnemy[] = {Act::kReplay, Act::kForge, Act::kFlood};
  if (plan.isHostile && dice.oneIn(2))
    return dice.oneOf(kHostile);
  if (plan.withRelay && dice.oneIn(6))
    return dice.oneOf(kRelay);
  switch (dice.between(0, 9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return dice.oneIn(40) ? Act::kFillBuffer : dice.oneOf(kApplication);
    case 4:
      return dice.oneOf(kMachine);
    case 5:
    case 6:
      return dice.oneOf(kEnemy);
    default:
      return dice.oneOf(kNetwork);
  }
}

/// How much, and for how long.
void measure(Event& event, Dice& dice) {
  switch (event.act) {
    case Act::kSend:
      event.amount = dice.between(1, 30);
      break;
    case Act::kTalk:
      event.length = dice.milliseconds(200, 3000);
      break;
    case Act::kLoss:
      event.amount = dice.between(20, 500);
      event.length = dice.milliseconds(500, 10'000);
      break;
    case Act::kDuplicate:
    case Act::kReorder:
    case Act::kCorrupt:
      event.amount = dice.between(20, 400);
      event.length = dice.milliseconds(500, 8000);
      break;
    case Act::kPartition:
    case Act::kOneWay:
      event.length = dice.oneIn(4) ? dice.milliseconds(5000, 40'000) : dice.milliseconds(50, 5000);
      break;
    case Act::kSlow:
      event.amount = dice.between(40, 1000);  // kbit/s
      event.length = dice.milliseconds(500, 8000);
      break;
    case Act::kDelay:
      event.amount = dice.between(50, 600);  // ms
      event.length = dice.milliseconds(500, 8000);
      break;
    case Act::kStall:
      event.length = dice.oneIn(4) ? dice.milliseconds(5000, 90'000) : dice.milliseconds(10, 5000);
      break;
    case Act::kClockJump:
      event.amount = dice.oneIn(4) ? dice.between(10'000, 7'200'000) : dice.between(1, 10'000);
      break;
    case Act::kNoChance:
      event.length = dice.milliseconds(10, 4000);
      break;
    case Act::kRelayCrash:
    case Act::kRelayDeaf:
    case Act::kRelayFull:
      event.length = dice.milliseconds(0, 15'000);
      break;
    case Act::kReplay:
    case Act::kForge:
      event.amount = dice.between(1, 60);
      break;
    case Act::kFlood:
    case Act::kRelayFlood:
      event.amount = dice.between(10, 400);
      break;
    case Act::kBadChunks:
    case Act::kBadRecords:
    case Act::kBadRtp:
    case Act::kBadRtcp:
    case Act::kBadDatagrams:
      event.amount = dice.between(1, 80);
      break;
    case Act::kBadCandidates:
      event.amount = dice.between(1, 250);
      break;
    default:
      break;
  }
}

}  // namespace

const char* toString(Act act) {
  switch (act) {
    case Act::kSend:
      return "send";
    case Act::kFillBuffer:
      return "fill the buffer";
    case Act::kOpenChannel:
      return "open a channel";
    case Act::kCloseChannel:
      return "close a channel";
    case Act::kTalk:
      return "talk";
    case Act::kRestartIce:
      return "restart ICE";
    case Act::kGlare:
      return "glare";
    case Act::kMisuse:
      return "misuse";
    case Act::kLoss:
      return "loss";
    case Act::kPartition:
      return "partition";
    case Act::kOneWay:
      return "one-way partition";
    case Act::kSlow:
      return "slow link";
    case Act::kDelay:
      return "delay";
    case Act::kReorder:
      return "reordering";
    case Act::kDuplicate:
      return "duplicates";
    case Act::kCorrupt:
      return "corruption";
    case Act::kNatReset:
      return "NAT forgets";
    case Act::kMove:
      return "address changes";
    case Act::kStall:
      return "process stands still";
    case Act::kClockJump:
      return "clock jumps";
    case Act::kNoChance:
      return "no randomness";
    case Act::kRelayCrash:
      return "relay crashes";
    case Act::kRelayCut:
      return "relay cuts streams";
    case Act::kRelayDeaf:
      return "relay is deaf";
    case Act::kRelayFull:
      return "relay is full";
    case Act::kReplay:
      return "replays";
    case Act::kForge:
      return "forgeries";
    case Act::kFlood:
      return "flood";
    case Act::kRelayFlood:
      return "flood at the relay";
    case Act::kBadChunks:
      return "bad chunks";
    case Act::kBadRecords:
      return "bad records";
    case Act::kBadRtp:
      return "bad RTP";
    case Act::kBadRtcp:
      return "bad RTCP";
    case Act::kBadDatagrams:
      return "bad datagrams";
    case Act::kBadCandidates:
      return "bad candidates";
    case Act::kBadDescription:
      return "bad description";
    case Act::kSwallow:
      return "swallowed message";
  }
  return "";
}

std::string describe(const Event& event) {
  std::string text = std::to_string(event.at.ms()) + " ms: " + toString(event.act) + ", end " +
                     (event.end == 0 ? "a" : "b");
  if (event.amount > 0)
    text += ", amount " + std::to_string(event.amount);
  if (event.length > Duration::zero())
    text += ", for " + std::to_string(event.length.ms()) + " ms";
  return text;
}

std::string describe(const Plan& plan) {
  std::string text = "a " + std::string(toString(plan.access[0])) + ", b " +
                     toString(plan.access[1]) + (plan.withRelay ? ", relay" : "") +
                     (plan.withMedia ? ", media" : "") + (plan.isHostile ? ", b is hostile" : "") +
                     "; latency " + std::to_string(plan.link.latency.ms()) + " ms, jitter " +
                     std::to_string(plan.link.jitter.ms()) + " ms, loss " +
                     std::to_string(static_cast<int>(plan.link.loss * 1000)) +
                     " per mille, signalling " + std::to_string(plan.signalling.ms()) +
                     " ms, timers late by up to " + std::to_string(plan.timerLag.ms()) + " ms\n";
  for (const Event& event : plan.events)
    text += "  " + describe(event) + "\n";
  return text;
}

Timestamp endOf(const Plan& plan) {
  Timestamp end = kStart;
  for (const Event& event : plan.events)
    end = std::max(end, event.at + event.length);
  return end;
}

Plan planFor(uint64_t seed) {
  Dice dice(seed * 0x9e3779b97f4a7c15u + 1);
  Plan plan;
  plan.seed = seed;
  drawPlace(plan, dice);
  const uint32_t count = dice.between(3, 24);
  // Some schedules hit the set-up, others a session that stands.
  const Duration span = dice.oneIn(4) ? Duration::seconds(3) : Duration::seconds(30);
  for (uint32_t i = 0; i < count; ++i) {
    Event event;
    event.at = kStart + Duration::microseconds(dice.between(0, static_cast<uint32_t>(span.us())));
    event.act = drawAct(plan, dice);
    event.end = static_cast<uint8_t>(dice.between(0, 1));
    measure(event, dice);
    event.seed = dice.seed();
    plan.events.push_back(event);
  }
  std::sort(plan.events.begin(), plan.events.end(), [](const Event& x, const Event& y) {
    return x.at != y.at ? x.at < y.at : x.seed < y.seed;
  });
  return plan;
}

}  // namespace rtc::sim::whole
