#include "tests/sim/channels/scenario.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "cpp/base/random.h"

namespace rtc::sim::channels {
namespace {

constexpr size_t kKiB = 1024;

/// Small values are likelier than large ones.
size_t skewed(RandomSource& random, size_t least, size_t most) {
  const double octaves = std::log2(static_cast<double>(most) / static_cast<double>(least));
  const double exponent = octaves * random.below(1001) / 1000.0;
  return static_cast<size_t>(static_cast<double>(least) * std::exp2(exponent));
}

bool oneIn(RandomSource& random, uint32_t n) {
  return random.below(n) == 0;
}

LinkOptions linkFor(RandomSource& random, size_t packetSize) {
  LinkOptions link;
  link.latency = Duration::microseconds(static_cast<int64_t>(skewed(random, 200, 250'000)));
  if (!oneIn(random, 3))
    link.jitter = Duration::microseconds(random.below(40'000));
  if (!oneIn(random, 4)) {
    link.loss = random.below(31) / 100.0;
    if (oneIn(random, 4))
      link.burst = Duration::milliseconds(1 + random.below(400));
  }
  if (oneIn(random, 3))
    link.duplicate = random.below(20) / 100.0;
  if (oneIn(random, 3)) {
    link.reorder = random.below(30) / 100.0;
    link.reorderBy = Duration::milliseconds(1 + random.below(80));
  }
  if (oneIn(random, 2)) {
    link.rate = skewed(random, 200'000, 50'000'000);
    // Up to a second of it, and a few packets at least.
    link.queue = std::max<size_t>(8 * packetSize, link.rate / 8 * (1 + random.below(100)) / 100);
  }
  static constexpr uint32_t kMore[] = {1, 400, 17'000};
  link.mtu = packetSize + random.below(kMore[random.below(3)]);
  return link;
}

}  // namespace

Scenario scenarioFor(uint64_t seed) {
  SeededRandom random(seed * 0x9e3779b97f4a7c15u + 1);
  Scenario scenario;
  scenario.seed = seed;
  scenario.maxMessage = skewed(random, kKiB, 256 * kKiB);
  for (sctp::AssociationConfig& config : scenario.configs) {
    if (oneIn(random, 2))
      config.maxPacketSize = 512 + random.below(900);
    config.maxSendMessageSize = config.maxReceiveMessageSize = scenario.maxMessage;
    config.receiveWindow = oneIn(random, 3) ? 0 : skewed(random, 64 * kKiB, 8 * kKiB * kKiB);
    config.sendBufferLimit = skewed(random, 32 * kKiB, 16 * kKiB * kKiB);
    if (oneIn(random, 4))
      config.outgoingStreams = static_cast<uint16_t>(200 + random.below(65336));
    if (oneIn(random, 4))
      config.incomingStreams = static_cast<uint16_t>(200 + random.below(65336));
    config.interleaving = !oneIn(random, 3);
    config.zeroChecksum = !oneIn(random, 3);
    if (oneIn(random, 8))
      config.heartbeatInterval = Duration::milliseconds(random.below(3) * 500);
  }
  for (size_t i = 0; i < 2; ++i)
    scenario.links[i] = linkFor(random, sctp::saneConfig(scenario.configs[i]).maxPacketSize);
  for (size_t& ceiling : scenario.pathCeilings) {
    static constexpr size_t kCeilings[] = {0, 1411, 8911, 16'384};
    ceiling = kCeilings[random.below(4)];
  }
  scenario.bothConnect = !oneIn(random, 3);
  scenario.knowsInit = oneIn(random, 6);
  scenario.maxChannels = static_cast<uint32_t>(skewed(random, 1, 64));
  scenario.channelsAtStart = random.below(scenario.maxChannels + 1);
  scenario.budget = skewed(random, 10 * kKiB, 4000 * kKiB);
  scenario.actions = static_cast<uint32_t>(skewed(random, 10, 600));
  scenario.longestPause = Duration::milliseconds(static_cast<int64_t>(skewed(random, 1, 3000)));
  scenario.linksChange = oneIn(random, 3);
  scenario.restarts = oneIn(random, 5) ? 1 + random.below(3) : 0;
  const uint32_t ending = random.below(20);
  scenario.ending = ending < 15   ? Ending::kCloseChannels
                    : ending < 17 ? Ending::kShutdown
                    : ending < 19 ? Ending::kAbort
                                  : Ending::kSilence;
  return scenario;
}

std::string describe(const Scenario& scenario) {
  static constexpr const char* kEndings[] = {"closes", "shutdown", "abort", "silence"};
  std::ostringstream text;
  for (size_t i = 0; i < 2; ++i) {
    const LinkOptions& link = scenario.links[i];
    text << (i == 0 ? "a->b: " : "b->a: ") << link.latency.us() / 1000.0 << " ms + "
         << link.jitter.us() / 1000.0 << " ms, loss " << link.loss;
    if (link.burst > Duration::zero())
      text << " in bursts of " << link.burst.ms() << " ms";
    text << ", duplicates " << link.duplicate << ", reordered " << link.reorder << " by "
         << link.reorderBy.ms() << " ms, MTU " << link.mtu;
    if (link.rate > 0)
      text << ", " << link.rate / 1000 << " kbit/s with " << link.queue << " B queue";
    text << "; packets of " << scenario.configs[i].maxPacketSize << " B, up to "
         << scenario.pathCeilings[i] << " B where they pass, window "
         << scenario.configs[i].receiveWindow << " B, buffer "
         << scenario.configs[i].sendBufferLimit << " B\n";
  }
  text << scenario.maxChannels << " channels at most, " << scenario.channelsAtStart
       << " at the start; messages up to " << scenario.maxMessage << " B, " << scenario.budget
       << " B in all; " << scenario.actions << " actions with pauses up to "
       << scenario.longestPause.ms() << " ms; " << scenario.restarts << " restarts; ends by "
       << kEndings[static_cast<size_t>(scenario.ending)] << "\n";
  return text.str();
}

Duration longestSilence(const Scenario& scenario, const std::array<LinkOptions, 2>& links) {
  // A retransmission helps when it arrives and its acknowledgement does. So many in a row may fail
  // that one silence in 10^11 is longer.
  const double success = (1 - links[0].loss) * (1 - links[1].loss);
  const double failure = std::max(1 - success, 1e-6);
  const int attempts = 1 + static_cast<int>(std::ceil(11 / -std::log10(failure)));
  const sctp::AssociationConfig& config = scenario.configs[0];
  Duration roundTrip = config.sackDelay;
  for (const LinkOptions& link : links) {
    roundTrip = roundTrip + link.latency + link.jitter + link.reorderBy + link.burst * 4;
    if (link.rate > 0)
      roundTrip +=
          Duration::microseconds(static_cast<int64_t>(link.queue * 8 * 1'000'000 / link.rate));
  }
  // The timer follows what it measures, so that it may begin well above its least.
  Duration timeout = std::max(config.rtoInitial, roundTrip * 2);
  Duration total = roundTrip;
  for (int i = 0; i < attempts; ++i) {
    total += std::min(timeout, config.rtoMax) + roundTrip;
    timeout = timeout * 2;
  }
  return total;
}

Duration longestTransfer(const Scenario& scenario, const std::array<LinkOptions, 2>& links,
                         size_t bytes, size_t messages) {
  const double success = (1 - links[0].loss) * (1 - links[1].loss);
  size_t packetSize = 65536;
  for (const sctp::AssociationConfig& config : scenario.configs)
    packetSize = std::min(packetSize, sctp::saneConfig(config).maxPacketSize);
  Duration roundTrip = scenario.configs[0].sackDelay;
  double seconds = 0;
  for (const LinkOptions& link : links) {
    roundTrip = roundTrip + link.latency + link.jitter + link.reorderBy + link.burst * 2;
    if (link.rate > 0) {
      roundTrip +=
          Duration::microseconds(static_cast<int64_t>(link.queue * 8 * 1'000'000 / link.rate));
      seconds +=
          static_cast<double>(bytes + messages * 64) * 8 / static_cast<double>(link.rate) / success;
    }
  }
  // At worst the window is one packet, and each loss costs a timeout.
  const double packets = (static_cast<double>(bytes) / (static_cast<double>(packetSize) / 2) +
                          static_cast<double>(messages)) /
                         success;
  const double losses = packets * (1 - success);
  seconds += packets * roundTrip.seconds() + losses * scenario.configs[0].rtoMax.seconds();
  return longestSilence(scenario, links) * 2 +
         Duration::microseconds(static_cast<int64_t>(seconds * 2e6));
}

}  // namespace rtc::sim::channels
