// What a datagram that costs its sender little can make us send (RFC 6347 section 4.2.1). DTLS is
// spoken with a pair that ICE has validated alone, so that all of it goes to somebody who has
// agreed within the last 30 seconds; and it is little.

#include "tests/cpp/dtls/tampering.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

/// Of our own timer: 100 ms, twice as long each time, until 60 s.
constexpr size_t kByTimer = 11;
constexpr size_t kByRepetition = 16;

Bytes hello(uint64_t number) {
  return messageRecord(HandshakeType::kClientHello, 0, helloBody({}), number);
}
/// The shortest that a hello can come again as: its first byte.
Bytes shortestRepetition(uint64_t number) {
  const Bytes body = helloBody({});
  return fragmentRecord(HandshakeType::kClientHello, 0, body.size(), 0, ByteSpan(body).first(1),
                        number);
}

TEST(DtlsAmplification, AHelloBringsOneFlight) {
  GivenServer server;
  server.give(hello(0));
  EXPECT_GT(server.bytes, 0u);
  EXPECT_LE(server.bytes, 10 * hello(0).size());
  EXPECT_LE(server.bytes, 1200u);
}

TEST(DtlsAmplification, RepetitionsAtOnceBringNothing) {
  GivenServer server;
  server.give(hello(0));
  const size_t flight = server.bytes;
  for (uint64_t i = 1; i <= 10'000; ++i)
    server.give(i % 2 == 0 ? hello(i) : shortestRepetition(i));
  EXPECT_EQ(server.bytes, flight);
}

TEST(DtlsAmplification, ManyRepetitionsInOneDatagramBringOneFlight) {
  GivenServer server;
  server.give(hello(0));
  const size_t flight = server.bytes;
  // In records of their own, and as fragments of one record.
  ByteWriter records;
  ByteWriter fragments;
  for (uint64_t i = 0; i < 40; ++i) {
    const Bytes record = shortestRepetition(100 + i);
    records.bytes(record);
    fragments.bytes(ByteSpan(record).subspan(kRecordHeaderSize));
  }
  ByteWriter joined;
  joined.bytes(ByteSpan(shortestRepetition(200)).first(11));
  joined.u16(static_cast<uint16_t>(fragments.size()));
  joined.bytes(fragments.view());
  for (const Bytes& datagram : {records.take(), joined.take()}) {
    server.wait(Duration::milliseconds(40));
    const size_t before = server.bytes;
    server.give(datagram);
    EXPECT_EQ(server.bytes - before, flight);
  }
}

TEST(DtlsAmplification, AFloodOfRepetitionsBringsABoundedNumberOfFlightsInAll) {
  GivenServer server;
  server.give(hello(0));
  const size_t flight = server.bytes;
  uint64_t number = 1;
  size_t given = 0;
  for (int ms = 0; ms < 180'000 && server.endpoint->state() == State::kConnecting; ms += 5) {
    const Bytes repetition = shortestRepetition(number++);
    given += repetition.size();
    server.give(repetition);
    server.wait(Duration::milliseconds(5));
  }
  EXPECT_LE(server.bytes, flight * (1 + kByRepetition + kByTimer));
  EXPECT_LE(server.bytes, given);
}

TEST(DtlsAmplification, RepetitionsOfTheServersFlightBringABoundedNumberOfTheClients) {
  DtlsPair pair;
  Bytes done;
  pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
    if (from == kClient)
      return index == 0 ? std::vector<Bytes>{datagram} : std::vector<Bytes>{};
    (void)rewritten(datagram, [&](const Record& record) {
      const auto message = messageOf(record);
      if (message && message->type == HandshakeType::kServerHelloDone)
        done = toBytes(record.whole);
      return Bytes{};
    });
    return std::vector<Bytes>{datagram};
  };
  pair.start();
  pair.settle();
  ASSERT_FALSE(done.empty());
  size_t sent = 0;
  for (uint16_t number = 1; number < 20'000; ++number) {
    Bytes repetition = done;
    repetition[9] = static_cast<uint8_t>(number >> 8);
    repetition[10] = static_cast<uint8_t>(number);
    pair.endpoint[kClient]->handleDatagram(std::move(repetition), pair.now);
    while (auto output = pair.endpoint[kClient]->poll())
      sent += std::holds_alternative<Transmit>(*output);
    pair.now = pair.now + Duration::milliseconds(5);
    pair.endpoint[kClient]->handleTimeout(pair.now);
    while (auto output = pair.endpoint[kClient]->poll())
      sent += std::holds_alternative<Transmit>(*output);
  }
  EXPECT_GT(sent, 0u);
  // A flight may fill more than one datagram.
  EXPECT_LE(sent, 2 * (kByRepetition + kByTimer));
}

TEST(DtlsAmplification, HelloVerifyRequestsBringAFewHellosAtMost) {
  DtlsPair pair;
  pair.filter = [](DtlsPair::End, size_t, const Bytes&) {
    return std::vector<Bytes>{};
  };
  pair.start();
  pair.settle();
  uint64_t number = 100;
  for (uint16_t message = 0; message < 1000; ++message) {
    const Bytes request{
        0xfe, 0xff, 4, 1, 2, static_cast<uint8_t>(message >> 8), static_cast<uint8_t>(message)};
    pair.endpoint[kClient]->handleDatagram(
        messageRecord(HandshakeType::kHelloVerifyRequest, message, request, number++), pair.now);
    pair.drain(kClient);
  }
  EXPECT_GT(pair.sent[kClient], 1u);
  EXPECT_LE(pair.sent[kClient], 1u + 4u);
}

TEST(DtlsAmplification, AnHonestRepetitionIsAnsweredAtOnce) {
  GivenServer server;
  server.give(hello(0));
  const size_t flight = server.bytes;
  Duration pause = Duration::milliseconds(50);
  // From 100 ms on its own timer is due as well.
  for (uint64_t i = 1; i <= 8; ++i) {
    server.now = server.now + pause;
    const size_t before = server.bytes;
    server.give(hello(i));
    EXPECT_GE(server.bytes - before, flight) << i;
    EXPECT_LE(server.bytes - before, 2 * flight + 100) << i;
    pause = pause * 2;
  }
}

TEST(DtlsAmplification, AfterTheHandshakeNothingInPlaintextBringsAnything) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  const size_t sent = pair.sent[kServer] + pair.sent[kClient];
  for (uint64_t i = 0; i < 1000; ++i) {
    pair.inject(kServer, hello(10'000 + i));
    pair.inject(kClient, messageRecord(HandshakeType::kServerHelloDone, 5, {}, 10'000 + i));
  }
  pair.settle();
  EXPECT_EQ(pair.sent[kServer] + pair.sent[kClient], sent);
  pair.expectDataFlows();
}

}  // namespace
}  // namespace rtc::dtls
