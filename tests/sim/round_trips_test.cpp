// How many one-way trips after the end of signalling each stage needs, with a delay on the wire and
// none anywhere else. Stages of the protocols of today: ICE one round trip, DTLS 1.2 two, SCTP two,
// of which the second carries data and announces channels (RFC 9260 section 5.1 C); with INIT in
// the descriptions (draft-hancke-tsvwg-snap) SCTP needs none. A channel is not waited for: messages
// go right behind DATA_CHANNEL_OPEN (RFC 8832 section 6), and `open` fires when it is sent.

#include <optional>
#include <ostream>

#include <gtest/gtest.h>

#include "tests/sim/session.h"

namespace rtc::sim {
namespace {

constexpr Duration kOneWay = Duration::milliseconds(100);

/// One-way trips from the moment at which the offerer has the answer.
struct Stages {
  int64_t ice = 0;
  int64_t dtls = 0;
  int64_t sctp = 0;
  /// `open` of the opener's channel, `datachannel` at the other end.
  int64_t channel = 0;
  /// The peer's first message, sent as soon as it had the channel.
  int64_t message = 0;
  bool operator==(const Stages&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Stages& stages) {
  return out << "ice " << stages.ice << ", dtls " << stages.dtls << ", sctp " << stages.sctp
             << ", channel " << stages.channel << ", message " << stages.message;
}

/// Sends the first message on a channel in the moment that it can be used.
void greet(Session& session, Party& party) {
  party.onOutput = [&session, &party](const peer::Output& output) {
    const auto* event = std::get_if<datachannel::Output>(&output);
    if (event == nullptr)
      return;
    std::optional<datachannel::ChannelId> channel;
    if (const auto* opened = std::get_if<datachannel::ChannelOpened>(event))
      channel = opened->channel;
    if (const auto* announced = std::get_if<datachannel::ChannelAnnounced>(event))
      channel = announced->channel;
    if (channel) {
      EXPECT_TRUE(party.peer.sendString(*channel, "first", session.now()));
    }
  };
}

struct Measured {
  Stages offerer;
  Stages answerer;
};

Measured measure(Duration signalling, bool offersInit,
                 const datachannel::ChannelOptions& channel = {}) {
  SessionOptions options;
  options.withStun = false;
  options.latency = kOneWay;
  options.signallingLatency = signalling;
  options.configuration.offersSctpInit = offersInit;
  Session session(options);
  greet(session, session.a);
  greet(session, session.b);
  session.start(channel);
  EXPECT_TRUE(
      session.runUntil([&] { return !session.a.messages.empty() && !session.b.messages.empty(); }));
  const auto trips = [&](Timestamp at) {
    return (at - session.signalledAt).us() / kOneWay.us();
  };
  const auto stages = [&](const Party& party) {
    return Stages{trips(party.reached(ice::IceTransportState::kConnected)),
                  trips(party.dtlsConnectedAt), trips(party.sctpConnectedAt),
                  trips(party.channelOpenedAt), trips(party.firstMessageAt)};
  };
  return {stages(session.a), stages(session.b)};
}

TEST(RoundTrips, TakesOneForIceTwoForDtlsAndTwoForSctp) {
  const Measured measured = measure(Duration::zero(), false);
  // The channel is announced when it is open, not beside COOKIE ECHO.
  EXPECT_EQ(measured.offerer, (Stages{2, 5, 9, 9, 11}));
  EXPECT_EQ(measured.answerer, (Stages{2, 6, 8, 10, 10}));
}

TEST(RoundTrips, TakesNoneForSctpWhenTheDescriptionsCarryInit) {
  const Measured measured = measure(Duration::zero(), true);
  EXPECT_EQ(measured.offerer, (Stages{2, 5, 5, 5, 7}));
  EXPECT_EQ(measured.answerer, (Stages{2, 6, 6, 6, 6}));
}

// The answerer checks while its answer is on the way, and begins DTLS when its checks are answered.
TEST(RoundTrips, HidesOneTripBehindAnAnswerThatIsOnItsWay) {
  const Measured measured = measure(kOneWay, false);
  EXPECT_EQ(measured.offerer, (Stages{2, 4, 8, 8, 10}));
  EXPECT_EQ(measured.answerer, (Stages{1, 5, 7, 9, 9}));
  const Measured withInit = measure(kOneWay, true);
  EXPECT_EQ(withInit.offerer, (Stages{2, 4, 4, 4, 6}));
  EXPECT_EQ(withInit.answerer, (Stages{1, 5, 5, 5, 5}));
}

}  // namespace
}  // namespace rtc::sim
