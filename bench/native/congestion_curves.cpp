// Runs the congestion controls on simulated paths and prints JSON: curves over time, goodput by
// loss, and a table. Virtual time and seeds make it the same on every machine. npm run sctp-curves
// compiles it, draws docs/images/congestion-*.svg and prints the table of
// docs/congestion-control.md.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/native/cubic.h"
#include "tests/sim/bottleneck.h"

namespace {

using namespace rtc;
using sim::Bottleneck;
using sim::BottleneckOptions;

struct Control {
  const char* name;
  sctp::CongestionControlFactory make;
};
constexpr Control kControls[] = {
    {"ours", &sctp::makeBbr}, {"reno", &sctp::makeReno}, {"cubic", &sctp::makeCubic}};

BottleneckOptions path(double megabits, double roundTripMs, double queueMs, double loss = 0) {
  BottleneckOptions options;
  options.bitsPerSecond = static_cast<uint64_t>(megabits * 1e6);
  options.roundTrip = Duration::microseconds(static_cast<int64_t>(roundTripMs * 1000));
  options.queue = static_cast<size_t>(megabits * 125 * queueMs);
  options.loss = loss;
  return options;
}

double milliseconds(Duration time) {
  return static_cast<double>(time.us()) / 1000;
}

/// Payload that has come to the receiver, in order or not.
uint64_t received(const Bottleneck::Flow& flow) {
  return flow.arrived + flow.receiver->statistics().reassemblyBytes;
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
  BottleneckOptions options;
  int seconds;
};

void curves(const Scenario& scenario) {
  std::printf("{\"id\":\"%s\",\"mbit\":%g,\"roundTripMs\":%g,\"queueMs\":%g,\"loss\":%g,\"runs\":[",
              scenario.id, static_cast<double>(scenario.options.bitsPerSecond) / 1e6,
              milliseconds(scenario.options.roundTrip),
              static_cast<double>(scenario.options.queue) * 8000 /
                  static_cast<double>(scenario.options.bitsPerSecond),
              scenario.options.loss);
  for (size_t i = 0; i < 2; ++i) {
    Bottleneck network(scenario.options, 1);
    auto& flow = network.add(kControls[i].make);
    std::vector<double> time, goodput, window, queue;
    std::vector<uint64_t> marks{0};
    for (int step = 1; step <= scenario.seconds * 10; ++step) {
      double most = 0;
      for (int part = 0; part < 10; ++part) {
        network.runFor(Duration::milliseconds(10));
        most = std::max(most, milliseconds(network.queueingDelay()));
      }
      marks.push_back(received(flow));
      // Over half a second.
      const size_t back = std::min<size_t>(5, marks.size() - 1);
      time.push_back(step / 10.0);
      goodput.push_back(megabits(marks.back() - marks[marks.size() - 1 - back],
                                 Duration::milliseconds(100 * static_cast<int64_t>(back))));
      window.push_back(static_cast<double>(flow.sender->statistics().congestionWindow) / 1000);
      queue.push_back(most);
    }
    std::printf("%s\n{\"control\":\"%s\",", i ? "," : "", kControls[i].name);
    print("time", time);
    print("goodput", goodput);
    print("window", window);
    print("queue", queue, true);
    std::printf("}");
  }
  std::printf("]}");
}

// ---- by loss

void byLoss() {
  const double losses[] = {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1};
  std::printf("\"byLoss\":{\"mbit\":50,\"roundTripMs\":100,\"packet\":1188,\"payload\":1160,");
  print("loss", std::vector<double>(std::begin(losses), std::end(losses)));
  std::printf("\"runs\":[");
  for (const Control& control : kControls) {
    std::vector<double> goodput;
    for (const double loss : losses) {
      double sum = 0;
      for (uint64_t seed = 1; seed <= 3; ++seed) {
        Bottleneck network(path(50, 100, 100, loss), seed);
        auto& flow = network.add(control.make);
        network.runFor(Duration::seconds(30));
        const uint64_t before = received(flow);
        network.runFor(Duration::seconds(60));
        sum += megabits(received(flow) - before, Duration::seconds(60));
      }
      goodput.push_back(sum / 3);
    }
    std::printf("%s\n{\"control\":\"%s\",", &control == kControls ? "" : ",", control.name);
    print("goodput", goodput, true);
    std::printf("}");
  }
  std::printf("]}");
}

// ---- the table

struct Row {
  std::string path;
  BottleneckOptions options;
};

void table() {
  const std::vector<Row> rows{
      {"10 Mbit/s, 100 ms, 1 % loss", path(10, 100, 100, 0.01)},
      {"50 Mbit/s, 100 ms, 1 % loss", path(50, 100, 100, 0.01)},
      {"100 Mbit/s, 100 ms, 1 % loss", path(100, 100, 100, 0.01)},
      {"10 Mbit/s, 100 ms, 0.1 % loss", path(10, 100, 100, 0.001)},
      {"50 Mbit/s, 100 ms, 0.1 % loss", path(50, 100, 100, 0.001)},
      {"100 Mbit/s, 100 ms, 0.1 % loss", path(100, 100, 100, 0.001)},
      {"10 Mbit/s, 100 ms, buffer of 1 s", path(10, 100, 1000)},
      {"50 Mbit/s, 100 ms, buffer of 1 s", path(50, 100, 1000)},
      {"20 Mbit/s, 20 ms, buffer of 5 ms", path(20, 20, 5)},
      {"20 Mbit/s, 20 ms, buffer of 20 ms", path(20, 20, 20)},
      {"2 Mbit/s, 60 ms, buffer of 60 ms", path(2, 60, 60)},
      {"80 Mbit/s, 0.2 ms, 92 datagrams", path(80, 0.2, 11.5)},
      {"240 Mbit/s, 0.2 ms, 92 datagrams", path(240, 0.2, 3.84)},
      {"1 Gbit/s, 0.2 ms, 92 datagrams", path(1000, 0.2, 0.922)},
  };
  std::printf("\"table\":[");
  for (const Row& row : rows) {
    std::printf("%s\n{\"path\":\"%s\",\"runs\":[", &row == rows.data() ? "" : ",",
                row.path.c_str());
    for (const Control& control : kControls) {
      Bottleneck network(row.options, 1);
      auto& flow = network.add(control.make);
      const bool isFast = row.options.roundTrip < Duration::milliseconds(1);
      const int steps = isFast ? 300 : 3000;
      double queue = 0, most = 0;
      uint64_t startDrops = 0, before = 0;
      for (int step = 1; step <= steps; ++step) {
        network.runFor(Duration::milliseconds(10));
        if (step == steps / 6) {
          startDrops = flow.packetsDropped;
          before = received(flow);
        } else if (step > steps / 6) {
          const double now = milliseconds(network.queueingDelay());
          queue += now / (steps - steps / 6);
          most = std::max(most, now);
        }
      }
      std::printf(
          "%s{\"control\":\"%s\",\"goodput\":%.4g,\"queueMs\":%.3g,\"mostQueueMs\":%.3g,"
          "\"startDrops\":%llu,\"drops\":%llu}",
          &control == kControls ? "" : ",", control.name,
          megabits(received(flow) - before, Duration::milliseconds(10 * (steps - steps / 6))),
          queue, most, static_cast<unsigned long long>(startDrops),
          static_cast<unsigned long long>(flow.packetsDropped - startDrops));
    }
    std::printf("]}");
  }
  std::printf("]");
}

// ---- two flows

void sharing() {
  struct Case {
    const char* first;
    const char* second;
    double megabits, roundTripMs, queueMs;
  };
  const auto make = [](const std::string& name) {
    return std::find_if(std::begin(kControls), std::end(kControls),
                        [&](const Control& control) { return name == control.name; })
        ->make;
  };
  std::vector<Case> cases;
  for (const double share : {0.25, 0.5, 1.0, 4.0}) {
    for (const char* other : {"reno", "cubic", "ours"})
      cases.push_back({"ours", other, 10, 100, 100 * share});
  }
  for (const double share : {0.25, 1.0, 4.0}) {
    for (const char* other : {"reno", "cubic", "ours"})
      cases.push_back({"ours", other, 20, 20, 20 * share});
  }
  cases.push_back({"reno", "reno", 10, 100, 100});
  cases.push_back({"cubic", "reno", 10, 100, 100});
  std::printf("\"sharing\":[");
  for (const Case& one : cases) {
    double first = 0, second = 0;
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      Bottleneck network(path(one.megabits, one.roundTripMs, one.queueMs), seed);
      auto& a = network.add(make(one.first));
      auto& b = network.add(make(one.second), Duration::seconds(5));
      network.runFor(Duration::seconds(30));
      const uint64_t beforeA = received(a), beforeB = received(b);
      network.runFor(Duration::seconds(60));
      first += megabits(received(a) - beforeA, Duration::seconds(60)) / 3;
      second += megabits(received(b) - beforeB, Duration::seconds(60)) / 3;
    }
    std::printf(
        "%s\n{\"first\":\"%s\",\"second\":\"%s\",\"mbit\":%g,\"roundTripMs\":%g,"
        "\"queueMs\":%g,\"goodputs\":[%.3g,%.3g]}",
        &one == cases.data() ? "" : ",", one.first, one.second, one.megabits, one.roundTripMs,
        one.queueMs, first, second);
  }
  std::printf("]");
}

}  // namespace

int main() {
  const std::vector<Scenario> scenarios{
      {"lossy", path(50, 100, 100, 0.01), 20},
      {"deep", path(10, 100, 1000), 30},
      {"shallow", path(20, 20, 5), 10},
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
