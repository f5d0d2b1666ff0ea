// Runs media flows on simulated paths and prints JSON: curves over time, what arrives by loss, and
// tables. Virtual time and seeds make it the same on every machine. npm run media-curves compiles
// it, draws docs/images/media-*.svg and prints the tables of docs/media-congestion.md.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/media_path.h"

namespace {

using namespace rtc;
using congestion::Bitrate;
using sim::Answers;
using sim::MediaFlowOptions;
using sim::MediaPath;
using sim::MediaPathOptions;

constexpr Duration kSecond = Duration::seconds(1);

MediaPathOptions path(double megabits, int64_t roundTripMs = 60) {
  MediaPathOptions options;
  options.bitsPerSecond = static_cast<Bitrate>(megabits * 1e6);
  options.roundTrip = Duration::milliseconds(roundTripMs);
  return options;
}

MediaPathOptions lossy(double share, int64_t burstMs = 0) {
  MediaPathOptions options = path(2);
  options.loss = share;
  options.burst = Duration::milliseconds(burstMs);
  return options;
}

MediaPathOptions shaking(int64_t jitterMs) {
  MediaPathOptions options = path(2);
  options.jitter = Duration::milliseconds(jitterMs);
  return options;
}

MediaPathOptions buffered(double megabits, int64_t queueMs) {
  MediaPathOptions options = path(megabits);
  options.queue = Duration::milliseconds(queueMs);
  return options;
}

double milliseconds(Duration time) {
  return static_cast<double>(time.us()) / 1000;
}

double megabits(uint64_t bytes, Duration time) {
  return static_cast<double>(bytes) * 8 / 1e6 / time.seconds();
}

void print(const char* name, const std::vector<double>& values, bool last = false) {
  std::printf("\"%s\":[", name);
  for (size_t i = 0; i < values.size(); ++i)
    std::printf("%s%.4g", i ? "," : "", values[i]);
  std::printf("]%s", last ? "" : ",");
}

// ---- over time

struct Scenario {
  const char* id;
  MediaPathOptions options;
  int seconds;
  /// What happens on the path, at each tenth of a second.
  std::function<void(MediaPath&, int tenth)> happen;
  size_t flows = 1;
};

void curves(const Scenario& scenario) {
  MediaPath network(scenario.options, 1);
  std::vector<MediaPath::Flow*> flows;
  for (size_t i = 0; i < scenario.flows; ++i) {
    MediaFlowOptions options;
    options.begin = kSecond * static_cast<int64_t>(10 * i);
    flows.push_back(&network.add(options));
  }
  std::vector<double> time, capacity, queue;
  std::vector<std::vector<double>> estimate(flows.size()), arrived(flows.size());
  std::vector<std::vector<uint64_t>> marks(flows.size(), {0});
  for (int tenth = 1; tenth <= scenario.seconds * 10; ++tenth) {
    if (scenario.happen)
      scenario.happen(network, tenth);
    double most = 0;
    for (int part = 0; part < 10; ++part) {
      network.runFor(Duration::milliseconds(10));
      most = std::max(most, milliseconds(network.queueingDelay()));
    }
    time.push_back(tenth / 10.0);
    capacity.push_back(static_cast<double>(network.options().bitsPerSecond) / 1e6);
    queue.push_back(most);
    for (size_t i = 0; i < flows.size(); ++i) {
      marks[i].push_back(flows[i]->arrived);
      // Over half a second.
      const size_t back = std::min<size_t>(5, marks[i].size() - 1);
      arrived[i].push_back(megabits(marks[i].back() - marks[i][marks[i].size() - 1 - back],
                                    Duration::milliseconds(100 * static_cast<int64_t>(back))));
      estimate[i].push_back(static_cast<double>(flows[i]->controller.targets().bitrate) / 1e6);
    }
  }
  std::printf("{\"id\":\"%s\",", scenario.id);
  print("time", time);
  print("capacity", capacity);
  print("queue", queue);
  std::printf("\"flows\":[");
  for (size_t i = 0; i < flows.size(); ++i) {
    std::printf("%s\n{", i ? "," : "");
    print("estimate", estimate[i]);
    print("arrived", arrived[i], true);
    std::printf("}");
  }
  std::printf("]}");
}

// ---- by loss

double shareOf(const MediaPathOptions& options, Answers answers, int seeds) {
  double sum = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    MediaPath network(options, static_cast<uint64_t>(seed));
    MediaFlowOptions flow;
    flow.answers = answers;
    auto& sender = network.add(flow);
    network.runFor(kSecond * 20);
    const uint64_t before = sender.arrived;
    network.runFor(kSecond * 60);
    sum += megabits(sender.arrived - before, kSecond * 60);
  }
  return sum / seeds;
}

void byLoss() {
  const std::vector<double> losses{0, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.125, 0.15, 0.2, 0.25};
  std::printf("\"byLoss\":{\"mbit\":2,");
  print("loss", losses);
  std::vector<double> single, bursts, reports;
  for (const double loss : losses) {
    single.push_back(shareOf(lossy(loss), Answers::kTransportFeedback, 3));
    bursts.push_back(shareOf(lossy(loss, 50), Answers::kTransportFeedback, 3));
    reports.push_back(shareOf(lossy(loss), Answers::kReports, 3));
  }
  print("single", single);
  print("bursts", bursts);
  print("reports", reports, true);
  std::printf("}");
}

// ---- the table

