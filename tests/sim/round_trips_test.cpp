#include <gtest/gtest.h>

#include "tests/sim/session.h"

namespace rtc::sim {
namespace {
void show(Duration sig) {
  SessionOptions o;
  o.withStun = false;
  o.latency = Duration::milliseconds(100);
  o.signallingLatency = sig;
  Session s(o);
  s.a.onOutput = [&](const peer::Output& output) {
    const auto* event = std::get_if<datachannel::Output>(&output);
    if (event && std::holds_alternative<datachannel::ChannelOpened>(*event))
      { EXPECT_TRUE(s.a.peer.sendString(s.channel, "first", s.now())); }
  };
  s.b.onOutput = [&](const peer::Output& output) {
    const auto* event = std::get_if<datachannel::Output>(&output);
    if (event && std::holds_alternative<datachannel::ChannelAnnounced>(*event))
      { EXPECT_TRUE(s.b.peer.sendString(std::get<datachannel::ChannelAnnounced>(*event).channel, "first", s.now())); }
  };
  s.start();
  s.runUntil([&] { return !s.a.messages.empty() && !s.b.messages.empty(); });
  for (auto* p : {&s.a, &s.b})
    printf("ice %ld dtls %ld sctp %ld open %ld first %ld\n", (p->reached(ice::IceTransportState::kConnected)-s.signalledAt).ms(), (p->dtlsConnectedAt-s.signalledAt).ms(), (p->sctpConnectedAt-s.signalledAt).ms(), (p->channelOpenedAt-s.signalledAt).ms(),(p->firstMessageAt-s.signalledAt).ms());
}
TEST(RoundTrips, Show) {
  show({});
  show(Duration::milliseconds(100));
}
}
}
