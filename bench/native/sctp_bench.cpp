// One-way throughput of two associations in one process without a network: what SCTP alone costs on
// both ends. Google Benchmark; prints bytes per second of payload.
//
//   g++ -O2 -std=c++20 -I. bench/native/sctp_bench.cpp cpp/sctp/*.cpp cpp/base/*.cpp -lbenchmark
//       -lpthread -o /tmp/sctp_bench

#include <benchmark/benchmark.h>
#include <variant>

#include "cpp/base/random.h"
#include "cpp/sctp/association.h"

namespace {

using namespace rtc;
using namespace rtc::sctp;

size_t pump(Association& from, Association& to, Timestamp now) {
  size_t received = 0;
  while (auto output = from.poll()) {
    if (auto* transmit = std::get_if<Transmit>(&*output)) {
      to.handlePacket(transmit->packet, now);
    } else if (auto* message = std::get_if<Received>(&*output)) {
      received += message->message.size();
    }
  }
  return received;
}

void oneWay(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  SeededRandom randomA(1);
  SeededRandom randomB(2);
  AssociationConfig config;
  config.maxSendMessageSize = 256 * 1024;
  Association a(config, randomA);
  Association b(config, randomB);
  Timestamp now = Timestamp::milliseconds(1);
  a.connect(now);
  for (int i = 0; i < 4; ++i) {
    pump(a, b, now);
    pump(b, a, now);
  }
  size_t total = 0;
  const Bytes message(size, 1);
  for (auto _ : state) {
    while (a.bufferedAmount() < (1u << 20)) {
      if (!a.send(StreamId(0), Ppid(53), message, {}, now).ok()) {
        state.SkipWithError("send failed");
        return;
      }
    }
    for (int i = 0; i < 100; ++i) {
      now = now + Duration::microseconds(100);
      pump(a, b, now);
      total += pump(b, a, now);
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(total));
}
BENCHMARK(oneWay)->Arg(64)->Arg(1024)->Arg(16 * 1024)->Arg(64 * 1024);

}  // namespace

BENCHMARK_MAIN();