void table() {
  struct Row {
    const char* path;
    MediaPathOptions options;
  };
  const std::vector<Row> rows{
      {"0.3 Mbit/s", path(0.3)},
      {"1 Mbit/s", path(1)},
      {"2 Mbit/s", path(2)},
      {"6 Mbit/s, 200 ms", path(6, 200)},
      {"15 Mbit/s", path(15)},
      {"2 Mbit/s, buffer of 1 s", buffered(2, 1000)},
      {"2 Mbit/s, buffer of 50 ms", buffered(2, 50)},
      {"1 Mbit/s, buffer of 30 ms", buffered(1, 30)},
      {"2 Mbit/s, 2 % loss", lossy(0.02)},
      {"2 Mbit/s, 5 % loss", lossy(0.05)},
      {"2 Mbit/s, 10 % loss", lossy(0.1)},
      {"2 Mbit/s, 5 % loss in bursts of 50 ms", lossy(0.05, 50)},
      {"2 Mbit/s, jitter of 30 ms", shaking(30)},
      {"2 Mbit/s, jitter of 100 ms", shaking(100)},
  };
  std::printf("\"table\":[");
  for (const Row& row : rows) {
    std::printf("%s\n{\"path\":\"%s\",\"runs\":[", &row == rows.data() ? "" : ",", row.path);
    for (const Answers answers : {Answers::kTransportFeedback, Answers::kRemb, Answers::kReports}) {
      double rate = 0, most = 0, average = 0, dropped = 0, first = 0;
      constexpr int kSeeds = 3;
      for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
        MediaPath network(row.options, seed);
        MediaFlowOptions options;
        options.answers = answers;
        options.needed = 20'000'000;
        auto& flow = network.add(options);
        std::vector<double> queues;
        std::vector<uint64_t> marks{0};
        double reached = 80;
        uint64_t before = 0, packets = 0, drops = 0;
        for (int step = 1; step <= 8000; ++step) {
          network.runFor(Duration::milliseconds(10));
          if (step % 10 == 0) {
            marks.push_back(flow.arrived);
            // Over a second.
            if (marks.size() > 10 && reached == 80 &&
                megabits(marks.back() - marks[marks.size() - 11], kSecond) * 1e6 >=
                    0.8 * static_cast<double>(row.options.bitsPerSecond))
              reached = step / 100.0;
          }
          if (step == 2000) {
            before = flow.arrived;
            packets = flow.packetsSent;
            drops = flow.packetsDropped;
          } else if (step > 2000) {
            queues.push_back(milliseconds(network.queueingDelay()));
          }
        }
        std::sort(queues.begin(), queues.end());
        for (const double queue : queues)
          average += queue / static_cast<double>(queues.size()) / kSeeds;
        most += queues[queues.size() * 95 / 100] / kSeeds;
        rate += megabits(flow.arrived - before, kSecond * 60) / kSeeds;
        dropped += static_cast<double>(flow.packetsDropped - drops) /
                   static_cast<double>(flow.packetsSent - packets) / kSeeds;
        first += reached / kSeeds;
      }
      std::printf(
          "%s{\"rate\":%.3g,\"queueMs\":%.3g,\"highQueueMs\":%.3g,\"dropped\":%.3g,"
          "\"reached\":%.3g}",
          answers == Answers::kTransportFeedback ? "" : ",", rate, average, most, dropped, first);
    }
    std::printf("]}");
  }
  std::printf("]");
}

// ---- several flows

void sharing() {
  struct Case {
    double megabits;
    int64_t roundTripMs;
    int flows;
  };
  const std::vector<Case> cases{{1, 60, 2}, {3, 60, 2}, {3, 60, 3}, {6, 200, 2}, {10, 30, 5}};
  std::printf("\"sharing\":[");
  for (const Case& one : cases) {
    std::vector<double> rates(static_cast<size_t>(one.flows));
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      MediaPath network(path(one.megabits, one.roundTripMs), seed);
      std::vector<MediaPath::Flow*> flows;
      for (int i = 0; i < one.flows; ++i) {
        MediaFlowOptions options;
        options.begin = kSecond * (5 * i);
        flows.push_back(&network.add(options));
      }
      network.runFor(kSecond * 40);
      std::vector<uint64_t> before;
      for (const auto* flow : flows)
        before.push_back(flow->arrived);
      network.runFor(kSecond * 80);
      for (size_t i = 0; i < flows.size(); ++i)
        rates[i] += megabits(flows[i]->arrived - before[i], kSecond * 80) / 3;
    }
    std::printf("%s\n{\"mbit\":%g,\"roundTripMs\":%lld,", &one == cases.data() ? "" : ",",
                one.megabits, static_cast<long long>(one.roundTripMs));
    print("rates", rates, true);
    std::printf("}");
  }
  std::printf("]");
}

}  // namespace

int main() {
  const std::vector<Scenario> scenarios{
      {"steps", path(2), 60,
       [](MediaPath& network, int tenth) {
         network.options().bitsPerSecond = tenth > 200 && tenth <= 400 ? 300'000 : 2'000'000;
       }},
      {"loss", lossy(0.05), 40, {}},
      {"outage", path(2), 30,
       [](MediaPath& network, int tenth) {
         network.setBroken(tenth > 100 && tenth <= 150);
       }},
      {"sharing", path(3), 90, {}, 2},
  };
  std::printf("{\"scenarios\":[");
  for (size_t i = 0; i < scenarios.size(); ++i) {
    std::printf("%s\n", i ? "," : "");
    curves(scenarios[i]);
  }
  std::printf("],\n");
  byLoss();
  std::printf(",\n");
  table();
  std::printf(",\n");
  sharing();
  std::printf("}\n");
}
